"""The backups of a project on the disk: where they lie, which are there, whether one is whole."""

import hashlib
import os
import shutil
from pathlib import Path

from migtui.core.backups import MANIFEST, Manifest, read_manifest
from migtui.errors import NotFoundError, StorageError
from migtui.storage.journal import journal_directory

NAME = "backups"


def backup_directory(root: Path) -> Path:
    """Where the backups of the project in ``root`` lie, unless another place is given."""
    return journal_directory(root) / NAME


def open_directory(directory: Path) -> None:
    """Make the directory; where there is no git, git is told to leave it alone should it come."""
    try:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        if directory.parent.name == ".migtui":
            (directory.parent / ".gitignore").write_text("*\n", encoding="utf-8")
    except OSError as error:
        raise StorageError(
            f"Backups can't be kept in {directory}: {error.strerror}.",
            help="Give another place with --directory; nothing was changed.",
        ) from error


def read_backups(directory: Path) -> tuple[tuple[Manifest, ...], tuple[str, ...]]:
    """The backups in a directory, oldest first, and the paths of manifests that can't be read."""
    found: list[Manifest] = []
    damaged: list[str] = []
    for path in sorted(directory.glob(f"*/{MANIFEST}")):
        if path.parent.name.startswith("."):
            continue
        try:
            found.append(read_manifest(path.read_bytes()))
        except (OSError, ValueError):
            damaged.append(str(path))
    return tuple(sorted(found, key=lambda m: (m.created, m.id))), tuple(damaged)


def find_backup(directory: Path, name: str) -> tuple[Path, Manifest]:
    """A backup by its name, the beginning of it, or the path of its directory.

    Raises:
        NotFoundError: There is none, or there are several.
        StorageError: Its manifest can't be read.
    """
    path = Path(name)
    if os.sep in name or (path / MANIFEST).is_file():
        if not (path / MANIFEST).is_file():
            raise NotFoundError(f"{name} is no backup: it has no {MANIFEST}.")
        return path.resolve(), _manifest(path)
    names = sorted(entry.parent.name for entry in directory.glob(f"[!.]*/{MANIFEST}"))
    chosen = [name] if name in names else [entry for entry in names if entry.startswith(name)]
    if len(chosen) != 1 or not name:
        raise NotFoundError(
            f"{name!r} is short for several backups: {', '.join(chosen)}."
            if chosen
            else f"There is no backup {name!r} in {directory}.",
            help="`migtui backups` lists them.",
        )
    return directory / chosen[0], _manifest(directory / chosen[0])


def _manifest(path: Path) -> Manifest:
    try:
        return read_manifest((path / MANIFEST).read_bytes())
    except (OSError, ValueError) as error:
        raise StorageError(
            f"The manifest of {path} can't be read: {error}.",
            help="Take another backup; this one can't be told to be whole.",
        ) from error


def require_whole(path: Path, manifest: Manifest) -> Path:
    """The copy of a backup, which is what its manifest says.

    Raises:
        StorageError: It is not there, truncated, or changed.
    """
    copy = path / manifest.file
    try:
        size = copy.stat().st_size
        with copy.open("rb") as file:
            digest = (
                hashlib.file_digest(file, "sha256").hexdigest() if size == manifest.size else ""
            )
    except OSError as error:
        raise StorageError(f"{copy} can't be read: {error.strerror}.") from error
    if size != manifest.size:
        raise StorageError(
            f"{copy} is not whole: it has {size:,} bytes, the manifest says {manifest.size:,}.",
            help="Take another backup. Nothing was changed.",
        )
    if digest != manifest.sha256:
        raise StorageError(
            f"{copy} was changed since it was made: its SHA-256 is another.",
            help="Take another backup. Nothing was changed.",
        )
    return copy


def drop(directory: Path, manifest: Manifest) -> None:
    """Remove a backup; what can't be removed stays."""
    path = directory / manifest.id
    gone = directory / f".dropped-{manifest.id}"
    try:
        path.rename(gone)
    except OSError:
        return
    shutil.rmtree(gone, ignore_errors=True)
