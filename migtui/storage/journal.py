"""The journal: what was written, with both versions of every file, so that it can be taken back.

A journal is a directory:

    lock, lock.holder             one writer at a time
    entries/0007.done.json        an entry; its number and state are the file's name
    objects/2c26b46b…             contents, by their SHA-256

An entry changes its state when its file is renamed, which is atomic and needs no room on the disk.
"""

import contextlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from migtui.core.changes import sha256
from migtui.core.journal import Entry, FileRecord, History, Index, State
from migtui.errors import StorageError
from migtui.storage.files import read_file, sync_directory, write_atomically

KEPT_ENTRIES = 100
"""Older entries are dropped after each write."""


_ENTRY_NAME = re.compile(rf"(\d{{4,}})\.({'|'.join(State)})\.json")


def journal_directory(root: Path) -> Path:
    """Where the journal of the project in ``root`` lies; it need not be there yet.

    In the git directory, a worktree's own where it is one, or in ``.migtui`` where there is no
    git. Projects below the top of a repository have one each.
    """
    root = root.resolve()
    for directory in (root, *root.parents):
        found = git_directory(directory / ".git")
        if found is not None:
            journal = found / "migtui"
            inner = root.relative_to(directory).as_posix()
            name = inner.replace("%", "%25").replace("/", "%2F")
            return journal if inner == "." else journal / "projects" / name
    return root / ".migtui"


def git_directory(path: Path) -> Path | None:
    """The git directory that ``.git`` is, or names where it is a file."""
    if (path / "HEAD").is_file():
        return path
    with contextlib.suppress(OSError, UnicodeDecodeError):
        label, _, target = path.read_text(encoding="utf-8").partition(":")
        directory = path.parent / target.strip()
        if label == "gitdir" and (directory / "HEAD").is_file():
            return directory.resolve()
    return None


def open_journal(directory: Path) -> None:
    """Make the directories of a journal."""
    try:
        for name in ("entries", "objects"):
            (directory / name).mkdir(parents=True, exist_ok=True)
        if directory.name == ".migtui":
            (directory / ".gitignore").write_text("*\n", encoding="utf-8")
    except OSError as error:
        raise StorageError(
            f"The journal can't be kept in {directory}: {error.strerror}.",
            help="Make the directory writable; nothing was changed.",
        ) from error


def has_pending(directory: Path) -> bool:
    """Whether writing was interrupted; looks at names only."""
    return any(state.is_pending for _, state, _ in _entry_files(directory))


def read_history(directory: Path) -> History:
    """Every entry of a journal."""
    entries: list[Entry] = []
    damaged: list[tuple[int, State, str]] = []
    for number, state, path in _entry_files(directory):
        try:
            entries.append(_decode(json.loads(path.read_bytes()), number, state))
        except (OSError, ValueError, LookupError, TypeError):
            damaged.append((number, state, str(path)))
    return History(tuple(entries), tuple(damaged))


def add_entry(directory: Path, entry: Entry, contents: Mapping[str, bytes]) -> None:
    """Keep an entry and the contents of its files; the last step makes it count.

    Args:
        directory: The journal's.
        entry: In the state ``writing``.
        contents: By SHA-256.
    """
    for digest, content in contents.items():
        path = directory / "objects" / digest
        if _read_object(path, digest) is None:
            write_atomically(path, content)
    _write_entry(directory, entry)


def keep_index(directory: Path, entry: Entry, index: Index) -> Entry:
    """Keep what happened to git's index with an entry; returns the entry with it.

    Raises:
        StorageError: It can't be written.
    """
    changed = replace(entry, index=index)
    try:
        _write_entry(directory, changed)
    except OSError as error:
        raise StorageError(
            f"The journal can't be written in {directory}: {error.strerror}.",
            help="The files are written and staged; `git reset` unstages them.",
        ) from error
    return changed


def _write_entry(directory: Path, entry: Entry) -> None:
    values = {key: value for key, value in asdict(entry).items() if key not in ("id", "state")}
    document = json.dumps({"version": 1, **values}, indent=1)
    write_atomically(_entry_path(directory, entry), document.encode())


def next_number(history: History) -> int:
    """The number of an entry to come."""
    used = [entry.id for entry in history.entries] + [number for number, _, _ in history.damaged]
    return max(used, default=0) + 1


def set_state(directory: Path, entry: Entry, state: State) -> Entry:
    """Move an entry on; returns it as it is then."""
    moved = replace(entry, state=state)
    _entry_path(directory, entry).replace(_entry_path(directory, moved))
    if state.is_pending:
        sync_directory(directory / "entries")
    else:
        _try_to_sync(directory / "entries")
    return moved


def remove_entry(directory: Path, entry: Entry) -> None:
    """Forget an entry that never came to be."""
    _entry_path(directory, entry).unlink()
    _try_to_sync(directory / "entries")


def _try_to_sync(directory: Path) -> None:
    """Ask for a final state to reach the disk.

    Where that fails and the machine then stops, the entry is pending again, which mends itself.
    """
    with contextlib.suppress(OSError):
        sync_directory(directory)


def read_object(directory: Path, digest: str) -> bytes:
    """The content that the journal keeps under a hash.

    Raises:
        StorageError: It is not there, or not what was put there.
    """
    path = directory / "objects" / digest
    content = _read_object(path, digest)
    if content is None:
        raise StorageError(f"The journal's copy {path} is missing or damaged.")
    return content


def prune(directory: Path) -> None:
    """Drop entries past the last hundred, and contents that no entry refers to."""
    history = read_history(directory)
    for entry in history.entries[:-KEPT_ENTRIES]:
        remove_entry(directory, entry)
    if history.damaged:  # what they refer to can't be told
        return
    kept = {
        digest
        for entry in history.entries[-KEPT_ENTRIES:]
        for file in entry.files
        for digest in (file.before, file.after)
    }
    for path in (directory / "objects").iterdir():
        if path.name not in kept:
            path.unlink()
    for path in (directory / "entries").glob("*.tmp"):
        path.unlink()


def _read_object(path: Path, digest: str) -> bytes | None:
    content = read_file(path)
    return content if content is not None and sha256(content) == digest else None


def _entry_path(directory: Path, entry: Entry) -> Path:
    return directory / "entries" / f"{entry.id:04d}.{entry.state}.json"


def _entry_files(directory: Path) -> list[tuple[int, State, Path]]:
    try:
        paths = list((directory / "entries").iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise StorageError(f"The journal {directory} can't be read: {error.strerror}.") from error
    found = []
    for path in paths:
        match = _ENTRY_NAME.fullmatch(path.name)
        if match:
            found.append((int(match[1]), State(match[2]), path))
    return sorted(found)


def _decode(document: dict[str, Any], number: int, state: State) -> Entry:
    files = []
    for item in document["files"]:
        owner = item["owner"]
        item["owner"] = None if owner is None else (int(owner[0]), int(owner[1]))
        files.append(FileRecord(**item))
    index = document.get("index")
    return Entry(
        id=number,
        time=str(document["time"]),
        title=str(document["title"]),
        command=str(document["command"]),
        parent=document["parent"],
        files=tuple(files),
        state=state,
        index=Index(*(tuple(map(str, index[key])) for key in ("paths", "before", "after")))
        if index
        else None,
    )
