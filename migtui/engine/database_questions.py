"""Which function answers which request about a database that is to be changed."""

from collections.abc import Callable
from typing import Any

from migtui.engine.protocol.backup import MakeBackup, RestoreBackup
from migtui.engine.protocol.base import Report, Request
from migtui.engine.protocol.history import CountPending, FindDatabase, FindHalfway, ReadHistory
from migtui.engine.protocol.lock import HoldLock
from migtui.engine.protocol.migrate import RenameRows, RunMigrate
from migtui.engine.protocol.rollback import InspectRollback, RunRollback


def answer_about_databases(
    request: Request[Any],
) -> Callable[[Any, Report], Any]:
    """The function that answers such a request; its modules are imported here, as in ``questions``.

    Raises:
        LookupError: None does.
    """
    match request:
        case CountPending():
            from migtui.engine.migrate import count_pending

            return lambda request, _report: count_pending(request)
        case HoldLock():
            from migtui.engine.migrate import hold_lock

            return hold_lock
        case RunMigrate():
            from migtui.engine.migrate import run_migrate

            return run_migrate
        case MakeBackup():
            from migtui.engine.backup import make_backup

            return make_backup
        case RestoreBackup():
            from migtui.engine.restore import restore_backup

            return restore_backup
        case FindDatabase():
            from migtui.engine.history import find_database

            return lambda request, _report: find_database(request)
        case ReadHistory():
            from migtui.engine.history import read_history

            return lambda request, _report: read_history(request)
        case RenameRows():
            from migtui.engine.rename_rows import rename_rows

            return rename_rows
        case InspectRollback():
            from migtui.engine.rollback import inspect_rollback

            return inspect_rollback
        case RunRollback():
            from migtui.engine.rollback import run_rollback

            return run_rollback
        case FindHalfway():
            from migtui.engine.halfway import find_halfway

            return find_halfway
    raise LookupError(f"Nothing answers {type(request).__name__}.")
