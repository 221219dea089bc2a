"""``migtui undo``: take back what was written last."""

import argparse

from migtui.cli.history import describe_files
from migtui.cli.opening import open_chosen_project
from migtui.cli.output import narrate, write_answer
from migtui.core.safe_text import safe_line
from migtui.services import journal

UPDATED = " --update-db"
"""How the command of an entry ends that renamed rows in databases, too."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what ``undo`` takes: nothing of its own."""


def run(arguments: argparse.Namespace) -> int:
    """Undo, and name the files that were changed."""
    project = open_chosen_project(arguments)
    entry = journal.undo(project)
    files = describe_files(file.turned for file in entry.files)
    write_answer("\n".join([f"Taken back: {safe_line(entry.title)}", *files, ""]))
    if entry.command.endswith(UPDATED):
        narrate(
            arguments,
            "The rows that were renamed in databases are as they were: `migtui check --database "
            "ALIAS` tells the statement that renames them back.",
        )
    if entry.index is not None:
        from migtui.services.staging import follow  # noqa: PLC0415 - git where it was asked for

        narrate(arguments, follow(project, entry) or "")
    return 0
