"""Takes SQL apart into words, names, texts and groups, and walks over them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

_TOKEN = re.compile(
    r"""
    (?P<space>\s+|--[^\n]*|/\*.*?\*/)
    |(?P<text>[eEbBxXnN]?'(?:[^'\\]|''|\\.)*'|\$(?P<tag>\w*)\$.*?\$(?P=tag)\$)
    |(?P<name>"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[A-Za-z_]\w*\])
    |(?P<word>[^\W\d][\w$]*)
    |(?P<other>\d[\w.]*|::|.)
    """,
    re.DOTALL | re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a quoted name, a text, or a sign; ``value`` is a name without its quotes."""

    kind: str
    value: str

    @property
    def upper(self) -> str:
        """A word in capitals; empty for anything else."""
        return self.value.upper() if self.kind == "word" else ""


Group: TypeAlias = list["Token | Group"]
"""Tokens, those between parentheses as a group of their own."""
Node: TypeAlias = Token | Group


def statements_of(sql: str) -> Iterator[Group]:
    """The statements of a text, each as its tokens without comments."""
    stack: list[Group] = [[]]
    for token in _tokens(sql):
        if token.kind == "other" and token.value == "(":
            stack.append([])
        elif token.kind == "other" and token.value == ")":
            if len(stack) > 1:
                group = stack.pop()
                stack[-1].append(group)
        elif token.kind == "other" and token.value == ";" and len(stack) == 1:
            if stack[0]:
                yield stack[0]
            stack = [[]]
        else:
            stack[-1].append(token)
    if stack[0]:
        yield stack[0]


def lexemes(sql: str, *, spaces: bool = False) -> Iterator[tuple[str, str]]:
    """The kind and the text of each token as it is written.

    Args:
        sql: Any text.
        spaces: Whether white space and comments are given as well; else comments alone.
    """
    for match in _TOKEN.finditer(sql):
        kind = match.lastgroup or ""
        if kind != "space" or spaces or match[0].strip():
            yield ("text" if kind == "tag" else kind), match[0]


def _tokens(sql: str) -> Iterator[Token]:
    for match in _TOKEN.finditer(sql):
        kind = match.lastgroup or ""
        if kind == "tag":
            kind = "text"
        if kind == "name":
            quote = match["name"][-1]
            yield Token(kind, match["name"][1:-1].replace(quote * 2, quote))
        elif kind != "space":
            yield Token(kind, match[0])


def split_commas(nodes: Sequence[Node]) -> list[Group]:
    """The parts between the commas of a group."""
    found: list[Group] = [[]]
    for node in nodes:
        if isinstance(node, Token) and node.value == "," and node.kind == "other":
            found.append([])
        else:
            found[-1].append(node)
    return [part for part in found if part]


def flatten(nodes: Sequence[Node]) -> Iterator[Token]:
    """All tokens of a group, those of the groups in it too."""
    for node in nodes:
        if isinstance(node, Token):
            yield node
        else:
            yield from flatten(node)


class Reader:
    """Walks over the tokens of a statement."""

    def __init__(self, nodes: Sequence[Node], *, folds: bool) -> None:
        self._nodes = nodes
        self._at = 0
        self.folds = folds

    @property
    def rest(self) -> Sequence[Node]:
        """What was not read yet."""
        return self._nodes[self._at :]

    @property
    def node(self) -> Node | None:
        """What comes next, None at the end."""
        return self._nodes[self._at] if self._at < len(self._nodes) else None

    def skip(self) -> None:
        """Pass over what comes next."""
        self._at += 1

    def accept(self, *words: str) -> bool:
        """Pass over these words if they all come next, in this order."""
        ahead = self._nodes[self._at : self._at + len(words)]
        if len(ahead) == len(words) and all(
            isinstance(node, Token) and node.upper == word
            for node, word in zip(ahead, words, strict=True)
        ):
            self._at += len(words)
            return True
        return False

    def accept_any(self, *words: str) -> str:
        """Pass over one of these words; returns it, or nothing where none comes next."""
        return next((word for word in words if self.accept(word)), "")

    def group(self) -> Group | None:
        """A group in parentheses, if one comes next."""
        node = self.node
        if isinstance(node, list):
            self._at += 1
            return node
        return None

    def name(self) -> str:
        """A name, if one comes next: with its schema where it has one that matters."""
        parts = []
        while isinstance(node := self.node, Token) and node.kind in ("name", "word"):
            parts.append(name_of(node, folds=self.folds))
            self._at += 1
            if not self._accept_dot():
                break
        if len(parts) > 1 and parts[0] == "public":
            parts = parts[1:]
        return ".".join(parts)

    def _accept_dot(self) -> bool:
        node = self.node
        if isinstance(node, Token) and node.value == ".":
            self._at += 1
            return True
        return False

    def names(self) -> list[str]:
        """Names between commas."""
        found = [self.name()]
        while isinstance(self.node, Token) and self.node.value == ",":
            self.skip()
            found.append(self.name())
        return [name for name in found if name]


def name_of(token: Token, *, folds: bool) -> str:
    """The name that a token means: PostgreSQL folds those that are not quoted."""
    return token.value.lower() if folds and token.kind == "word" else token.value
