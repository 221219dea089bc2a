"""Replaces pieces of a Python file by position, so that every other byte stays by construction."""

import ast
import io
import re
import tokenize
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate

from migtui.errors import RewriteError

LINES = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


@dataclass(frozen=True, slots=True, order=True)
class Splice:
    r"""New text for what stands from ``start`` to before ``end``; its line endings are ``\n``."""

    start: int
    end: int
    text: str


class SourceFile:
    r"""A file's text with positions in it.

    Args:
        content: The file's bytes.

    Attributes:
        text: Every line ending ``\n``, without byte order mark; offsets are of this text.

    Raises:
        RewriteError: The bytes are not what their encoding would write.
    """

    def __init__(self, content: bytes) -> None:
        try:
            self._encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
            original = content.decode(self._encoding)
            is_same = original.encode(self._encoding) == content
        except (SyntaxError, UnicodeError) as error:
            raise RewriteError(f"the file can't be decoded: {error}.") from error
        if not is_same:
            raise RewriteError(
                f"its encoding, {self._encoding}, does not give the same bytes back."
            )
        self._lines = LINES.findall(original)
        self._endings = [line[len(line.rstrip("\r\n")) :] for line in self._lines]
        plain = [
            line.rstrip("\r\n") + ("\n" if "\n" in end or "\r" in end else "")
            for line, end in zip(self._lines, self._endings, strict=True)
        ]
        self.text = "".join(plain)
        self._starts = [0, *accumulate(map(len, plain))]
        self._original_starts = [0, *accumulate(map(len, self._lines))]

    def offset(self, line: int, column: int) -> int:
        """Where ``ast`` points to: a line counted from 1, a column in bytes of UTF-8."""
        start = self._starts[line - 1]
        return start + len(self.text[start : self._starts[line]].encode()[:column].decode())

    def span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        """Where a node stands: its first offset and the one behind it."""
        end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or 0
        return self.offset(node.lineno, node.col_offset), self.offset(end_line, end_column)

    def line_start(self, offset: int) -> int:
        """Where the line of an offset starts."""
        return self.text.rfind("\n", 0, offset) + 1

    def line_end(self, offset: int) -> int:
        """Where the line of an offset ends, before its line ending."""
        end = self.text.find("\n", offset)
        return len(self.text) if end < 0 else end

    def indent(self, offset: int) -> str | None:
        """What stands before an offset on its line, None where that is not only white space."""
        before = self.text[self.line_start(offset) : offset]
        return None if before.strip() else before

    def spliced(self, splices: Iterable[Splice]) -> bytes:
        """The file's bytes with these changes, which may not overlap.

        Raises:
            RewriteError: A new text can't be written in the file's encoding.
        """
        original = "".join(self._lines)
        pieces, done = [], 0
        for splice in sorted(splices):
            start, end = self._original(splice.start), self._original(splice.end)
            pieces += [original[done:start], splice.text.replace("\n", self._ending(splice.start))]
            done = end
        try:
            return "".join([*pieces, original[done:]]).encode(self._encoding)
        except UnicodeEncodeError as error:
            raise RewriteError(f"a new name can't be written in {self._encoding}.") from error

    def _line(self, offset: int) -> int:
        """The line that an offset is on, counted from 0."""
        return min(bisect_right(self._starts, offset), len(self._lines)) - 1

    def _original(self, offset: int) -> int:
        """The offset in the text with its own line endings."""
        if offset >= self._starts[-1]:
            return self._original_starts[-1]
        line = self._line(offset)
        return self._original_starts[line] + offset - self._starts[line]

    def _ending(self, offset: int) -> str:
        """The line ending in use at an offset."""
        line = self._line(offset)
        nearby = (*self._endings[line : line + 1], *self._endings)
        return next((ending for ending in nearby if ending), "\n")
