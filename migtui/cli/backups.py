"""``migtui backups``: the backups that there are."""

import argparse

from migtui.cli.opening import open_chosen_project
from migtui.cli.output import narrate, write_answer
from migtui.reports.backups import backups_json, backups_text
from migtui.services.backups import list_backups


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what ``backups`` takes."""
    parser.add_argument("--directory", metavar="DIRECTORY", help="where they are kept")
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(arguments: argparse.Namespace) -> int:
    """List the backups, the newest first; 1 where a manifest can't be read."""
    place, manifests, damaged = list_backups(open_chosen_project(arguments), arguments.directory)
    if arguments.format == "json":
        write_answer(backups_json(str(place), manifests))
    else:
        write_answer(backups_text(manifests))
        if not (manifests or damaged):
            narrate(arguments, f"There are no backups in {place}.")
    for path in damaged:
        narrate(arguments, f"A manifest can't be read: {path}.")
    return int(bool(damaged))
