"""The directories of a project that may hold its code: one pass over the tree."""

import fnmatch
import os
from collections.abc import Collection, Mapping
from pathlib import Path

NEVER = frozenset({"__pycache__", "node_modules", "bower_components", "site-packages",
                   "dist-packages"})  # fmt: skip
NEVER_ENDINGS = (".egg-info", ".egg", ".dist-info")
UNLESS_PACKAGE = frozenset({"build", "dist", "_build", "htmlcov", "target"})
"""Outputs of builds, unless they are Python packages that happen to be called so."""


def walk(root: Path, exclude: Collection[str] = ()) -> Mapping[Path, frozenset[str]]:
    """The directories under ``root`` that may hold code, each with the names of its Python files.

    Hidden directories, virtual environments, installed packages and build outputs are left out. A
    linked directory is entered where it is a package that was not seen yet.

    Args:
        root: Where to start; it is always looked into, whatever its name.
        exclude: Globs of directories, relative to ``root``.
    """
    found: dict[Path, frozenset[str]] = {}
    seen: set[tuple[int, int]] = set()
    links: list[Path] = []
    stack = [root]
    while stack or links:
        directory = stack.pop() if stack else links.pop()
        try:
            status = directory.stat()
            entries = sorted(os.scandir(directory), key=lambda entry: entry.name)
        except OSError:
            continue
        names = frozenset(entry.name for entry in entries)
        if (status.st_dev, status.st_ino) in seen or "pyvenv.cfg" in names:
            continue
        seen.add((status.st_dev, status.st_ino))
        found[directory] = frozenset(name for name in names if name.endswith(".py"))
        for entry in reversed(entries):
            path = directory / entry.name
            if not _is_left_out(entry, path, root, exclude):
                (links if entry.is_symlink() else stack).append(path)
    return found


def _is_left_out(
    entry: "os.DirEntry[str]", path: Path, root: Path, exclude: Collection[str]
) -> bool:
    name = entry.name
    if name[0] == "." or name in NEVER or not entry.is_dir() or name.endswith(NEVER_ENDINGS):
        return True
    if (entry.is_symlink() or name in UNLESS_PACKAGE) and not (path / "__init__.py").is_file():
        return True
    relative = path.relative_to(root).as_posix() if exclude else ""
    return any(fnmatch.fnmatch(relative, pattern.rstrip("/")) for pattern in exclude)
