"""A file that Python can't parse, read statement by statement.

An error in a function then does not hide what the migration depends on.
"""

import ast
import re
import textwrap
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

from migtui.source.brackets import inside, lines_inside_strings, split_entries
from migtui.source.newer import NewerSyntax, as_older, recognise
from migtui.source.older import HIDDEN, as_python3

FAILURES = (SyntaxError, ValueError, RecursionError, MemoryError)
"""What :func:`ast.parse` raises."""
CLASS = re.compile(r"class\s+\w+")
FUNCTION = re.compile(r"(?:async\s+)?def\s+(\w+)")
ASSIGNMENT = re.compile(r"([^\W\d]\w*)\s*(?::[^=\n]+)?=(?!=)\s*")
LIST = re.compile(ASSIGNMENT.pattern + r"([\[(])")
CLAUSES = re.compile(r"(?:else|elif|except|finally)\b")
MAX_JOINED = 20
"""Pieces that are joined before a statement is given up."""
LONG = 20_000
"""Characters of a text whose syntax tree takes long to walk."""
GENEROUS = 50
"""How many times over a text is read before it is no longer tried what belongs together."""


NodeT = TypeVar("NodeT", bound=ast.stmt | ast.expr)


class Broken(ast.expr):
    """An expression that could not be parsed; only its position is known."""

    _attributes = ("lineno", "col_offset", "end_lineno", "end_col_offset")


@dataclass(frozen=True, slots=True)
class Recovered:
    """What a file that does not parse still tells.

    Attributes:
        body: Its statements.
        newer: The syntax of a newer Python that was found.
        is_newer: Whether that is all that keeps it from being parsed.
    """

    body: list[ast.stmt]
    newer: tuple[NewerSyntax, ...]
    is_newer: bool


