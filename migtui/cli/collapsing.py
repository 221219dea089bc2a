"""What has to be rolled back before migrations are collapsed: asked for, shown, confirmed, done."""

import argparse
import sys
from collections.abc import Sequence

from migtui.cli.output import narrate
from migtui.cli.rollback import is_confirmed, unapply
from migtui.core.squash_plan import Unapplied
from migtui.engine.client import Engine
from migtui.errors import ResolutionError
from migtui.reports.rollback import rollback_text
from migtui.services.project import Project
from migtui.services.roll_back_first import prepare_rollbacks
from migtui.services.rollback import Rollback


def plan_rollbacks(
    arguments: argparse.Namespace,
    project: Project,
    engine: Engine,
    unapplied: Sequence[Unapplied],
) -> tuple[Rollback, ...]:
    """What is going to be rolled back; nothing is done.

    Raises:
        ResolutionError: Something has to be, and no flag consents to it.
        DatabaseError: It can't be.
    """
    if unapplied and not arguments.roll_back:
        entry = unapplied[0]
        names = ", ".join(key.name for key in entry.migrations)
        raise ResolutionError(
            f"The database {entry.database} has applied {names}.",
            help="--roll-back rolls that back first, after a backup. Or do it by "
            "`migtui rollback`.",
        )
    return prepare_rollbacks(project, engine, unapplied)


def are_confirmed(arguments: argparse.Namespace, rollbacks: Sequence[Rollback]) -> bool:
    """Show each rollback, and ask for it where that is to be asked."""
    for rollback in rollbacks:
        if not arguments.noinput:
            sys.stderr.write(rollback_text(rollback.plan))
        if not is_confirmed(arguments, rollback):
            return False
    return True


def roll_back(
    arguments: argparse.Namespace,
    project: Project,
    engine: Engine,
    rollbacks: Sequence[Rollback],
) -> None:
    """Roll back what was confirmed, each under its lock.

    Raises:
        DatabaseError: One of them failed; those before it are done.
        StorageError: A backup has no place.
        EngineError: The process ended.
    """
    for rollback in rollbacks:
        names = unapply(arguments, project, engine, rollback)
        narrate(arguments, f"Unapplied in {rollback.alias}: {names}.")


def tell_what_is_next(arguments: argparse.Namespace, rollbacks: Sequence[Rollback]) -> None:
    """Say what brings the databases forward again."""
    for rollback in rollbacks:
        narrate(arguments, f"Next: `migtui migrate --database {rollback.alias}`.")
