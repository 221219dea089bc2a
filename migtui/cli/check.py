"""``migtui check``: what is wrong with the migrations, read from the files alone."""

import argparse
import os
import sys
from pathlib import Path

from migtui.cli.opening import open_chosen_project
from migtui.cli.output import paint_for, write_answer
from migtui.reports.json import check_json
from migtui.reports.paint import Paint
from migtui.reports.text import check_text
from migtui.services.check import check


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what ``check`` takes."""
    parser.add_argument("app_label", nargs="*", metavar="APP_LABEL", help="only these apps")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument("-o", "--output", metavar="FILE", help="write the answer to a file")


def run(arguments: argparse.Namespace) -> int:
    """Print the problems; 1 where there are errors, 0 where there are warnings at most."""
    project = open_chosen_project(arguments)
    result = check(project, arguments.app_label)
    if arguments.format == "json":
        answer = check_json(
            result.problems,
            result.explanations,
            project=Path(os.path.relpath(project.root)).as_posix(),
            apps=result.apps,
            migrations=result.migrations,
        )
    else:
        answer = check_text(
            result.problems,
            result.explanations,
            apps=result.apps,
            migrations=result.migrations,
            paint=Paint()
            if arguments.output
            else paint_for(sys.stdout, no_color=arguments.no_color),
        )
    write_answer(answer, arguments.output)
    return int(any(problem.severity == "error" for problem in result.problems))
