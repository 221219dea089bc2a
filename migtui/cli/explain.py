"""``migtui explain``: one conflict, by Django's word where it can be asked."""

import argparse
import sys
from dataclasses import replace

from migtui.cli.engine import chosen_engine
from migtui.cli.opening import open_chosen_project
from migtui.cli.output import paint_for, terminal_width, write_answer
from migtui.core.explanation import Explanation
from migtui.errors import EngineError
from migtui.reports.json import explain_json
from migtui.reports.text import explain_text
from migtui.services.consult import consult
from migtui.services.evidence import gather, weigh
from migtui.services.explain import explain
from migtui.services.project import Project


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what ``explain`` takes."""
    parser.add_argument("app_label", metavar="APP_LABEL", help="an app with several leaves")
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(arguments: argparse.Namespace) -> int:
    """Print the conflict."""
    explanation = _explain(arguments, open_chosen_project(arguments))
    if arguments.format == "json":
        write_answer(explain_json(explanation))
    else:
        paint = paint_for(sys.stdout, no_color=arguments.no_color)
        write_answer(explain_text(explanation, width=terminal_width(), paint=paint))
    return 0


def _explain(arguments: argparse.Namespace, project: Project) -> Explanation:
    with chosen_engine(arguments, project) as engine:
        try:
            consultation = consult(project, engine)
        except EngineError as error:
            note = f"Read from the files alone, Django can't be asked: {error.message}"
            explanation = explain(project, arguments.app_label)
        else:
            facts = consultation.facts
            note = (
                f"Apps and graph as Django {facts.django_version} with {facts.settings} has them."
            )
            project = consultation.project
            explanation = explain(project, arguments.app_label, applied=consultation.applied)
            explanation = weigh(project, explanation, gather(engine, explanation))
    return replace(explanation, notices=(*explanation.notices, note))
