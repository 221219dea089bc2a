"""``migtui squash``: plan a squash, and write it once it is proved."""

import argparse
import sys
from collections.abc import Callable, Sequence

from migtui.cli.changing import require_confirmation
from migtui.cli.collapsing import (
    add_roll_back_options,
    are_confirmed,
    plan_rollbacks,
    roll_back,
    tell_what_is_next,
)
from migtui.cli.engine import chosen_engine
from migtui.cli.opening import open_chosen_project
from migtui.cli.output import ask, narrate, narrate_report, paint_for, write_answer
from migtui.core.migration import MigrationKey
from migtui.core.squash_plan import Collapse, SquashChoice, SquashPlan, SquashProof
from migtui.engine.client import Engine
from migtui.engine.protocol import AppliedMigrations, Progress
from migtui.errors import NotFoundError, UsageError
from migtui.reports.diff import painted_diff, unified_diff
from migtui.reports.outcome import changes_text, verification_text
from migtui.reports.squash import proof_text, squash_json, squash_text
from migtui.services.consult import Consultation, consult_lightly
from migtui.services.named import require_migration
from migtui.services.project import Project
from migtui.services.prove import is_proved, prove
from migtui.services.squash import plan_squash, write_squash


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what ``squash`` takes."""
    parser.add_argument("app_label", nargs="?", metavar="APP_LABEL")
    parser.add_argument(
        "--all", action="store_true", help="tell what can be squashed of every app; write nothing"
    )
    parser.add_argument("names", nargs="*", metavar="[START] END", help="names or their beginnings")
    parser.add_argument("--squashed-name", metavar="N", help="instead of squashed_…, after 0001")
    parser.add_argument(
        "--no-optimize", action="store_true", help="keep all operations as they are"
    )
    parser.add_argument("--no-header", action="store_true", help="no comment on top of the file")
    parser.add_argument(
        "--elide",
        nargs="+",
        action="extend",
        default=[],
        metavar="NAME",
        help="migrations whose RunPython and RunSQL a new database need not run",
    )
    parser.add_argument(
        "--keep",
        nargs="+",
        action="extend",
        default=[],
        metavar="NAME",
        help="migrations whose RunPython and RunSQL stay, though they are elidable",
    )
    parser.add_argument("--dry-run", action="store_true", help="print the plan and a diff instead")
    parser.add_argument(
        "--no-proof", action="store_true", help="write without trying it on scratch databases"
    )
    parser.add_argument("--noinput", "--no-input", action="store_true", help="ask no question")
    parser.add_argument(
        "--collapse",
        action="store_true",
        help="let the old files go at once: for migrations that the default branch does not have",
    )
    add_roll_back_options(parser)
    parser.add_argument(
        "--finish",
        nargs="?",
        const="",
        metavar="SQUASHED",
        help="delete what a squash replaces, once every database has it",
    )
    parser.add_argument(
        "--database",
        action="append",
        metavar="ALIAS",
        help="with --finish or --collapse: a database to ask, instead of all of the settings; may "
        "be repeated",
    )
    parser.add_argument(
        "--applied",
        action="append",
        default=[],
        metavar="FILE",
        help="with --finish: what `showmigrations --list` printed elsewhere, or JSON; may be "
        "repeated",
    )
    parser.add_argument(
        "--prune",
        action="store_true",
        help="with --finish: have `migrate --prune` forget the records of what went, too",
    )
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(arguments: argparse.Namespace) -> int:
    """Plan, prove and write; 1 where it can't be squashed as asked."""
    if arguments.all:
        from migtui.cli.squash_all import outline  # noqa: PLC0415 - as --finish

        if arguments.app_label:
            raise UsageError("Give an app or --all, not both.")
        return outline(arguments)
    if not arguments.app_label:
        raise UsageError("Give an APP_LABEL, or --all.")
    require_confirmation(arguments)
    if arguments.finish is not None:
        from migtui.cli.squash_finish import finish  # noqa: PLC0415 - a command of its own

        return finish(arguments)
    _require_no(arguments, "applied", "prune")
    if arguments.roll_back and not arguments.collapse:
        raise UsageError("--roll-back goes with --collapse.")
    if arguments.database and not arguments.collapse:
        raise UsageError("--database goes with --finish and --collapse.")
    project = open_chosen_project(arguments)
    with chosen_engine(arguments, project) as engine:
        consultation = consult_lightly(project, engine)
        choice = _choice(arguments, consultation.project)
        found = _plan(arguments, consultation, choice, engine)
        if arguments.dry_run or found.plan.changes is None:
            return _show(arguments, found.plan)
        return _write(arguments, consultation, found, engine)


