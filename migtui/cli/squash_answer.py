"""The answer of ``migtui squash`` about a range: the plan, or what was proved and written.

Apart from the command's own module, so that it is imported while Django is set up.
"""

import argparse
import sys

from migtui.cli.changing import write_diff
from migtui.cli.output import narrate_report, paint_for, write_answer
from migtui.cli.progress import tell_steps
from migtui.core.migration import MigrationKey
from migtui.core.squash_plan import SquashChoice, SquashPlan
from migtui.engine.client import Engine
from migtui.errors import UsageError
from migtui.reports.squash import squash_text
from migtui.reports.squash_json import squash_json
from migtui.services.collapse import plan_range
from migtui.services.consult import consult_lightly
from migtui.services.databases import chosen_databases
from migtui.services.named import require_migration
from migtui.services.project import Project


def answer(arguments: argparse.Namespace, project: Project, engine: Engine) -> int:
    """Plan, prove and write; 1 where it can't be squashed as asked."""
    consultation = consult_lightly(project, engine)
    found = plan_range(
        consultation.project,
        engine,
        consultation.facts,
        _choice(arguments, consultation.project),
        collapses=arguments.collapse,
        applied=chosen_databases(consultation.applied, arguments.database),
        progress=tell_steps(arguments),
    )
    if arguments.dry_run or found.plan.changes is None:
        return _show(arguments, found.plan)
    from migtui.cli.squash_write import write  # noqa: PLC0415 - a dry run needs none of it

    return write(arguments, consultation, found, engine)


def _choice(arguments: argparse.Namespace, project: Project) -> SquashChoice:
    if len(arguments.names) > 2:  # noqa: PLR2004 - START and END
        raise UsageError("Give a START and an END at most.")
    project.require_apps([arguments.app_label])
    named = [_find(arguments, project, name) for name in arguments.names]
    start, end = (None, *named)[-2:] if named else (None, None)
    return SquashChoice(
        arguments.app_label,
        start,
        end,
        name=arguments.squashed_name,
        optimize=not arguments.no_optimize,
        header=not arguments.no_header,
        elide=tuple(_find(arguments, project, name) for name in arguments.elide),
        keep=tuple(_find(arguments, project, name) for name in arguments.keep),
    )


def _find(arguments: argparse.Namespace, project: Project, name: str) -> MigrationKey:
    return require_migration(project.graph.migrations, arguments.app_label, name)


def _show(arguments: argparse.Namespace, plan: SquashPlan) -> int:
    """Print the plan, and the diff where there is one."""
    if arguments.format == "json":
        write_answer(squash_json(plan))
        return int(plan.changes is None)
    paint = paint_for(sys.stderr, no_color=arguments.no_color)
    narrate_report(arguments, squash_text(plan, paint=paint))
    if plan.changes is None:
        return 1
    write_diff(arguments, plan.changes)
    return 0
