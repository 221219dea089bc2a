"""What is asked of a database before it is changed: which it is, and what it has applied.

Against the files, as Django's own loader sees both; reads only.
"""

from dataclasses import replace

from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from migtui.engine.connecting import (
    RefusedError,
    connect,
    new_connection,
    rights_help,
)
from migtui.engine.copies import list_tables
from migtui.engine.copying import require_file
from migtui.engine.places import is_local, place_of, sqlite_file
from migtui.engine.protocol.history import (
    AppliedRow,
    DatabaseHistory,
    DatabasePlace,
    FindDatabase,
    KnownMigration,
    ReadHistory,
)
from migtui.engine.startup import headline
from migtui.engine.untyped import Connection


def find_database(request: FindDatabase) -> DatabasePlace:
    """Which database an alias leads to, and whether it is there."""
    try:
        connection = new_connection(request.alias, request.name)
        place = place_of(connection)
        if connection.vendor == "sqlite":
            file = sqlite_file(connection)
            if file is None or not file.is_file():
                return DatabasePlace(place, is_local=True)
    except RefusedError as refused:
        return DatabasePlace(None, trouble=refused.trouble)
    found = DatabasePlace(place, is_local(connection))
    try:
        return replace(found, is_there=True, tables=len(list_tables(connect(connection))))
    except RefusedError as refused:
        return replace(found, trouble=refused.trouble)
    finally:
        connection.close()


def read_history(request: ReadHistory) -> DatabaseHistory:
    """The graph as Django has it for this database, and the rows of ``django_migrations``."""
    try:
        connection = new_connection(request.alias)
        place = place_of(connection)
        if sqlite_file(connection) is not None:
            require_file(connection)
        else:
            connect(connection)
    except RefusedError as refused:
        return DatabaseHistory(request.alias, trouble=refused.trouble)
    try:
        rows = _rows(connection)
        loader = MigrationLoader(connection, ignore_no_migrations=True)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a migration is any code
        trouble = RefusedError(
            f"Django can't tell what is applied to {request.alias!r}: {headline(error)}.",
            rights_help(error) or "`migtui check` says what is wrong with the files.",
        ).trouble
        return DatabaseHistory(request.alias, place=place, trouble=trouble)
    finally:
        connection.close()
    graph = loader.graph
    migrations = tuple(
        KnownMigration(
            app_label=key[0],
            name=key[1],
            parents=tuple(sorted(parent.key for parent in graph.node_map[key].parents)),
            replaces=tuple((str(app), str(name)) for app, name in graph.nodes[key].replaces),
            is_applied=key in loader.applied_migrations,
        )
        for key in sorted(graph.nodes)
    )
    return DatabaseHistory(
        alias=request.alias,
        vendor=str(connection.vendor),
        place=place,
        is_local=is_local(connection),
        migrations=migrations,
        files=tuple(sorted((str(app), str(name)) for app, name in loader.disk_migrations)),
        rows=rows,
    )


def _rows(connection: Connection) -> tuple[AppliedRow, ...]:
    recorder = MigrationRecorder(connection)
    if not recorder.has_table():
        return ()
    found = recorder.migration_qs.order_by("id").values_list("app", "name", "applied")
    return tuple(AppliedRow(str(app), str(name), str(time)) for app, name, time in found)
