"""What is in a database, read from its own catalogue, as texts by resource to compare and show.

Django's introspection leaves out what a check says or what an index is over, so each vendor is
asked in its own words. The order of columns is left out. Names that Django or the server makes up
follow from what tables and columns were called at the time, so they don't count; they are kept
aside.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from migtui.engine.orders import CannotTellError
from migtui.engine.table_sql import normalise, parts_of_table
from migtui.engine.untyped import Connection

# Django ends such names with a hash, PostgreSQL with what the thing is.
_GENERATED = re.compile(
    r"\w+_[0-9a-f]{8}(?:_[a-z0-9_]+)?|\w+_(?:pkey|key|fkey|check|excl|seq|not_null)\d*"
)
_INTEGER = re.compile(r"(?:big|small)?int(?:eger)?\b(?: unsigned\b)?", re.IGNORECASE)
_SEQUENCE = re.compile(r"nextval\('[^']+'")

_SQLITE = """
    SELECT type, name, tbl_name, sql FROM sqlite_master
    WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
"""
_POSTGRESQL = """
    WITH relations AS (
        SELECT c.oid, c.relname, c.relkind FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
    )
    SELECT r.relname, 'table', '', coalesce(obj_description(r.oid), '')
    FROM relations r WHERE r.relkind IN ('r', 'p')
    UNION ALL
    SELECT r.relname, 'column', a.attname, concat_ws(' ',
        format_type(a.atttypid, a.atttypmod),
        CASE WHEN a.attnotnull THEN 'NOT NULL' END,
        CASE WHEN a.attgenerated <> '' THEN 'GENERATED ' || a.attgenerated::text ELSE 'DEFAULT' END,
        pg_get_expr(d.adbin, d.adrelid),
        CASE WHEN a.attidentity <> '' THEN 'IDENTITY ' || a.attidentity::text END,
        CASE WHEN a.attcollation <> t.typcollation
            THEN 'COLLATE ' || a.attcollation::regcollation::text END,
        col_description(r.oid, a.attnum))
    FROM relations r JOIN pg_attribute a ON a.attrelid = r.oid JOIN pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_attrdef d ON d.adrelid = r.oid AND d.adnum = a.attnum
    WHERE r.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
    UNION ALL
    SELECT r.relname, 'constraint', k.conname, pg_get_constraintdef(k.oid)
    FROM relations r JOIN pg_constraint k ON k.conrelid = r.oid WHERE k.contype NOT IN ('n', 't')
    UNION ALL
    SELECT r.relname, 'index', i.relname,
        replace(pg_get_indexdef(i.oid), 'INDEX ' || quote_ident(i.relname) || ' ', 'INDEX ')
        || CASE WHEN x.indisvalid THEN '' ELSE ' INVALID' END
    FROM relations r JOIN pg_index x ON x.indrelid = r.oid JOIN pg_class i ON i.oid = x.indexrelid
    WHERE NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.oid AND k.conrelid = r.oid)
    UNION ALL
    SELECT coalesce(o.relname, ''), 'sequence', r.relname, concat_ws(' ',
        format_type(s.seqtypid, NULL), s.seqstart, s.seqincrement, a.attname)
    FROM relations r JOIN pg_sequence s ON s.seqrelid = r.oid
    LEFT JOIN pg_depend d ON d.objid = r.oid AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0
    LEFT JOIN pg_class o ON o.oid = d.refobjid
    LEFT JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
    UNION ALL
    SELECT '', 'view', r.relname, pg_get_viewdef(r.oid)
    FROM relations r WHERE r.relkind IN ('v', 'm')
    UNION ALL
    SELECT r.relname, 'trigger', g.tgname, pg_get_triggerdef(g.oid)
    FROM relations r JOIN pg_trigger g ON g.tgrelid = r.oid WHERE NOT g.tgisinternal
    UNION ALL
    SELECT '', 'function', p.oid::regprocedure::text, pg_get_functiondef(p.oid)
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE p.prokind IN ('f', 'p') AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
    UNION ALL
    SELECT '', 'extension', e.extname, '' FROM pg_extension e
