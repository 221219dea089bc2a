"""What is in a database as the vendor's own SQL has it, so that it can be made again."""

import re
from typing import Any

from migtui.core.undo.model import COLUMN, CONSTRAINT, INDEX, TABLE, Catalogue, Key
from migtui.core.undo.postgresql import SEPARATOR
from migtui.engine.table_sql import parts_of_table, split_table
from migtui.engine.untyped import Connection

_MYSQL_NAME = r"`(?P<name>(?:[^`]|``)+)`"
_MYSQL_PARTS = (
    (INDEX, re.compile(rf"(?:(?:UNIQUE|FULLTEXT|SPATIAL) )?KEY {_MYSQL_NAME}")),
    (INDEX, re.compile(r"PRIMARY KEY(?P<name>)")),
    (CONSTRAINT, re.compile(rf"CONSTRAINT {_MYSQL_NAME} ")),
    (COLUMN, re.compile(rf"{_MYSQL_NAME} ")),
)
_HERE = "n.nspname = ANY (current_schemas(false))"
_POSTGRESQL = f"""
    SELECT 'table', c.relname, '', coalesce(obj_description(c.oid, 'pg_class'), ''), 0
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND {_HERE}
    UNION ALL
    SELECT 'column', c.relname, a.attname, concat_ws(%s,
        format_type(a.atttypid, a.atttypmod),
        CASE WHEN a.attnotnull THEN '1' ELSE '' END,
        coalesce(pg_get_expr(d.adbin, d.adrelid), ''),
        a.attidentity::text,
        a.attgenerated::text,
        CASE WHEN a.attcollation <> t.typcollation THEN a.attcollation::regcollation::text ELSE ''
        END,
        coalesce(col_description(c.oid, a.attnum), '')), a.attnum
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid JOIN pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped AND {_HERE}
    UNION ALL
    SELECT 'constraint', c.relname, k.conname, pg_get_constraintdef(k.oid), 0
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_constraint k ON k.conrelid = c.oid WHERE k.contype NOT IN ('n', 't') AND {_HERE}
    UNION ALL
    SELECT 'index', c.relname, i.relname, pg_get_indexdef(i.oid), 0
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_index x ON x.indrelid = c.oid JOIN pg_class i ON i.oid = x.indexrelid
    WHERE {_HERE} AND NOT EXISTS (
        SELECT FROM pg_constraint k WHERE k.conindid = i.oid AND k.conrelid = c.oid)
    ORDER BY 1, 2, 5, 3
"""  # noqa: S608 - of constants
_SQLITE = """
    SELECT type, tbl_name, name, sql FROM sqlite_master WHERE type IN ('table', 'index')
    AND sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
"""


def read_catalogue(connection: Connection) -> Catalogue:
    """Tables, columns, constraints and indexes, the columns of a table in their order."""
    with connection.cursor() as cursor:
        return _READERS[connection.vendor](cursor)


def _mysql(cursor: Any) -> Catalogue:  # noqa: ANN401 - of a driver
    found: dict[Key, str] = {}
    cursor.execute("SHOW FULL TABLES WHERE Table_type = 'BASE TABLE'")
    for table, _ in cursor.fetchall():
        escaped = table.replace("`", "``")
        cursor.execute(f"SHOW CREATE TABLE `{escaped}`")
        sql = re.sub(r" AUTO_INCREMENT=\d+", "", str(cursor.fetchone()[1]))
        found[TABLE, table, ""] = sql
        for part in split_table(sql)[1:-1]:
            kind, name, definition = _mysql_part(part.strip())
            found[kind, table, name] = definition
    return found


def _mysql_part(part: str) -> tuple[str, str, str]:
    for kind, pattern in _MYSQL_PARTS:
        match = pattern.match(part)
        if match is not None:
            definition = part if kind == INDEX else part[match.end() :]
            return kind, match["name"].replace("``", "`"), definition
    return CONSTRAINT, part, part


def _postgresql(cursor: Any) -> Catalogue:  # noqa: ANN401 - of a driver
    cursor.execute(_POSTGRESQL, [SEPARATOR])
    return {(kind, table, name): sql for kind, table, name, sql, _ in cursor.fetchall()}


def _sqlite(cursor: Any) -> Catalogue:  # noqa: ANN401 - of a driver
    found: dict[Key, str] = {}
    cursor.execute(_SQLITE)
    for kind, table, name, sql in cursor.fetchall():
        found[kind, table, "" if kind == TABLE else name] = sql
        if kind == TABLE:
            for part, column, definition in parts_of_table(sql):
                if part == COLUMN:
                    found[COLUMN, table, column] = definition
    return found


_READERS = {"mysql": _mysql, "postgresql": _postgresql, "sqlite": _sqlite}
