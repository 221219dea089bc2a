"""Renames rows of ``django_migrations``, all of them or none."""

from django.db import DatabaseError
from django.db.migrations.recorder import MigrationRecorder

from migtui.core.runs import Trouble
from migtui.engine.connecting import (
    RefusedError,
    connect,
    new_connection,
    require_writable,
)
from migtui.engine.copying import require_file
from migtui.engine.locks import migration_lock
from migtui.engine.protocol.base import Report, Said
from migtui.engine.protocol.migrate import RenamedRows, RenameRows
from migtui.engine.startup import headline
from migtui.engine.untyped import Connection


def rename_rows(request: RenameRows, report: Report) -> RenamedRows:
    """Rename them while the lock is held."""
    connection = None
    try:
        connection = new_connection(request.alias)
        if connection.vendor == "sqlite":
            require_file(connection)
        with migration_lock(request.alias, request.lock, lambda text: report(Said(0, 0, text))):
            require_writable(connection)
            return RenamedRows(_rename(connect(connection), request))
    except RefusedError as refused:
        return RenamedRows(0, refused.trouble)
    except DatabaseError as error:
        return RenamedRows(0, Trouble(f"No row was renamed: {headline(error)}."))
    finally:
        if connection is not None:
            connection.close()


def _rename(connection: Connection, request: RenameRows) -> int:
    rows = MigrationRecorder(connection).migration_qs
    found = {(app, name): key for key, app, name in rows.values_list("pk", "app", "name")}
    # By their keys: a new name may be the old one of another row.
    changes = {
        found[app, old]: (app, new) for app, old, new in request.renames if (app, old) in found
    }
    moved = {(app, old) for app, old, _ in request.renames}
    for app, new in changes.values():
        if (app, new) in found and (app, new) not in moved:
            raise RefusedError(
                f"No row was renamed: {app}.{new} is applied to {request.alias!r} already.",
                f"`migtui check --database {request.alias}` says what is applied.",
            )
    connection.set_autocommit(False)  # all in one transaction, which closing would take back
    for key, (_, new) in changes.items():
        rows.filter(pk=key).update(name=new)
    connection.commit()
    return len(changes)
