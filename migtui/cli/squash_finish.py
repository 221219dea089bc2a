"""``migtui squash --finish``: what a squash replaces goes, once every database has it."""

import argparse
import sys
from pathlib import Path

from migtui.cli.changing import may_write, write_diff
from migtui.cli.engine import chosen_engine
from migtui.cli.opening import open_chosen_project
from migtui.cli.output import narrate, narrate_report, paint_for, write_answer
from migtui.core.migration import MigrationKey
from migtui.core.squash_finish import FinishPlan
from migtui.engine.client import Engine
from migtui.errors import UsageError
from migtui.reports.finish import finish_json, finish_text
from migtui.reports.outcome import changes_text, verification_text
from migtui.services.consult import Consultation, consult_lightly
from migtui.services.databases import chosen_databases
from migtui.services.finish import plan_finish, write_finish
from migtui.services.migrate import MigrateOrder, Voice, migrate
from migtui.services.named import require_migration


def finish(arguments: argparse.Namespace) -> int:
    """Finish a squash; 1 where a database is not ready for it."""
    if arguments.names:
        raise UsageError("--finish takes the name of the squash, and no range.")
    project = open_chosen_project(arguments)
    with chosen_engine(arguments, project) as engine:
        consultation = consult_lightly(project, engine)
        plan = plan_finish(
            consultation.project,
            consultation.facts,
            arguments.app_label,
            _squash(arguments, consultation),
            applied=chosen_databases(consultation.applied, arguments.database),
            files=[Path(name) for name in arguments.applied],
        )
        narrate_report(
            arguments,
            finish_text(plan, paint=paint_for(sys.stderr, no_color=arguments.no_color)),
        )
        if arguments.dry_run or plan.changes is None:
            return _show(arguments, plan)
        if not may_write(arguments, plan.changes):
            return 1
        return _write(arguments, consultation, plan, engine)


def _squash(arguments: argparse.Namespace, consultation: Consultation) -> MigrationKey | None:
    graph = consultation.project.graph
    consultation.project.require_apps([arguments.app_label])
    if not arguments.finish:
        return None
    return require_migration(graph.migrations, arguments.app_label, arguments.finish)


def _show(arguments: argparse.Namespace, plan: FinishPlan) -> int:
    if arguments.format == "json":
        write_answer(finish_json(plan))
    elif plan.changes is not None:
        write_diff(arguments, plan.changes)
    return int(plan.changes is None)


def _write(
    arguments: argparse.Namespace, consultation: Consultation, plan: FinishPlan, engine: Engine
) -> int:
    written = write_finish(consultation.project, plan, engine)
    if arguments.format == "json":
        write_answer(finish_json(plan, written=True))
    elif plan.changes is not None:
        paint = paint_for(sys.stdout, no_color=arguments.no_color)
        write_answer(f"Written: {changes_text(plan.changes)}")
        write_answer(verification_text(arguments.app_label, written.verification, paint=paint))
    if arguments.prune and plan.prunable:
        return _prune(arguments, consultation, plan, engine)
    narrate(arguments, "`migtui undo` takes it back.")
    return 0


def _prune(
    arguments: argparse.Namespace, consultation: Consultation, plan: FinishPlan, engine: Engine
) -> int:
    def tell(text: str) -> None:
        narrate(arguments, text.rstrip("\n"))

    narrate(
        arguments,
        "The records go as well. `migtui undo` would give back the files alone, and Django would "
        "take them for migrations that were never applied.",
    )
    for alias, _ in plan.prunable:
        order = MigrateOrder((arguments.app_label, "--prune"), alias)
        for outcome in migrate(consultation.project, engine, order, Voice(tell, tell)):
            if outcome.trouble or outcome.code:
                said = outcome.trouble.message if outcome.trouble else f"exit code {outcome.code}"
                narrate(arguments, f"The records of {alias} were not pruned: {said}")
                return 1
    return 0
