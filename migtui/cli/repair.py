"""``migtui repair``: mend a graph that Django cannot load."""

import argparse

from migtui.cli.changing import may_write, write_diff
from migtui.cli.consent import require_confirmation
from migtui.cli.engine import chosen_engine
from migtui.cli.opening import open_chosen_project
from migtui.cli.options import add_change_options
from migtui.cli.output import narrate, write_answer
from migtui.core.safe_text import safe_line
from migtui.errors import EngineError
from migtui.reports.outcome import changes_text
from migtui.services.project import Project
from migtui.services.repair import Repair, django_says, plan_repair, write_repair


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what ``repair`` takes."""
    parser.add_argument(
        "--lock-files",
        action="store_true",
        help="make a max_migration.txt for every app that has none",
    )
    add_change_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Mend what can be mended; 1 where something is left that keeps Django from loading."""
    require_confirmation(arguments)
    project = open_chosen_project(arguments)
    repair = plan_repair(project, with_new_lock_files=arguments.lock_files)
    if not repair.changes.changes:
        write_answer("Nothing to mend.\n" if not repair.left else "Nothing that can be mended.\n")
        return _tell_left(arguments, repair)
    if arguments.dry_run:
        return _show(arguments, repair)
    refusal = _ask_django(arguments, project, repair)
    if not may_write(arguments, repair.changes):
        return 1
    entry = write_repair(project, repair)
    if arguments.stage:
        from migtui.services.staging import stage  # noqa: PLC0415 - git where it is asked for

        stage(project, entry)
    write_answer(f"Written: {changes_text(repair.changes)}")
    write_answer("".join(f"  {safe_line(sentence)}\n" for sentence in repair.done))
    if refusal:
        narrate(arguments, f"Django still does not load it: {refusal}")
    narrate(arguments, "`migtui undo` takes it back.")
    return max(_tell_left(arguments, repair), int(bool(refusal)))


def _show(arguments: argparse.Namespace, repair: Repair) -> int:
    write_diff(arguments, repair.changes)
    for sentence in repair.done:
        narrate(arguments, sentence)
    return _tell_left(arguments, repair)


def _ask_django(arguments: argparse.Namespace, project: Project, repair: Repair) -> str:
    """Why Django will not load it all the same; empty where it will, or is not asked."""
    if arguments.static:
        narrate(arguments, "Django was not asked: on the word of the reader alone.")
        return ""
    with chosen_engine(arguments, project) as engine:
        try:
            return django_says(project, repair, engine)
        except EngineError as error:
            error.help = f"{error.help} --static mends without Django.".strip()
            raise


def _tell_left(arguments: argparse.Namespace, repair: Repair) -> int:
    for problem in repair.left:
        narrate(arguments, f"Left: {problem.code}: {problem.message} {problem.help}")
    for app_label in repair.conflicts:
        narrate(arguments, f"{app_label} has several leaves: `migtui resolve {app_label}`.")
    return int(bool(repair.left))