def parse_source(text: str) -> list[ast.stmt]:
    """The statements of Python source.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: As :func:`ast.parse`.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # invalid escapes are the project's business
        return ast.parse(text).body


def recover(text: str) -> Recovered:
    """The statements of source that does not parse as a whole."""
    recovery = _Recovery(text)
    body = recovery.body()
    is_newer = bool(recovery.newer) and not recovery.failed
    return Recovered(body, tuple(recovery.newer), is_newer)


class _Recovery:
    """Statement by statement through a text that does not parse."""

    def __init__(self, text: str) -> None:
        self.newer: list[NewerSyntax] = []
        self.failed = False
        self._lines = text.split("\n")
        self._inside_strings = lines_inside_strings(text)
        self._budget = GENEROUS * len(text)

    def body(self) -> list[ast.stmt]:
        return list(self._block(0, len(self._lines), ""))

    def _block(self, start: int, end: int, indent: str) -> Iterator[ast.stmt]:
        """The statements of these lines, all at one indentation."""
        pieces = self._pieces(start, end, indent)
        while pieces:
            first = pieces[0][0]
            joined = MAX_JOINED if self._is_open(*pieces[0]) and self._budget > 0 else 1
            for count, (_, last) in enumerate(pieces[:joined], 1):
                parsed = self._parsed(first, last, indent)
                if parsed is not None:
                    yield from parsed
                    del pieces[:count]
                    break
            else:
                nodes = list(self._broken(*pieces.pop(0), end, indent))
                yield from nodes
                last = max((node.end_lineno or 0 for node in nodes), default=0)
                while pieces and pieces[0][0] < last:
                    del pieces[0]

    def _pieces(self, start: int, end: int, indent: str) -> list[tuple[int, int]]:
        """The lines of what look like statements."""
        starts: list[int] = []
        decorated = False
        for number in range(start, end):
            line = self._lines[number]
            rest = line[len(indent) :]
            if (
                not line.startswith(indent)
                or not rest.strip()
                or rest[0] in " \t)]}#"
                or number in self._inside_strings
                or (starts and CLAUSES.match(rest))
            ):
                continue
            if not decorated:
                starts.append(number)
            decorated = rest[0] == "@"
        return list(pairwise([*starts, end]))

    def _is_open(self, start: int, end: int) -> bool:
        """Whether a bracket of these lines is closed by later ones, if at all."""
        text = HIDDEN.sub("", "\n".join(self._lines[start:end]))
        return sum(map(text.count, "([{")) > sum(map(text.count, ")]}"))

    def _parsed(self, start: int, end: int, indent: str) -> list[ast.stmt] | None:
        text = "\n".join(self._lines[start:end])
        if not indent:
            return self._try_at(start, text)
        match self._try_at(start - 1, f"if 1:\n{text}"):
            case [ast.If(body=body)]:
                return body
            case _:
                return None

    def _try_at(self, line: int, text: str) -> list[ast.stmt] | None:
        """The statements of a text that begins on this line, counted from 0."""
        if len(text) > LONG:  # cheaper than moving so many nodes
            return self._try("\n" * line + text)
        body = self._try(text)
        for statement in body or ():
            ast.increment_lineno(statement, line)
        return body

    def _try(self, text: str) -> list[ast.stmt] | None:
        self._budget -= len(text)
        try:
            return parse_source(text)
        except FAILURES:
            older, newer = as_older(text)
        if newer:
            try:
                body = parse_source(older)
            except FAILURES:
                pass
            else:
                self.newer += newer
                return body
        return self._try_as_python2(text)

    def _try_as_python2(self, text: str) -> list[ast.stmt] | None:
        python3 = as_python3(text)
        if python3 == text:
            return None
        try:
            body = parse_source(python3)
        except FAILURES:
            return None
        self.failed = True
        return body

    def _broken(self, start: int, end: int, limit: int, indent: str) -> Iterator[ast.stmt]:
        """What is left of a statement that does not parse.

        Args:
            start: Its first line.
            end: The line where the next one seems to begin.
            limit: The line where the block ends: a list may go on so far.
            indent: White space that it begins with.
        """
        while end > start + 1 and not self._lines[end - 1].strip():
            end -= 1
        first = self._lines[start][len(indent) :]
        if CLASS.match(first) and not indent:
            yield from self._class(start, end, indent)
            return
        text = "\n".join(self._lines[start:end])
        if found := FUNCTION.match(first):
            node: ast.stmt = ast.parse("def f(): pass").body[0]
            if isinstance(node, ast.FunctionDef):
                node.name = found[1]
                node.body = [ast.Expr(self._placed(Broken(), start, end, indent))]
            self._fail(text)
            yield self._placed(node, start, end, indent)
        elif found := LIST.match(first):
            bracket = len(indent) + found.start(2)
            end = self._closing(start, bracket, limit) or end
            yield self._assignment(found[1], self._entries(start, bracket, end), start, end)
        else:
            self._fail(text)
            if found := ASSIGNMENT.match(first):
                yield self._assignment(found[1], None, start, end)

    def _fail(self, text: str) -> None:
        """Note what this Python can't parse, or that a newer one could."""
        try:
            parse_source(textwrap.dedent(text))
        except FAILURES as failure:
            newer = recognise(text, str(failure))
            if newer is not None:
                self.newer.append(newer)
                return
        self.failed = True

    def _placed(self, node: NodeT, start: int, end: int, indent: str) -> NodeT:
        node.lineno, node.end_lineno = start + 1, end
        node.col_offset, node.end_col_offset = len(indent), len(self._lines[end - 1].encode())
        return node

    def _class(self, start: int, end: int, indent: str) -> Iterator[ast.stmt]:
        """A class with the statements of its body that parse."""
        for header_end in range(start + 1, min(start + MAX_JOINED, end) + 1):
            text = textwrap.dedent("\n".join(self._lines[start:header_end]))
            body = self._try(f"{text} pass" if text.rstrip().endswith(":") else text)
            if body and isinstance(body[0], ast.ClassDef):
                cls = body[0]
                ast.increment_lineno(cls, start)
                cls.body = list(self._class_body(header_end, end))
                yield self._placed(cls, start, end, indent)
                return
        self.failed = True

    def _class_body(self, start: int, end: int) -> Iterator[ast.stmt]:
        for number in range(start, end):
            line = self._lines[number]
            stripped = line.lstrip()
            if stripped and not stripped.startswith("#"):
                yield from self._block(start, end, line[: len(line) - len(stripped)])
                return

    def _assignment(
        self, name: str, entries: Iterator[ast.expr] | None, start: int, end: int
    ) -> ast.stmt:
        """``name = [entries]`` with the entries that parse; without any, of something broken."""
        value: ast.expr = Broken() if entries is None else ast.List(list(entries), ast.Load())
        target = ast.Name(name, ast.Store())
        assign = ast.Assign([target], value)
        for node in (target, value, assign):
            self._placed(node, start, end, "")
        return assign

    def _closing(self, start: int, bracket: int, limit: int) -> int | None:
        """The line after the one that closes a bracket; None where none does."""
        if self._budget < 0:
            return None
        text = "\n".join(self._lines[start:limit])
        self._budget -= len(text)
        for token, depth in inside(text, bracket):
            if depth == 0:
                return start + text.count("\n", 0, token.start()) + 1
        return None

    def _entries(self, start: int, bracket: int, end: int) -> Iterator[ast.expr]:
        """The entries of the list whose bracket stands in line ``start``."""
        text = "\n".join(self._lines[start:end])
        pending = [(list(split_entries(text, bracket)), start, 0)]
        while pending:
            spans, above, counted = pending.pop()
            if not spans:
                continue
            first, last = spans[0][0], spans[-1][1]
            above += text.count("\n", counted, first)
            offset = len(text[text.rfind("\n", 0, first) + 1 : first].encode())
            piece = text[first:last]
            match self._try_at(above - 1, f"[\n{' ' * offset}{piece}\n]"):
                case [ast.Expr(value=ast.List(elts=entries))]:
                    yield from entries
                case _ if len(spans) > 1:
                    # The halves, so that one broken entry does not make each be parsed alone.
                    half = len(spans) // 2
                    pending += [(spans[half:], above, first), (spans[:half], above, first)]
                case _:
                    self._fail(f"[{piece}\n]")
                    yield self._broken_entry(piece, above, offset)

    def _broken_entry(self, piece: str, above: int, offset: int) -> ast.expr:
        breaks = piece.count("\n")
        broken = self._placed(Broken(), above, above + breaks + 1, " " * offset)
        width = len(piece.rpartition("\n")[2].encode())
        broken.end_col_offset = width + (0 if breaks else offset)
        return broken
