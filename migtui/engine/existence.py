"""Answers whether something is there, as backends ask PostgreSQL's own tables for it by name.

Schema editors that may be run again (``ZERO_DOWNTIME_MIGRATIONS_IDEMPOTENT_SQL``) ask so before
each statement, and leave those out that have been executed.
"""

import re

from migtui.core.ddl.catalogue import Table
from migtui.engine.introspection import Knowledge, UnknownTableError

_NAME = r"'(?:\"[^\"]*\"\.)?\"?([^'\"]+)\"?'"
_OBJECT = rf"to_regclass\({_NAME}\)"
_PART = rf"\(parse_ident\({_NAME}\)\)\[1\]"
_RELATION = re.compile(rf"FROM pg_class WHERE oid = {_OBJECT} AND relkind IN \('([ri])'")
_COLUMN = re.compile(
    rf"FROM pg_attribute WHERE attrelid = {_OBJECT} AND attname = {_PART} AND attnum > 0 AND "
    r"NOT attisdropped(?: (AND attidentity != ''))?$"
)
_CONSTRAINT = re.compile(
    rf"FROM pg_constraint WHERE conrelid = {_OBJECT} AND conname = {_PART}(?: AND contype != 'n')?$"
)
_INDEX = re.compile(
    rf"FROM pg_index WHERE indrelid = {_OBJECT} AND indexrelid = {_OBJECT}(?: AND indisvalid)?$"
)


def exists(knowledge: Knowledge, sql: str) -> bool | None:
    """Whether what a question is about is there; None where it is no such question.

    Args:
        knowledge: What is known of the database.
        sql: The question, with its names in it.

    Raises:
        UnknownTableError: The history of a table has to be replayed first.
    """
    question = " ".join(sql.split())
    if found := _RELATION.search(question):
        name, kind = found.groups()
        return _is_index(knowledge, name) if kind == "i" else knowledge.table(name) is not None
    if found := _COLUMN.search(question):
        name, column, identity = found.groups()
        table = knowledge.table(name)
        if table is None or column not in table.columns:
            return False
        is_fed = column in table.sequences.values()
        return not identity or (is_fed and "serial" not in table.columns[column].lower())
    if found := _CONSTRAINT.search(question):
        table = knowledge.table(found[1])
        return table is not None and found[2] in table.constraints
    if found := _INDEX.search(question):
        table = knowledge.table(found[1])
        return table is not None and found[2] in _indexes(table)
    return None


def _is_index(knowledge: Knowledge, name: str) -> bool:
    if not knowledge.is_whole:
        raise UnknownTableError(name)
    return any(name in _indexes(table) for table in knowledge.catalogue.tables.values())


def _indexes(table: Table) -> set[str]:
    """The names of a table's indexes, those of constraints too."""
    kept = ("primary", "unique", "exclude")
    own = {entry.name for entry in table.constraints.values() if entry.kind in kept}
    return own | table.indexes.keys()
