"""``migtui squash --all``: what can be squashed of every app, and in which order."""

import argparse
import shlex
from collections.abc import Iterator, Sequence

from migtui.cli.engine import chosen_engine
from migtui.cli.opening import open_chosen_project
from migtui.cli.output import write_answer
from migtui.core.safe_text import safe_line
from migtui.core.squash_all import Outline
from migtui.reports.document import Document, print_document
from migtui.services.consult import consult_lightly
from migtui.services.squash import outline_project


def outline(arguments: argparse.Namespace) -> int:
    """Print the outline; nothing is written."""
    project = open_chosen_project(arguments)
    with chosen_engine(arguments, project) as engine:
        consultation = consult_lightly(project, engine)
    found = outline_project(consultation.project, consultation.facts)
    if arguments.format == "json":
        write_answer(print_document(_document(found)))
    else:
        write_answer("".join(f"{safe_line(line)}\n" for line in _lines(found)))
    return 0


def _lines(outlines: Sequence[Outline]) -> Iterator[str]:
    for entry in outlines:
        yield f"{entry.app_label}: {len(entry.migrations)} migrations"
        if entry.refusal:
            yield f"    {entry.refusal}"
        if entry.crossing:
            yield f"    not as one: {' → '.join(map(str, entry.crossing))}"
        for words in entry.commands:
            yield f"    {shlex.join(['migtui', 'squash', *words])}"
    if not outlines:
        yield "No app of this project has anything left to squash."


def _document(outlines: Sequence[Outline]) -> Document:
    return {
        "apps": [
            {
                "app_label": entry.app_label,
                "migrations": [key.name for key in entry.migrations],
                "parts": [[key.name for key in part] for part in entry.parts],
                "cycle": list(map(str, entry.crossing)),
                "refusal": entry.refusal or None,
                "commands": [list(words) for words in entry.commands],
            }
            for entry in outlines
        ],
    }
