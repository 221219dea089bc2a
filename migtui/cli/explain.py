"""``migtui explain``: one conflict, by Django's word where it can be asked."""

import argparse
import sys
from dataclasses import replace

from migtui.cli.engine import chosen_engine
from migtui.cli.opening import chosen_merge, open_chosen_project
from migtui.cli.output import paint_for, terminal_width, write_answer
from migtui.core.explanation import Explanation
from migtui.errors import EngineError, UsageError
from migtui.reports.explanation import explain_text
from migtui.reports.json import explain_json
from migtui.services.consult import consult
from migtui.services.evidence import gather, weigh
from migtui.services.explain import explain
from migtui.services.overlays import unfinished_overlay
from migtui.services.places import VENDORS
from migtui.services.project import Project


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what ``explain`` takes."""
    parser.add_argument("app_label", metavar="APP_LABEL", help="an app with several leaves")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument(
        "--base",
        metavar="REF",
        help="of the merge of HEAD and this branch, tag or commit, which is not made for it",
    )
    parser.add_argument(
        "--on",
        type=_vendors,
        metavar="VENDOR,…",
        help=f"scratch databases to try on, of {', '.join(VENDORS)}; without it, those at hand",
    )
    parser.add_argument(
        "--run-python",
        action="store_true",
        help="run the functions of RunPython on the scratch databases, too: that is code of the "
        "project, which may do more than change a database",
    )


def _vendors(text: str) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(part.strip().lower() for part in text.split(",")))
    unknown = [part for part in found if part not in VENDORS]
    if unknown:
        raise argparse.ArgumentTypeError(
            f"{', '.join(map(repr, unknown))} is none of {', '.join(VENDORS)}"
        )
    return found


def run(arguments: argparse.Namespace) -> int:
    """Print the conflict."""
    project = open_chosen_project(arguments)
    if arguments.base is None:
        explanation = _explain(arguments, project)
    else:
        explanation = _explain_merge(arguments, project)
    if arguments.format == "json":
        write_answer(explain_json(explanation))
    else:
        paint = paint_for(sys.stdout, no_color=arguments.no_color)
        write_answer(explain_text(explanation, width=terminal_width(), paint=paint))
    return 0


def _explain_merge(arguments: argparse.Namespace, project: Project) -> Explanation:
    """The conflict that a merge would bring; Django is not asked, it knows the working tree."""
    if arguments.on is not None or arguments.run_python:
        raise UsageError(
            "Orders are tried by Django, which knows the working tree alone, not the merge with "
            "--base.",
            help="Leave out --on and --run-python.",
        )
    with chosen_merge(arguments, project) as merged:
        explanation = explain(merged, arguments.app_label)
    note = f"Read from git's objects: HEAD merged with {arguments.base}. Django was not asked."
    return replace(explanation, notices=(*explanation.notices, note))


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
            evidence = gather(
                engine,
                explanation,
                databases=arguments.on,
                run_python=arguments.run_python,
                overlay=unfinished_overlay(project),
            )
            explanation = weigh(project, explanation, evidence)
    return replace(explanation, notices=(*explanation.notices, note))
