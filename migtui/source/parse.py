"""Text of a Python file to statements; what this Python can't parse is read as far as possible.

A file that Python refuses as a whole is cut into statements that are parsed one by one, so that
an error in a function does not hide what the migration depends on.
"""

import ast
import re
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

from migtui.core.migration import ReadError
from migtui.source.decode import decode

MARKERS = re.compile(r"^(?:<{7}|={7}|>{7}|\|{7})(?: .*)?$", re.MULTILINE)
CONFLICT = re.compile(r"^<{7} .*?^={7}$.*?^>{7} ", re.MULTILINE | re.DOTALL)
STRINGS = re.compile(
    r"""\#[^\n]*|\"{3}(?:\\.|[^\\])*?\"{3}|'{3}(?:\\.|[^\\])*?'{3}"""
    r"""|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'""",
    re.DOTALL,
)
CLASS = re.compile(r"class\s+\w+")
FUNCTION = re.compile(r"(?:async\s+)?def\s+(\w+)")
ASSIGNMENT = re.compile(r"(\w+)\s*(?::[^=\n]+)?=\s*([\[(])")
CLAUSES = re.compile(r"(?:else|elif|except|finally)\b")
MAX_JOINED = 20
"""Pieces that are joined before a statement is given up."""


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """The statements of a file.

    Attributes:
        body: Those that could be parsed. A function that could not has an empty body, an entry of
            a list that could not is a :class:`Broken`.
        text: The text that their positions are of.
        error: Why the file could not be parsed as a whole.
    """

    body: list[ast.stmt]
    text: str
    error: ReadError | None = None


class Broken(ast.expr):
    """An expression that could not be parsed; only its position is known."""

    _attributes = ("lineno", "col_offset", "end_lineno", "end_col_offset")


def parse(content: bytes) -> tuple[ParsedFile, ...]:
    """The statements of a Python file: one reading, or one for each side of a git conflict."""
    source = decode(content)
    text = source.text
    if "<<<<<<< " in text and CONFLICT.search(text):
        line = text.count("\n", 0, CONFLICT.search(text).start()) + 1  # type: ignore[union-attr]
        error = ReadError("markers", "git's conflict markers are still in the file.", line)
        readings = [parse_text(side) for side in _sides(text)]
        return tuple(ParsedFile(reading.body, reading.text, error) for reading in readings)
    parsed = parse_text(text)
    if source.error is not None:
        parsed = ParsedFile(parsed.body, parsed.text, source.error)
    return (parsed,)


