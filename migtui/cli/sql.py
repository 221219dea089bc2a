"""``migtui sql``: what a migration, or a conflict's branches in an order, would execute."""

import argparse

from migtui.cli.engine import project_and_engine
from migtui.core.sql import DEFAULT, VENDORS
from migtui.errors import UsageError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what ``sql`` takes."""
    parser.add_argument("app_label", metavar="APP_LABEL")
    parser.add_argument(
        "migration_name",
        nargs="?",
        metavar="MIGRATION",
        help="a name or its beginning; without one, the branches of the app's conflict",
    )
    parser.add_argument("--backwards", action="store_true", help="what unapplying executes")
    parser.add_argument(
        "--halfway",
        action="store_true",
        help="where MIGRATION has stopped on the database, and SQL that leads back and onward "
        "(reads it; compares on scratch databases)",
    )
    parser.add_argument(
        "--order", nargs="+", metavar="LEAF", help="branches of the conflict, first to run first"
    )
    parser.add_argument(
        "--compare",
        nargs="+",
        metavar="LEAF",
        help="what would be executed otherwise, by another order of the branches or by some of "
        "them alone: a diff of the statements",
    )
    parser.add_argument(
        "--database", default=DEFAULT, metavar="ALIAS", help="whose backend writes it"
    )
    parser.add_argument(
        "--rows",
        action="store_true",
        help="how many rows the tables concerned have in the database (reads only)",
    )
    parser.add_argument(
        "--no-squawk", action="store_true", help="don't ask squawk where it is installed"
    )
    parser.add_argument(
        "--vendor",
        choices=VENDORS,
        default="",
        metavar="VENDOR",
        help=f"another one than the database's: {', '.join(VENDORS)}",
    )
    parser.add_argument(
        "--run-python",
        action="store_true",
        help="where the default of a field asks for rows, answer from a database in memory that is "
        "migrated from zero, with its functions: that is code of the project, which may do more "
        "than change a database",
    )
    parser.add_argument(
        "--formatted", action="store_true", help="statements over several lines (text only)"
    )
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(arguments: argparse.Namespace) -> int:
    """Print the SQL; 1 where not all of it could be told."""
    if arguments.migration_name and arguments.order:
        raise UsageError("Give a migration or --order, not both.")
    if arguments.migration_name and arguments.compare:
        raise UsageError("--compare is about the branches of a conflict: leave the migration out.")
    with project_and_engine(arguments) as (project, engine):
        if arguments.halfway:
            from migtui.cli.halfway import answer  # noqa: PLC0415 - while Django is set up
        else:
            from migtui.cli.sql_answer import answer  # noqa: PLC0415 - as above

        return answer(arguments, project, engine)
