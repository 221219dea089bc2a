"""``migtui sql``: what a migration, or a conflict's branches in an order, would execute."""

import argparse
import sys

from migtui.cli.engine import project_and_engine
from migtui.cli.opening import find_migration
from migtui.cli.output import paint_for, write_answer
from migtui.core.sql import RowCount, SqlScript
from migtui.engine.client import Engine
from migtui.errors import UsageError
from migtui.reports.sql import sql_text
from migtui.reports.sql_json import sql_json
from migtui.services.consult import consult_lightly
from migtui.services.hazards import count_rows, judge_sql
from migtui.services.project import Project
from migtui.services.resolve import find_leaves
from migtui.services.sql import DEFAULT, VENDORS, migration_sql, order_sql


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
        "--order", nargs="+", metavar="LEAF", help="branches of the conflict, first to run first"
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
        "--formatted", action="store_true", help="statements over several lines (text only)"
    )
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(arguments: argparse.Namespace) -> int:
    """Print the SQL; 1 where not all of it could be told."""
    if arguments.migration_name and arguments.order:
        raise UsageError("Give a migration or --order, not both.")
    rows: tuple[RowCount, ...] | None = None
    with project_and_engine(arguments) as (read, engine):
        project = consult_lightly(read, engine).project
        script = _script(arguments, project, engine)
        judged = judge_sql(project, script, with_squawk=not arguments.no_squawk)
        if arguments.rows:
            rows = count_rows(engine, judged, alias=arguments.database)
    if arguments.format == "json":
        write_answer(sql_json(script, judged.judgements, notes=judged.notes, rows=rows))
    else:
        paint = paint_for(sys.stdout, no_color=arguments.no_color)
        write_answer(
            sql_text(
                script,
                judged.judgements,
                paint=paint,
                rows=rows or (),
                notes=judged.notes,
                formatted=arguments.formatted,
            )
        )
    return int(any(migration.error for migration in script.migrations))


def _script(arguments: argparse.Namespace, project: Project, engine: Engine) -> SqlScript:
    app_label, backwards = arguments.app_label, arguments.backwards
    project.require_apps([app_label])
    if arguments.migration_name:
        key = find_migration(project.graph.migrations, app_label, arguments.migration_name)
        return migration_sql(
            project,
            engine,
            key,
            backwards=backwards,
            alias=arguments.database,
            vendor=arguments.vendor,
        )
    if arguments.order:
        order = find_leaves(project, app_label, arguments.order)
    else:
        order = project.graph.leaves(app_label)
        if len(order) == 1:
            raise UsageError(
                f"{app_label} has no conflict, so a migration has to be named.",
                help=f"The last one is {order[0].name}.",
            )
    return order_sql(
        project,
        engine,
        app_label,
        order,
        backwards=backwards,
        alias=arguments.database,
        vendor=arguments.vendor,
    )
