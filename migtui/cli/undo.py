"""``migtui undo``: take back what was written last."""

import argparse

from migtui.cli.history import describe_entry
from migtui.cli.opening import open_chosen_project
from migtui.cli.output import write_answer
from migtui.services import journal


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what ``undo`` takes: nothing of its own."""


def run(arguments: argparse.Namespace) -> int:
    """Undo, and name the files that were changed."""
    entry = journal.undo(open_chosen_project(arguments))
    write_answer(f"Taken back: {describe_entry(entry)}")
    return 0
