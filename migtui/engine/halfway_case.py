"""What a database tells of a migration that may have stopped half-way, before anything is tried."""

from dataclasses import dataclass

from django.db.migrations.loader import MigrationLoader

from migtui.core.migration import MigrationKey
from migtui.engine.connecting import RefusedError, connect
from migtui.engine.copying import require_file
from migtui.engine.places import sqlite_file
from migtui.engine.points import shape_of
from migtui.engine.protocol.history import FindHalfway
from migtui.engine.schemas import read_schema
from migtui.engine.untyped import Connection, Migration

INVALID = " INVALID"
"""Ends the definition of an index that PostgreSQL has not built to its end."""


@dataclass(frozen=True, slots=True)
class Case:
    """What is known before anything is tried.

    Attributes:
        key: The migration.
        real: The schema of the database, without indexes that are not built to their end.
        residue: Those, by name.
        before: What has run before the migration, in order.
        migration: The migration.
        is_recorded: Whether it counts as applied.
        real_apps: Apps without migrations.
    """

    key: MigrationKey
    real: dict[str, str]
    residue: tuple[str, ...]
    before: tuple[Migration, ...]
    migration: Migration
    is_recorded: bool
    real_apps: set[str]


def read_case(connection: Connection, request: FindHalfway) -> Case:
    """Read the database that a question is about.

    Raises:
        RefusedError: It can't be read, or the migration is no question there.
        CannotTellError: There is no way to read a database of this vendor.
    """
    try:
        if sqlite_file(connection) is not None:
            require_file(connection)
        connect(connection)
        schema, residue = read_schema(connection), _residue(connection)
        loader = MigrationLoader(connection)
    finally:
        connection.close()
    graph, applied, key = loader.graph, loader.applied_migrations, request.key
    if key not in graph.nodes:
        raise RefusedError(f"Django has no migration {'.'.join(key)} for this database.")
    later = [k for k in graph.backwards_plan(key) if k in applied and k != key]
    if later:
        raise RefusedError(
            f"{'.'.join(later[0])} is applied, which is built upon {'.'.join(key)}: it has not "
            "stopped half-way.",
            "Ask about the last one that is applied, or the next one.",
        )
    migration, name = graph.nodes[key], ".".join(key)
    if connection.features.can_rollback_ddl and migration.atomic:
        raise RefusedError(
            f"{name} runs in a transaction on {connection.vendor}: it never stops half-way.",
            "After a failure nothing of it is there. Mend the cause and migrate again.",
        )
    before = dict.fromkeys(
        k
        for leaf in graph.leaf_nodes()
        for k in graph.forwards_plan(leaf)
        if k in applied and k != key
    )
    missing = [k for k in graph.forwards_plan(key) if k not in before and k != key]
    if missing:
        raise RefusedError(
            f"{'.'.join(missing[0])} is not applied, which {'.'.join(key)} depends on: it has not "
            "begun."
        )
    return Case(
        key=MigrationKey(*key),
        real={n: text for n, text in shape_of(schema).items() if not text.endswith(INVALID)},
        residue=tuple(residue),
        before=tuple(graph.nodes[k] for k in before),
        migration=migration,
        is_recorded=key in applied,
        real_apps=loader.unmigrated_apps,
    )


def _residue(connection: Connection) -> list[str]:
    """The names of indexes that PostgreSQL has not built to their end."""
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT i.relname FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
            JOIN pg_namespace n ON n.oid = i.relnamespace
            WHERE NOT x.indisvalid AND n.nspname = ANY (current_schemas(false)) ORDER BY 1
        """)
        return [str(name) for (name,) in cursor.fetchall()]
