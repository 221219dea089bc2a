"""What a ChangeSet, or an entry of the journal, does to each file, as the dialogs list it."""

from collections.abc import Iterable

from migtui.core.changes import ChangeSet
from migtui.core.journal import FileRecord
from migtui.tui.documents.diff import describe_change
from migtui.tui.documents.lines import Line, line

_STYLES = {"+": "added", "-": "removed"}


def file_lines(changes: ChangeSet) -> tuple[Line, ...]:
    """A line for each file that changes."""
    described = map(describe_change, changes.changes)
    return tuple(line(f" {sign} {text}", kind=_STYLES.get(sign, "")) for sign, text in described)


def record_lines(records: Iterable[FileRecord]) -> tuple[Line, ...]:
    """A line for each file that an entry of the journal brings to another state."""
    return tuple(map(_record, records))


def _record(record: FileRecord) -> Line:
    if record.before is None:
        return line(f" + create {record.path}", kind="added")
    if record.after is None:
        return line(f" - delete {record.path}", kind="removed")
    return line(f" ~ edit {record.path}")
