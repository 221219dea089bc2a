"""Leads one schema of SQLite to another, as its manual has it: a table is made anew and filled.

https://www.sqlite.org/lang_altertable.html#otheralter
"""

import re
from collections.abc import Iterator

from migtui.core.undo.model import COLUMN, INDEX, TABLE, Catalogue, Script, gone, names

_NEW = "new__"
"""How Django calls a table that it fills with the rows of another one."""
_TABLE = re.compile(r'(CREATE TABLE )("(?:[^"]|"")*"|[^\s(]+)', re.IGNORECASE)


def lead(now: Catalogue, wanted: Catalogue) -> Script:
    """What makes the one schema the other."""
    here, there = {*names(now, TABLE)}, {*names(wanted, TABLE)}
    # Its rows are in the table that was to take its place.
    moved = {t: _NEW + t for t in there - here if _NEW + t in here}
    return Script(tuple(_statements(now, wanted, moved)), tuple(gone(now, wanted, moved)))


def _statements(now: Catalogue, wanted: Catalogue, moved: dict[str, str]) -> Iterator[str]:
    here, there = {*names(now, TABLE)}, {*names(wanted, TABLE)}
    changed = [
        table for table in sorted(there & here) if now[TABLE, table, ""] != wanted[TABLE, table, ""]
    ]
    if changed or moved:  # rows of others may refer to what is made anew
        yield "PRAGMA foreign_keys = OFF"
    for kind, table, name in sorted(now):
        is_old = now[kind, table, name] != wanted.get((kind, table, name))
        if kind == INDEX and is_old and table in there and table not in changed:
            yield f"DROP INDEX {_quoted(name)}"
    for table in sorted(here - there - {*moved.values()}):
        yield f"DROP TABLE {_quoted(table)}"
    for table in changed:
        copy = _NEW + table
        yield _TABLE.sub(lambda m: m[1] + _quoted(copy), wanted[TABLE, table, ""], count=1)  # noqa: B023 - called at once
        yield from _fill(now, wanted, table, table, copy)
        yield f"DROP TABLE {_quoted(table)}"
        yield "PRAGMA legacy_alter_table = ON"
        yield f"ALTER TABLE {_quoted(copy)} RENAME TO {_quoted(table)}"
        yield "PRAGMA legacy_alter_table = OFF"
    for table in sorted(there - here):
        yield wanted[TABLE, table, ""]
        if table in moved:
            yield from _fill(now, wanted, moved[table], table, table)
            yield f"DROP TABLE {_quoted(moved[table])}"
    for key in sorted(wanted):
        kind, table, _ = key
        if kind == INDEX and (now.get(key) != wanted[key] or table in changed):
            yield wanted[key]
    if changed or moved:
        yield "PRAGMA foreign_keys = ON"


def _fill(now: Catalogue, wanted: Catalogue, source: str, table: str, target: str) -> Iterator[str]:
    """Copy the columns that both have."""
    there = {*names(now, COLUMN, source)}
    both = ", ".join(_quoted(name) for name in names(wanted, COLUMN, table) if name in there)
    if both:
        yield (
            f"INSERT INTO {_quoted(target)} ({both}) SELECT {both} "  # noqa: S608 - quoted, printed
            f"FROM {_quoted(source)}"
        )


def _quoted(name: str) -> str:
    escaped = name.replace('"', '""')
    return f'"{escaped}"'
