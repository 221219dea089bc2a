"""``migtui rollback``: unapplies migrations, after a backup, under the lock."""

import argparse
import sys
from dataclasses import replace

from migtui.cli.consent import ask, ask_for, can_ask, require_terminal
from migtui.cli.engine import chosen_engine
from migtui.cli.opening import open_chosen_project
from migtui.cli.options import add_lock_timeout, add_noinput
from migtui.cli.output import narrate, paint_for, write_answer
from migtui.cli.progress import bar, tell_progress, told_if_interrupted
from migtui.core.runs import RunOutcome
from migtui.core.safe_text import safe_line
from migtui.engine.client import Engine
from migtui.errors import DatabaseError, UsageError
from migtui.reports.rollback import rollback_json, rollback_text
from migtui.reports.runs import where_it_stands
from migtui.services.databases import DEFAULT
from migtui.services.project import Project
from migtui.services.rollback import Rollback, inspect, prepare_rollback, run_rollback
from migtui.services.rollback_targets import Target


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what ``rollback`` takes."""
    parser.add_argument("app_label", nargs="?", metavar="APP_LABEL")
    parser.add_argument(
        "migration_name",
        nargs="?",
        metavar="MIGRATION",
        help="what stays applied: a name, its beginning, or zero",
    )
    parser.add_argument(
        "--to-ref",
        metavar="REF",
        help="unapply what this branch, tag or commit does not have, of APP_LABEL or of all apps",
    )
    parser.add_argument(
        "--last", type=_count, metavar="N", help="unapply what was applied to APP_LABEL last"
    )
    parser.add_argument(
        "--side", action="store_true", help="unapply MIGRATION's side of a fork, leave the other"
    )
    parser.add_argument("--database", metavar="ALIAS", help=f"else {DEFAULT}")
    parser.add_argument("--plan", action="store_true", help="print what would be done, with SQL")
    parser.add_argument(
        "--counts",
        "--rows",
        action="store_true",
        help="count the rows and values that would go, and the rows of tables that are locked",
    )
    parser.add_argument("--no-backup", action="store_true", help="make no backup before")
    parser.add_argument("--directory", metavar="DIRECTORY", help="where backups are kept")
    parser.add_argument(
        "--allow-git-code",
        action="store_true",
        help="run migrations that only git still has, which unapplying them takes",
    )
    add_noinput(parser)
    parser.add_argument("--format", choices=("text", "json"), default="text", help="of the plan")
    add_lock_timeout(parser)


def run(arguments: argparse.Namespace) -> int:
    """Plan, ask, unapply; 1 where the developer does not confirm it."""
    target = _target(arguments)
    if not (arguments.plan or arguments.noinput):
        require_terminal(
            "the rollback",
            "Give --noinput to roll back without a question, or --plan to look first.",
        )
    project = open_chosen_project(arguments)
    with chosen_engine(arguments, project) as engine, bar(arguments):
        alias = arguments.database or DEFAULT
        rollback = prepare_rollback(project, engine, target, alias=alias)
        if not rollback.keys:
            return _nothing(arguments, rollback)
        may_load = not rollback.lost or _allows_code(arguments, rollback)
        if may_load:
            rollback = inspect(
                project, engine, rollback, counts=arguments.counts, with_sql=arguments.plan
            )
        if arguments.plan:
            return _show(arguments, rollback, may_load=may_load)
        if not may_load:
            narrate(arguments, "Nothing was done.")
            return 1
        return _run(arguments, project, engine, rollback)


def _count(text: str) -> int:
    """A number of migrations, as argparse wants it read."""
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def _target(arguments: argparse.Namespace) -> Target:
    app_label, name = arguments.app_label, arguments.migration_name
    ways = [way for way in (name, arguments.to_ref, arguments.last) if way is not None]
    if len(ways) > 1 or (arguments.side and name is None and ways):
        raise UsageError("Give one of MIGRATION, --to-ref and --last, and --side with MIGRATION.")
    if not ways or (app_label is None and arguments.to_ref is None):
        raise UsageError(
            "Where to? Give an app and the migration that stays, or --last, or --to-ref.",
            help="`zero` for a migration unapplies all of the app.",
        )
    return Target(
        app_label or "",
        name or "",
        side=arguments.side,
        ref=arguments.to_ref or "",
        last=arguments.last or 0,
    )


def _nothing(arguments: argparse.Namespace, rollback: Rollback) -> int:
    if arguments.format == "json" and arguments.plan:
        write_answer(rollback_json(rollback.plan))
    else:
        write_answer(f"Nothing to roll back in {rollback.alias!r}: it is there already.\n")
        for note in rollback.plan.notes:
            narrate(arguments, note)
    return 0


def _show(arguments: argparse.Namespace, rollback: Rollback, *, may_load: bool) -> int:
    plan = rollback.plan
    if not may_load:
        note = (
            "What it destroys and its SQL are not told: that takes running files that only git "
            "has, which --allow-git-code consents to."
        )
        plan = replace(plan, notes=(*plan.notes, note))
    if arguments.format == "json":
        write_answer(rollback_json(plan))
    else:
        paint = paint_for(sys.stdout, no_color=arguments.no_color)
        write_answer(rollback_text(plan, paint=paint))
    return int(bool(plan.blockers))


def _allows_code(arguments: argparse.Namespace, rollback: Rollback) -> bool:
    """Whether code of other commits may be run.

    Raises:
        UsageError: That can't be asked, and something is to be done.
    """
    if arguments.allow_git_code:
        return True
    if arguments.plan:
        return False
    listed = ", ".join(f"{name} of {commit[:12]}" for name, commit in rollback.plan.sources)
    what = f"Not in the working tree, only in git: {listed}. Unapplying them runs their code."
    if arguments.noinput or not can_ask():
        raise UsageError(what, help="Look at them with git show, then give --allow-git-code.")
    return ask(f"{safe_line(what)} Run it?")


def _run(
    arguments: argparse.Namespace, project: Project, engine: Engine, rollback: Rollback
) -> int:
    if not arguments.noinput:
        sys.stderr.write(rollback_text(rollback.plan))
    if not rollback.plan.blockers and not is_confirmed(arguments, rollback):
        narrate(arguments, "Nothing was done.")
        return 1
    names = unapply(arguments, project, engine, rollback, arguments.directory)
    write_answer(f"Unapplied: {safe_line(names)}.\n")
    if rollback.checkout:
        narrate(
            arguments,
            f"The database is as {rollback.checkout} has it; check that out now: "
            f"git checkout {rollback.checkout}",
        )
    return 0


def is_confirmed(arguments: argparse.Namespace, rollback: Rollback) -> bool:
    """Whether a database may be rolled back; where it is not on this machine, its alias is typed.

    Raises:
        UsageError: That can't be asked.
    """
    alias = rollback.alias
    if not rollback.is_local and not (arguments.noinput and arguments.database):
        where = f"{rollback.plan.place} is not on this machine."
        if arguments.noinput or not can_ask():
            raise UsageError(
                where, help=f"--noinput --database {alias} says that it may be changed."
            )
        return ask_for(f"{safe_line(where)} Type {safe_line(alias)} to roll back there:", alias)
    return arguments.noinput or ask("Roll this back?")


def unapply(
    arguments: argparse.Namespace,
    project: Project,
    engine: Engine,
    rollback: Rollback,
    directory: str | None = None,
) -> str:
    """Do a rollback that was confirmed; the names of what was unapplied.

    Args:
        arguments: Of the command.
        project: The project.
        engine: Its Django.
        rollback: What to do.
        directory: Where the backup is kept; None for where the project keeps them.

    Raises:
        DatabaseError: It failed; its help says where the database stands.
        StorageError: The backup has no place.
        EngineError: The process ended.
    """
    with told_if_interrupted(arguments, rollback.alias):
        outcome = run_rollback(
            project,
            engine,
            rollback,
            lock_timeout=arguments.lock_timeout,
            backup=not arguments.no_backup,
            directory=directory,
            progress=tell_progress(arguments),
        )
    _require_done(outcome)
    return ", ".join(f"{app_label}.{name}" for app_label, name in outcome.unapplied)


def _require_done(outcome: RunOutcome) -> None:
    """Stop where a rollback did.

    Raises:
        DatabaseError: What failed, where the database stands and what brings it back.
    """
    trouble = outcome.trouble
    if trouble is None:
        return
    help_text = where_it_stands(outcome)
    if outcome.backup:
        help_text += (
            f"\nThe backup of before brings all of it back: migtui restore {outcome.backup}"
        )
    if outcome.failed is not None:
        help_text += "\nOnce the cause is mended, the same rollback goes on from here."
    raise DatabaseError(
        f"{outcome.alias}: {trouble.message}", help=help_text.strip(), detail=trouble.detail
    )
