"""``python manage.py migtui …``: migtui's own command line, with the settings and Python in use."""

import os
import sys
from argparse import REMAINDER, ArgumentParser
from collections.abc import Iterable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandError

from migtui.cli.main import main
from migtui.management.place import project_directory, settings_module


class Command(BaseCommand):  # type: ignore[misc, unused-ignore]
    """Passes its arguments on."""

    help = "Resolves conflicting migrations; `manage.py migtui --help` lists its commands."
    requires_system_checks: ClassVar[list[str]] = []
    requires_migrations_checks = False

    def run_from_argv(self, argv: list[str]) -> None:
        """Run from the command line: migtui reads all of it itself, ``--help`` included.

        Raises:
            SystemExit: Always, with migtui's exit code.
        """
        sys.exit(main(_arguments(argv[2:])))

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take everything, for ``call_command``."""
        parser.add_argument("arguments", nargs=REMAINDER)

    def handle(self, *_: Any, **options: Any) -> None:  # noqa: ANN401 - Django's signature
        """Run for ``call_command``, with its output where that wants it.

        Raises:
            CommandError: The exit code was not 0; it is the error's ``returncode``.
        """
        self.stdout.ending = self.stderr.ending = ""
        try:
            with redirect_stdout(self.stdout), redirect_stderr(self.stderr):
                code: Any = main(_arguments(options["arguments"]))
        except SystemExit as stop:  # of argparse, after it has said why
            code = stop.code
        if code:
            raise CommandError(f"migtui ended with exit code {code}.", returncode=code)


def _arguments(given: Iterable[str]) -> list[str]:
    """The command line: this project, these settings, this Python, unless others are asked for."""
    settings = settings_module()
    chosen = ["--settings", settings] if settings else []
    return [
        "--project",
        str(project_directory()),
        "--python",
        sys.executable,
        *chosen,
        *_without_python_path(given),
    ]


def _without_python_path(given: Iterable[str]) -> Iterator[str]:
    """What Django itself has taken, ``--pythonpath``, is handed on to the engine's process."""
    words = iter(given)
    for word in words:
        if word == "--pythonpath" or word.startswith("--pythonpath="):
            path = word.partition("=")[2] or next(words, "")
            paths = [path, os.environ.get("PYTHONPATH", "")]
            os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
        else:
            yield word