def parse_text(text: str) -> ParsedFile:
    """The statements of Python source whose line endings are newlines."""
    try:
        return ParsedFile(_parse(text), text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as failure:
        error = failure
    newer = _as_older_syntax(text)
    if newer is not None:
        body, shape = newer
        line = getattr(error, "lineno", None) or 1
        return ParsedFile(body, text, ReadError("syntax", shape, line, newer_python=True))
    return ParsedFile(_Recovery(text).body(), text, _syntax_error(error))


def _parse(text: str) -> list[ast.stmt]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # invalid escapes are the project's business
        return ast.parse(text).body


def _syntax_error(error: Exception) -> ReadError:
    if isinstance(error, SyntaxError):
        message = f"Python {sys.version_info[0]}.{sys.version_info[1]} can't parse it: {error.msg}."
        return ReadError("syntax", message, error.lineno or 1)
    if isinstance(error, RecursionError | MemoryError):
        return ReadError("syntax", "An expression is nested too deeply for Python to parse.")
    return ReadError("syntax", f"Python can't parse it: {error}.")


def _sides(text: str) -> tuple[str, str]:
    """Both sides of git's conflict markers, other lines blank so that numbers stay."""
    sides: tuple[list[str], list[str]] = ([], [])
    inside = ""
    for line in text.split("\n"):
        marker = line[:7] if MARKERS.match(line) else ""
        if marker == "<<<<<<<" or (marker and inside):
            inside = "" if marker == ">>>>>>>" else marker
            line = ""  # noqa: PLW2901 - a marker is on no side
        sides[0].append(line if inside in ("", "<<<<<<<") else "")
        sides[1].append(line if inside in ("", "=======") else "")
    return "\n".join(sides[0]), "\n".join(sides[1])


EXCEPT = re.compile(r"^(\s*except\*?\s+)([\w.]+(?:\s*,\s*[A-Z_a-z][\w.]*)+)\s*:", re.MULTILINE)
TEMPLATE = re.compile(r"""(?<![\w"'])(?:[tT][rR]?|[rR][tT])(?=["'])""")


def _as_older_syntax(text: str) -> tuple[list[ast.stmt], str] | None:
    """The statements of a file that a newer Python could parse, written for this one.

    Returns:
        None where the file is no such one, else its statements and what is newer about it.
    """
    shapes: list[str] = []
    older = text
    if sys.version_info < (3, 14):
        if any(_are_classes(found[2]) for found in EXCEPT.finditer(text)):
            older = EXCEPT.sub(
                lambda found: f"{found[1]}({found[2]}):" if _are_classes(found[2]) else found[0],
                older,
            )
            shapes.append("`except A, B:` without parentheses (PEP 758)")
        if TEMPLATE.search(older):
            older = TEMPLATE.sub(lambda found: re.sub("[tT]", "f", found[0]), older)
            shapes.append("template strings (PEP 750)")
    if not shapes:
        return None
    try:
        body = _parse(older)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return body, f"It uses {' and '.join(shapes)}, which needs Python 3.14."


def _are_classes(names: str) -> bool:
    """Whether names look like exceptions, not like a variable that Python 2 would bind."""
    return all(part.strip().rpartition(".")[2][:1].isupper() for part in names.split(","))


class _Recovery:
    """Statement by statement through a text that does not parse."""

    def __init__(self, text: str) -> None:
        self.lines = text.split("\n")
        self.inside_strings = _lines_inside_strings(text)

    def body(self) -> list[ast.stmt]:
        return list(self._block(0, len(self.lines), ""))

    def _block(self, start: int, end: int, indent: str) -> Iterator[ast.stmt]:
        """The statements of these lines, all at one indentation."""
        pieces = self._pieces(start, end, indent)
        index = 0
        while index < len(pieces):
            first = pieces[index][0]
            for joined in range(index, min(index + MAX_JOINED, len(pieces))):
                parsed = self._parsed(first, pieces[joined][1], indent)
                if parsed is not None:
                    yield from parsed
                    index = joined
                    break
                if joined == index and not self._is_open(first, pieces[joined][1]):
                    yield from self._broken(first, pieces[joined][1], indent)
                    break
            else:
                yield from self._broken(first, pieces[index][1], indent)
            index += 1

    def _is_open(self, start: int, end: int) -> bool:
        """Whether a statement may go on after these lines."""
        text = STRINGS.sub("", "\n".join(self.lines[start:end]))
        opened = sum(map(text.count, "([{")) > sum(map(text.count, ")]}"))
        return opened and not CLASS.match(text.lstrip())

    def _pieces(self, start: int, end: int, indent: str) -> list[tuple[int, int]]:
        starts: list[int] = []
        decorated = False
        for number in range(start, end):
            line = self.lines[number]
            rest = line[len(indent) :]
            if (
                not line.startswith(indent)
                or not rest.strip()
                or rest[0] in " \t)]}#"
                or number in self.inside_strings
                or (starts and CLAUSES.match(rest))
            ):
                continue
            if not decorated:
                starts.append(number)
            decorated = rest[0] == "@"
        return list(zip(starts, [*starts[1:], end], strict=True))

    def _parsed(self, start: int, end: int, indent: str) -> list[ast.stmt] | None:
        text = "\n".join(self.lines[start:end])
        wrapper = "if 1:\n" if indent else ""
        try:
            body = _parse(f"{wrapper}{text}\n")
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
        shift = start
        if wrapper and isinstance(body[0], ast.If):
            body = body[0].body
            shift -= 1
        for statement in body:
            ast.increment_lineno(statement, shift)
        return body

    def _broken(self, start: int, end: int, indent: str) -> Iterator[ast.stmt]:
        """What is left of a statement that does not parse."""
        while end > start + 1 and not self.lines[end - 1].strip():
            end -= 1
        first = self.lines[start][len(indent) :]
        if CLASS.match(first):
            yield from self._class(start, end, indent)
        elif found := FUNCTION.match(first):
            node = ast.parse(f"def {found[1]}(): pass").body[0]
            yield self._placed(node, start, end, indent)
        elif found := ASSIGNMENT.match(first):
            yield self._assignment(start, end, indent, found)

    def _placed(self, node: ast.stmt, start: int, end: int, indent: str) -> ast.stmt:
        node.lineno, node.end_lineno = start + 1, end
        node.col_offset, node.end_col_offset = len(indent), len(self.lines[end - 1].encode())
        return node

    def _class(self, start: int, end: int, indent: str) -> Iterator[ast.stmt]:
        for header_end in range(start + 1, min(start + MAX_JOINED, end) + 1):
            text = "\n".join(self.lines[start:header_end])
            wrapper = "if 1:\n" if indent else ""
            try:
                body = _parse(f"{wrapper}{text} pass\n" if text.rstrip().endswith(":") else text)
            except (SyntaxError, ValueError):
                continue
            node = body[0]
            if isinstance(node, ast.If):
                node = node.body[0]
            if not isinstance(node, ast.ClassDef):
                return
            ast.increment_lineno(node, start - bool(wrapper))
            node.body = list(self._class_body(header_end, end))
            yield node
            return

    def _class_body(self, start: int, end: int) -> Iterator[ast.stmt]:
        for number in range(start, end):
            line = self.lines[number]
            stripped = line.lstrip()
            if stripped and not stripped.startswith("#"):
                yield from self._block(start, end, line[: len(line) - len(stripped)])
                return

    def _assignment(self, start: int, end: int, indent: str, found: re.Match[str]) -> ast.stmt:
        """``name = [entries]`` with the entries that parse."""
        node = ast.parse(f"{found[1]} = []").body[0]
        self._placed(node, start, end, indent)
        entries = self._entries(start, len(indent) + found.start(2), end)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.List):
            node.value.elts = list(entries)
            ast.copy_location(node.value, node)
        return node

    def _entries(self, start: int, column: int, end: int) -> Iterator[ast.expr]:
        """The entries of the list whose bracket stands at ``column`` of line ``start``."""
        text = "\n".join(self.lines[start:end])
        for first, last in _split_entries(text, column):
            piece = text[first:last]
            line = start + text.count("\n", 0, first)
            offset = first - (text.rfind("\n", 0, first) + 1)
            try:
                tree = ast.parse(f"({piece}\n)", mode="eval") if not piece.startswith("*") else None
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                tree = None
            if tree is not None:
                for node in ast.walk(tree.body):
                    self._shift(node, line, offset - 1)
                yield tree.body
            else:
                broken = Broken()
                broken.lineno, broken.col_offset = line + 1, offset
                broken.end_lineno = line + 1 + piece.count("\n")
                end_offset = len(piece.rpartition("\n")[2].encode())
                broken.end_col_offset = end_offset + (0 if "\n" in piece else offset)
                yield broken

    @staticmethod
    def _shift(node: ast.AST, lines: int, columns: int) -> None:
        """Move a node; only what stands on the first line moves sideways."""
        if isinstance(node, ast.expr | ast.keyword):
            if node.lineno == 1:
                node.col_offset += columns
            if node.end_lineno == 1 and node.end_col_offset is not None:
                node.end_col_offset += columns
            node.lineno += lines
            if node.end_lineno is not None:
                node.end_lineno += lines


