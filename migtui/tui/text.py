"""Text from files, git, SQL and tracebacks as panes show it: safe, and in lines that fit.

It is only ever given to Textual as ``Content`` or segments, so that nothing in it is markup.
"""

import textwrap
from collections.abc import Iterator

from migtui.core.safe_text import safe_line, safe_text

_TAB = 4


def safe_lines(text: str) -> list[str]:
    """The lines of a text, safe to show, tabs as spaces."""
    return [line.expandtabs(_TAB) for line in safe_text(text).split("\n")]


def safe(text: str) -> str:
    """A text on one line, safe to show, tabs as spaces."""
    return safe_line(text).expandtabs(_TAB)


def wrapped(text: str, width: int) -> Iterator[str]:
    """A safe text on lines of at most ``width`` characters, at least one."""
    yield from textwrap.wrap(safe(text), max(width, 1), break_on_hyphens=False) or [""]
