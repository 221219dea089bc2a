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


def add_roll_back_options(parser: argparse.ArgumentParser) -> None:
    """Add what says that a database may be rolled back, and how."""
    parser.add_argument(
        "--roll-back",
        action="store_true",
        help="with --collapse: roll back first what a database has applied of it",
    )
    parser.add_argument("--no-backup", action="store_true", help="make no backup before that")
    add_lock_timeout(parser)
