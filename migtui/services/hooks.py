"""git hooks that tell of conflicts after a merge, a checkout or a rebase, and change nothing."""

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from migtui.core.hook_block import (
    command_block,
    has_block,
    is_worth_a_look,
    lines_to_add,
    with_block,
    without_block,
)
from migtui.core.safe_text import safe_line
from migtui.errors import GitError, MigtuiError, StorageError
from migtui.services.check import check
from migtui.services.project import Project, open_project
from migtui.services.snapshots import require_repository
from migtui.storage.files import read_file, write_script
from migtui.vcs.hooks import HookDirectory, hook_directory

HOOKS = ("post-merge", "post-checkout", "post-rewrite")
MOST_LINES = 5


@dataclass(frozen=True, slots=True)
class Hook:
    """One of git's hooks.

    Attributes:
        name: ``post-merge`` and so on.
        path: Where git looks for it.
        state: ``installed``; ``absent`` where there is no script; ``other`` where there is
            somebody else's alone.
    """

    name: str
    path: Path
    state: str


def hook_states(project: Project) -> tuple[Hook, ...]:
    """What there is of the hooks.

    Raises:
        GitError: The project is in no git repository, or git can't read it.
        StorageError: A hook can't be read.
    """
    place = hook_directory(require_repository(project))
    return tuple(_state(name, place.path / name) for name in HOOKS)


def install_hooks(project: Project, python: str = sys.executable) -> tuple[Path, ...]:
    """Put migtui's lines into git's hooks, beside what is there; all or none.

    Args:
        project: The project that they shall tell about.
        python: An interpreter that has migtui.

    Returns:
        The scripts that were written.

    Raises:
        GitError: The project is in no git repository, or its hooks are not its own.
        StorageError: A hook can't be read or written, or is none to add to.
    """
    repository = require_repository(project)
    place = hook_directory(repository)
    where = repository.path(project.root.resolve()) or "."
    written: dict[Path, bytes] = {}
    for name in HOOKS:
        path = place.path / name
        block = command_block(python, name, where)
        _require_own(place, path, block)
        content = read_file(path)
        try:
            _require_runnable(path)
            written[path] = with_block(content, block)
        except MigtuiError as error:
            raise StorageError(
                f"{path} is there already. {error.message}",
                help=f"Add these lines to it, or run the same from it:\n{lines_to_add(block)}",
            ) from error
    for path, content in written.items():
        if read_file(path) != content:
            write_script(path, content)
    return tuple(written)


def uninstall_hooks(project: Project) -> tuple[Path, ...]:
    """Take migtui's lines out of git's hooks; what else is in them stays to the byte.

    Returns:
        The scripts that were changed, or removed because they held nothing else.

    Raises:
        GitError: The project is in no git repository.
        StorageError: A hook can't be read or written, or migtui's lines in it were edited.
    """
    place = hook_directory(require_repository(project))
    left: dict[Path, bytes | None] = {}
    for name in HOOKS:
        path = place.path / name
        content = read_file(path)
        if content is not None and has_block(content):
            try:
                left[path] = without_block(content)
            except MigtuiError as error:
                raise StorageError(
                    f"{path} was not changed. {error.message}", help="Take them out by hand."
                ) from error
    for path, content in left.items():
        if content is None:
            path.unlink()
        else:
            write_script(path, content)
    return tuple(left)


def hook_report(
    directory: Path, hook: str, arguments: Sequence[str], *, settings: str | None = None
) -> list[str]:
    """What a hook tells: errors of the working tree, a line for each; empty where all is well.

    Nothing is written, not even the end of a write that was cut off.

    Args:
        directory: The project's directory.
        hook: Which hook git runs.
        arguments: What git gave it.
        settings: The settings module asked for.
    """
    if not is_worth_a_look(hook, arguments, is_rebasing=_is_rebasing(Path.cwd())):
        return []
    with suppress(MigtuiError):  # no project at this commit, or none that can be read
        result = check(open_project(directory, settings=settings))
        errors = [problem for problem in result.problems if problem.severity == "error"]
        told = []
        for problem in errors[:MOST_LINES]:
            known = result.explanations.get(problem.app_label)
            verdict = known.verdict.kind if problem.code == "migtui.E001" and known else ""
            told.append(f"{problem.message} Verdict: {verdict}." if verdict else problem.message)
        if len(errors) > MOST_LINES:
            told.append(f"And {len(errors) - MOST_LINES} more: `migtui check` lists them.")
        return [safe_line(line) for line in told]
    return []


def _state(name: str, path: Path) -> Hook:
    content = read_file(path)
    if content is None:
        return Hook(name, path, "absent")
    return Hook(name, path, "installed" if has_block(content) else "other")


def _require_own(place: HookDirectory, path: Path, block: bytes) -> None:
    """Refuse hooks that belong to more than this clone of the repository."""
    if place.shared:
        raise GitError(
            f"core.hooksPath leads to {place.path}, which belongs to {place.shared}.",
            help=f"If you want it there, add these lines to {path.name}, and the like to "
            f"the others ({', '.join(HOOKS)}):\n{lines_to_add(block)}",
        )


def _require_runnable(path: Path) -> None:
    """Refuse what git would not run, and what would change somewhere else.

    Raises:
        MigtuiError: It is a link, or not executable.
    """
    if path.is_symlink():
        raise MigtuiError("It is a symbolic link.")
    if path.exists() and not os.access(path, os.X_OK):
        raise MigtuiError("It is not executable, so that git does not run it.")


def _is_rebasing(top: Path) -> bool:
    """Whether a rebase is under way; git runs hooks at the top of the working tree."""
    place = top / ".git"
    with suppress(OSError, ValueError):
        if place.is_file():  # of a linked worktree
            place = top / place.read_text().removeprefix("gitdir:").strip()
        return any((place / name).exists() for name in ("rebase-merge", "rebase-apply"))
    return False
