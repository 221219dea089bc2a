"""Options that several commands have; apart, so that parsing them imports nothing else."""

import argparse
import math

from migtui.core.runs import LOCK_TIMEOUT


def seconds(text: str) -> float:
    """A number of seconds, as argparse wants it read."""
    number = float(text)
    if not (math.isfinite(number) and number >= 0):
        raise ValueError(text)
    return number


def add_lock_timeout(parser: argparse.ArgumentParser) -> None:
    """Add ``--lock-timeout``."""
    parser.add_argument(
        "--lock-timeout",
        type=seconds,
        default=LOCK_TIMEOUT,
        metavar="S",
        help="seconds to wait while somebody else migrates (%(default)g)",
    )


def add_noinput(parser: argparse.ArgumentParser) -> None:
    """Add ``--noinput``."""
    parser.add_argument("--noinput", "--no-input", action="store_true", help="ask no question")


def add_change_options(parser: argparse.ArgumentParser) -> None:
    """Add how a change of files is verified, shown, asked for and staged."""
    parser.add_argument(
        "--static", action="store_true", help="on the word of the reader alone, ask no Django"
    )
    parser.add_argument("--stage", action="store_true", help="add the changes to git's index")
    parser.add_argument("--dry-run", action="store_true", help="print a unified diff instead")
    add_noinput(parser)


def add_collapse_options(parser: argparse.ArgumentParser, *, asked_with: str) -> None:
    """Add which databases are asked before files go, and whether they may be rolled back, and how.

    Args:
        parser: Of the command.
        asked_with: The flags with which databases are asked.
    """
    parser.add_argument(
        "--database",
        action="append",
        metavar="ALIAS",
        help=f"with {asked_with}: a database to ask, instead of all of the settings; may be "
        "repeated",
    )
    parser.add_argument(
        "--roll-back",
        action="store_true",
        help="with --collapse: roll back first what a database has applied of it",
    )
    parser.add_argument("--no-backup", action="store_true", help="make no backup before that")
    add_lock_timeout(parser)
