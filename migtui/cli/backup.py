"""``migtui backup``: a database to a verified file."""

import argparse

from migtui.cli.engine import project_and_engine
from migtui.cli.options import add_lock_timeout
from migtui.cli.output import write_answer
from migtui.cli.progress import bar, tell_progress
from migtui.services.backups import back_up
from migtui.services.databases import DEFAULT


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what ``backup`` takes."""
    parser.add_argument("--database", default=DEFAULT, metavar="ALIAS", help="else %(default)s")
    parser.add_argument("--directory", metavar="DIRECTORY", help="where it is kept")
    add_lock_timeout(parser)


def run(arguments: argparse.Namespace) -> int:
    """Make a backup, and print its directory."""
    with project_and_engine(arguments) as (project, engine), bar(arguments):
        path, _ = back_up(
            project,
            engine,
            alias=arguments.database,
            directory=arguments.directory,
            lock_timeout=arguments.lock_timeout,
            progress=tell_progress(arguments),
        )
    write_answer(f"{path}\n")
    return 0
