"""What has to be so before anything is written: the paths, the files as expected, rights, room."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

from migtui.core.changes import sha256
from migtui.core.journal import FileRecord
from migtui.errors import StorageError
from migtui.storage.files import read_file


def check_paths(root: Path, files: Sequence[FileRecord]) -> None:
    """Refuse paths that leave the project, and what links make impossible.

    A path may begin with ``../`` where a package of the project lies beside it: the file to change
    is there then, and a new one has Python files for neighbours.

    Raises:
        StorageError: Names the path and what is wrong with it.
    """
    left = {PurePosixPath(file.path).parent for file in files if file.before is not None}
    for file in files:
        _check_spelling(file.path)
        _check_directory(root, file.path)
        if file.before is None and PurePosixPath(file.path).parent not in left:
            _check_new(root, file.path)
        if file.after is None and (root / file.path).is_symlink():
            raise StorageError(
                f"{file.path} is a symbolic link, which can't be renamed or deleted.",
                help="Put the file itself there; changing dependencies alone needs no renaming.",
            )


def _check_spelling(path: str) -> None:
    if not path or "\0" in path or path.startswith("/") or os.path.normpath(path) != path:
        raise StorageError(
            f"{path!r} is not a path that migtui writes to.",
            help="Paths are relative to the project, without detours.",
        )


def _check_directory(root: Path, path: str) -> None:
    """Refuse a directory that links lead to and that is none of the project's repository."""
    top = root.resolve()
    said = Path(os.path.normpath(top / path)).parent
    real = (root / path).parent.resolve()
    repository = next((d for d in (top, *top.parents) if (d / ".git").exists()), top)
    if real != said and not real.is_relative_to(repository):
        raise StorageError(
            f"{path} would be written to {real}, which is outside the project.",
            help="A link leads there. Start migtui where the files are.",
        )


def _check_new(root: Path, path: str) -> None:
    directory = (root / path).parent
    if not directory.is_dir():
        raise StorageError(f"{path} can't be written: {directory} is not a directory.")
    if path.startswith("../") and next(directory.glob("*.py"), None) is None:
        raise StorageError(
            f"{path} would be written to {directory.resolve()}, which is outside the project."
        )


def find_stale(root: Path, files: Sequence[FileRecord]) -> tuple[str, ...]:
    """The files that are not what the records say they were before, each with what became of it."""
    stale = []
    for file in files:
        content = read_file(root / file.path)
        found = None if content is None else sha256(content)
        if found == file.before:
            continue
        if found is None:
            stale.append(f"{file.path} has vanished")
        else:
            stale.append(f"{file.path} {'has appeared' if file.before is None else 'was changed'}")
    return tuple(sorted(stale))


def check_possible(
    root: Path, journal: Path, files: Sequence[FileRecord], contents: Mapping[str, bytes]
) -> None:
    """Ask the system beforehand whether it will let the changes happen, as far as it tells.

    Args:
        root: The project.
        journal: The journal's directory.
        files: What is to change.
        contents: By SHA-256.

    Raises:
        StorageError: A file or directory can't be written, or a disk has no room.
    """
    needed = {journal: sum(map(len, contents.values()))}
    for file in files:
        path = root / file.path
        if path.is_symlink():
            path = path.resolve()
        if file.before is not None and not os.access(path, os.W_OK):
            raise StorageError(f"{file.path} is read-only.", help="Make it writable.")
        if not os.access(path.parent, os.W_OK | os.X_OK):
            raise StorageError(
                f"The directory {path.parent} is read-only.", help="Make it writable."
            )
        size = 0 if file.after is None else len(contents[file.after])
        needed[path.parent] = needed.get(path.parent, 0) + size
    for directory, size in needed.items():
        disk = os.statvfs(directory)
        if disk.f_bavail * disk.f_frsize < size:
            raise StorageError(f"The disk of {directory} is full.", help="Make room.")
