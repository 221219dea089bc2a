"""What was written to a project, entry by entry, as values: what can be undone, what redone."""

from dataclasses import dataclass, replace
from enum import StrEnum


class State(StrEnum):
    """Where an entry stands; the last three are only seen after a crash."""

    DONE = "done"
    UNDONE = "undone"
    WRITING = "writing"
    UNDOING = "undoing"
    REDOING = "redoing"

    @property
    def is_pending(self) -> bool:
        """Whether its files are being written, or were when the process ended."""
        return self not in (State.DONE, State.UNDONE)


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A file that an entry is about.

    Attributes:
        path: Relative to the project, with ``/``.
        before: SHA-256 of its content before; None for no file.
        after: SHA-256 of its content after; None for no file.
        mode: Permission bits, None for those of any new file.
        owner: User and group id, None for those of the process.
    """

    path: str
    before: str | None
    after: str | None
    mode: int | None = None
    owner: tuple[int, int] | None = None

    @property
    def turned(self) -> "FileRecord":
        """The way back."""
        return replace(self, before=self.after, after=self.before)


@dataclass(frozen=True, slots=True)
class Index:
    """What git's index held of an entry's files, as ``git ls-files --stage`` lists it.

    Attributes:
        paths: The files, from the top of the working tree.
        before: Before they were staged.
        after: Afterwards.
    """

    paths: tuple[str, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that was written.

    Attributes:
        id: Counted from 1.
        time: When, in UTC, ISO 8601.
        title: What it did.
        command: The command line that amounts to it.
        parent: The entry that was the last one done when this was written; None for the first.
        files: The files concerned.
        state: Where it stands.
        index: What happened to git's index; None where nothing was staged.
    """

    id: int
    time: str
    title: str
    command: str
    parent: int | None
    files: tuple[FileRecord, ...]
    state: State
    index: Index | None = None


@dataclass(frozen=True, slots=True)
class History:
    """What a journal holds.

    Attributes:
        entries: Oldest first.
        damaged: Entries that can't be read: number, state and the file's absolute path.
    """

    entries: tuple[Entry, ...] = ()
    damaged: tuple[tuple[int, State, str], ...] = ()

    @property
    def pending(self) -> Entry | None:
        """The entry whose writing was interrupted."""
        return next((entry for entry in self.entries if entry.state.is_pending), None)

    @property
    def last_done(self) -> int | None:
        """The number of the entry that undo would take back, damaged ones counted."""
        done = [entry.id for entry in self.entries if entry.state is State.DONE]
        done += [number for number, state, _ in self.damaged if state is State.DONE]
        return max(done, default=None)

    @property
    def undoable(self) -> Entry | None:
        """The entry that undo would take back, None where there is none that can be read."""
        last = self.last_done
        return next((entry for entry in self.entries if entry.id == last), None)

    @property
    def redoable(self) -> Entry | None:
        """The entry that redo would write again.

        Of what was undone right after the last entry that is done, the newest: what was undone
        before something else was written stays undone.
        """
        last = self.last_done
        undone = [
            entry for entry in self.entries if entry.state is State.UNDONE and entry.parent == last
        ]
        return undone[-1] if undone else None
