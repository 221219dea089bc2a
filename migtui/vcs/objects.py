"""git's objects by name, read through one ``git cat-file --batch`` and each only once.

No filter, text conversion, hook or remote takes part: what is read are the bytes that were
committed, and what a partial clone has not got is an error instead of a download.
"""

import os
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self

from migtui.core.changes import sha256
from migtui.errors import GitError

if TYPE_CHECKING:
    from git.cmd import Git

DIRECTORY = "40000"
LINK = "120000"
SUBMODULE = "160000"


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """An entry of a tree: its mode as git writes it, and the name of the object."""

    mode: str
    sha: str

    @property
    def is_directory(self) -> bool:
        """Whether it is a directory of this repository."""
        return self.mode == DIRECTORY


class Objects:
    """The objects of a repository; a context manager, which ends the process that reads them.

    Contents that no commit has, such as those of a merge that was not made, can be added: they are
    kept here, and nothing is written to the repository.

    Args:
        git: The runner, anywhere in the repository.
    """

    def __init__(self, git: "Git") -> None:
        self._git = git
        self._process: Any = None
        self._blobs: dict[str, bytes] = {}
        self._trees: dict[str, Mapping[str, TreeEntry]] = {}
        self._numbers = count(1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process; it starts again where something is read after all."""
        process, self._process = self._process, None
        if process is not None:
            with suppress(OSError):
                process.proc.stdin.close()
            process.proc.terminate()
            process.proc.wait()
            process.proc.stdout.close()

    def blob(self, sha: str) -> bytes:
        """The content of a file.

        Raises:
            GitError: The repository has not got it.
        """
        if sha not in self._blobs:
            self._blobs[sha] = self._read(sha, "blob")
        return self._blobs[sha]

    def tree(self, sha: str) -> Mapping[str, TreeEntry]:
        """The entries of a tree, or of a commit's tree, by name.

        Raises:
            GitError: The repository has not got it.
        """
        if sha not in self._trees:
            content = self._read(f"{sha}^{{tree}}", "tree")
            self._trees[sha] = MappingProxyType(dict(_entries(content, len(sha) // 2)))
        return self._trees[sha]

    def add_blob(self, content: bytes) -> str:
        """A name for a content that the repository may not have."""
        name = f"new:{sha256(content)}"
        self._blobs[name] = content
        return name

    def add_tree(self, entries: Mapping[str, TreeEntry]) -> str:
        """A name for a tree that the repository may not have."""
        name = f"new:{next(self._numbers)}"
        self._trees[name] = MappingProxyType(dict(entries))
        return name

    def _read(self, name: str, kind: str) -> bytes:
        process = self._running()
        try:
            process.stdin.write(name.encode() + b"\n")
            process.stdin.flush()
            answer = process.stdout.readline().split()
            found = len(answer) == 3 and answer[1].decode() == kind  # noqa: PLR2004 - its form
            content: bytes = process.stdout.read(int(answer[2]) + 1)[:-1] if found else b""
        except OSError:
            found = False
        if found:
            return content
        self.close()  # it may have ended, or have more to say
        raise GitError(
            f"The repository has no {kind} {name.partition('^')[0]}, which belongs to its history.",
            help="In a partial or shallow clone fetch it, with `git fetch --refetch` or "
            "`git fetch --unshallow`; else `git fsck` tells what is damaged.",
        )

    def _running(self) -> Any:  # noqa: ANN401 - GitPython has no type for it
        if self._process is None:
            self._process = self._git.cat_file("--batch", as_process=True, istream=subprocess.PIPE)
        return self._process.proc


def _entries(content: bytes, size: int) -> list[tuple[str, TreeEntry]]:
    """The entries of a tree object: mode, space, name, null byte, object name of ``size`` bytes."""
    found = []
    position = 0
    while position < len(content):
        space = content.index(b" ", position)
        end = content.index(b"\0", space)
        mode = content[position:space].decode("ascii")
        name = os.fsdecode(content[space + 1 : end])
        position = end + 1 + size
        found.append((name, TreeEntry(mode, content[end + 1 : position].hex())))
    return found
