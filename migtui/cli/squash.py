"""``migtui squash``: plan a squash, and write it once it is proved."""

import argparse

from migtui.cli.consent import require_confirmation
from migtui.cli.engine import project_and_engine
from migtui.cli.options import add_collapse_options, add_noinput
from migtui.errors import UsageError


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
    add_noinput(parser)
    parser.add_argument(
        "--collapse",
        action="store_true",
        help="let the old files go at once: for migrations that the default branch does not have",
    )
    add_collapse_options(parser, asked_with="--finish or --collapse")
    parser.add_argument(
        "--finish",
        nargs="?",
        const="",
        metavar="SQUASHED",
        help="delete what a squash replaces, once every database has it",
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
    with project_and_engine(arguments) as (project, engine):
        from migtui.cli.squash_answer import answer  # noqa: PLC0415 - while Django is set up

        return answer(arguments, project, engine)


def _require_no(arguments: argparse.Namespace, *names: str) -> None:
    for name in names:
        if getattr(arguments, name):
            raise UsageError(f"--{name} goes with --finish.")
