"""Leads one schema of PostgreSQL to another; indexes without a lock that writes wait for."""

import re
from collections.abc import Iterator

from migtui.core.undo.model import (
    COLUMN,
    CONSTRAINT,
    INDEX,
    TABLE,
    Catalogue,
    Key,
    Script,
    gone,
    names,
)

SEPARATOR = "\x1f"
"""Between the parts of a column's definition, in the order of ``PARTS``."""
PARTS = ("type", "not_null", "default", "identity", "generated", "collation", "comment")

_INDEX = re.compile(r"(CREATE (?:UNIQUE )?INDEX) ")


def lead(now: Catalogue, wanted: Catalogue) -> Script:
    """What makes the one schema the other; not to be run in one transaction."""
    return Script(tuple(_statements(now, wanted)), tuple(gone(now, wanted)))


def _statements(now: Catalogue, wanted: Catalogue) -> Iterator[str]:
    here, there = {*names(now, TABLE)}, {*names(wanted, TABLE)}
    old = {key for key in now if now[key] != wanted.get(key)}
    new = {key for key in wanted if wanted[key] != now.get(key)}
    for _, table, name in sorted(_of(old, CONSTRAINT), key=lambda k: not _is_foreign(now[k])):
        if table in there or _is_foreign(now[CONSTRAINT, table, name]):
            yield f"ALTER TABLE {_quoted(table)} DROP CONSTRAINT {_quoted(name)}"
    for _, table, name in sorted(_of(old, INDEX)):
        if table in there:
            yield f"DROP INDEX CONCURRENTLY {_quoted(name)}"
    yield from (f"DROP TABLE {_quoted(table)}" for table in sorted(here - there))
    for table in sorted(here & there):
        for name in names(now, COLUMN, table):
            if (COLUMN, table, name) not in wanted:
                yield f"ALTER TABLE {_quoted(table)} DROP COLUMN {_quoted(name)}"
        for name in names(wanted, COLUMN, table):
            key = (COLUMN, table, name)
            if key not in now:
                column = _column(name, _parts(wanted[key]))
                yield f"ALTER TABLE {_quoted(table)} ADD COLUMN {column}"
                yield from _comment(table, name, "", _parts(wanted[key])["comment"])
            elif now[key] != wanted[key]:
                yield from _alter(table, name, _parts(now[key]), _parts(wanted[key]))
    for table in sorted(there - here):
        columns = [
            (name, _parts(wanted[COLUMN, table, name])) for name in names(wanted, COLUMN, table)
        ]
        listed = ", ".join(_column(name, parts) for name, parts in columns)
        yield f"CREATE TABLE {_quoted(table)} ({listed})"
        for name, parts in columns:
            yield from _comment(table, name, "", parts["comment"])
    for table in sorted(there):
        before, after = now.get((TABLE, table, ""), ""), wanted[TABLE, table, ""]
        if before != after:
            yield f"COMMENT ON TABLE {_quoted(table)} IS {_text(after)}"
    for key in sorted(_of(new, CONSTRAINT), key=lambda k: _is_foreign(wanted[k])):
        yield f"ALTER TABLE {_quoted(key[1])} ADD CONSTRAINT {_quoted(key[2])} {wanted[key]}"
    for key in sorted(_of(new, INDEX)):
        yield _INDEX.sub(r"\1 CONCURRENTLY ", wanted[key], count=1)


def _of(keys: set[Key], kind: str) -> list[Key]:
    return sorted(key for key in keys if key[0] == kind)


def _is_foreign(definition: str) -> bool:
    return definition.startswith("FOREIGN KEY")


def _parts(definition: str) -> dict[str, str]:
    return dict(zip(PARTS, definition.split(SEPARATOR), strict=True))


def _column(name: str, parts: dict[str, str]) -> str:
    words = [_quoted(name), parts["type"]]
    if parts["collation"]:
        words.append(f"COLLATE {parts['collation']}")
    if parts["generated"]:
        words.append(f"GENERATED ALWAYS AS ({parts['default']}) STORED")
    elif parts["default"]:
        words.append(f"DEFAULT {parts['default']}")
    if parts["not_null"]:
        words.append("NOT NULL")
    if parts["identity"]:
        words.append(_identity(parts))
    return " ".join(words)


def _identity(parts: dict[str, str]) -> str:
    how = "ALWAYS" if parts["identity"] == "a" else "BY DEFAULT"
    return f"GENERATED {how} AS IDENTITY"


def _alter(table: str, name: str, now: dict[str, str], wanted: dict[str, str]) -> Iterator[str]:
    column = f"ALTER TABLE {_quoted(table)} ALTER COLUMN {_quoted(name)}"
    retyped = (now["type"], now["collation"]) != (wanted["type"], wanted["collation"])
    if now["identity"] and not wanted["identity"]:
        yield f"{column} DROP IDENTITY"
    if now["default"] and (retyped or not wanted["default"]):
        yield f"{column} DROP DEFAULT"
    if retyped:
        collation = f" COLLATE {wanted['collation']}" if wanted["collation"] else ""
        using = f"{_quoted(name)}::{wanted['type']}"
        yield f"{column} TYPE {wanted['type']}{collation} USING {using}"
    if wanted["default"] and (retyped or now["default"] != wanted["default"]):
        yield f"{column} SET DEFAULT {wanted['default']}"
    if now["not_null"] != wanted["not_null"]:
        yield f"{column} {'SET' if wanted['not_null'] else 'DROP'} NOT NULL"
    if wanted["identity"] and not now["identity"]:
        yield f"{column} ADD {_identity(wanted)}"
    yield from _comment(table, name, now["comment"], wanted["comment"])


def _comment(table: str, name: str, now: str, wanted: str) -> Iterator[str]:
    if now != wanted:
        yield f"COMMENT ON COLUMN {_quoted(table)}.{_quoted(name)} IS {_text(wanted)}"


def _quoted(name: str) -> str:
    escaped = name.replace('"', '""')
    return f'"{escaped}"'


def _text(value: str) -> str:
    escaped = value.replace("'", "''")
    return f"'{escaped}'" if value else "NULL"
