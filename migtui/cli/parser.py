"""The command line's grammar; a command's module is imported when its name is read."""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NoReturn

from migtui import __version__
from migtui.core.safe_text import safe_line

COMMANDS = {
    "check": "list problems of the migrations, read without running anything",
    "explain": "show a conflict: branches, operations, verdict, ways out",
    "resolve": "write the resolution of a conflict",
    "repair": "mend a graph that Django cannot load, and lock files",
    "sql": "print the SQL of a migration, or of a conflict's branches",
    "rollback": "unapply migrations, after a backup, under the lock",
    "migrate": "run Django's migrate under a lock that other machines respect",
    "forecast": "tell which git branches will conflict, before they are merged",
    "hook": "tell of conflicts after git merges, checks out or rebases",
    "backup": "copy a database to a verified file",
    "backups": "list the backups",
    "restore": "put a backup in the place of what is in a database",
    "squash": "make one migration of many, proved to do the same",
    "undo": "take back what migtui wrote last",
    "redo": "write again what was taken back last",
    "history": "list what migtui wrote",
    "demo": "write a small Django project with real conflicts, and open it",
}


def build_parser() -> argparse.ArgumentParser:
    """The parser; what it returns has ``run``, the command's function."""
    parser = _Parser(
        prog="migtui",
        description="Resolve conflicting Django migrations. Without a command it opens the "
        "terminal interface.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"migtui {__version__}")
    _add_global_options(parser)
    parser.set_defaults(
        module="migtui.cli.interface",
        project=".",
        settings=None,
        python=None,
        no_color=False,
        traceback=False,
        verbosity=1,
        run=_run,
    )
    commands = parser.add_subparsers(
        title="commands", metavar="COMMAND", prog="migtui", parser_class=_Command
    )
    for name, text in COMMANDS.items():
        command = commands.add_parser(name, help=text, description=f"{text.capitalize()}.")
        command.set_defaults(module=f"migtui.cli.{name}")
    return parser


def _run(arguments: argparse.Namespace) -> int:
    code: int = import_module(arguments.module).run(arguments)
    return code


def _add_global_options(parser: argparse.ArgumentParser) -> None:
    """Options that may stand before or after the command's name.

    They have no default here: that of the command would hide what stood before its name.
    """
    group = parser.add_argument_group("everywhere", argument_default=argparse.SUPPRESS)
    group.add_argument("--project", metavar="DIRECTORY", help="where manage.py is, or below")
    group.add_argument("--settings", metavar="MODULE", help="Django's settings module")
    group.add_argument("--python", metavar="PATH", help="the interpreter that has Django")
    group.add_argument("--no-color", action="store_true", help="no colours")
    group.add_argument("--traceback", action="store_true", help="show where an error comes from")
    group.add_argument(
        "-v",
        "--verbosity",
        type=int,
        choices=range(4),
        help="0: the answer alone; 1: as usual; 2: what the project prints, too",
    )


class _Parser(argparse.ArgumentParser):
    """Prints usage errors without what would steer the terminal."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(2, f"{self.prog}: {safe_line(message)}\n")


class _Command(_Parser):
    """The parser of a command, which gets its arguments when it is used."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - as argparse passes them
        super().__init__(**options, allow_abbrev=False)
        _add_global_options(self)
        self._is_complete = False
        self._is_intermixed = False

    def parse_known_args(  # type: ignore[override]
        self,
        args: Sequence[str] | None = None,
        namespace: Any = None,  # noqa: ANN401
    ) -> tuple[Any, list[str]]:
        if not self._is_complete:
            self._is_complete = True
            import_module(self.get_default("module")).add_arguments(self)
        found = super().parse_known_args(args, namespace)
        if not found[1] or self._is_intermixed:
            return found
        # Optional positionals are taken for absent at the first option before them.
        self._is_intermixed = True
        try:
            return self.parse_known_intermixed_args(args)
        finally:
            self._is_intermixed = False
