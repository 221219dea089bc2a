"""Colours Python and SQL with Pygments, which is imported when the first text is coloured."""

from collections.abc import Iterable

from migtui.tui.documents.lines import Span
from migtui.tui.text import safe_lines

_LONGEST = 400_000
"""Characters; a longer text is shown without colours rather than late."""

_STYLES = {
    "Comment": "comment",
    "Keyword": "keyword",
    "Literal.Number": "number",
    "Literal.String": "string",
    "Literal.String.Doc": "comment",
    "Name.Builtin": "builtin",
    "Name.Class": "definition",
    "Name.Decorator": "builtin",
    "Name.Function": "definition",
    "Operator.Word": "keyword",
}
"""The style of a Pygments token, or of the nearest token above it."""


def highlight(text: str, language: str) -> list[tuple[Span, ...]]:
    """The lines of a text, coloured.

    Args:
        text: Anything; what steers a terminal is made visible.
        language: A name that Pygments knows, such as ``python``, ``sql`` or ``postgresql``.
    """
    lines = safe_lines(text)
    if len(text) > _LONGEST:
        return [(("", entry),) for entry in lines]
    from pygments.lexers import get_lexer_by_name  # noqa: PLC0415 - costs a tenth of a second

    lexer = get_lexer_by_name(language, stripnl=False, ensurenl=False)
    tokens = lexer.get_tokens("\n".join(lines))
    return list(_split((_style(tuple(token)), value) for token, value in tokens))


def _style(token: tuple[str, ...]) -> str:
    while token:
        style = _STYLES.get(".".join(token))
        if style is not None:
            return style
        token = token[:-1]
    return ""


def _split(spans: Iterable[Span]) -> Iterable[tuple[Span, ...]]:
    """Spans that may hold line breaks, as lines of spans."""
    current: list[Span] = []
    for style, value in spans:
        first, *more = value.split("\n")
        if first:
            current.append((style, first))
        for part in more:
            yield tuple(current)
            current = [(style, part)] if part else []
    yield tuple(current)
