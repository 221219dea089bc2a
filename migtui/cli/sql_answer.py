"""The answer of ``migtui sql``, apart so that it is imported while Django is set up."""

import argparse
import sys

from migtui.cli.output import paint_for, write_answer
from migtui.core.sql import RowCount, SqlScript
from migtui.engine.client import Engine
from migtui.errors import UsageError
from migtui.reports.sql import sql_text
from migtui.reports.sql_json import sql_json
from migtui.services.consult import consult_lightly
from migtui.services.hazards import count_rows, judge_sql
from migtui.services.named import require_migration
from migtui.services.project import Project
from migtui.services.resolve import find_leaves
from migtui.services.sql import migration_sql, order_sql


def answer(arguments: argparse.Namespace, read: Project, engine: Engine) -> int:
    """Print the SQL; 1 where not all of it could be told.

    Args:
        arguments: Of the command line.
        read: The project as its files tell it.
        engine: Django.
    """
    rows: tuple[RowCount, ...] | None = None
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
        key = require_migration(project.graph.migrations, app_label, arguments.migration_name)
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
