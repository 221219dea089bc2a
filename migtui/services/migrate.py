"""Django's migrate under a lock: on which databases, and what came of it."""

from collections.abc import Callable
from dataclasses import dataclass

from migtui.core.runs import LOCK_TIMEOUT, RunOutcome
from migtui.engine.client import Engine
from migtui.engine.protocol.base import Progress, Said
from migtui.engine.protocol.history import CountPending
from migtui.engine.protocol.lock import HoldLock
from migtui.engine.protocol.migrate import RunMigrate
from migtui.services.backups import backup_directory, backup_order, rotate
from migtui.services.databases import DEFAULT, UNLIMITED, lock_order, require_database
from migtui.services.project import Project

ATTEMPTS = 5
"""How often a migration is tried that waited too long for a lock of PostgreSQL's."""
LOOKING = ("--plan", "--check")
"""Arguments with which migrate writes nothing."""


@dataclass(frozen=True, slots=True)
class MigrateOrder:
    """What is asked for.

    Attributes:
        arguments: Of Django's command, without ``--database``.
        alias: The database; None for every one that has something to do.
        verbosity: Django's.
        lock_timeout: Seconds to wait for others who migrate.
        backup: Make a backup before, of a database that has something to apply.
        lock_only: Wait for the lock, give it back, migrate nothing.
        ddl_lock_timeout: As in ``RunMigrate``.
        statement_timeout: As in ``RunMigrate``.
    """

    arguments: tuple[str, ...] = ()
    alias: str | None = None
    verbosity: int = 1
    lock_timeout: float = LOCK_TIMEOUT
    backup: bool = False
    lock_only: bool = False
    ddl_lock_timeout: float | None = None
    statement_timeout: float | None = None

    @property
    def looks_only(self) -> bool:
        """Whether nothing is written."""
        return not {*LOOKING}.isdisjoint(self.arguments)


@dataclass(frozen=True, slots=True)
class Voice:
    """Where the words of a run go: of Django's command, and of migtui itself."""

    output: Callable[[str], None]
    tell: Callable[[str], None]

    def progress(self, progress: Progress) -> None:
        """Pass on what a run reports."""
        if isinstance(progress, Said) and progress.is_output:
            self.output(progress.text)
        else:
            self.tell(progress.text)


def migrate(
    project: Project, engine: Engine, order: MigrateOrder, voice: Voice
) -> tuple[RunOutcome, ...]:
    """Migrate one database after another, each under its own lock; ends at the first failure.

    Args:
        project: The project.
        engine: Its engine.
        order: What is asked for.
        voice: Where it is told how it gets on.

    Raises:
        NotFoundError: There is no such database.
        EngineError: Django could not be asked, or the process ended.
    """
    outcomes: list[RunOutcome] = []
    for alias in databases(engine, order, voice.tell):
        outcome = engine.ask(_request(project, engine, order, alias), voice.progress, UNLIMITED)
        if outcome.backup:
            rotate(project, backup_directory(project, None), outcome.backup)
        outcomes.append(outcome)
        if outcomes[-1].trouble or outcomes[-1].code:
            break
    return tuple(outcomes)


def _request(
    project: Project, engine: Engine, order: MigrateOrder, alias: str
) -> HoldLock | RunMigrate:
    lock = lock_order("migrate", order.lock_timeout)
    if order.lock_only:
        return HoldLock(alias, lock)
    wants_backup = order.backup and not order.looks_only
    return RunMigrate(
        alias=alias,
        arguments=order.arguments,
        verbosity=order.verbosity,
        lock=None if order.looks_only else lock,
        ddl_lock_timeout=order.ddl_lock_timeout,
        ddl_attempts=1 if order.ddl_lock_timeout is None else ATTEMPTS,
        statement_timeout=order.statement_timeout,
        backup=backup_order(project, engine, alias) if wants_backup else None,
    )


def databases(engine: Engine, order: MigrateOrder, tell: Callable[[str], None]) -> tuple[str, ...]:
    """The databases that an order is about, ``default`` first.

    One that nothing was ever applied to may belong to somebody else: it is migrated where it is
    named.

    Raises:
        NotFoundError: There is no such database.
        EngineError: Django could not be asked.
    """
    if order.alias is not None:
        require_database(engine, order.alias)
        return (order.alias,)
    found = [DEFAULT]
    others = (item.alias for item in engine.start().databases if item.alias != DEFAULT)
    for alias in () if any(not a.startswith("-") for a in order.arguments) else others:
        pending = engine.ask(CountPending(alias))
        if pending.error:
            tell(f"{alias!r} is left out, it can't be asked: {pending.error}")
        elif pending.has_history and (pending.count or order.lock_only):
            found.append(alias)
        elif pending.count:
            tell(f"{alias!r} is left out, nothing was ever applied there: --database names it.")
    return tuple(found)
