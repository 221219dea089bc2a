"""A line of a pane: text in spans, each with the name of a style that the style sheet colours."""

import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from migtui.errors import MigtuiError
from migtui.tui.text import safe_lines

Span: TypeAlias = tuple[str, str]
"""The name of a style, empty for none, and text without a line break."""
UNBROKEN = 9999
"""Columns for a document whose dialog breaks its lines."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line.

    Attributes:
        spans: What it says.
        gutter: What stands before it and does not scroll sideways: a line number, a mark.
        kind: Style of the whole line: ``added``, ``removed``, ``heading`` and so on.
        hang: How its further lines begin, where it is broken because its pane is narrower; empty
            where it is scrolled instead.
    """

    spans: tuple[Span, ...] = ()
    gutter: str = ""
    kind: str = ""
    hang: str = ""

    @property
    def text(self) -> str:
        """What it says, without its gutter."""
        return "".join(text for _, text in self.spans)


def line(text: str, style: str = "", *, gutter: str = "", kind: str = "", hang: str = "") -> Line:
    """A line in one style; ``text`` is made safe and has no line break."""
    return Line(((style, " ".join(safe_lines(text))),), gutter, kind, hang)


def plain_lines(text: str, style: str = "", *, kind: str = "") -> tuple[Line, ...]:
    """A text of any number of lines in one style."""
    return tuple(Line(((style, entry),), kind=kind) for entry in safe_lines(text))


def numbered(lines: Iterable[tuple[Span, ...]], first: int = 1) -> tuple[Line, ...]:
    """Lines with their numbers in the gutter, counted from ``first``."""
    entries = list(lines)
    width = len(str(first + len(entries)))
    return tuple(
        Line(spans, gutter=f" {number:>{width}} ") for number, spans in enumerate(entries, first)
    )


def error_lines(error: MigtuiError) -> tuple[Line, ...]:
    """What could not be done, what to do about it, and what is behind it."""
    lines = plain_lines(error.message, "error")
    if error.help:
        lines += (Line(), *plain_lines(error.help))
    if error.detail:
        lines += (Line(), *plain_lines(error.detail, "muted"))
    return lines


def fitted(lines: Iterable[Line], width: int) -> Iterator[Line]:
    """The same lines for a pane of so many columns, broken where they ask for it."""
    for entry in lines:
        if entry.hang:
            yield from _broken(entry, max(width, 2 * len(entry.hang)))
        else:
            yield entry


def wrapped(lines: Iterable[Line], width: int) -> Iterator[Line]:
    """Lines of one style broken between words where they are wider than so many columns."""
    for entry in lines:
        if len(entry.spans) == 1 and width > 0:
            yield from _broken(entry, width)
        else:
            yield entry


def _broken(entry: Line, width: int) -> Iterator[Line]:
    ((style, text),) = entry.spans
    if len(text) <= width:
        yield entry
        return
    indent = entry.hang or text[: len(text) - len(text.lstrip())]
    for part in textwrap.wrap(
        text, width, subsequent_indent=indent[: width // 2], break_on_hyphens=False
    ):
        yield Line(((style, part),), entry.gutter, entry.kind)
