"""Rollbacks that have to come before files go: of exactly the migrations that are collapsed."""

from collections.abc import Iterable, Sequence

from migtui.core.squash_plan import Unapplied
from migtui.engine.client import Engine
from migtui.errors import DatabaseError
from migtui.services.project import Project
from migtui.services.rollback import Rollback, inspect, prepare_rollback
from migtui.services.rollback_targets import Target


def prepare_rollbacks(
    project: Project, engine: Engine, unapplied: Iterable[Unapplied]
) -> tuple[Rollback, ...]:
    """What has to be rolled back, looked at closely; nothing is done, no code of git is run.

    Raises:
        DatabaseError: A database can't be asked, something can't be unapplied, or that takes
            files that only git has.
        EngineError: Django could not be asked.
    """
    return tuple(_prepare(project, engine, entry) for entry in unapplied)


def _prepare(project: Project, engine: Engine, entry: Unapplied) -> Rollback:
    target = Target(unwanted=frozenset(entry.migrations))
    rollback = prepare_rollback(project, engine, target, alias=entry.database)
    if rollback.lost:
        names = ", ".join(str(lost.key) for lost in rollback.lost)
        raise DatabaseError(
            f"Unapplying {_names(entry)} in {entry.database} takes files that only git has: "
            f"{names}.",
            help="Roll back first: `migtui rollback` tells what that runs.",
        )
    rollback = inspect(project, engine, rollback, counts=True, with_sql=False)
    if rollback.plan.blockers:
        raise DatabaseError(
            f"{entry.database} has applied {_names(entry)}, which can't be rolled back: "
            f"{'; '.join(rollback.plan.blockers)}.",
            help="Squash instead of collapsing: nothing has to be unapplied for that.",
        )
    return rollback


def remarks(unapplied: Sequence[Unapplied]) -> tuple[str, ...]:
    """What will have to be rolled back, one sentence for each database."""
    return tuple(
        f"{entry.database} has applied {_names(entry)}: it has to be rolled back first."
        for entry in unapplied
    )


def _names(entry: Unapplied) -> str:
    return ", ".join(key.name for key in entry.migrations)
