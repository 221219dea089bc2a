"""The directories of a project that may hold its code: one pass over the tree."""

import fnmatch
from collections.abc import Collection, Mapping
from pathlib import Path

from migtui.source.files import DISK, Entry, Files, is_directory

NEVER = frozenset({"__pycache__", "node_modules", "bower_components", "site-packages",
                   "dist-packages"})  # fmt: skip
NEVER_ENDINGS = (".egg-info", ".egg", ".dist-info")
UNLESS_PACKAGE = frozenset({"build", "dist", "_build", "htmlcov", "target"})
"""Outputs of builds, unless they are Python packages that happen to be called so."""


def walk(
    root: Path, exclude: Collection[str] = (), files: Files = DISK
) -> Mapping[Path, frozenset[str]]:
    """The directories under ``root`` that hold Python files, each with the names of those.

    Hidden directories, virtual environments, installed packages and build outputs are left out. A
    linked directory is entered where it is a package that was not seen yet.

    Args:
        root: Where to start; it is always looked into, whatever its name.
        exclude: Globs of directories, relative to ``root``.
        files: Where they are read from.
    """
    found: dict[Path, frozenset[str]] = {}
    seen: set[str] = set()
    # Each as it is reached and as it really is. Texts: a tree may have ten thousand directories.
    stack = [(str(root), files.real(str(root)))]
    links: list[tuple[str, str]] = []
    while stack or links:
        directory, real = stack.pop() if stack else links.pop()
        if real in seen:
            continue
        seen.add(real)
        try:
            entries = sorted(files.scan(directory), key=lambda entry: entry.name)
        except OSError:
            continue
        if any(entry.name == "pyvenv.cfg" for entry in entries):
            continue
        names = frozenset(entry.name for entry in entries if entry.name.endswith(".py"))
        if names:
            found[Path(directory)] = names
        for entry in reversed(entries):
            if _is_left_out(entry, root, exclude, files):
                continue
            if entry.is_symlink():
                links.append((entry.path, files.real(entry.path)))
            else:
                stack.append((entry.path, f"{real}/{entry.name}"))
    return found


def _is_left_out(entry: Entry, root: Path, exclude: Collection[str], files: Files) -> bool:
    name = entry.name
    if name[0] == "." or name in NEVER or not is_directory(entry) or name.endswith(NEVER_ENDINGS):
        return True
    is_suspect = entry.is_symlink() or name in UNLESS_PACKAGE
    if is_suspect and not files.is_file(Path(entry.path, "__init__.py")):
        return True
    relative = Path(entry.path).relative_to(root).as_posix() if exclude else ""
    return any(fnmatch.fnmatch(relative, pattern.rstrip("/")) for pattern in exclude)
