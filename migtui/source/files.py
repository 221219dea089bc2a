"""Where a project's files are read from: the disk, or whatever else can list and read them.

Apart so that the same readers see the working tree, a commit of git, a merge that was never made
and a tree with changes that are not written yet.
"""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol


class Entry(Protocol):
    """A name in a directory; ``os.DirEntry`` is one."""

    @property
    def name(self) -> str:
        """Without the directory."""

    @property
    def path(self) -> str:
        """With the directory."""

    def is_dir(self) -> bool:
        """Whether it is a directory, or a link to one."""

    def is_symlink(self) -> bool:
        """Whether it is a link."""


def is_directory(entry: Entry) -> bool:
    """Whether an entry is a directory; a link that leads round in a circle is none."""
    try:
        return entry.is_dir()
    except OSError:
        return False


class Files(Protocol):
    """Files by absolute path."""

    def read(self, path: Path) -> bytes:
        """The content of a file.

        Raises:
            OSError: There is none, or it can't be read.
        """

    def is_file(self, path: Path) -> bool:
        """Whether there is a file, or a link to one."""

    def scan(self, directory: str | Path) -> Sequence[Entry]:
        """What a directory holds, in any order.

        Raises:
            OSError: It is none, or can't be read.
        """

    def real(self, path: str) -> str:
        """The path without links, as far as it exists."""


class Disk:
    """The files of this machine."""

    def read(self, path: Path) -> bytes:
        """As ``Files.read``."""
        with path.open("rb", buffering=0) as file:  # whole: a buffer is only in the way
            return file.readall()

    def is_file(self, path: Path) -> bool:
        """As ``Files.is_file``."""
        return path.is_file()

    def scan(self, directory: str | Path) -> Sequence[Entry]:
        """As ``Files.scan``."""
        with os.scandir(directory) as listing:
            return list(listing)

    def real(self, path: str) -> str:
        """As ``Files.real``."""
        return str(Path(path).resolve())


DISK = Disk()


class Overlaid:
    """Files with other contents laid over some of them.

    Args:
        below: The files.
        contents: By absolute path; None where there is to be no file. Their directories exist.
    """

    def __init__(self, below: Files, contents: Mapping[Path, bytes | None]) -> None:
        self._below = below
        self._contents = contents
        self._added: dict[str, list[Path]] = {}
        for path, content in contents.items():
            if content is not None:
                self._added.setdefault(str(path.parent), []).append(path)

    def read(self, path: Path) -> bytes:
        """As ``Files.read``."""
        if path not in self._contents:
            return self._below.read(path)
        content = self._contents[path]
        if content is None:
            raise FileNotFoundError(2, os.strerror(2), str(path))
        return content

    def is_file(self, path: Path) -> bool:
        """As ``Files.is_file``."""
        if path in self._contents:
            return self._contents[path] is not None
        return self._below.is_file(path)

    def scan(self, directory: str | Path) -> Sequence[Entry]:
        """As ``Files.scan``."""
        below = self._below.scan(directory)
        kept = [entry for entry in below if Path(directory, entry.name) not in self._contents]
        return [*kept, *map(_Added, self._added.get(str(directory), ()))]

    def real(self, path: str) -> str:
        """As ``Files.real``."""
        return self._below.real(path)


class _Added:
    """The entry of a file that is laid over."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self.path = str(path)

    def is_dir(self) -> bool:
        return False

    def is_symlink(self) -> bool:
        return False
