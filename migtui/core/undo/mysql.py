"""Leads one schema of MySQL or MariaDB to another, with one ALTER TABLE for each table."""

import re
from collections.abc import Iterator

from migtui.core.undo.model import (
    COLUMN,
    CONSTRAINT,
    INDEX,
    TABLE,
    Catalogue,
    Script,
    gone,
    names,
)

_TAIL = re.compile(r"[^)]*\Z")


def lead(now: Catalogue, wanted: Catalogue) -> Script:
    """What makes the one schema the other.

    A foreign key has to go before what it refers to, and to come after that.
    """
    here, there = {*names(now, TABLE)}, {*names(wanted, TABLE)}
    statements: list[str] = []
    for table in sorted(here & there):
        keys = [
            name
            for name in _changed(now, wanted, CONSTRAINT, table)
            if _is_foreign(now, table, name)
        ]
        statements += _alter(table, [f"DROP FOREIGN KEY {_quoted(name)}" for name in keys])
    dropped = sorted(here - there)
    for table in dropped:
        keys = [name for name in names(now, CONSTRAINT, table) if _is_foreign(now, table, name)]
        if len(dropped) > 1:  # they may refer to each other
            statements += _alter(table, [f"DROP FOREIGN KEY {_quoted(name)}" for name in keys])
    statements += [f"DROP TABLE {_quoted(table)}" for table in dropped]
    for table in sorted(here & there):
        statements += _alter(table, [*_clauses(now, wanted, table)])
    statements += [wanted[TABLE, table, ""] for table in sorted(there - here)]
    for table in sorted(here & there):
        keys = [
            name
            for name in _changed(wanted, now, CONSTRAINT, table)
            if _is_foreign(wanted, table, name)
        ]
        statements += _alter(
            table,
            [f"ADD CONSTRAINT {_quoted(k)} {wanted[CONSTRAINT, table, k]}" for k in keys],
        )
    return Script(tuple(statements), tuple(gone(now, wanted)))


def _changed(one: Catalogue, other: Catalogue, kind: str, table: str) -> list[str]:
    """What one of them has, and the other one has not, or otherwise."""
    return sorted(
        name
        for name in names(one, kind, table)
        if one[kind, table, name] != other.get((kind, table, name))
    )


def _is_foreign(catalogue: Catalogue, table: str, name: str) -> bool:
    return catalogue[CONSTRAINT, table, name].startswith("FOREIGN KEY")


def _alter(table: str, clauses: list[str]) -> list[str]:
    return [f"ALTER TABLE {_quoted(table)} {', '.join(clauses)}"] if clauses else []


def _clauses(now: Catalogue, wanted: Catalogue, table: str) -> Iterator[str]:
    for name in _changed(now, wanted, INDEX, table):
        yield f"DROP KEY {_quoted(name)}" if name else "DROP PRIMARY KEY"
    for name in _changed(now, wanted, CONSTRAINT, table):
        if not _is_foreign(now, table, name):
            yield f"DROP CONSTRAINT {_quoted(name)}"
    columns = [*names(now, COLUMN, table)]
    kept = [*names(wanted, COLUMN, table)]
    yield from (f"DROP COLUMN {_quoted(name)}" for name in columns if name not in kept)
    for number, name in enumerate(kept):
        definition = f"{_quoted(name)} {wanted[COLUMN, table, name]}"
        if name not in columns:
            place = f"AFTER {_quoted(kept[number - 1])}" if number else "FIRST"
            yield f"ADD COLUMN {definition} {place}"
        elif now[COLUMN, table, name] != wanted[COLUMN, table, name]:
            yield f"MODIFY COLUMN {definition}"
    for name in _changed(wanted, now, INDEX, table):
        yield f"ADD {wanted[INDEX, table, name]}"
    for name in _changed(wanted, now, CONSTRAINT, table):
        if not _is_foreign(wanted, table, name):
            yield f"ADD CONSTRAINT {_quoted(name)} {wanted[CONSTRAINT, table, name]}"
    options = [_TAIL.search(found[TABLE, table, ""]) for found in (now, wanted)]
    texts = [match[0].strip() if match else "" for match in options]
    if texts[0] != texts[1]:
        yield texts[1] if "COMMENT=" in texts[1] else f"{texts[1]} COMMENT=''"


def _quoted(name: str) -> str:
    escaped = name.replace("`", "``")
    return f"`{escaped}`"
