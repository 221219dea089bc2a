"""``migtui`` without a command: the terminal interface."""

import argparse
import sys
from pathlib import Path

from migtui.errors import UsageError


def run(arguments: argparse.Namespace) -> int:
    """Open the interface on the project."""
    require_terminal("`migtui check` and the other commands need none.")
    return open_interface(arguments, Path(arguments.project))


def require_terminal(help_text: str) -> None:
    """Make sure that the interface has a terminal to be on.

    Raises:
        UsageError: There is none.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("The terminal interface needs a terminal.", help=help_text)


def open_interface(arguments: argparse.Namespace, directory: Path) -> int:
    """Open the interface; returns the exit code.

    Raises:
        MigtuiError: What the interface could not start, or go on, with.
    """
    # Textual takes a third of a second, which no other command should spend.
    from migtui.tui import run as run_interface  # noqa: PLC0415

    return run_interface(
        directory,
        settings=arguments.settings,
        python=arguments.python,
        no_color=arguments.no_color,
    )
