"""Gives a command its engine, and what the project prints a place that is not the answer."""

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from migtui.cli.output import narrate
from migtui.engine.client import Engine
from migtui.services.engines import open_engine
from migtui.services.location import locate

if TYPE_CHECKING:  # reading is imported while Django is set up
    from migtui.services.project import Project

LOUD = 2
"""The verbosity from which on the project's own output is shown."""


@contextmanager
def chosen_engine(arguments: argparse.Namespace, project: "Project") -> Iterator[Engine]:
    """The project's engine, not started yet; ended when the command is done."""
    with open_engine(project, log=_log(arguments)) as engine:
        yield engine


@contextmanager
def project_and_engine(arguments: argparse.Namespace) -> "Iterator[tuple[Project, Engine]]":
    """The project of ``--project`` and its engine, which starts while the files are read.

    Raises:
        ProjectError: There is none.
        ConfigError: Its configuration is not right.
    """
    location = locate(Path(arguments.project), settings=arguments.settings, python=arguments.python)
    with open_engine(location, log=_log(arguments)) as engine:
        engine.begin()
        from migtui.cli.opening import open_chosen_project  # noqa: PLC0415 - meanwhile

        yield open_chosen_project(arguments), engine


def _log(arguments: argparse.Namespace) -> Callable[[str], None]:
    def log(text: str) -> None:
        if arguments.verbosity >= LOUD:
            narrate(arguments, text.rstrip("\n"))

    return log
