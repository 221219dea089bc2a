"""Which files are on the default branch already."""

from collections.abc import Collection
from pathlib import Path

from migtui.vcs.repository import open_repository


def published_files(root: Path, paths: Collection[str], base: str | None) -> frozenset[str] | None:
    """Those of these files that the default branch has.

    Args:
        root: The project's directory.
        paths: Relative to it.
        base: The default branch, where git doesn't tell.

    Returns:
        None where that can't be told: there is no git, no repository or no default branch.
    """
    repository = open_repository(root, base=base)
    default = repository.default if repository is not None else None
    if repository is None or default is None:
        return None
    names = {path: repository.path(root.resolve() / path) for path in paths}
    found = repository.files(default.sha, [name for name in names.values() if name is not None])
    if found is None:
        return None
    return frozenset(path for path, name in names.items() if name in found)
