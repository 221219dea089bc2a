"""``migtui resolve``: write the resolution of a conflict, verified before and after."""

import argparse
import sys
from dataclasses import dataclass, replace

from migtui.cli.changing import add_change_options, require_confirmation
from migtui.cli.engine import chosen_engine
from migtui.cli.opening import open_chosen_project
from migtui.cli.options import add_roll_back_options
from migtui.cli.output import ask, narrate, narrate_report, paint_for, write_answer
from migtui.cli.undo import UPDATED
from migtui.core.explanation import Explanation
from migtui.core.migration import MigrationKey
from migtui.core.questions import Decision, answer
from migtui.core.safe_text import safe_line
from migtui.core.settle import open_questions, undecided
from migtui.core.verification import Verification
from migtui.engine.client import Engine
from migtui.engine.protocol import AppliedMigrations
from migtui.errors import EngineError, ResolutionError, UsageError
from migtui.reports.diff import painted_diff, unified_diff
from migtui.reports.outcome import changes_text, verification_text
from migtui.services.consult import consult
from migtui.services.evidence import gather, weigh
from migtui.services.explain import explain
from migtui.services.leaves import find_leaves
from migtui.services.project import Project
from migtui.services.resolve import MERGE, ORDER, Choice, Plan, make_plan
from migtui.services.verify import verify_plan
from migtui.services.witness import witness
from migtui.services.write_verified import write_plan


@dataclass(frozen=True, slots=True)
class Case:
    """What a resolution is planned from.

    Attributes:
        project: As Django sees it, where it was asked.
        engine: None where it is not asked.
        django_version: None where it is not asked.
        applied: What databases have applied.
    """

    project: Project
    engine: Engine | None = None
    django_version: str | None = None
    applied: tuple[AppliedMigrations, ...] = ()


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what ``resolve`` takes."""
    parser.add_argument("app_label", metavar="APP_LABEL", help="an app with several leaves")
    ways = parser.add_mutually_exclusive_group(required=True)
    ways.add_argument("--order", nargs="+", metavar="LEAF", help="one after another, all leaves")
    ways.add_argument(
        "--collapse",
        nargs="+",
        metavar="LEAF",
        help="as --order, with what is the last one's alone as one migration; the default branch "
        "must not have that",
    )
    ways.add_argument("--merge", action="store_true", help="a migration that depends on them all")
    ways.add_argument("--recommended", action="store_true", help="what `migtui explain` recommends")
    parser.add_argument(
        "--keep",
        nargs="+",
        action="extend",
        default=[],
        metavar="RESOURCE=LEAF[,LEAF]",
        help="whose way it is where the branches diverge or collide, as `migtui explain` lists it; "
        "several leaves: one after another",
    )
    parser.add_argument(
        "--set",
        nargs="+",
        action="extend",
        default=[],
        metavar="RESOURCE=EXPRESSION",
        help="what it is instead, neither branch's: Python source of a field, an index, a "
        "constraint or an option's value",
    )
    parser.add_argument(
        "-n", "--name", help="of the merge, or of the one migration, after its number"
    )
    parser.add_argument(
        "--no-renumber", action="store_true", help="change dependencies alone, rename nothing"
    )
    parser.add_argument("--no-header", action="store_true", help="no comment on top of the merge")
    databases = parser.add_mutually_exclusive_group()
    databases.add_argument(
        "--update-db",
        action="store_true",
        help="rename what is applied in this machine's databases, too",
    )
    databases.add_argument(
        "--replaces-shim",
        action="store_true",
        help="what an order renames says that it replaces its old name: a database that has "
        "applied that follows by itself at its next migrate; to be finished like a squash",
    )
    parser.add_argument(
        "--database",
        action="append",
        metavar="ALIAS",
        help="with --collapse: a database to ask, instead of all of the settings; may be repeated",
    )
    add_roll_back_options(parser)
    add_change_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Write the resolution, or print its diff; 1 where the developer does not confirm it."""
    require_confirmation(arguments)
    _require_fitting(arguments)
    project = open_chosen_project(arguments)
    if arguments.static:
        return _resolve(arguments, Case(project))
    _require_names(arguments, project)
    with chosen_engine(arguments, project) as engine:
        try:
            answers = consult(project, engine)
        except EngineError as error:
            project.conflict(arguments.app_label)  # no such conflict is the better answer
            error.help = f"{error.help} --static resolves without Django.".strip()
            raise
        case = Case(answers.project, engine, answers.facts.django_version, answers.applied)
        if arguments.collapse:
            from migtui.cli.resolve_collapse import collapse  # noqa: PLC0415 - rarely asked for

            return collapse(arguments, case, answers)
        return _resolve(arguments, case)


def _require_fitting(arguments: argparse.Namespace) -> None:
    """Make sure that the options belong together.

    Raises:
        UsageError: They don't.
    """
    if not arguments.collapse:
        if arguments.roll_back or arguments.database:
            raise UsageError("--roll-back and --database go with --collapse.")
    elif arguments.static:
        raise UsageError("--collapse takes Django's optimizer.", help="Leave --static out.")
    elif arguments.keep or arguments.set:
        raise UsageError(
            "--collapse decides nothing.",
            help="Decide with --order first, then `migtui squash APP START END --collapse`.",
        )


def _require_names(arguments: argparse.Namespace, project: Project) -> None:
    """Stop at a name that no migration of the app has, before Django is started for nothing.

    Which of them are leaves, and which apps there are, Django may know better.

    Raises:
        NotFoundError: There is no such migration.
    """
    app_label = arguments.app_label
    names = [key.name for key in project.graph.nodes if key.app_label == app_label]
    kept = (part for word in arguments.keep for part in word.rpartition("=")[2].split(","))
    for word in (*(arguments.order or arguments.collapse or ()), *kept):
        if names and not any(name.startswith(word) for name in names):
            find_leaves(project, app_label, [word])


