"""Django's own ``migrate`` on one database, while a lock keeps others off."""

import time
from collections.abc import Callable
from dataclasses import replace
from io import TextIOBase
from typing import Any

from django.core.management import call_command, get_commands, load_command_class
from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from django.db.backends.signals import connection_created
from django.db.migrations.executor import MigrationExecutor

from migtui.core.runs import RunOutcome, Trouble
from migtui.engine.applied import limit_connecting
from migtui.engine.backup import write_backup
from migtui.engine.connecting import RefusedError, new_connection, require_writable, rights_help
from migtui.engine.locks import migration_lock
from migtui.engine.places import sqlite_file
from migtui.engine.protocol.base import Report, Said
from migtui.engine.protocol.history import CountPending, PendingMigrations
from migtui.engine.protocol.lock import HoldLock
from migtui.engine.protocol.migrate import RunMigrate
from migtui.engine.startup import headline, trace
from migtui.engine.untyped import Connection, Migration
from migtui.engine.watching import Watch, cause_of

# PostgreSQL's error code lock_not_available.
LOCK_NOT_AVAILABLE = "55P03"
# Seconds before another try, times the number of tries so far.
PAUSE = 1.0


class Output(TextIOBase):
    """A stream that passes on what Django's command prints.

    Args:
        report: Where to.
    """

    def __init__(self, report: Report) -> None:
        self._report = report

    def write(self, text: str) -> int:
        """Pass on a piece of text."""
        self._report(Said(0, 0, str(text), is_output=True))
        return len(text)


def teller(report: Report) -> Callable[[str], None]:
    """A function that tells the developer something on the way."""
    return lambda text: report(Said(0, 0, text))


def count_pending(request: CountPending) -> PendingMigrations:
    """How many migrations a database has still to apply."""
    alias = request.alias
    try:
        connection = new_connection(alias)
        file = sqlite_file(connection)
        if file is not None and not file.exists():  # connecting would make it
            return PendingMigrations(alias, 0, has_history=False)
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        has_history = bool(executor.loader.applied_migrations)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - backends and migrations are any code
        text = error.message if isinstance(error, RefusedError) else headline(error)
        return PendingMigrations(alias, 0, has_history=False, error=text)
    return PendingMigrations(alias, len(plan), has_history)


def hold_lock(request: HoldLock, report: Report) -> RunOutcome:
    """Take the lock and give it back."""
    try:
        with migration_lock(request.alias, request.lock, teller(report)):
            pass
    except RefusedError as refused:
        return RunOutcome(request.alias, 1, trouble=refused.trouble)
    return RunOutcome(request.alias)


def run_migrate(request: RunMigrate, report: Report) -> RunOutcome:
    """Run ``migrate``; what it says goes to the report as it comes."""
    tell = teller(report)
    try:
        if request.lock is None:
            return _run(request, report)
        connection = new_connection(request.alias)
        with migration_lock(request.alias, request.lock, tell) as is_pooled:
            require_writable(connection)
            connection.close()
            _require_sessions(request, is_pooled=is_pooled)
            backup = _back_up(request, report)
            return replace(_run(request, report), backup=backup)
    except RefusedError as refused:
        return RunOutcome(request.alias, 1, trouble=refused.trouble)


def _back_up(request: RunMigrate, report: Report) -> str:
    """Make the backup that was asked for, where there is something to lose; its name."""
    if request.backup is None:
        return ""
    pending = count_pending(CountPending(request.alias))
    if pending.error:
        raise RefusedError(f"It can't be told what is to be migrated: {pending.error}")
    names_target = any(not argument.startswith("-") for argument in request.arguments)
    if not pending.has_history:
        teller(report)(f"Nothing was ever applied to {request.alias!r}: no backup is made.")
    elif pending.count or names_target:
        return write_backup(request.alias, request.backup, report).id
    return ""