def _plan(
    arguments: argparse.Namespace,
    consultation: Consultation,
    choice: SquashChoice,
    engine: Engine,
) -> Collapse:
    """What is proved, and what is written; the same but for a collapse."""
    project, facts = consultation.project, consultation.facts
    applied = chosen_databases(consultation.applied, arguments.database)
    progress = tell_steps(arguments)
    if arguments.collapse:
        from migtui.services.collapse import plan_collapse  # noqa: PLC0415 - as --finish

        return plan_collapse(project, engine, facts, choice, applied=applied, progress=progress)
    plan = plan_squash(project, engine, facts, choice, applied=applied, progress=progress)
    return Collapse(plan, plan)


def chosen_databases(
    applied: Sequence[AppliedMigrations], aliases: Sequence[str] | None
) -> list[AppliedMigrations]:
    """The databases that are asked: those that were named, else all.

    Raises:
        NotFoundError: There is none of that name.
    """
    known = {entry.alias: entry for entry in applied}
    for alias in aliases or ():
        if alias not in known:
            raise NotFoundError(
                f"The settings have no database {alias!r}.", help=f"There are: {', '.join(known)}."
            )
    return [known[alias] for alias in aliases] if aliases else list(applied)


def _require_no(arguments: argparse.Namespace, *names: str) -> None:
    for name in names:
        if getattr(arguments, name):
            raise UsageError(f"--{name} goes with --finish.")


def _write(
    arguments: argparse.Namespace,
    consultation: Consultation,
    found: Collapse,
    engine: Engine,
) -> int:
    project, facts, plan = consultation.project, consultation.facts, found.plan
    rollbacks = plan_rollbacks(arguments, project, engine, found.unapplied)
    paint = paint_for(sys.stderr, no_color=arguments.no_color)
    narrate_report(arguments, squash_text(plan, paint=paint))
    proofs: tuple[SquashProof, ...] = ()
    if arguments.no_proof:
        narrate(arguments, "Not proved: --no-proof was given.")
    else:
        proofs = prove(project, engine, facts, found.squash, progress=tell_steps(arguments))
        narrate_report(arguments, proof_text(proofs, paint=paint))
        if not is_proved(proofs, facts):
            _answer(arguments, plan, proofs, written=False)
            narrate(
                arguments,
                "Nothing was written. Try --no-optimize or another range; --no-proof writes it "
                "all the same.",
            )
            return 1
    if not arguments.noinput:
        sys.stderr.write(changes_text(plan.changes) if plan.changes else "")
        if not ask("Write this?"):
            narrate(arguments, "Nothing was written.")
            return 1
    if not are_confirmed(arguments, rollbacks):
        narrate(arguments, "Nothing was written.")
        return 1
    roll_back(arguments, project, engine, rollbacks)
    written = write_squash(project, plan, engine)
    _answer(arguments, plan, proofs, written=True)
    if arguments.format == "text":
        write_answer(verification_text(plan.key.app_label, written.verification, paint=paint))
    if not arguments.collapse:
        narrate(
            arguments,
            "Commit it with the old files. When every database has it: `migtui squash "
            f"{plan.key.app_label} --finish {plan.key.name}`.",
        )
    narrate(arguments, "`migtui undo` takes it back.")
    tell_what_is_next(arguments, rollbacks)
    return 0


def _answer(
    arguments: argparse.Namespace,
    plan: SquashPlan,
    proofs: tuple[SquashProof, ...],
    *,
    written: bool,
) -> None:
    if arguments.format == "json":
        write_answer(squash_json(plan, proofs, written=written))
    elif written and plan.changes is not None:
        write_answer(f"Written: {changes_text(plan.changes)}")


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


def tell_steps(arguments: argparse.Namespace) -> Callable[[Progress], None]:
    """Tells on stderr how an answer gets on, each step once."""
    told: set[str] = set()

    def tell(progress: Progress) -> None:
        if progress.text not in told:
            told.add(progress.text)
            narrate(arguments, f"{progress.text} …")

    return tell


def _show(arguments: argparse.Namespace, plan: SquashPlan) -> int:
    """Print the plan, and the diff where there is one."""
    if arguments.format == "json":
        write_answer(squash_json(plan))
        return int(plan.changes is None)
    paint = paint_for(sys.stderr, no_color=arguments.no_color)
    narrate_report(arguments, squash_text(plan, paint=paint))
    if plan.changes is None:
        return 1
    if sys.stdout.isatty():
        paint = paint_for(sys.stdout, no_color=arguments.no_color)
        write_answer(painted_diff(plan.changes, paint=paint))
    else:
        write_answer(unified_diff(plan.changes))
    return 0
