"""Moves several files from one content to another, and back where that fails.

Beside every file the new one is written and the old one kept, under hidden names; then new files
are renamed over old ones, and at last what goes is removed. Only writing the new files needs room
on the disk: taking everything back is renaming. Each function passes over what is done already, so
that it can be run again after a crash.
"""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from migtui.core.changes import sha256
from migtui.core.journal import FileRecord
from migtui.errors import StaleFileError
from migtui.storage.files import read_file, sync_directory, write_new

Contents: TypeAlias = Callable[[str], bytes]
"""The content that has a SHA-256."""


@dataclass(frozen=True, slots=True)
class Move:
    """A file on its way.

    Attributes:
        path: The file itself where ``record.path`` is a link to it.
        record: What it is and what it shall be.
        new: Where the new file waits.
        kept: Where the old one is kept.
    """

    path: Path
    record: FileRecord
    new: Path
    kept: Path

    @property
    def digest(self) -> str | None:
        """SHA-256 of what is there, None for nothing."""
        content = read_file(self.path)
        return None if content is None else sha256(content)

    @property
    def is_done(self) -> bool:
        """Whether it is what it shall be."""
        return self.digest == self.record.after

    @property
    def is_stale(self) -> bool:
        """Whether it is neither what it was nor what it shall be."""
        return self.digest not in (self.record.before, self.record.after)


def plan_moves(root: Path, files: Iterable[FileRecord], label: str) -> tuple[Move, ...]:
    """The moves of these files, removals last; ``label`` makes the hidden names unique."""
    moves = []
    for number, file in enumerate(files):
        path = root / file.path
        if path.is_symlink():
            path = path.resolve()
        hidden = path.parent / f".migtui-{label}-{number}"
        moves.append(Move(path, file, hidden.with_suffix(".new"), hidden.with_suffix(".old")))
    return tuple(sorted(moves, key=lambda move: move.record.after is None))


def carry_out(moves: Iterable[Move], contents: Contents) -> None:
    """Make every file what it shall be.

    Raises:
        StaleFileError: A file was changed meanwhile; it is left as it is.
        OSError: The system said no.
    """
    for move in moves:
        if move.is_done:
            continue
        if move.record.before is not None:
            _keep(move, contents)
        if move.record.after is not None:
            _write(move, contents(move.record.after))
    for move in moves:
        if move.is_done:
            continue
        if move.is_stale:
            raise StaleFileError(f"{move.record.path} was changed by somebody else meanwhile.")
        if move.record.after is None:
            move.path.unlink()
        else:
            move.new.replace(move.path)
    _clean(moves)


def take_back(moves: Iterable[Move], contents: Contents) -> None:
    """Make every file what it was, apart from those that somebody else changed."""
    for move in moves:
        if move.record.before is not None and move.is_done:
            _restore(move, move.record.before, contents)
    for move in moves:
        if move.record.before is None and move.is_done:
            move.path.unlink(missing_ok=True)
    _clean(moves)


def _keep(move: Move, contents: Contents) -> None:
    move.kept.unlink(missing_ok=True)
    try:
        os.link(move.path, move.kept)
    except OSError:  # not every file system has links
        before = move.record.before
        if before is not None:
            write_new(move.kept, contents(before), mode=move.record.mode, owner=move.record.owner)


def _restore(move: Move, digest: str, contents: Contents) -> None:
    kept = read_file(move.kept)
    if kept is not None and sha256(kept) == digest:
        move.kept.replace(move.path)
    else:
        _write(move, contents(digest))
        move.new.replace(move.path)


def _write(move: Move, content: bytes) -> None:
    write_new(move.new, content, mode=move.record.mode, owner=move.record.owner)


def _clean(moves: Iterable[Move]) -> None:
    for move in moves:
        move.new.unlink(missing_ok=True)
        move.kept.unlink(missing_ok=True)
    for directory in {move.path.parent for move in moves}:
        sync_directory(directory)
