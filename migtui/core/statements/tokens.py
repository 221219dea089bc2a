"""Takes SQL apart into tokens, as the three vendors spell strings, names and comments."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto


class UnreadError(Exception):
    """What a statement does can't be told; the message says why, without its subject."""


class Kind(Enum):
    """What a token is."""

    SPACE = auto()
    COMMENT = auto()
    WORD = auto()
    NAME = auto()
    """A quoted identifier, without its quotes."""
    TEXT = auto()
    """A string literal, with its quotes."""
    NUMBER = auto()
    SYMBOL = auto()
    OPEN = auto()
    """A quote or a comment that does not end, and all that is behind it; empty for a block."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token; a word's text is as it was written."""

    kind: Kind
    text: str

    def is_word(self, *words: str) -> bool:
        """Whether it is one of these keywords, given in capitals."""
        return self.kind is Kind.WORD and self.text.upper() in words

    @property
    def is_name(self) -> bool:
        """Whether it may name something."""
        return self.kind is Kind.NAME or self.kind is Kind.WORD


_COMMENT = r"--[^\n]*|/\*.*?\*/"
_NAME = r'"[^"]*(?:""[^"]*)*"|`[^`]*(?:``[^`]*)*`'
_PLAIN = r"'[^']*(?:''[^']*)*'"
_ESCAPED = r"'[^'\\]*(?:(?:''|\\.)[^'\\]*)*'"
_DOLLAR = r"\$(?:[^\W\d]\w*)?\$"

_PATTERNS = {
    "postgresql": (
        _COMMENT,
        rf"[eE]{_ESCAPED}|(?:[bBxXnN]|[uU]&)?{_PLAIN}|(?P<tag>{_DOLLAR}).*?(?P=tag)",
        _NAME,
        rf"{_DOLLAR}.*",
    ),
    # MySQL's "…" is a string unless ANSI_QUOTES is set; Django never writes one.
    "mysql": (
        rf"{_COMMENT}|\#[^\n]*",
        rf"(?:[bBxXnN]|_\w+ ?)?{_ESCAPED}",
        _NAME,
        r"(?!)",
    ),
    "sqlite": (_COMMENT, rf"[xX]?{_PLAIN}", rf"{_NAME}|\[[^\]]*\]", r"\[.*"),
}
# What does not end is taken to the end of the text: looking for it again and again takes for ever.
_COMPILED = {
    vendor: re.compile(
        rf"(?P<SPACE>\s+)|(?P<COMMENT>{comment})|(?P<TEXT>{text})|(?P<NAME>{name})"
        rf"|(?P<OPEN>(?:/\*|['\"`]).*|{unended})|(?P<NUMBER>\d[\w.]*)|(?P<WORD>[^\W\d][\w$]*)"
        r"|(?P<SYMBOL>::|[<>=!|&]+|.)",
        re.DOTALL,
    )
    for vendor, (comment, text, name, unended) in _PATTERNS.items()
}
_KINDS = {kind.name: kind for kind in Kind}
_SEMICOLON = Token(Kind.SYMBOL, ";")
_HEAD = 12
"""Words in which a statement has said what it makes: MySQL's come after DEFINER = `a`@`b`."""


def lexemes(sql: str, vendor: str) -> Iterator[Token]:
    """All that a text consists of as it is written, white space and comments too."""
    for match in _COMPILED[vendor].finditer(sql):
        yield Token(_KINDS[match.lastgroup or ""], match[0])


def statements(sql: str, vendor: str) -> Iterator[tuple[Token, ...]]:
    """The tokens of each statement of a text, without comments and semicolons.

    Args:
        sql: Any text.
        vendor: ``postgresql``, ``mysql`` (MariaDB too) or ``sqlite``.
    """
    found: list[Token] = []
    depth = 0
    for token in lexemes(sql, vendor):
        kind = token.kind
        if kind is Kind.SPACE or kind is Kind.COMMENT:
            continue
        if kind is Kind.WORD and found:
            depth = max(depth + _nesting(token, found), 0)
        if token == _SEMICOLON and not depth:
            if found:
                yield tuple(found)
            found = []
            depth = 0
        elif kind is Kind.NAME:
            found.append(Token(kind, _unquoted(token.text)))
        else:
            found.append(token)
    if depth:
        found.append(Token(Kind.OPEN, ""))
    if found:
        yield tuple(found)


def _nesting(token: Token, before: list[Token]) -> int:
    """How a word changes the depth of blocks, in what is made with a body of statements.

    An END is followed by what it ends where that is no block: ``END IF``.
    """
    if not before[0].is_word("CREATE") or not any(
        word.is_word("TRIGGER", "FUNCTION", "PROCEDURE", "EVENT") for word in before[:_HEAD]
    ):
        return 0
    previous = before[-1]
    if token.is_word("END"):
        return -1
    if previous.is_word("END"):
        return int(token.is_word("IF", "LOOP", "WHILE", "REPEAT"))
    return int(token.is_word("BEGIN", "CASE") and previous != Token(Kind.SYMBOL, "."))


def _unquoted(name: str) -> str:
    quote = name[-1]
    return name[1:-1].replace(quote * 2, quote)
