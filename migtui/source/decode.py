"""Bytes of a Python file to text as Python's own tokenizer sees it, also where they are broken."""

import codecs
import io
import tokenize
from dataclasses import dataclass

from migtui.core.migration import ReadError

LONGEST_START = 1024
"""Bytes of the first two lines, which alone may hold a coding line."""


@dataclass(frozen=True, slots=True)
class SourceText:
    r"""A file's text.

    Attributes:
        text: Without byte order mark, every line ending ``\n``.
        error: Why Python would not decode it; the text is then the best that can be had.
    """

    text: str
    error: ReadError | None = None


def decode(content: bytes) -> SourceText:
    """The text of a Python file, by its byte order mark and coding line (PEP 263)."""
    error = None
    try:
        if b"coding" in content[:LONGEST_START] or content.startswith(codecs.BOM_UTF8):
            encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
        else:
            encoding = "utf-8"
        text = content.decode(encoding)
    except UnicodeDecodeError as failure:
        error = _encoding_error(content, failure)
        text = content.decode("latin-1")
    except SyntaxError as failure:
        try:
            text = content.decode("utf-8-sig")
            error = ReadError("encoding", f"Python can't decode the file: {failure}.")
        except UnicodeDecodeError as undecodable:
            error = _encoding_error(content, undecodable)
            text = content.decode("latin-1")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        error = error or ReadError("encoding", "The file holds null bytes.", line)
        text = text.replace("\0", "")
    return SourceText(text, error)


def _encoding_error(content: bytes, failure: UnicodeDecodeError) -> ReadError:
    line = content.count(b"\n", 0, failure.start) + 1
    return ReadError(
        "encoding",
        f"Byte 0x{content[failure.start]:02x} is not {failure.encoding}, "
        "and no coding line says what else it is.",
        line,
    )
