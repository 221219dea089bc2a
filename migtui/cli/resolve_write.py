"""Shows or writes the plan of a resolution: the second half of ``migtui resolve``."""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import replace

from migtui.cli.changing import write_diff
from migtui.cli.output import narrate, narrate_report, paint_for, write_answer
from migtui.cli.resolve_choice import Case
from migtui.cli.undo import UPDATED
from migtui.core.safe_text import safe_line
from migtui.core.verdict import Verdict
from migtui.reports.outcome import basis_text, changes_text, verification_text
from migtui.services.resolve import Plan
from migtui.services.verify import verify_plan
from migtui.services.write_verified import write_plan


def write_resolution(
    arguments: argparse.Namespace, case: Case, plan: Plan, verdict: Verdict | None = None
) -> int:
    """Write a plan that was confirmed, and say what came of it; 1 where a database did not follow.

    Args:
        arguments: Of the command line.
        case: What the plan was made from.
        plan: The plan.
        verdict: On the branches of an order, as they were.

    Raises:
        ResolutionError: It did not verify; the files are as before.
        StorageError: It can't be written; the files are as before.
        EngineError: Django could not be asked; nothing was written.
    """
    if arguments.update_db and plan.renames:  # undo has to know
        command = f"{plan.changes.command}{UPDATED}"
        plan = replace(plan, changes=replace(plan.changes, command=command))
    written = write_plan(case.project, plan, engine=case.engine, stage=arguments.stage)
    write_answer(f"Written: {changes_text(plan.changes)}")
    order = ", ".join(key.name for key in plan.sequence)
    write_answer(f"They run in this order: {safe_line(order)}.\n")
    if verdict is not None:
        write_answer(f"{basis_text(plan.app_label, verdict)}\n")
    paint = paint_for(sys.stdout, no_color=arguments.no_color)
    write_answer(verification_text(plan.app_label, written.verification, paint=paint))
    code = _tell_databases(arguments, case, plan)
    if arguments.noinput:
        _tell_notices(arguments, plan)
    narrate(arguments, "`migtui undo` takes it back.")
    return code


def _tell_databases(arguments: argparse.Namespace, case: Case, plan: Plan) -> int:
    """Have databases follow what was renamed, or say how; 1 where one of them did not."""
    if case.engine is None or not plan.renames:
        return 0
    from migtui.services.rename_rows import (  # noqa: PLC0415 - rarely needed
        about_shims,
        find_stranded,
        follow,
    )

    code = 0
    for stranded in find_stranded(case.engine, case.applied, plan.renames, plan.graph):
        if arguments.update_db and stranded.is_local and stranded.missing:
            narrate(arguments, f"{stranded.alias}: no row was renamed, it lacks what comes before.")
            code = 1
        elif arguments.update_db and stranded.is_local:
            failure = follow(case.engine, stranded)
            if not failure:
                count = len(stranded.renames)
                write_answer(f"Rows renamed in {stranded.alias!r}: {count}. Undo leaves them.\n")
                continue
            narrate(arguments, f"{stranded.alias}: {failure}")
            code = 1
        if arguments.replaces_shim:
            narrate(arguments, f"{stranded.alias!r} follows at its next `migtui migrate`.")
            for text in stranded.first:
                narrate(arguments, text)
            continue
        for text in stranded.ways:
            narrate(arguments, text)
    if arguments.replaces_shim:
        for text in about_shims(plan.renames.values(), plan.graph):
            narrate(arguments, text)
    return code


def show_plan(
    arguments: argparse.Namespace, case: Case, plan: Plan, verdict: Verdict | None = None
) -> int:
    """Print the diff of a plan, and whether it verifies; 1 where it does not."""
    verification = verify_plan(case.project, plan, case.engine)
    write_diff(arguments, plan.changes)
    paint = paint_for(sys.stderr, no_color=arguments.no_color)
    narrate_report(arguments, verification_text(plan.app_label, verification, paint=paint))
    if verdict is not None:
        narrate(arguments, basis_text(plan.app_label, verdict))
    _tell_notices(arguments, plan)
    return 0 if verification.passed else 1


def notices(plan: Plan) -> Iterator[str]:
    """What else the developer should know about a plan, line by line."""
    for remark in plan.remarks:
        yield f"Note: {remark}"
    if plan.notices:
        yield "These lines name what is renamed, and are left as they are:"
    for notice in plan.notices:
        yield f"    {notice.path}:{notice.line}: {notice.text}"


def _tell_notices(arguments: argparse.Namespace, plan: Plan) -> None:
    for line in notices(plan):
        narrate(arguments, line)
