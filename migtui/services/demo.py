"""Writes the demo: a real Django project with real conflicts in a real git history."""

import shutil
from importlib.resources import as_file, files
from pathlib import Path

from migtui.demo.story import MAIN, STORY, Commit
from migtui.errors import MigtuiError
from migtui.vcs.chronicle import Chronicle, Person


def create_demo(directory: Path) -> Path:
    """Write the demo project with its history; nothing is migrated, so there is no database.

    Args:
        directory: Where; made if it is not there.

    Returns:
        The project's directory, absolute.

    Raises:
        MigtuiError: The directory holds something already, or can't be written.
        GitError: There is no git, or it refused.
    """
    root = directory.absolute()
    try:
        root.mkdir(parents=True, exist_ok=True)
        occupied = any(root.iterdir())
    except OSError as error:
        raise MigtuiError(
            f"The demo can't be written to {root}: {error.strerror}.",
            help="Name another directory.",
        ) from error
    if occupied:
        raise MigtuiError(
            f"{root} is not empty.",
            help="Name a new directory: migtui demo DIRECTORY.",
        )
    with as_file(files("migtui.demo") / "project") as project:
        _tell(root, project)
    return root


def _tell(root: Path, project: Path) -> None:
    chronicle = Chronicle(root, MAIN)
    branches: set[str] = set()
    current = ""
    for event in STORY:
        branch = event.branch if isinstance(event, Commit) else event.into
        if branch != current and branches:
            chronicle.checkout(branch, start=None if branch in branches else MAIN)
        branches.add(branch)
        current = branch
        person = _person(event.author)
        if isinstance(event, Commit):
            shutil.copytree(
                project / event.directory,
                root,
                ignore=shutil.ignore_patterns("__pycache__"),
                dirs_exist_ok=True,
            )
            chronicle.commit(event.message, person, event.date)
        else:
            chronicle.merge(event.branch, event.message, person, event.date)
            if event.deleted:
                chronicle.delete_branch(event.branch)


def _person(name: str) -> Person:
    return Person(name, f"{name.partition(' ')[0].lower()}@shop.example")
