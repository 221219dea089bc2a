"""Gives a command its engine, and what the project prints a place that is not the answer."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager

from migtui.cli.output import narrate
from migtui.engine.client import Engine
from migtui.services.engines import open_engine
from migtui.services.project import Project

LOUD = 2
"""The verbosity from which on the project's own output is shown."""


@contextmanager
def chosen_engine(arguments: argparse.Namespace, project: Project) -> Iterator[Engine]:
    """The project's engine, not started yet; ended when the command is done."""

    def log(text: str) -> None:
        if arguments.verbosity >= LOUD:
            narrate(arguments, text.rstrip("\n"))

    with open_engine(project, log=log) as engine:
        yield engine
