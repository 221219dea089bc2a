"""Writes a ChangeSet all or nothing, takes it back, and mends what a crash left half done.

The journal gets the old and the new contents first, then the entry: its rename into place is the
commitment, and before it nothing in the project is touched. Then the files are moved, and the
entry gets its final state. A process that ends in between leaves an entry in a state on the way:
the next one finishes it, or takes it back where it can't.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from migtui.core.changes import ChangeSet, Rename, sha256
from migtui.core.journal import Entry, FileRecord, History, State
from migtui.errors import MigtuiError, StaleFileError, StorageError
from migtui.storage import journal
from migtui.storage.checks import check_paths, check_possible, find_stale
from migtui.storage.lock import TIMEOUT, write_lock
from migtui.storage.moves import Move, carry_out, plan_moves, take_back


@dataclass(frozen=True, slots=True)
class _Way:
    """What a state on the way means.

    Attributes:
        forward: Whether files go from before to after.
        reached: The state when it is finished.
        failed: The state when it is taken back; None where the entry is forgotten.
        text: What was being done, for messages.
    """

    forward: bool
    reached: State
    failed: State | None
    text: str


_WAYS = {
    State.WRITING: _Way(forward=True, reached=State.DONE, failed=None, text="Writing"),
    State.UNDOING: _Way(forward=False, reached=State.UNDONE, failed=State.DONE, text="Taking back"),
    State.REDOING: _Way(
        forward=True, reached=State.DONE, failed=State.UNDONE, text="Writing again"
    ),
}


def apply(root: Path, directory: Path, changes: ChangeSet, *, timeout: float = TIMEOUT) -> Entry:
    """Write changes to the project, all of them or none.

    Args:
        root: The project.
        directory: Of its journal.
        changes: What to write.
        timeout: Seconds to wait for another writer.

    Returns:
        The journal's entry.

    Raises:
        StaleFileError: Files are not what the changes expect; every one is named.
        StorageError: It can't be written; everything is as before.
    """
    journal.open_journal(directory)
    with _writing(directory, timeout) as history:
        contents = {
            sha256(content): content
            for content in (*changes.files_before().values(), *changes.files_after().values())
            if content is not None
        }
        entry = Entry(
            id=journal.next_number(history),
            time=datetime.now(UTC).isoformat(timespec="seconds"),
            title=changes.title,
            command=changes.command,
            parent=history.last_done,
            files=_records(root, changes),
            state=State.WRITING,
        )
        check_paths(root, entry.files)
        stale = find_stale(root, entry.files)
        if stale:
            raise StaleFileError(
                f"The project is not as it was: {'; '.join(stale)}.",
                help="Nothing was written. Look at the conflict again.",
            )
        check_possible(root, directory, entry.files, contents)
        with _all_or_nothing(root, directory, entry):
            journal.add_entry(directory, entry, contents)
            written = _finish(root, directory, entry)
        with contextlib.suppress(OSError, StorageError):  # a journal that is too long does no harm
            journal.prune(directory)
        return written


def undo(root: Path, directory: Path, *, timeout: float = TIMEOUT) -> Entry:
    """Take back the last entry that is not undone.

    Raises:
        StaleFileError: Files were changed since; every one is named.
        StorageError: There is nothing to undo, or it can't be done; everything is as before.
    """
    with _writing(directory, timeout) as history:
        entry = history.undoable
        if entry is None:
            raise _nothing("undo", history)
        return _switch(root, directory, replace(entry, state=State.UNDOING), entry)


def redo(root: Path, directory: Path, *, timeout: float = TIMEOUT) -> Entry:
    """Write the last entry again that was undone, unless something else was written since.

    Raises:
        StaleFileError: Files were changed since; every one is named.
        StorageError: There is nothing to redo, or it can't be done; everything is as before.
    """
    with _writing(directory, timeout) as history:
        entry = history.redoable
        if entry is None:
            raise _nothing("redo", history)
        return _switch(root, directory, replace(entry, state=State.REDOING), entry)


def recover(root: Path, directory: Path, *, timeout: float = TIMEOUT) -> str | None:
    """Finish what was interrupted, or take it back where that is not possible.

    Returns:
        What was found and done, in a sentence; None where nothing was interrupted.

    Raises:
        StaleFileError: Files were changed since; nothing is touched, and both versions are named.
        StorageError: It could be neither finished nor taken back.
    """
    if not journal.has_pending(directory):
        return None
    with write_lock(directory, timeout=timeout):
        history = journal.read_history(directory)
        entry = history.pending
        if entry is None:
            lost = [path for _, state, path in history.damaged if state.is_pending]
            if not lost:  # another process was faster
                return None
            raise StorageError(
                f"Writing was interrupted, and its journal entry {lost[0]} can't be read.",
                help="Look at the project with git, then remove that file.",
            )
        way = _WAYS[entry.state]
        text = f"{way.text} “{entry.title}” was interrupted"
        _stop_if_stale(_moves(root, entry), directory, text)
        try:
            with _all_or_nothing(root, directory, entry):
                _finish(root, directory, entry)
        except StorageError as error:
            if journal.has_pending(directory):
                raise
            return f"{text}, and could not be finished. {error.message}"
        return f"{text}; it is finished now."


@contextlib.contextmanager
def _writing(directory: Path, timeout: float) -> Iterator[History]:
    if not (directory / "entries").is_dir():
        yield History()
        return
    with write_lock(directory, timeout=timeout):
        if journal.has_pending(directory):
            raise StorageError(
                "An earlier write was interrupted and is not mended yet.",
                help="Start migtui again: it says what is in the way.",
            )
        yield journal.read_history(directory)


def _records(root: Path, changes: ChangeSet) -> tuple[FileRecord, ...]:
    """What the journal keeps of every file; a renamed one keeps its mode and owner."""
    before, after = changes.files_before(), changes.files_after()
    origin = {
        change.new_path: change.path for change in changes.changes if isinstance(change, Rename)
    }
    records = []
    for path in before:
        mode = owner = None
        with contextlib.suppress(OSError, ValueError):
            found = (root / origin.get(path, path)).stat()
            mode, owner = found.st_mode & 0o7777, (found.st_uid, found.st_gid)
        records.append(FileRecord(path, _digest(before[path]), _digest(after[path]), mode, owner))
    return tuple(records)


def _digest(content: bytes | None) -> str | None:
    return None if content is None else sha256(content)


def _nothing(verb: str, history: History) -> StorageError:
    damaged = [path for number, _, path in history.damaged if number == history.last_done]
    if damaged:
        return StorageError(
            f"The last entry of the journal can't be read: {damaged[0]}.",
            help="Remove the file to go on with the entry before.",
        )
    return StorageError(f"There is nothing to {verb}.")


def _switch(root: Path, directory: Path, moving: Entry, entry: Entry) -> Entry:
    files = _files(moving)
    check_paths(root, files)
    stale = find_stale(root, files)
    if stale:
        raise StaleFileError(
            f"The project has changed since “{entry.title}”: {'; '.join(stale)}.",
            help="Nothing was changed. Take those changes back first, with git for instance.",
        )
    contents = {
        digest: journal.read_object(directory, digest)
        for file in files
        for digest in (file.before, file.after)
        if digest is not None
    }
    check_possible(root, directory, files, contents)
    with _all_or_nothing(root, directory, moving):
        journal.set_state(directory, entry, moving.state)
        return _finish(root, directory, moving)


def _finish(root: Path, directory: Path, entry: Entry) -> Entry:
    carry_out(_moves(root, entry), partial(journal.read_object, directory))
    return journal.set_state(directory, entry, _WAYS[entry.state].reached)


def _moves(root: Path, entry: Entry) -> tuple[Move, ...]:
    return plan_moves(root, _files(entry), str(entry.id))


def _files(entry: Entry) -> tuple[FileRecord, ...]:
    if _WAYS[entry.state].forward:
        return entry.files
    return tuple(file.turned for file in entry.files)


@contextlib.contextmanager
def _all_or_nothing(root: Path, directory: Path, entry: Entry) -> Iterator[None]:
    """Take everything back where the block fails, also where the developer interrupts it."""
    try:
        yield
    except BaseException as error:
        reason = _reason(error)
        try:
            take_back(_moves(root, entry), partial(journal.read_object, directory))
            failed = _WAYS[entry.state].failed
            with contextlib.suppress(FileNotFoundError):  # it failed before the entry was there
                if failed is None:
                    journal.remove_entry(directory, entry)
                else:
                    journal.set_state(directory, entry, failed)
        except (OSError, StorageError) as again:
            raise StorageError(
                f"{reason}, and what was done could not be taken back: {_reason(again)}.",
                help=f"The next start tries again. Both versions of all files are in {directory}.",
            ) from error
        if isinstance(error, OSError | StorageError):
            kind = type(error) if isinstance(error, StorageError) else StorageError
            raise kind(f"{reason}. Everything is as it was before.") from error
        raise


def _reason(error: BaseException) -> str:
    if isinstance(error, MigtuiError):
        return error.message.rstrip(".")
    if isinstance(error, OSError):
        place = f"{error.filename}: " if error.filename else ""
        return f"{place}{error.strerror or error}"
    return "The write was interrupted"


def _stop_if_stale(moves: tuple[Move, ...], directory: Path, text: str) -> None:
    stale = [move for move in moves if move.is_stale]
    if not stale:
        return
    versions = "; ".join(
        f"{move.record.path}: "
        + ", ".join(
            f"{word} {directory / 'objects' / digest}"
            for word, digest in (("old", move.record.before), ("new", move.record.after))
            if digest is not None
        )
        for move in stale
    )
    raise StaleFileError(
        f"{text}, and changed since by somebody else: "
        f"{', '.join(sorted(move.record.path for move in stale))}.",
        help=f"Put one of the two versions there, then start migtui again. {versions}",
    )
