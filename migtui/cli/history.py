"""``migtui history``: what migtui wrote to this project."""

import argparse
import sys
from collections.abc import Iterable

from migtui.cli.opening import open_chosen_project
from migtui.cli.output import narrate, paint_for, write_answer
from migtui.core.journal import Entry, FileRecord, State
from migtui.core.safe_text import safe_line
from migtui.services import journal


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what ``history`` takes: nothing of its own."""


def run(arguments: argparse.Namespace) -> int:
    """List the entries, the newest first; 1 where one of them can't be read."""
    history = journal.history(open_chosen_project(arguments))
    paint = paint_for(sys.stdout, no_color=arguments.no_color)
    for entry in reversed(history.entries):
        state = paint("dim" if entry.state is State.UNDONE else "good", entry.state)
        write_answer(f"{entry.id}  {entry.time}  {state}  {describe_entry(entry)}")
    for _, _, path in history.damaged:
        narrate(arguments, f"An entry can't be read: {path}.")
    if not history.entries:
        narrate(arguments, "migtui has written nothing to this project.")
    return int(bool(history.damaged))


def describe_entry(entry: Entry) -> str:
    """An entry's title, and what it did to which files, each on a line."""
    command = [f"    {safe_line(entry.command)}"] if entry.command else []
    return "\n".join([safe_line(entry.title), *command, *describe_files(entry.files), ""])


def describe_files(files: Iterable[FileRecord]) -> list[str]:
    """The files with a sign for each: created, removed, changed."""
    return [f"    {_sign(file)} {safe_line(file.path)}" for file in files]


def _sign(file: FileRecord) -> str:
    if file.before is None:
        return "+"
    return "-" if file.after is None else "~"
