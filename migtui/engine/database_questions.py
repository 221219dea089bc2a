"""Which function answers which request about a database that is to be changed."""

from collections.abc import Callable
from typing import Any

from migtui.engine.backup import make_backup
from migtui.engine.halfway import find_halfway
from migtui.engine.history import find_database, read_history
from migtui.engine.migrate import count_pending, hold_lock, run_migrate
from migtui.engine.protocol.backup import MakeBackup, RestoreBackup
from migtui.engine.protocol.base import Progress, Request
from migtui.engine.protocol.history import CountPending, FindDatabase, FindHalfway, ReadHistory
from migtui.engine.protocol.lock import HoldLock
from migtui.engine.protocol.migrate import RenameRows, RunMigrate
from migtui.engine.protocol.rollback import InspectRollback, RunRollback
from migtui.engine.rename_rows import rename_rows
from migtui.engine.restore import restore_backup
from migtui.engine.rollback import inspect_rollback, run_rollback

DATABASE_ANSWERS: dict[type[Request[Any]], Callable[[Any, Callable[[Progress], None]], Any]] = {
    CountPending: lambda request, _report: count_pending(request),
    HoldLock: hold_lock,
    RunMigrate: run_migrate,
    MakeBackup: make_backup,
    FindDatabase: lambda request, _report: find_database(request),
    RestoreBackup: restore_backup,
    RenameRows: rename_rows,
    ReadHistory: lambda request, _report: read_history(request),
    InspectRollback: inspect_rollback,
    FindHalfway: find_halfway,
    RunRollback: run_rollback,
}
