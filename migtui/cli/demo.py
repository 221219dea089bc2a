"""``migtui demo``: a small real Django project with real conflicts in a real git history."""

import argparse
from pathlib import Path

from migtui.cli.interface import open_interface, require_terminal
from migtui.cli.output import write_answer
from migtui.services.demo import create_demo

DIRECTORY = "migtui-demo"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what ``demo`` takes."""
    parser.add_argument(
        "directory", nargs="?", default=DIRECTORY, metavar="DIRECTORY", help=f"else {DIRECTORY}"
    )
    parser.add_argument("--no-ui", action="store_true", help="write it, don't open it")


def run(arguments: argparse.Namespace) -> int:
    """Write the demo, and open it unless that is not wanted."""
    if not arguments.no_ui:
        require_terminal("Give --no-ui to write the demo without opening it.")
    root = create_demo(Path(arguments.directory))
    if not arguments.no_ui:
        return open_interface(arguments, root)
    write_answer(f"{root}\n")
    return 0
