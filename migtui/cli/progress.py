"""How a command tells how it gets on, and where to look when it was interrupted."""

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from migtui.cli.output import narrate
from migtui.core.safe_text import safe_line
from migtui.engine.protocol.base import Progress, Report, Said

CLEAR = "\r\x1b[K"


def tell_progress(arguments: argparse.Namespace) -> Report:
    """Says how something gets on: words on lines, numbers on one line of a terminal."""

    def tell(progress: Progress) -> None:
        if isinstance(progress, Said):
            narrate(arguments, progress.text)
        elif arguments.verbosity > 0 and sys.stderr.isatty():
            part = f" of {progress.total >> 20} MB" if progress.total else ""
            sys.stderr.write(f"{CLEAR}{safe_line(progress.text)}{part}\r")
            sys.stderr.flush()

    return tell


def tell_steps(arguments: argparse.Namespace) -> Report:
    """Tells on stderr how an answer gets on, each step once."""
    told: set[str] = set()

    def tell(progress: Progress) -> None:
        if progress.text not in told:
            told.add(progress.text)
            narrate(arguments, f"{progress.text} …")

    return tell


@contextmanager
def bar(arguments: argparse.Namespace) -> Iterator[None]:
    """Clears the line of progress at the end."""
    try:
        yield
    finally:
        if arguments.verbosity > 0 and sys.stderr.isatty():
            sys.stderr.write(CLEAR)


@contextmanager
def told_if_interrupted(arguments: argparse.Namespace, alias: str) -> Iterator[None]:
    """Says where to look, should the developer interrupt what changes a database."""
    try:
        yield
    except KeyboardInterrupt:
        narrate(
            arguments,
            f"Cut off: `migtui check --database {alias}` tells where the database stands. The same "
            "command goes on from there. A server may still be at the last statement.",
        )
        raise