def _split_entries(text: str, bracket: int) -> Iterator[tuple[int, int]]:
    """Start and end of the entries of the display whose bracket stands at ``bracket``."""
    scanner = re.compile(STRINGS.pattern + r"|[\[\](){},]", re.DOTALL)
    depth = 0
    start = bracket + 1
    for token in scanner.finditer(text, bracket):
        match token[0]:
            case "[" | "(" | "{":
                depth += 1
            case "]" | ")" | "}":
                depth -= 1
            case _:
                pass
        if depth == 0 or (depth == 1 and token[0] == ","):
            piece = text[start : token.start()]
            code = STRINGS.sub(lambda found: "" if found[0][0] == "#" else found[0], piece)
            if code.strip():
                lead = re.match(r"(?:\s|#[^\n]*\n)*", piece)
                yield start + (lead.end() if lead else 0), start + len(piece.rstrip())
            start = token.end()
        if depth == 0:
            return


def _lines_inside_strings(text: str) -> frozenset[int]:
    """The lines, counted from 0, that begin inside a string of several lines."""
    found: set[int] = set()
    line, position = 0, 0
    for token in STRINGS.finditer(text):
        breaks = token[0].count("\n")
        if breaks:
            line += text.count("\n", position, token.start())
            found.update(range(line + 1, line + breaks + 1))
            line += breaks
            position = token.end()
    return frozenset(found)
