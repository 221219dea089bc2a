"""``migtui forecast``: which git branches will conflict with which, before they are merged."""

import argparse
import sys
import time
from collections.abc import Callable

from migtui.cli.formats import FORMATS, problem_report
from migtui.cli.opening import open_chosen_project
from migtui.cli.output import paint_for, terminal_width, write_answer
from migtui.core.forecast import Forecast
from migtui.errors import UsageError
from migtui.reports.forecast import forecast_json, forecast_text
from migtui.reports.paint import Paint
from migtui.services.forecast import WEEK, forecast
from migtui.services.project import Project


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what ``forecast`` takes."""
    parser.add_argument(
        "--branches",
        nargs="+",
        default=(),
        metavar="GLOB",
        help="only these, with or without the remote's name: 'feature/*'",
    )
    parser.add_argument("--base", metavar="REF", help="what they will be merged into")
    parser.add_argument(
        "--weeks", type=int, metavar="N", help="only branches with a commit in the last N weeks"
    )
    parser.add_argument("--format", choices=FORMATS, default="text")
    parser.add_argument("-o", "--output", metavar="FILE", help="write the answer to a file")


def run(arguments: argparse.Namespace) -> int:
    """Print the forecast; 1 where branches will conflict."""
    weeks = arguments.weeks
    if weeks is not None and weeks < 1:
        raise UsageError(f"--weeks is {weeks}.", help="It must be 1 or more.")
    progress = _Progress(wanted=sys.stderr.isatty() and arguments.verbosity > 0)
    try:
        project = open_chosen_project(arguments)
        found = forecast(
            project,
            branches=arguments.branches,
            base=arguments.base,
            since=None if weeks is None else int(time.time()) - weeks * WEEK,
            progress=progress.show,
        )
    finally:
        progress.clear()
    write_answer(_answer(arguments, project, found), arguments.output)
    return int(bool(found.problems()))


def _answer(arguments: argparse.Namespace, project: Project, found: Forecast) -> str:
    match arguments.format:
        case "text":
            no_color = arguments.no_color
            paint = Paint() if arguments.output else paint_for(sys.stdout, no_color=no_color)
            return forecast_text(found, width=terminal_width(), paint=paint)
        case "json":
            return forecast_json(found)
        case name:
            return problem_report(name, found.problems(), {}, project)


class _Progress:
    """A line on the terminal that says how far it is; nothing where there is no terminal.

    Args:
        wanted: Whether to show it.
    """

    def __init__(self, *, wanted: bool) -> None:
        self._wanted = wanted
        self._shown = ""

    def show(self, _: Callable[[], Forecast], done: int, total: int) -> None:
        """Say how many steps of how many are done."""
        text = f"Reading branches: {done * 100 // total} %"
        if self._wanted and text != self._shown:
            self._shown = text
            sys.stderr.write(f"\r{text}")
            sys.stderr.flush()

    def clear(self) -> None:
        """Take the line away."""
        if self._shown:
            sys.stderr.write(f"\r{' ' * len(self._shown)}\r")
            sys.stderr.flush()
