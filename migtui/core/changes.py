"""A ChangeSet: what migtui would do to the project's files, as one value.

Preview, verification and writing take the same ChangeSet; nothing else writes to the project.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias


def sha256(content: bytes) -> str:
    """The content's SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


@dataclass(frozen=True, slots=True)
class Create:
    """A new file; nothing may be there yet."""

    path: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Rewrite:
    """New content for the file whose content is ``before``."""

    path: str
    before: bytes
    content: bytes


@dataclass(frozen=True, slots=True)
class Rename:
    """The file ``path`` moves to ``new_path``, where nothing may be yet."""

    path: str
    new_path: str
    before: bytes
    content: bytes


@dataclass(frozen=True, slots=True)
class Delete:
    """The file whose content is ``before`` goes."""

    path: str
    before: bytes


Change: TypeAlias = Create | Rewrite | Rename | Delete


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """Changes that are made all together or not at all.

    Attributes:
        title: What they do, for the journal: ``blog: order 0003_tags, 0004_views``.
        changes: Paths are relative to the project, with ``/``; each path stands in one change.
        command: The command line that amounts to it.
    """

    title: str
    changes: tuple[Change, ...]
    command: str = ""

    def files_before(self) -> dict[str, bytes | None]:
        """Every path concerned and the content that is expected there, None for no file."""
        found: dict[str, bytes | None] = {}
        for change in self.changes:
            match change:
                case Create(path):
                    found[path] = None
                case Rename(path, new_path, before):
                    found[path] = before
                    found[new_path] = None
                case Rewrite(path, before) | Delete(path, before):
                    found[path] = before
        return found

    def files_after(self) -> dict[str, bytes | None]:
        """Every path concerned and the content that it will have, None for no file."""
        found: dict[str, bytes | None] = {}
        for change in self.changes:
            match change:
                case Create(path, content) | Rewrite(path, _, content):
                    found[path] = content
                case Rename(path, new_path, _, content):
                    found[path] = None
                    found[new_path] = content
                case Delete(path):
                    found[path] = None
        return found


def onto(
    laid_over: Mapping[str, bytes | None],
    below: Mapping[str, bytes | None],
    changes: Sequence[Change],
) -> tuple[Change, ...]:
    """Changes of files with others laid over them, as changes of the files below.

    Args:
        laid_over: What was laid over, by path; all of it is written, too.
        below: What is there instead, by the same paths.
        changes: Made to the files with what lies over them.
    """
    first = ChangeSet("", tuple(changes))
    before, after = first.files_before(), first.files_after()
    result: list[Change] = []
    done: set[str] = set()
    for change in changes:
        paths = {change.path, change.new_path} if isinstance(change, Rename) else {change.path}
        if laid_over.keys().isdisjoint(paths):
            result.append(change)
            done |= paths
    for path in sorted({*laid_over, *before} - done):
        old = below[path] if path in laid_over else before[path]
        new = after.get(path, laid_over.get(path))
        if old is None and new is not None:
            result.append(Create(path, new))
        elif old is not None and new is None:
            result.append(Delete(path, old))
        elif old is not None and new is not None and old != new:
            result.append(Rewrite(path, old, new))
    return tuple(result)


def chained(first: Sequence[Change], then: Sequence[Change]) -> tuple[Change, ...]:
    """Changes, and changes of the files that these leave, as changes of the files before.

    Args:
        first: Of the files as they are.
        then: Of the files as ``first`` leaves them.
    """
    touched = ChangeSet("", tuple(then)).files_before().keys()
    apart, before = list[Change](), list[Change]()
    for change in first:
        paths = ChangeSet("", (change,)).files_before().keys()
        (apart if touched.isdisjoint(paths) else before).append(change)
    under = ChangeSet("", tuple(before))
    return (*apart, *onto(under.files_after(), under.files_before(), then))
