"""Lists of keys in the text of a file: replaces, removes and adds an entry as the list is written.

Each function gives the splices; none of them moves a comment.
"""

import ast
import re

from migtui.errors import RewriteError
from migtui.source.splice import SourceFile, Splice

GAP = re.compile(r"(?:\s|\\\n|#[^\n]*)*")
LITERAL = re.compile(r"([A-Za-z]*)('''|\"\"\"|'|\")")


def replace_string(source: SourceFile, node: ast.Constant, old: str, new: str) -> Splice:
    """A string literal's new value, in the quotes that it has."""
    start, end = source.span(node)
    written = source.text[start:end]
    if _value(written) != old:
        raise RewriteError(f"{old!r} is not where it was expected, but {written!r}.")
    found = LITERAL.match(written)
    text = f"{found[1]}{found[2]}{new}{found[2]}" if found else repr(new)
    return Splice(start, end, text if _value(text) == new else repr(new))


def _value(literal: str) -> str | None:
    try:
        value = ast.literal_eval(literal)
    except (SyntaxError, ValueError):
        return None
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def remove_entry(source: SourceFile, container: ast.List | ast.Tuple, index: int) -> Splice:
    """One entry goes, not the first one; with its line where it has one, but a comment stays."""
    start, end = source.span(container.elts[index])
    if source.indent(start) is None:
        before = source.span(container.elts[index - 1])[1]
        if "#" in source.text[before:start]:
            raise RewriteError("a comment stands between the entries of one line.")
        is_pair = isinstance(container, ast.Tuple) and len(container.elts) == 2  # noqa: PLR2004
        needs_comma = is_pair and comma_after(source, container, end) is None
        return Splice(before, end, "," if needs_comma else "")
    line_end = source.line_end(end)
    comma = comma_after(source, container, end)
    if comma is not None and comma < line_end:
        end = comma + 1
    rest = source.text[end:line_end]
    if not rest.strip():
        return Splice(source.line_start(start), min(line_end + 1, len(source.text)), "")
    return Splice(start, end + len(rest) - len(rest.lstrip()), "")


def add_entry(
    source: SourceFile, container: ast.List | ast.Tuple, entry: str, indent: str
) -> list[Splice]:
    """One entry more at the end.

    Args:
        source: The file.
        container: The list.
        entry: Its text.
        indent: One level of indentation, for an empty list of several lines.
    """
    start, end = source.span(container)
    if not container.elts:
        return [_into_empty(source, container, entry, indent)]
    if source.text[start] not in "[(" or source.span(container.elts[0])[0] == start:
        raise RewriteError("the list is a tuple without parentheses.")
    last = source.span(container.elts[-1])
    comma = comma_after(source, container, last[1])
    own_line = source.indent(last[0])
    at = last[1] if comma is None else comma + 1
    line_end = source.line_end(at)
    closes_on_line = end <= line_end
    tail = "" if comma is None else ","
    if own_line is None:
        return [Splice(at, at, f", {entry}" if comma is None else f" {entry},")]
    added = f"\n{own_line}{entry}{tail}"
    separator = "," if comma is None else ""
    if closes_on_line or at == line_end:
        return [Splice(at, at, separator + added)]
    # A comment follows: the comma belongs before it, the entry behind it.
    return [Splice(at, at, separator), Splice(line_end, line_end, added)]


def _into_empty(
    source: SourceFile, container: ast.List | ast.Tuple, entry: str, indent: str
) -> Splice:
    start, end = source.span(container)
    inside = source.text[start + 1 : end - 1]
    closing = source.indent(end - 1)
    if "\n" in inside and closing is not None:
        at = source.line_start(end - 1)
        return Splice(at, at, f"{closing}{indent}{entry},\n")
    comma = "," if isinstance(container, ast.Tuple) else ""
    return Splice(start + 1, end - 1, entry + comma)


def comma_after(source: SourceFile, container: ast.List | ast.Tuple, offset: int) -> int | None:
    """Where the comma behind an entry stands; None where the list ends without one."""
    found = GAP.match(source.text, offset)
    position = found.end() if found else offset
    if position == source.span(container)[1] - 1:
        return None
    if source.text[position] == ",":
        return position
    raise RewriteError("the entries of its list are not set apart by commas alone.")
