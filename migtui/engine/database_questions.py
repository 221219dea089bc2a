"""Which function answers which request about a database that is to be changed."""

from collections.abc import Callable
from typing import Any

from migtui.engine.database_protocol import CountPending, HoldLock, RunMigrate
from migtui.engine.migrate import count_pending, hold_lock, run_migrate
from migtui.engine.protocol import Progress, Request

DATABASE_ANSWERS: dict[type[Request[Any]], Callable[[Any, Callable[[Progress], None]], Any]] = {
    CountPending: lambda request, _report: count_pending(request),
    HoldLock: hold_lock,
    RunMigrate: run_migrate,
}
