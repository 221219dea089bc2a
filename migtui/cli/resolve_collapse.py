"""``migtui resolve --collapse``: the last branch of an order becomes one migration."""

import argparse
import sys
from dataclasses import replace

from migtui.cli.changing import may_write
from migtui.cli.collapsing import are_confirmed, plan_rollbacks, roll_back, tell_what_is_next
from migtui.cli.output import narrate, narrate_report, paint_for
from migtui.cli.progress import tell_steps
from migtui.cli.resolve_choice import Case
from migtui.cli.resolve_write import notices, show_plan, write_resolution
from migtui.core.collapse import COLLAPSE
from migtui.errors import UsageError
from migtui.reports.squash import proof_text
from migtui.services.collapse_order import plan_collapse_order
from migtui.services.consult import Consultation
from migtui.services.databases import chosen_databases
from migtui.services.leaves import find_leaves
from migtui.services.prove import is_proved, prove
from migtui.services.resolve import Choice
from migtui.services.roll_back_first import remarks


def collapse(arguments: argparse.Namespace, case: Case, answers: Consultation) -> int:
    """Plan, prove, roll back where that is consented to, write; 1 where it was not to be."""
    engine, project, facts = case.engine, case.project, answers.facts
    if engine is None:
        raise UsageError("--collapse needs Django.", help="Leave --static out.")
    leaves = find_leaves(project, arguments.app_label, arguments.collapse)
    plan = plan_collapse_order(
        project,
        engine,
        facts,
        arguments.app_label,
        Choice(
            COLLAPSE,
            leaves,
            name=arguments.name,
            renumber=not arguments.no_renumber,
            header=not arguments.no_header,
        ),
        applied=chosen_databases(answers.applied, arguments.database),
        progress=tell_steps(arguments),
    )
    if arguments.dry_run or plan.collapses is None:
        return show_plan(arguments, case, plan)
    rollbacks = plan_rollbacks(arguments, project, engine, plan.collapses.unapplied)
    proofs = prove(project, engine, facts, plan.collapses.squash, progress=tell_steps(arguments))
    paint = paint_for(sys.stderr, no_color=arguments.no_color)
    narrate_report(arguments, proof_text(proofs, paint=paint))
    if not is_proved(proofs, facts):
        narrate(arguments, "Nothing was written. --order puts the branches behind each other.")
        return 1
    if not may_write(arguments, plan.changes, notices(plan)):
        return 1
    if not are_confirmed(arguments, rollbacks):
        narrate(arguments, "Nothing was written.")
        return 1
    roll_back(arguments, project, engine, rollbacks)
    done = remarks(plan.collapses.unapplied)
    plan = replace(plan, remarks=tuple(entry for entry in plan.remarks if entry not in done))
    code = write_resolution(arguments, case, plan)
    tell_what_is_next(arguments, rollbacks)
    return code
