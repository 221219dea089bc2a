"""Bytes of a Python file to statements; what Python can't parse is read as far as possible."""

import ast
import re
import sys
from dataclasses import dataclass

from migtui.core.migration import ReadError
from migtui.source.decode import decode
from migtui.source.newer import names_to_bind
from migtui.source.recover import FAILURES, Recovered, parse_source, recover

CONFLICT = re.compile(r"^<{7} .*?^={7}$.*?^>{7}(?: |$)", re.MULTILINE | re.DOTALL)
MARKER = re.compile(r"(?:<{7}|\|{7}|>{7})(?: .*)?$|={7}$")


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """The statements of a file.

    Attributes:
        body: Those that could be parsed, and what is left of the others: in place of the body of
            a function, or of an entry of a list, stands a :class:`~migtui.source.recover.Broken`.
        text: The text that their positions are of.
        error: Why the file could not be parsed as a whole.
    """

    body: list[ast.stmt]
    text: str
    error: ReadError | None = None


def parse(content: bytes) -> tuple[ParsedFile, ...]:
    """The statements of a Python file: one reading, or one for each side of a git conflict."""
    source = decode(content)
    conflict = CONFLICT.search(source.text) if "<<<<<<< " in source.text else None
    if conflict is not None:
        line = source.text.count("\n", 0, conflict.start()) + 1
        error = ReadError("markers", "git's conflict markers are still in the file.", line)
        return tuple(_parse(side, error) for side in _sides(source.text))
    return (_parse(source.text, source.error),)


def _parse(text: str, known: ReadError | None) -> ParsedFile:
    try:
        return ParsedFile(parse_source(text), text, known)
    except FAILURES as failure:
        recovered = recover(text)
        return ParsedFile(recovered.body, text, known or _error(failure, recovered, text))


def _error(failure: Exception, recovered: Recovered, text: str) -> ReadError:
    line = failure.lineno or 1 if isinstance(failure, SyntaxError) else 1
    if recovered.is_newer:
        what = " and ".join(dict.fromkeys(map(str, recovered.newer)))
        return ReadError("syntax", f"It uses {what}.", line, newer_python=True)
    if isinstance(failure, RecursionError | MemoryError):
        return ReadError("syntax", "An expression is nested too deeply to be parsed.", line)
    reason = failure.msg if isinstance(failure, SyntaxError) else str(failure)
    bound = names_to_bind(text)
    if bound is not None and sys.version_info < (3, 14):
        reason += f" (Python 2 bound the exception to {bound}, Python 3.14 takes it for a class)"
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    return ReadError("syntax", f"Python {version} can't parse it: {reason}.", line)


def _sides(text: str) -> tuple[str, str]:
    """Both sides of git's conflict markers; what is left out is blank, so that lines stay."""
    sides: tuple[list[str], list[str]] = ([], [])
    inside = ""
    for line in text.split("\n"):
        marker = line[:7] if MARKER.match(line) else ""
        if marker and (inside or marker == "<<<<<<<"):
            inside = "" if marker == ">>>>>>>" else marker
            kept = ("", "")
        else:
            kept = (
                line if inside in ("", "<<<<<<<") else "",
                line if inside in ("", "=======") else "",
            )
        for side, own in zip(sides, kept, strict=True):
            side.append(own)
    return "\n".join(sides[0]), "\n".join(sides[1])
