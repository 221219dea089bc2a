"""A place in the tokens of a statement, and the small steps that reading it takes."""

from collections.abc import Sequence

from migtui.core.statements.tokens import Kind, Token, UnreadError

OPENING = Token(Kind.SYMBOL, "(")


class Cursor:
    """Reads tokens one after another.

    Args:
        tokens: Of one statement, or of a part of it.
        vendor: Whose words they are.
    """

    def __init__(self, tokens: Sequence[Token], vendor: str) -> None:
        self._tokens = tokens
        self._at = 0
        self.vendor = vendor

    @property
    def is_done(self) -> bool:
        """Whether nothing is left."""
        return self._at >= len(self._tokens)

    def peek(self, ahead: int = 0) -> Token | None:
        """A token that is still to come."""
        at = self._at + ahead
        return self._tokens[at] if at < len(self._tokens) else None

    def sees(self, *words: str) -> bool:
        """Whether these keywords come next, one after another."""
        return all(
            (token := self.peek(ahead)) is not None and token.is_word(word)
            for ahead, word in enumerate(words)
        )

    def sees_any(self, *words: str) -> bool:
        """Whether one of these keywords comes next."""
        token = self.peek()
        return token is not None and token.is_word(*words)

    def sees_group(self) -> bool:
        """Whether a parenthesis comes next."""
        return self.peek() == OPENING

    def accept(self, *words: str) -> bool:
        """Step over these keywords if they come next."""
        if self.sees(*words):
            self._at += len(words)
            return True
        return False

    def accept_any(self, *words: str) -> str:
        """Step over one of these keywords; which one, empty where none of them comes next."""
        token = self.peek()
        if token is not None and token.is_word(*words):
            self._at += 1
            return token.text.upper()
        return ""

    def symbol(self, text: str) -> bool:
        """Step over a symbol if it comes next."""
        token = self.peek()
        if token == Token(Kind.SYMBOL, text):
            self._at += 1
            return True
        return False

    def take(self) -> Token:
        """The next token.

        Raises:
            UnreadError: There is none.
        """
        token = self.peek()
        if token is None:
            raise UnreadError("ends where more was expected")
        self._at += 1
        return token

    def name(self) -> str:
        """The next name, with its schema where that is not PostgreSQL's usual one.

        PostgreSQL means names without quotes in lower case (its manual, 4.1.1).
        """
        found = [self._name()]
        while self.symbol("."):
            found.append(self._name())
        if len(found) > 1 and found[0] == "public":
            del found[0]
        return ".".join(found)

    def _name(self) -> str:
        token = self.take()
        if not token.is_name:
            raise UnreadError(f"has {token.text[:40]} where a name was expected")
        return self.meant(token)

    def meant(self, token: Token) -> str:
        """The name that a token means."""
        folds = token.kind is Kind.WORD and self.vendor == "postgresql"
        return token.text.lower() if folds else token.text

    def names(self) -> tuple[str, ...]:
        """Names between commas."""
        found = [self.name()]
        while self.symbol(","):
            found.append(self.name())
        return tuple(found)

    def group(self) -> tuple[Token, ...]:
        """What stands between the parentheses that come next, without them."""
        if not self.symbol("("):
            raise UnreadError("has no parenthesis where one was expected")
        start, depth = self._at, 1
        while depth:
            token = self.take()
            if token.kind is Kind.SYMBOL:
                depth += (token.text == "(") - (token.text == ")")
        return tuple(self._tokens[start : self._at - 1])

    def until(self, *words: str) -> tuple[Token, ...]:
        """Everything up to one of these keywords outside of parentheses, or to the end."""
        start, depth = self._at, 0
        while (token := self.peek()) is not None:
            if depth == 0 and token.is_word(*words):
                break
            if token.kind is Kind.SYMBOL:
                depth += (token.text == "(") - (token.text == ")")
            self._at += 1
        return tuple(self._tokens[start : self._at])

    def ahead(self) -> tuple[Token, ...]:
        """Everything that is left, still to come."""
        return tuple(self._tokens[self._at :])

    def rest(self) -> tuple[Token, ...]:
        """Everything that is left."""
        start, self._at = self._at, len(self._tokens)
        return tuple(self._tokens[start:])

    def parts(self) -> "list[Cursor]":
        """Everything that is left, between the commas."""
        return self.within(self.rest())

    def within(self, tokens: Sequence[Token]) -> "list[Cursor]":
        """The parts between the commas of a group."""
        return [Cursor(part, self.vendor) for part in parts(tokens)]


def parts(tokens: Sequence[Token]) -> list[tuple[Token, ...]]:
    """What stands between commas outside of parentheses and brackets; nothing is no part."""
    found: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        if token.kind is Kind.SYMBOL:
            depth += (token.text in "([") - (token.text in ")]")
            if token.text == "," and depth == 0:
                found.append([])
                continue
        found[-1].append(token)
    return [tuple(part) for part in found if part]


def text_of(tokens: Sequence[Token]) -> str:
    """Tokens as text in one spelling: single spaces, none around parentheses and dots."""
    words: list[str] = []
    glue = True
    for token in tokens:
        text = token.text
        if token.kind is Kind.NAME:
            text = f'"{text}"'
        if not glue and text not in ("(", ")", ",", ".", "::", "[", "]"):
            words.append(" ")
        words.append(text)
        glue = text in ("(", ".", "::", "[")
    return "".join(words)
