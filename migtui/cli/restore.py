"""``migtui restore``: a backup in the place of what is in a database."""

import argparse

from migtui.cli.consent import ask, ask_for, can_ask, require_terminal
from migtui.cli.engine import project_and_engine
from migtui.cli.options import add_lock_timeout, add_noinput
from migtui.cli.output import narrate, write_answer
from migtui.cli.progress import bar, tell_progress, told_if_interrupted
from migtui.core.safe_text import safe_line
from migtui.errors import UsageError
from migtui.services.backups import Restoration, prepare_restore, restore


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what ``restore`` takes."""
    parser.add_argument("backup", metavar="BACKUP", help="its name, a beginning, or its directory")
    parser.add_argument("--database", metavar="ALIAS", help="else the one that it was made of")
    parser.add_argument(
        "--into", metavar="NAME", default="", help="another database of the server, or another file"
    )
    parser.add_argument("--directory", metavar="DIRECTORY", help="where backups are kept")
    parser.add_argument(
        "--confirm",
        metavar="NAME",
        help="name of the database that is overwritten, where the backup is of another one",
    )
    add_noinput(parser)
    add_lock_timeout(parser)


def run(arguments: argparse.Namespace) -> int:
    """Restore; 1 where the developer does not confirm it."""
    with project_and_engine(arguments) as (project, engine), bar(arguments):
        restoration = prepare_restore(
            project,
            engine,
            arguments.backup,
            alias=arguments.database,
            into=arguments.into,
            directory=arguments.directory,
        )
        if not _is_confirmed(arguments, restoration):
            narrate(arguments, "Nothing was restored.")
            return 1
        with told_if_interrupted(arguments, restoration.alias):
            notes = restore(
                engine,
                restoration,
                lock_timeout=arguments.lock_timeout,
                progress=tell_progress(arguments),
            )
    for note in notes:
        narrate(arguments, note)
    manifest = restoration.manifest
    write_answer(
        f"Restored: {safe_line(str(restoration.target.place))} is as it was at {manifest.created}, "
        f"{len(manifest.applied)} migrations applied, {len(manifest.rows)} tables compared.\n"
    )
    return 0


def _is_confirmed(arguments: argparse.Namespace, restoration: Restoration) -> bool:
    """Whether the developer knows which database is overwritten.

    Raises:
        UsageError: That can't be asked, and no flag says it.
    """
    place = restoration.target.place
    name = place.name if place else ""
    if restoration.overwrites and not restoration.is_own:
        return _is_typed(
            arguments,
            arguments.confirm,
            name,
            f"The backup is of {restoration.manifest.place}. All that is in {place} will be "
            f"replaced.\nType the name of that database, {name}, to go on:",
            f"The backup is of {restoration.manifest.place}, and would replace all that is in "
            f"{place}: --confirm {name} says that it may.",
        )
    if not restoration.target.is_local and not (arguments.noinput and arguments.database):
        return _is_typed(
            arguments,
            None,
            restoration.alias,
            f"{place} is not on this machine.\nType {restoration.alias} to restore there:",
            f"{place} is not on this machine: --noinput --database {restoration.alias} says that "
            "it may be changed.",
        )
    if arguments.noinput or not restoration.overwrites:
        return True
    require_terminal("the restore", "Give --noinput to restore without a question.")
    return ask(f"Replace all that is in {safe_line(str(place))} by {restoration.manifest.id}?")


def _is_typed(
    arguments: argparse.Namespace, given: str | None, expected: str, question: str, missing: str
) -> bool:
    if given is not None:
        if given != expected:
            raise UsageError(f"--confirm says {given!r}, and the database is {expected!r}.")
        return True
    if arguments.noinput or not can_ask():
        raise UsageError(missing)
    return ask_for(safe_line(question.replace("\n", " ")), expected)