"""


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """Something in a database.

    Attributes:
        table: Which it belongs to; empty where it belongs to none.
        kind: ``column``, ``constraint``, ``index`` and so on.
        name: Its name; empty where it has none.
        definition: What it is, without its name.
    """

    table: str
    kind: str
    name: str
    definition: str


@dataclass(frozen=True, slots=True)
class Schema:
    """What is in a database.

    Attributes:
        normal: By resource.
        generated: The names that were made up, by table.
    """

    normal: dict[str, str]
    generated: dict[str, str]


def read_schema(connection: Connection) -> Schema:
    """Tables, columns, constraints, indexes, sequences, views, triggers and functions.

    Raises:
        CannotTellError: There is no way to read a database of this vendor.
    """
    reader = _READERS.get(connection.vendor)
    if reader is None:
        raise CannotTellError(f"{connection.vendor} can't be read")
    with connection.cursor() as cursor:
        return _schema(reader(cursor))


def _read_sqlite(cursor: Any) -> Iterator[Entry]:  # noqa: ANN401 - of a driver
    cursor.execute(_SQLITE)
    for kind, name, table, sql in cursor.fetchall():
        if kind == "table":
            for entry in _table(table, sql):
                yield replace(entry, definition=_with_affinity(entry))
        else:
            yield Entry(table, kind, name, normalise(sql).replace(f" {name} ", " ", 1))


def _with_affinity(entry: Entry) -> str:
    """A column's definition with one word for all that SQLite takes for an integer.

    They differ in nothing but a primary key, which is a ROWID where it is ``integer`` to the letter
    (https://www.sqlite.org/datatype3.html#determination_of_column_affinity). Django leaves foreign
    keys as they are where the primary key that they refer to becomes a ``bigint``.
    """
    if entry.kind != "column" or "PRIMARY KEY" in entry.definition:
        return entry.definition
    found = _INTEGER.match(entry.definition)
    return entry.definition if found is None else f"integer{entry.definition[found.end() :]}"


def _read_mysql(cursor: Any) -> Iterator[Entry]:  # noqa: ANN401 - of a driver
    cursor.execute("SHOW FULL TABLES")
    for table, kind in cursor.fetchall():
        cursor.execute(f"SHOW CREATE TABLE `{table}`")
        sql = re.sub(r" AUTO_INCREMENT=\d+", "", str(cursor.fetchone()[1]))
        if kind == "VIEW":
            yield Entry("", "view", table, sql)
        else:
            yield from _table(table, sql)
    cursor.execute("SHOW TRIGGERS")
    for name, event, table, statement, timing, *_ in cursor.fetchall():
        yield Entry(table, "trigger", name, f"{timing} {event} {statement}")


def _read_postgresql(cursor: Any) -> Iterator[Entry]:  # noqa: ANN401 - of a driver
    cursor.execute(_POSTGRESQL)
    for table, kind, name, definition in cursor.fetchall():
        yield Entry(table, kind, name, _SEQUENCE.sub("nextval(", definition))


def _table(table: str, sql: str) -> Iterator[Entry]:
    for kind, name, definition in parts_of_table(sql):
        yield Entry(table, kind, name, definition)


_READERS: dict[str, Callable[[Any], Iterator[Entry]]] = {
    "sqlite": _read_sqlite,
    "mysql": _read_mysql,
    "postgresql": _read_postgresql,
}


def _schema(entries: Iterable[Entry]) -> Schema:
    normal: dict[str, str] = {}
    generated: dict[str, list[str]] = {}
    for entry in sorted(entries):
        resource, is_generated = _resource(entry)
        if is_generated:
            generated.setdefault(f"generated names in {entry.table}", []).append(entry.name)
        while resource in normal:  # two of the same are not one
            resource += "*"
        normal[resource] = entry.definition
    return Schema(normal, {table: ", ".join(sorted(names)) for table, names in generated.items()})


def _resource(entry: Entry) -> tuple[str, bool]:
    """What an entry is called, and whether it has another name that was made up."""
    if entry.kind == "table":
        return entry.table, False
    if entry.kind == "column":
        return f"{entry.table}.{entry.name}", False
    is_generated = _GENERATED.fullmatch(entry.name) is not None
    name = entry.definition if is_generated or not entry.name else entry.name
    return f"{entry.table}:{entry.kind}:{name}", is_generated
