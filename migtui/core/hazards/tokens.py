"""Takes SQL apart into tokens, as the three vendors spell strings, names and comments."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

LONGEST = 500_000
"""Characters of a statement that are read; what is longer loads data, and is not worth the wait."""


class UnreadError(Exception):
    """What a statement does can't be told; the message says why, without its subject."""


class Kind(Enum):
    """What a token is."""

    WORD = auto()
    NAME = auto()
    """A quoted identifier, without its quotes."""
    TEXT = auto()
    """A string literal, with its quotes."""
    NUMBER = auto()
    SYMBOL = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """A token; a word's text is as it was written."""

    kind: Kind
    text: str

    def is_word(self, *words: str) -> bool:
        """Whether it is one of these keywords, given in capitals."""
        return self.kind is Kind.WORD and self.text.upper() in words


_NAMES = r'"(?:[^"]|"")*"|`(?:[^`]|``)*`'
_REST = r"(?P<number>\d[\w.]*)|(?P<word>[^\W\d][\w$]*)|(?P<symbol>::|[<>=!|&]+|.)"
_ESCAPED = r"'(?:[^'\\]|''|\\.)*'"
_PLAIN = r"'(?:[^']|'')*'"
# What does not end is taken to the end of the text: looking for it again and again takes for ever.
_COMMENTS = r"--[^\n]*|/\*(?:.*?\*/|(?P<open>.*))"

_PATTERNS = {
    "postgresql": (
        rf"(?P<space>\s+|{_COMMENTS})|(?P<text>[eE]{_ESCAPED}|(?:[bBxXnN]|[uU]&)?{_PLAIN}|"
        rf"\$(?P<tag>(?:[^\W\d]\w*)?)\$(?:.*?\$(?P=tag)\$|(?P<rest>.*)))|(?P<name>{_NAMES})|{_REST}"
    ),
    # MySQL's "…" is a string unless ANSI_QUOTES is set; Django never writes one.
    "mysql": (
        rf"(?P<space>\s+|{_COMMENTS}|\#[^\n]*)|(?P<text>(?:[bBxXnN]|_\w+ ?)?{_ESCAPED})|"
        rf"(?P<name>{_NAMES})|{_REST}"
    ),
    "sqlite": rf"(?P<space>\s+|{_COMMENTS})|(?P<text>[xX]?{_PLAIN})|(?P<name>{_NAMES})|{_REST}",
}
_COMPILED = {name: re.compile(pattern, re.DOTALL) for name, pattern in _PATTERNS.items()}


def statements(sql: str, vendor: str) -> Iterator[tuple[Token, ...]]:
    """The tokens of each statement of a text, without comments and semicolons.

    Raises:
        UnreadError: It is too long, or a quote or a comment does not end.
    """
    if len(sql) > LONGEST:
        raise UnreadError(f"has {len(sql):,} characters, more than are read")
    found: list[Token] = []
    for token in _tokens(sql, _COMPILED[vendor]):
        if token.kind is Kind.SYMBOL and token.text == ";":
            if found:
                yield tuple(found)
            found = []
        else:
            found.append(token)
    if found:
        yield tuple(found)


def _tokens(sql: str, pattern: re.Pattern[str]) -> Iterator[Token]:
    if "/*!" in sql:
        raise UnreadError("has a comment that some servers execute")
    for match in pattern.finditer(sql):
        if match["open"] is not None or match.groupdict().get("rest") is not None:
            raise UnreadError("has a quote or a comment that does not end")
        if match["text"] is not None:
            yield Token(Kind.TEXT, match["text"])
        elif match["name"] is not None:
            quote = match["name"][0]
            yield Token(Kind.NAME, match["name"][1:-1].replace(quote * 2, quote))
        elif match["number"] is not None:
            yield Token(Kind.NUMBER, match["number"])
        elif match["word"] is not None:
            yield Token(Kind.WORD, match["word"])
        elif match["symbol"] is not None:
            if match["symbol"] in "'\"`":
                raise UnreadError("has a quote or a comment that does not end")
            yield Token(Kind.SYMBOL, match["symbol"])
