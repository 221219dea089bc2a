"""``migtui resolve``: write the resolution of a conflict, verified before and after."""

import argparse

from migtui.cli.changing import may_write
from migtui.cli.consent import require_confirmation
from migtui.cli.engine import chosen_engine
from migtui.cli.opening import open_chosen_project
from migtui.cli.options import add_change_options, add_collapse_options
from migtui.cli.resolve_choice import Case, choose, require_names
from migtui.cli.resolve_write import notices, show_plan, write_resolution
from migtui.errors import EngineError, UsageError
from migtui.services.consult import consult
from migtui.services.evidence import gather, weigh
from migtui.services.explain import explain
from migtui.services.resolve import ORDER, make_plan


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
    add_collapse_options(parser, asked_with="--collapse")
    add_change_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Write the resolution, or print its diff; 1 where the developer does not confirm it."""
    require_confirmation(arguments)
    _require_fitting(arguments)
    project = open_chosen_project(arguments)
    if arguments.static:
        return _resolve(arguments, Case(project))
    require_names(arguments, project)
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


def _resolve(arguments: argparse.Namespace, case: Case) -> int:
    explanation = explain(case.project, arguments.app_label, applied=case.applied)
    if arguments.recommended and case.engine is not None:  # by all that `explain` goes by
        evidence = gather(case.engine, explanation)
        explanation = weigh(case.project, explanation, evidence)
    choice = choose(arguments, case, explanation)
    plan = make_plan(
        case.project,
        arguments.app_label,
        choice,
        django_version=case.django_version,
        explanation=explanation,
    )
    verdict = explanation.verdict if choice.strategy == ORDER else None
    if arguments.dry_run:
        return show_plan(arguments, case, plan, verdict)
    if not may_write(arguments, plan.changes, notices(plan)):
        return 1
    return write_resolution(arguments, case, plan, verdict)
