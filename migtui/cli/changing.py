"""What the commands that change the project's files have in common."""

import argparse

from migtui.cli.output import require_terminal


def add_change_options(parser: argparse.ArgumentParser) -> None:
    """Add how it is verified, shown, asked and staged."""
    parser.add_argument(
        "--static", action="store_true", help="on the word of the reader alone, ask no Django"
    )
    parser.add_argument("--stage", action="store_true", help="add the changes to git's index")
    parser.add_argument("--dry-run", action="store_true", help="print a unified diff instead")
    parser.add_argument("--noinput", "--no-input", action="store_true", help="ask no question")


def require_confirmation(arguments: argparse.Namespace) -> None:
    """Make sure that the changes can be confirmed, or need not be.

    Raises:
        UsageError: There is no terminal, and no flag says what to do without one.
    """
    if not (arguments.dry_run or arguments.noinput):
        require_terminal(
            "the changes",
            "Give --noinput to write without a question, or --dry-run to look at the diff.",
        )
