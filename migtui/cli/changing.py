"""What the commands that change the project's files have in common: the diff, and consent to it."""

import argparse
import sys
from collections.abc import Iterable

from migtui.cli.consent import ask
from migtui.cli.output import narrate, paint_for, write_answer
from migtui.core.changes import ChangeSet
from migtui.reports.diff import painted_diff, unified_diff
from migtui.reports.outcome import changes_text


def write_diff(arguments: argparse.Namespace, changes: ChangeSet) -> None:
    """Print what would change: painted on a terminal, else as ``git apply`` takes it."""
    if sys.stdout.isatty():
        paint = paint_for(sys.stdout, no_color=arguments.no_color)
        write_answer(painted_diff(changes, paint=paint))
    else:
        write_answer(unified_diff(changes))


def may_write(arguments: argparse.Namespace, changes: ChangeSet, notes: Iterable[str] = ()) -> bool:
    """Whether changes may be written: they are shown and asked for, but with ``--noinput``.

    Args:
        arguments: Of the command.
        changes: What would be written.
        notes: What else the developer should know before answering.
    """
    if arguments.noinput:
        return True
    sys.stderr.write(changes_text(changes))  # whoever is asked has to see it
    for note in notes:
        narrate(arguments, note)
    if ask("Write this?"):
        return True
    narrate(arguments, "Nothing was written.")
    return False
