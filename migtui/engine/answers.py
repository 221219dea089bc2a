"""Answers what schema editors ask a database in words of SQL, from a catalogue.

Most questions go through Django's introspection. Those that a backend puts itself are known here
by what they read; any other is unanswered, and that is said where it was asked.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeAlias, TypeVar

from migtui.core.ddl.catalogue import Constraint, Index
from migtui.engine.existence import exists
from migtui.engine.introspection import Knowledge, UnknownTableError

Row: TypeAlias = tuple[Any, ...]
Entry = TypeVar("Entry", Constraint, Index)

# What PostgreSQL comes with: no limit.
_TIMEOUT = re.compile(r"FROM pg_settings WHERE name = '(?:lock|statement)_timeout'")
_KINDS = {"primary": "p", "unique": "u", "foreign": "f", "check": "c", "exclude": "x"}


def answer(knowledge: Knowledge, sql: str, params: Sequence[Any]) -> list[Row] | None:
    """The rows that a database would give; None where that is not known.

    Args:
        knowledge: What is known of the database.
        sql: The question.
        params: Its parameters.

    Raises:
        UnknownTableError: The history of a table has to be replayed first.
    """
    if _TIMEOUT.search(sql):
        return [("0ms",)]
    there = exists(knowledge, sql)
    if there is not None:
        return [(1,)] if there else []
    if not params:
        return None
    if "FROM pg_type WHERE typname" in sql:
        return []  # only values that are read are converted by the types of extensions
    name = params[0]
    if "FROM pg_extension" in sql:
        return [(1,)] if name in knowledge.require().extensions else []
    if "collisdeterministic" in sql:
        # One that no migration made is the server's own; those are all deterministic.
        return [(knowledge.require().collations.get(name, True),)]
    # django-pg-zero-downtime-migrations drops by name what Django has the server drop along.
    if "FROM pg_constraint AS c" in sql and "confkey" in sql:
        return list(_constraints(knowledge, str(name)))
    if "FROM pg_index AS i" in sql and "regexp_matches" in sql:
        return list(_indexes(knowledge, str(name)))
    return None


def _by_name(knowledge: Knowledge, entries: Iterable[Entry]) -> list[Entry]:
    found = sorted(entries, key=lambda entry: entry.name)
    for entry in found:
        knowledge.hand_out(entry)
    return found


def _constraints(knowledge: Knowledge, name: str) -> Iterator[Row]:
    """Those of a table, and the foreign keys of others that refer to it."""
    if not knowledge.is_whole:
        raise UnknownTableError(name)
    for table in sorted(knowledge.catalogue.tables.values(), key=lambda table: table.name):
        for entry in _by_name(knowledge, table.constraints.values()):
            target, column = entry.target or (None, "")
            if name in (table.name, target):
                kind = _KINDS[entry.kind]
                yield (
                    entry.name,
                    kind,
                    table.name,
                    target,
                    entry.columns,
                    [column] if target else [],
                )


def _indexes(knowledge: Knowledge, name: str) -> Iterator[Row]:
    """Those of a table that are no constraint's, with all columns that they mention."""
    table = knowledge.table(name)
    for entry in _by_name(knowledge, table.indexes.values() if table is not None else ()):
        columns = {column for column in entry.columns if column} | entry.mentions
        yield entry.name, name, sorted(columns)
