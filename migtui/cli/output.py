"""Where a command's output goes: the answer to stdout or a file, everything else to stderr."""

import argparse
import os
import sys
from pathlib import Path
from typing import TextIO

from migtui.core.safe_text import safe_text
from migtui.errors import MigtuiError
from migtui.reports.paint import Paint

WIDTH = 80
"""Columns where there is no terminal."""


def paint_for(stream: TextIO, *, no_color: bool) -> Paint:
    """Colours where the stream is a terminal that wants them (see https://no-color.org)."""
    wanted = not no_color and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return Paint(wanted and stream.isatty())


def terminal_width() -> int:
    """Columns to fill: ``COLUMNS``, those of the terminal, else 80."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isdecimal() and int(columns):
        return int(columns)
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or WIDTH
    except (OSError, ValueError):  # not a terminal
        return WIDTH


def narrate(arguments: argparse.Namespace, text: str) -> None:
    """Say something that is not the answer, unless ``--verbosity 0`` wants silence."""
    narrate_report(arguments, f"{safe_text(text)}\n")


def narrate_report(arguments: argparse.Namespace, text: str) -> None:
    """Say a report that is not the answer: text that is safe to print and may have colours."""
    if arguments.verbosity > 0:
        sys.stderr.write(text)


def write_answer(text: str, file: str | None = None) -> None:
    """Print the answer, or write it to a file.

    Raises:
        BrokenPipeError: Whoever read stdout has enough of it.
        MigtuiError: The file, or what stdout leads to, can't be written.
    """
    try:
        if file is None:
            sys.stdout.write(text)
            sys.stdout.flush()
            return
        Path(file).write_text(text, encoding="utf-8", errors="surrogateescape")
    except BrokenPipeError:
        raise
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        if file is None:
            discard_output()
        name = "The answer" if file is None else repr(file)
        raise MigtuiError(f"{name} can't be written: {reason}.") from error


def discard_output() -> None:
    """Let what is still buffered for stdout go nowhere, without a complaint at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
