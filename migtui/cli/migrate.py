"""``migtui migrate``: Django's own migrate, while a lock keeps other machines off."""

import argparse
import sys

from migtui.cli.engine import chosen_engine
from migtui.cli.opening import open_chosen_project
from migtui.cli.options import add_lock_timeout, seconds
from migtui.cli.output import narrate
from migtui.cli.progress import told_if_interrupted
from migtui.core.runs import RunOutcome
from migtui.core.safe_text import safe_text
from migtui.errors import DatabaseError, UsageError
from migtui.reports.runs import where_it_stands
from migtui.services.databases import DEFAULT
from migtui.services.migrate import LOOKING, MigrateOrder, Voice, migrate

PASSED_ON = ("--skip-checks", "--fake", "--fake-initial", "--run-syncdb", "--prune", *LOOKING)
HELP = {
    "--plan": "print what would be done, change nothing",
    "--check": "exit with 1 where something is not applied, change nothing",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what ``migrate`` takes."""
    parser.add_argument("app_label", nargs="?", metavar="APP_LABEL")
    parser.add_argument(
        "migration_name", nargs="?", metavar="MIGRATION", help="a name, its beginning, or zero"
    )
    parser.add_argument(
        "--database", metavar="ALIAS", help="else every one that has something to apply"
    )
    parser.add_argument("--noinput", "--no-input", action="store_true", help="it never asks")
    for flag in PASSED_ON:
        parser.add_argument(flag, action="store_true", help=HELP.get(flag, "as Django has it"))
    parser.add_argument("--backup", action="store_true", help="make a backup before")
    add_lock_timeout(parser)
    parser.add_argument(
        "--lock-only", action="store_true", help="wait until nobody migrates, and migrate nothing"
    )
    parser.add_argument(
        "--ddl-lock-timeout",
        type=seconds,
        metavar="S",
        help="PostgreSQL: seconds that a statement may wait for a table, then it is tried again",
    )
    parser.add_argument(
        "--statement-timeout",
        type=seconds,
        metavar="S",
        help="PostgreSQL: seconds that a statement may take",
    )


def run(arguments: argparse.Namespace) -> int:
    """Migrate; the exit code is that of Django's command."""
    flags = [flag for flag in PASSED_ON if getattr(arguments, flag[2:].replace("-", "_"))]
    names = [name for name in (arguments.app_label, arguments.migration_name) if name is not None]
    if arguments.lock_only and (flags or names or arguments.backup):
        raise UsageError("--lock-only migrates nothing, so nothing goes with it but --database.")
    order = MigrateOrder(
        arguments=(*names, *flags),
        alias=arguments.database,
        verbosity=arguments.verbosity,
        lock_timeout=arguments.lock_timeout,
        lock_only=arguments.lock_only,
        backup=arguments.backup,
        ddl_lock_timeout=arguments.ddl_lock_timeout,
        statement_timeout=arguments.statement_timeout,
    )
    project = open_chosen_project(arguments)
    with (
        chosen_engine(arguments, project) as engine,
        told_if_interrupted(arguments, arguments.database or DEFAULT),
    ):
        outcomes = migrate(project, engine, order, command_voice(arguments))
    for outcome in outcomes:
        raise_trouble(outcome)
    return max((outcome.code for outcome in outcomes), default=0)


def command_voice(arguments: argparse.Namespace) -> Voice:
    """Django's words on stdout, ours on stderr, in the order in which they come."""

    def output(text: str) -> None:
        sys.stdout.write(safe_text(text))
        sys.stdout.flush()

    return Voice(output, lambda text: narrate(arguments, text))


def raise_trouble(outcome: RunOutcome) -> None:
    """Raise what ended a run early.

    Raises:
        DatabaseError: It ended early.
    """
    trouble = outcome.trouble
    if trouble is not None:
        raise DatabaseError(
            f"{outcome.alias}: {trouble.message}",
            help=where_it_stands(outcome),
            detail=trouble.detail,
        )
