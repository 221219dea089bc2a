"""What is said of a copy of a database, and how a server's tables are counted for it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from migtui.engine.untyped import Connection

Rows: TypeAlias = dict[str, int | None]
Applied: TypeAlias = tuple[tuple[str, str], ...]
Progress: TypeAlias = Callable[[int, int], None]
"""Called with the bytes that are done, and those in all, 0 where that is not known."""

# pg_dump leaves out what belongs to an extension.
_POSTGRESQL = """
    SELECT CASE WHEN pg_table_is_visible(c.oid) THEN c.relname
        ELSE n.nspname || '.' || c.relname END, format('%I.%I', n.nspname, c.relname)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence <> 't'
    AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass
        AND d.objid = c.oid AND d.deptype = 'e')
    ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy that was made and verified, as in ``Manifest``."""

    file: str
    size: int
    sha256: str
    program: str
    server_version: str
    applied: Applied
    rows: Rows
    verified: tuple[str, ...]


def list_tables(connection: Connection) -> dict[str, str]:
    """The tables of a database, sorted; each by its name, as it stands in SQL.

    On PostgreSQL those of every schema, with the schema's name where the search path has it not.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_POSTGRESQL)
            return {str(name): str(sql) for name, sql in cursor.fetchall()}
        entries = connection.introspection.get_table_list(cursor)
        names = sorted(str(entry.name) for entry in entries if entry.type in ("t", "p"))
        return {name: quoted(connection, name) for name in names}


def quoted(connection: Connection, name: str) -> str:
    """A name as it stands in SQL; Django leaves the quotes in it alone."""
    mark = "`" if connection.vendor == "mysql" else '"'
    return f"{mark}{name.replace(mark, mark * 2)}{mark}"


def count_rows(connection: Connection, tables: Mapping[str, str]) -> Rows:
    """The number of rows of each of these tables."""
    rows: Rows = {}
    with connection.cursor() as cursor:
        for table, sql in tables.items():
            cursor.execute(f"SELECT COUNT(*) FROM {sql}")  # noqa: S608 - quoted
            rows[table] = int(cursor.fetchone()[0])
    return rows


def applied_rows(connection: Connection, tables: Mapping[str, str]) -> Applied:
    """The rows of ``django_migrations``, oldest first."""
    if "django_migrations" not in tables:
        return ()
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations ORDER BY id")
        return tuple((str(app_label), str(name)) for app_label, name in cursor.fetchall())
