"""The files of a tree of git, as if it were checked out where the working tree is."""

import errno
import os
import posixpath
from collections.abc import Mapping, Sequence
from pathlib import Path

from migtui.vcs.objects import LINK, SUBMODULE, Objects, TreeEntry

MOST_LINKS = 40
"""Links that may be followed on the way to a file, as on Linux."""


class TreeFiles:
    """The files of one tree, by the paths that they have in the working tree.

    Links are followed inside the tree. One that leads out of it leads nowhere: what lies there is
    not part of the commit. A submodule is an empty directory.

    Args:
        objects: Where the tree and its files are read.
        tree: Name of a tree or of a commit.
        top: The top of the working tree.
    """

    def __init__(self, objects: Objects, tree: str, top: Path) -> None:
        self.objects = objects
        self.tree = tree
        self.top = top
        self._prefix = str(top).rstrip("/") + "/"
        self._directories: dict[str, tuple[str, Mapping[str, TreeEntry]] | None] = {}

    def read(self, path: Path) -> bytes:
        """The content of a file.

        Raises:
            OSError: There is none.
            GitError: The repository has not got it.
        """
        name = self.blob_name(path)
        if name is None:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
        return self.objects.blob(name)

    def blob_name(self, path: Path) -> str | None:
        """The name of a file's content; None where there is no file."""
        found = self._find(self._relative(path))
        if found is None or found[1].is_directory or found[1].mode in (LINK, SUBMODULE):
            return None
        return found[1].sha

    def is_file(self, path: Path) -> bool:
        """Whether there is a file, or a link to one."""
        return self.blob_name(path) is not None

    def scan(self, directory: str | Path) -> Sequence["_Entry"]:
        """What a directory holds.

        Raises:
            OSError: It is none.
            GitError: The repository has not got it.
        """
        entries = self._directory(self._relative(directory))
        if entries is None:
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(directory))
        where = str(directory)
        return [_Entry(self, name, where, entry) for name, entry in entries[1].items()]

    def real(self, path: str) -> str:
        """The path without links, as far as it exists."""
        relative = self._relative(path)
        if relative is None:
            return path
        found = self._directory(relative)
        if found is not None:
            return self._prefix + found[0] if found[0] else str(self.top)
        entry = self._find(relative)
        return path if entry is None else self._prefix + entry[0]

    def _relative(self, path: str | Path) -> str | None:
        text = os.path.normpath(path)
        if text.startswith(self._prefix):
            return text[len(self._prefix) :]
        return "" if text == str(self.top) else None

    def _find(self, path: str | None, links: int = 0) -> tuple[str, TreeEntry] | None:
        """Where a path leads and what is there; None where that is nothing."""
        if not path or links > MOST_LINKS:
            return None
        parent, name = posixpath.split(path)
        directory = self._directory(parent, links)
        if directory is None or name not in directory[1]:
            return None
        real, entries = directory
        entry = entries[name]
        place = f"{real}/{name}" if real else name
        if entry.mode != LINK:
            return place, entry
        target = os.fsdecode(self.objects.blob(entry.sha))
        led = posixpath.normpath(posixpath.join(real, target))
        outside = target.startswith("/") or led.startswith("../") or led in ("..", ".")
        return None if outside else self._find(led, links + 1)

    def _directory(
        self, path: str | None, links: int = 0
    ) -> tuple[str, Mapping[str, TreeEntry]] | None:
        """The directory that a path leads to, without links, and its entries."""
        if path is None:
            return None
        if path not in self._directories:
            if path == "":
                self._directories[path] = ("", self.objects.tree(self.tree))
            else:
                found = self._find(path, links)
                self._directories[path] = (
                    (found[0], self.objects.tree(found[1].sha))
                    if found is not None and found[1].is_directory
                    else None
                )
        return self._directories[path]


class _Entry:
    """A name in a directory of a tree."""

    __slots__ = ("_entry", "_files", "_where", "name")

    def __init__(self, files: TreeFiles, name: str, where: str, entry: TreeEntry) -> None:
        self._files = files
        self._where = where
        self._entry = entry
        self.name = name

    @property
    def path(self) -> str:
        return f"{self._where}/{self.name}"

    def is_dir(self) -> bool:
        if self._entry.mode != LINK:
            return self._entry.is_directory
        try:
            self._files.scan(self.path)
        except OSError:
            return False
        return True

    def is_symlink(self) -> bool:
        return self._entry.mode == LINK
