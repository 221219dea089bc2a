"""Syntax of Python 2, read as if it were Python 3; lines stay where they are.

Files that only Python 2 could run are in many histories. Django can't load them any more, and that
is said; what they depend on and do is still there to be read.
"""

import re

HIDDEN = re.compile(
    r"""\#[^\n]*|\"{3}(?:\\.|[^\\])*?\"{3}|'{3}(?:\\.|[^\\])*?'{3}"""
    r"""|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'""",
    re.DOTALL,
)
"""Strings and comments."""
RULES = (
    (r"(?:(?<=^)|(?<=[:;]))([ \t]*)print(?=[ \t]+[^\s=(.,)\]}])", r"\10,   "),
    (r"^([ \t]*except\b[^:\n]*[\w)])[ \t]*,[ \t]*(\w+)[ \t]*:", r"\1 as \2:"),
    (r"^([ \t]*raise[ \t]+[\w.]+)[ \t]*,([^\n]*[^\s])(?=[ \t]*$)", r"\1(\2)"),
    (r"\b(\d+)[lL]\b", r"\1 "),
    (r"(?<![\w.])0+([1-7][0-7]*)(?![\w.])", r"0o\1"),
    (r"<>", "!="),
    (r"\b[uU][rR](?=[\"'])", " r"),
)
"""``print x``, ``except E, e``, ``raise E, "x"``, ``256L``, ``0755``, ``<>``, ``ur"x"``.

None makes a line shorter, so that what ends with it still ends within it.
"""
COMPILED = tuple((re.compile(pattern, re.MULTILINE), to) for pattern, to in RULES)


def as_python3(text: str) -> str:
    """Source with what Python 2 alone reads written for Python 3, as far as its shape tells.

    Args:
        text: Of one or more statements.

    Returns:
        The same text where nothing of Python 2 was found. It may still not parse.
    """
    for pattern, to in COMPILED:
        shown = HIDDEN.sub(_blank, text)
        for match in reversed(list(pattern.finditer(shown))):
            groups = (text[slice(*match.span(n))] for n in range(1, (match.re.groups or 0) + 1))
            new = to
            for number, group in enumerate(groups, 1):
                new = new.replace(f"\\{number}", group)
            text = text[: match.start()] + new + text[match.end() :]
    return text


def _blank(match: re.Match[str]) -> str:
    """A string or comment of the same length and lines in which nothing is found."""
    quote = match[0][0]
    if quote == "#":
        return " " * len(match[0])
    return quote + re.sub(r"[^\n]", "x", match[0][1:-1]) + quote