def _resolve(arguments: argparse.Namespace, case: Case) -> int:
    explanation = explain(case.project, arguments.app_label, applied=case.applied)
    if arguments.recommended and case.engine is not None:  # by all that `explain` goes by
        evidence = gather(case.engine, explanation)
        explanation = weigh(case.project, explanation, evidence)
    choice = _choose(arguments, case, explanation)
    plan = make_plan(
        case.project,
        arguments.app_label,
        choice,
        django_version=case.django_version,
        explanation=explanation,
    )
    if arguments.dry_run:
        return show_plan(arguments, case, plan)
    if not arguments.noinput:
        sys.stderr.write(changes_text(plan.changes))  # whoever is asked has to see it
        tell_notices(arguments, plan)
        if not ask("Write this?"):
            narrate(arguments, "Nothing was written.")
            return 1
    return write_resolution(arguments, case, plan)


def write_resolution(arguments: argparse.Namespace, case: Case, plan: Plan) -> int:
    """Write a plan that was confirmed, and say what came of it; 1 where a database did not follow.

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
    _tell_verification(arguments, plan, written.verification)
    code = _tell_databases(arguments, case, plan)
    if arguments.noinput:
        tell_notices(arguments, plan)
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


def _choose(arguments: argparse.Namespace, case: Case, explanation: Explanation) -> Choice:
    strategy, order = MERGE, tuple(arguments.order or ())
    leaves = find_leaves(case.project, arguments.app_label, order)
    if arguments.order:
        strategy = ORDER
    elif arguments.recommended:
        best = next((item for item in explanation.resolutions if item.recommended), None)
        if best is None:
            raise ResolutionError(
                f"Nothing is recommended for {arguments.app_label}: its branches are "
                f"{explanation.verdict.kind}.",
                help=_what_to_choose(explanation),
            )
        strategy, leaves = best.strategy, best.order
    return Choice(
        strategy,
        leaves,
        name=arguments.name,
        renumber=not arguments.no_renumber,
        header=not arguments.no_header,
        keep=_kept(arguments, case, explanation, leaves if strategy == ORDER else ()),
        replaces_old=arguments.replaces_shim,
    )


def _what_to_choose(explanation: Explanation) -> str:
    """What to do where nothing is recommended."""
    settled = next((way.why for way in explanation.resolutions if way.strategy == "settle"), "")
    app_label = explanation.conflict.app_label
    return settled or f"Look at `migtui explain {app_label}`, then choose."


def _kept(
    arguments: argparse.Namespace,
    case: Case,
    explanation: Explanation,
    order: tuple[MigrationKey, ...],
) -> tuple[Decision, ...]:
    """The decisions that were given, and those of models.py where they were not.

    Raises:
        UsageError: One of them has no ``=``.
        NotFoundError: One of them names no leaf.
        ResolutionError: A decision is needed that was not given, nor can models.py tell it.
    """
    kept = (_kept_decision(case, explanation, word) for word in arguments.keep)
    given = (*kept, *map(_set_decision, arguments.set))
    questions = explanation.questions
    answers = answer(questions, given)
    missing = [entry for entry in open_questions(questions, order) if entry not in answers]
    if not missing:
        return given
    agreed = {} if case.engine is None else witness(case.project, case.engine, explanation, order)
    unknown = [entry for entry in missing if entry.resource not in agreed]
    if unknown:
        raise undecided(explanation.conflict, unknown, order)
    told = tuple(Decision(entry.resource, agreed[entry.resource]) for entry in missing)
    for decision in told:
        narrate(arguments, f"As models.py has it: --keep {decision}")
    return (*given, *told)


def _kept_decision(case: Case, explanation: Explanation, word: str) -> Decision:
    resource, separator, names = word.rpartition("=")
    if not separator:
        raise UsageError(
            f"{word!r} does not say whose way it is.", help="Give --keep RESOURCE=LEAF."
        )
    *before, leaf = find_leaves(case.project, explanation.conflict.app_label, names.split(","))
    return Decision(resource, leaf, tuple(before))


def _set_decision(word: str) -> Decision:
    resource, separator, value = word.partition("=")
    if not (separator and value.strip()):
        raise UsageError(
            f"{word!r} does not say what it is to be.", help="Give --set RESOURCE=EXPRESSION."
        )
    return Decision(resource, None, value=value)


def show_plan(arguments: argparse.Namespace, case: Case, plan: Plan) -> int:
    """Print the diff of a plan, and whether it verifies; 1 where it does not."""
    verification = verify_plan(case.project, plan, case.engine)
    if sys.stdout.isatty():
        paint = paint_for(sys.stdout, no_color=arguments.no_color)
        write_answer(painted_diff(plan.changes, paint=paint))
    else:
        write_answer(unified_diff(plan.changes))
    paint = paint_for(sys.stderr, no_color=arguments.no_color)
    narrate_report(arguments, verification_text(plan.app_label, verification, paint=paint))
    tell_notices(arguments, plan)
    return 0 if verification.passed else 1


def _tell_verification(
    arguments: argparse.Namespace, plan: Plan, verification: Verification
) -> None:
    paint = paint_for(sys.stdout, no_color=arguments.no_color)
    write_answer(verification_text(plan.app_label, verification, paint=paint))


def tell_notices(arguments: argparse.Namespace, plan: Plan) -> None:
    """Say what else the developer should know about a plan."""
    for remark in plan.remarks:
        narrate(arguments, f"Note: {remark}")
    if plan.notices:
        narrate(arguments, "These lines name what is renamed, and are left as they are:")
    for notice in plan.notices:
        narrate(arguments, f"    {notice.path}:{notice.line}: {notice.text}")
