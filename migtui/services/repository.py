"""Where a project lies in its repository, without asking git."""

from pathlib import Path

from migtui.core.under_way import STATES
from migtui.storage.journal import git_directory


def repository_prefix(root: Path) -> str:
    """The project's directory from the top of the repository around it, with ``/``.

    Args:
        root: The project's directory.

    Returns:
        Empty where the project is the top, and where there is no repository.
    """
    for directory in (root, *root.parents):
        if (directory / ".git").exists():
            prefix = root.relative_to(directory).as_posix()
            return "" if prefix == "." else prefix
    return ""


def is_in_repository(root: Path) -> bool:
    """Whether there is a repository around a project."""
    return any((directory / ".git").exists() for directory in (root, *root.parents))


def is_under_way(root: Path) -> bool:
    """Whether git is in the middle of a merge, a rebase or the like around a project."""
    for directory in (root, *root.parents):
        found = git_directory(directory / ".git")
        if found is not None:
            return any((found / name).exists() for name in STATES)
    return False
