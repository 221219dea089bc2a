"""Syntax of a newer Python than this one: known by its shape, and read as older syntax."""

import re
import sys
from dataclasses import dataclass

EXCEPT = re.compile(
    r"^([ \t]*except\*?[ \t]+)([\w.]+(?:[ \t]*,[ \t]*[\w.]+)+)[ \t]*:", re.MULTILINE
)
TEMPLATE = re.compile(r"""(?<![\w"'])(?:[tT][rR]?|[rR][tT])(?=["'])""")


@dataclass(frozen=True, slots=True)
class NewerSyntax:
    """What a newer Python would read.

    Attributes:
        version: The first Python that does.
        what: ``type statements (PEP 695)``.
    """

    version: tuple[int, int]
    what: str

    def __str__(self) -> str:
        return f"{self.what} of Python {self.version[0]}.{self.version[1]}"


UNPARENTHESIZED = NewerSyntax((3, 14), "`except A, B:` without parentheses (PEP 758)")
NESTED = NewerSyntax((3, 12), "quotes, backslashes or comments inside f-strings (PEP 701)")
TEMPLATES = NewerSyntax((3, 14), "template strings (PEP 750)")
BY_STATEMENT = (
    (r"""\b[rR]?[fF][rR]?(["']).*\{[^}\n]*(?:\1|\\).*\}""", NESTED),
    (r"^[ \t]*type[ \t]+\w+[^=\n]*=", NewerSyntax((3, 12), "`type` statements (PEP 695)")),
    (r"^[ \t]*(?:async[ \t]+def|def|class)[ \t]+\w+\[",
     NewerSyntax((3, 12), "type parameters (PEP 695)")),
    (r"^[ \t]*lazy[ \t]+(?:import|from)\b", NewerSyntax((3, 15), "lazy imports (PEP 810)")),
)  # fmt: skip
BY_MESSAGE = (
    (r"f-string expression part cannot", NESTED),
    (r"iterable unpacking cannot be used in comprehension",
     NewerSyntax((3, 15), "unpacking in comprehensions (PEP 798)")),
)  # fmt: skip


def as_older(text: str) -> tuple[str, tuple[NewerSyntax, ...]]:
    """Source with what a newer Python alone reads written so that this one can; lines stay.

    Returns:
        The source, and what was rewritten in it.
    """
    if sys.version_info >= UNPARENTHESIZED.version:
        return text, ()
    found: list[NewerSyntax] = []
    older = EXCEPT.sub(_parenthesized, text)
    if older != text:
        found.append(UNPARENTHESIZED)
    # What follows is the same string as if it were formatted; only where it ends matters here.
    plain = TEMPLATE.sub(lambda match: re.sub("[tT]", "f", match[0]), older)
    if plain != older:
        found.append(TEMPLATES)
    return plain, tuple(found)


def recognise(text: str, message: str) -> NewerSyntax | None:
    """What in a statement that does not parse a newer Python would read; None if nothing known.

    Args:
        text: The statement.
        message: What this Python says of it.
    """
    shapes = [syntax for pattern, syntax in BY_STATEMENT if re.search(pattern, text, re.MULTILINE)]
    shapes += [syntax for pattern, syntax in BY_MESSAGE if re.search(pattern, message)]
    return next((shape for shape in shapes if sys.version_info < shape.version), None)


def names_to_bind(text: str) -> str | None:
    """The variable of Python 2's ``except A, name:``; None where there is no such clause."""
    for match in EXCEPT.finditer(text):
        if not _are_classes(match[2]):
            return match[2].rpartition(",")[2].strip()
    return None


def _parenthesized(match: re.Match[str]) -> str:
    return f"{match[1]}({match[2]}):" if _are_classes(match[2]) else match[0]


def _are_classes(names: str) -> bool:
    """Whether names look like exceptions, not like a variable that Python 2 would bind."""
    return all(part.strip().rpartition(".")[2][:1].isupper() for part in names.split(","))
