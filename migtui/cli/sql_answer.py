"""The answer of ``migtui sql``, apart so that it is imported while Django is set up."""

import argparse
import sys
from collections.abc import Callable, Sequence
from functools import partial

from migtui.cli.output import paint_for, write_answer
from migtui.core.migration import MigrationKey
from migtui.core.sql import RowCount, SqlScript
from migtui.engine.client import Engine
from migtui.errors import UsageError
from migtui.reports.document import Document
from migtui.reports.sql import sql_text
from migtui.reports.sql_comparison import comparison_json, comparison_text
from migtui.reports.sql_json import sql_json
from migtui.services.consult import consult_lightly
from migtui.services.judging import count_rows, judge_sql
from migtui.services.leaves import find_leaves
from migtui.services.named import require_migration
from migtui.services.project import Project
from migtui.services.sql import migration_sql, order_sql


def answer(arguments: argparse.Namespace, read: Project, engine: Engine) -> int:
    """Print the SQL; 1 where not all of it could be told.

    Args:
        arguments: Of the command line.
        read: The project as its files tell it.
        engine: Django.
    """
    project = consult_lightly(read, engine).project
    order = _order(arguments, project)
    script = _script(arguments, project, engine, order)
    if not arguments.compare:
        _print(arguments, project, engine, script)
        return int(not script.is_complete)
    others = find_leaves(project, arguments.app_label, arguments.compare)
    other = _script(arguments, project, engine, others)
    if arguments.format == "json":
        comparison = comparison_json(other, [leaf.name for leaf in others], script)
        _print(arguments, project, engine, script, comparison)
    else:
        paint = paint_for(sys.stdout, no_color=arguments.no_color)
        write_answer(comparison_text(other, _title(others), script, _title(order), paint=paint))
    return int(not (script.is_complete and other.is_complete))


def _title(order: Sequence[MigrationKey]) -> str:
    names = " → ".join(leaf.name for leaf in order)
    return names if len(order) > 1 else f"{names} alone"


def _print(
    arguments: argparse.Namespace,
    project: Project,
    engine: Engine,
    script: SqlScript,
    comparison: Document | None = None,
) -> None:
    judged = judge_sql(project, script, with_squawk=not arguments.no_squawk)
    rows: tuple[RowCount, ...] | None = None
    if arguments.rows:
        rows = count_rows(engine, judged, alias=arguments.database)
    if arguments.format == "json":
        text = sql_json(
            script, judged.judgements, notes=judged.notes, rows=rows, comparison=comparison
        )
    else:
        text = sql_text(
            script,
            judged.judgements,
            paint=paint_for(sys.stdout, no_color=arguments.no_color),
            rows=rows or (),
            notes=judged.notes,
            formatted=arguments.formatted,
        )
    write_answer(text)


def _order(arguments: argparse.Namespace, project: Project) -> Sequence[MigrationKey]:
    """The branches to write, first to run first; none where a migration is named."""
    app_label = arguments.app_label
    project.require_apps([app_label])
    if arguments.migration_name:
        return ()
    if arguments.order:
        return find_leaves(project, app_label, arguments.order)
    order = project.graph.leaves(app_label)
    if len(order) == 1:
        raise UsageError(
            f"{app_label} has no conflict, so a migration has to be named.",
            help=f"The last one is {order[0].name}.",
        )
    return order


def _script(
    arguments: argparse.Namespace, project: Project, engine: Engine, order: Sequence[MigrationKey]
) -> SqlScript:
    app_label = arguments.app_label
    write: Callable[..., SqlScript]
    if order:
        write = partial(order_sql, project, engine, app_label, order)
    else:
        key = require_migration(project.graph.migrations, app_label, arguments.migration_name)
        write = partial(migration_sql, project, engine, key)
    return write(
        backwards=arguments.backwards,
        alias=arguments.database,
        vendor=arguments.vendor,
        run_python=arguments.run_python,
    )
