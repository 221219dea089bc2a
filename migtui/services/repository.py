"""Where a project lies in its repository, without asking git."""

from pathlib import Path


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
