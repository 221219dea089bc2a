"""Reading and writing single files so that what was written survives a crash of the machine."""

import contextlib
import os
import stat
from pathlib import Path

from migtui.errors import StorageError


def read_file(path: Path) -> bytes | None:
    """The content of a file, a link at its end followed; None where nothing is there.

    Raises:
        StorageError: Something else than a file is there, or it can't be read.
    """
    try:
        kind = path.stat().st_mode
        if not stat.S_ISREG(kind):  # reading a pipe would wait for ever
            raise StorageError(f"{path} is not a file.", help="Move it away.")
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError) as error:
        if path.is_symlink():
            raise StorageError(
                f"{path} is a link to something that is not there.", help="Mend or remove the link."
            ) from error
        return None
    except OSError as error:
        raise StorageError(f"{path} can't be read: {error.strerror}.") from error


def write_new(
    path: Path, content: bytes, *, mode: int | None = None, owner: tuple[int, int] | None = None
) -> None:
    """Write a file that nobody looks at yet, through to the disk; a left-over one is replaced.

    Args:
        path: Where.
        content: All of it.
        mode: Permission bits; what the umask leaves where None.
        owner: User and group id, kept as far as the system allows; those of the process where None.
    """
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        if owner is not None and owner != (os.geteuid(), os.getegid()):
            with contextlib.suppress(PermissionError):
                os.fchown(descriptor, *owner)
        if mode is not None:
            os.fchmod(descriptor, mode)
        os.fsync(descriptor)
    except OSError as error:  # the system doesn't say which file it was
        raise OSError(error.errno, error.strerror, str(path)) from error
    finally:
        os.close(descriptor)


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file of the journal: it is there whole or not at all, whenever the machine stops."""
    temporary = path.with_name(f"{path.name}.tmp")
    write_new(temporary, content)
    temporary.replace(path)
    sync_directory(path.parent)


def sync_directory(path: Path) -> None:
    """Make renames and removals in a directory survive a crash of the machine."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_script(path: Path, content: bytes) -> None:
    """Write a script that others run: whole or not at all, its permission bits kept.

    Raises:
        StorageError: It can't be written.
    """
    try:
        mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else 0o755
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f"{path.name}.migtui")
        write_new(temporary, content, mode=mode)
        temporary.replace(path)
    except OSError as error:
        raise StorageError(f"{path} can't be written: {error.strerror}.") from error
