"""Brackets, strings and comments of a text that no parser takes: what they hold, where they end."""

import re
from collections.abc import Iterator

from migtui.source.older import HIDDEN

TOKENS = re.compile(HIDDEN.pattern + r"|[\[\](){},]", re.DOTALL)
COMMENTS = re.compile(r"\#[^\n]*")
LEAD = re.compile(r"(?:\s|\#[^\n]*\n)*")


def inside(text: str, bracket: int) -> Iterator[tuple[re.Match[str], int]]:
    """What stands from a bracket up to the one that closes it, and how deep it is after each.

    Brackets, commas, strings and comments, that is.
    """
    depth = 0
    for token in TOKENS.finditer(text, bracket):
        depth += (token[0] in ("[", "(", "{")) - (token[0] in ("]", ")", "}"))
        yield token, depth
        if depth == 0:
            return


def split_entries(text: str, bracket: int) -> Iterator[tuple[int, int]]:
    """Start and end of the entries of the display whose bracket stands at ``bracket``."""
    tokens = list(inside(text, bracket))
    ends = [token.start() for token, depth in tokens if depth == 0 or (depth, token[0]) == (1, ",")]
    if not tokens or tokens[-1][1] > 0:
        ends.append(len(text))
    start = bracket + 1
    for end in ends:
        if COMMENTS.sub("", text[start:end]).strip():
            lead = LEAD.match(text, start)
            yield (lead.end() if lead else start), start + len(text[start:end].rstrip())
        start = end + 1


def lines_inside_strings(text: str) -> frozenset[int]:
    """The lines, counted from 0, that begin inside a string of several lines."""
    found: set[int] = set()
    line, position = 0, 0
    for token in HIDDEN.finditer(text):
        breaks = token[0].count("\n")
        if breaks:
            line += text.count("\n", position, token.start())
            found.update(range(line + 1, line + breaks + 1))
            line += breaks
            position = token.end()
    return frozenset(found)
