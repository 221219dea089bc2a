"""Questions on the terminal; without one, nothing waits for an answer."""

import argparse
import sys

from migtui.errors import UsageError


def can_ask() -> bool:
    """Whether there is a terminal to ask a question on."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def require_terminal(what: str, flag: str) -> None:
    """Make sure that something can be confirmed.

    Args:
        what: What is to be confirmed: ``the rollback``.
        flag: What to give where there is no terminal, as a sentence.

    Raises:
        UsageError: There is no terminal to ask a question on.
    """
    if not can_ask():
        raise UsageError(f"There is no terminal to confirm {what} on.", help=flag)


def require_confirmation(arguments: argparse.Namespace) -> None:
    """Make sure that changes of files can be confirmed, or need not be.

    Raises:
        UsageError: There is no terminal, and no flag says what to do without one.
    """
    if not (arguments.dry_run or arguments.noinput):
        require_terminal(
            "the changes",
            "Give --noinput to write without a question, or --dry-run to look at the diff.",
        )


def ask(question: str) -> bool:
    """Ask a yes-or-no question on the terminal; the end of the input is a no."""
    return _answer(f"{question} [y/N]").lower() in ("y", "yes")


def ask_for(question: str, expected: str) -> bool:
    """Ask for a name to be typed; anything else is a no."""
    return _answer(question) == expected


def _answer(question: str) -> str:
    print(f"{question} ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip()
