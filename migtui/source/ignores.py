"""Comments in a migration that silence hazards, each with its reason.

Above an operation, or above the class for the whole file::

    # migtui: ignore H011 because the table has a hundred rows
    migrations.AddIndex(...)
"""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from migtui.source.decode import decode

IGNORE = re.compile(
    r"#\s*migtui:\s*ignore\s+(?P<codes>(?:(?:migtui\.)?H\d{3}|squawk\.[\w-]+)"
    r"(?:[\s,]+(?:(?:migtui\.)?H\d{3}|squawk\.[\w-]+))*)(?P<reason>.*)",
    re.IGNORECASE,
)
BECAUSE = re.compile(r"\s*because\s+(?P<reason>\S.*)", re.IGNORECASE)
MARK = "migtui: ignore"


@dataclass(frozen=True, slots=True)
class Ignore:
    """One code that a comment silences.

    Attributes:
        code: ``migtui.H011``, or another tool's.
        reason: Why; empty where the comment gives none, and so does not count.
        line: Of the comment, counted from 1.
    """

    code: str
    reason: str
    line: int


@dataclass(frozen=True, slots=True)
class Ignores:
    """What the comments of one file silence."""

    lines: tuple[str, ...] = ()
    calls: tuple[tuple[int, int], ...] = ()
    """The first and the last line of each call, the outer ones first."""
    top: int | None = None
    """The line of the class."""

    def at(self, line: int | None) -> tuple[Ignore, ...]:
        """What is silenced for the operation on a line; for the whole file where it has none."""
        starts = {self.top} if self.top else set[int]()
        if line is not None:
            starts |= {line} | {first for first, last in self.calls if first <= line <= last}
        return tuple(found for start in sorted(starts) for found in _above(self.lines, start))


def read_ignores(content: bytes) -> Ignores:
    """The comments of a migration's file; none of what can't be read."""
    if MARK.encode() not in content.lower().replace(b"migtui:ignore", MARK.encode()):
        return Ignores()
    try:
        text = decode(content).text
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return Ignores()
    spans = [
        (node.lineno, node.end_lineno or node.lineno)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
    ]
    classes = [
        min([node.lineno, *(entry.lineno for entry in node.decorator_list)])
        for node in tree.body
        if isinstance(node, ast.ClassDef) and node.name == "Migration"
    ]
    return Ignores(tuple(text.splitlines()), tuple(spans), classes[0] if classes else None)


def _above(lines: Sequence[str], line: int) -> Iterator[Ignore]:
    number = line - 2
    while 0 <= number < len(lines) and lines[number].lstrip().startswith("#"):
        match = IGNORE.search(lines[number].strip())
        if match is not None:
            because = BECAUSE.match(match["reason"])
            reason = because["reason"].strip() if because else ""
            for code in re.split(r"[\s,]+", match["codes"]):
                yield Ignore(full_code(code), reason, number + 1)
        number -= 1


def full_code(code: str) -> str:
    """A code as reports have it: ``h011`` is ``migtui.H011``."""
    if "." in code:
        tool, _, name = code.partition(".")
        return f"{tool.lower()}.{name.upper() if tool.lower() == 'migtui' else name}"
    return f"migtui.{code.upper()}"