def _run(request: RunMigrate, report: Report) -> RunOutcome:
    connection = connections[request.alias]
    limit_connecting(connection)
    _set_timeouts(request)
    watch = Watch(connection)
    for attempt in range(1, request.ddl_attempts + 1):
        try:
            code = _call(request, watch, report)
            return _outcome(request, watch, code)
        except CommandError as error:
            message, _, rest = str(error).partition("\n")
            return _outcome(request, watch, error.returncode, Trouble(message, rest))
        except (Exception, SystemExit) as error:  # noqa: BLE001 - migrations are any code
            if attempt < request.ddl_attempts and _may_try_again(error, watch):
                teller(report)(
                    f"A lock of PostgreSQL's was not free within {request.ddl_lock_timeout:g} s; "
                    f"trying again ({attempt + 1} of {request.ddl_attempts})."
                )
                connection.close()
                time.sleep(PAUSE * attempt)
                continue
            return _outcome(request, watch, 1, _trouble(error, watch))
    raise AssertionError("There is at least one attempt.")


def _call(request: RunMigrate, watch: Watch, report: Report) -> int:
    """Run the command; its exit code where it ends by one, else 0."""
    command = _command()
    original = command.migration_progress_callback

    def progress(action: str, migration: Migration | None = None, fake: bool = False) -> None:  # noqa: FBT001, FBT002 - as the executor calls it
        watch.progress(action, migration, fake)
        original(action, migration, fake)

    command.migration_progress_callback = progress
    output = Output(report)
    try:
        with watch.statements():
            call_command(
                command,
                *(argument for argument in request.arguments if argument != "--skip-checks"),
                database=request.alias,
                verbosity=request.verbosity,
                interactive=False,
                skip_checks="--skip-checks" in request.arguments,
                no_color=True,
                stdout=output,
                stderr=output,
            )
    except SystemExit as stop:
        if watch.failed is not None:
            raise
        return stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    return 0


def _command() -> BaseCommand:
    """The ``migrate`` that the project uses, which an app may have replaced."""
    found = get_commands()["migrate"]
    return found if isinstance(found, BaseCommand) else load_command_class(found, "migrate")


def _set_timeouts(request: RunMigrate) -> None:
    """Have every connection to the database begin with the time-outs asked for."""
    wanted = {
        "lock_timeout": request.ddl_lock_timeout,
        "statement_timeout": request.statement_timeout,
    }
    settings = {name: seconds for name, seconds in wanted.items() if seconds is not None}
    if not settings:
        return
    vendor = connections[request.alias].vendor
    if vendor != "postgresql":
        raise RefusedError(
            f"{request.alias!r} is a database of {vendor}, which has no such time-outs.",
            "--ddl-lock-timeout and --statement-timeout are for PostgreSQL.",
        )

    def limit(connection: Connection, **_: Any) -> None:  # noqa: ANN401 - a signal's arguments
        if connection.alias == request.alias:
            with connection.cursor() as cursor:
                for name, seconds in settings.items():
                    milliseconds = str(max(1, round(seconds * 1000)))
                    cursor.execute("SELECT set_config(%s, %s, false)", [name, milliseconds])

    connection_created.connect(limit, weak=False)


def _require_sessions(request: RunMigrate, *, is_pooled: bool) -> None:
    """Make sure that time-outs reach whom they are meant for, and nobody else."""
    if is_pooled and (
        request.ddl_lock_timeout is not None or request.statement_timeout is not None
    ):
        raise RefusedError(
            "Time-outs of a session do not hold behind a pooler of transactions, and would be left "
            "to other people's.",
            "Point HOST and PORT at the server itself, or set them for the role: "
            "ALTER ROLE … SET lock_timeout.",
        )


def _may_try_again(error: BaseException, watch: Watch) -> bool:
    """Whether a lock was not free and nothing of the migration has stayed."""
    cause = error.__cause__
    code = getattr(cause, "sqlstate", None) or getattr(cause, "pgcode", None)
    failed = watch.failed
    return code == LOCK_NOT_AVAILABLE and failed is not None and not failed.stays


def _trouble(error: BaseException, watch: Watch) -> Trouble:
    failed = watch.failed
    what = f"{failed.app_label}.{failed.migration} failed" if failed else "migrate failed"
    cause = cause_of(error)
    return Trouble(f"{what}: {headline(cause)}", rights_help(cause), trace(error))


def _outcome(
    request: RunMigrate,
    watch: Watch,
    code: int,
    trouble: Trouble | None = None,
) -> RunOutcome:
    return RunOutcome(
        request.alias,
        code=code,
        applied=tuple(watch.applied),
        unapplied=tuple(watch.unapplied),
        failed=watch.failed if trouble else None,
        trouble=trouble,
    )
