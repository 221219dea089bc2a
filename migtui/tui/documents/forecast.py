"""A forecast as lines: the matrix of branches by apps, and all that is known of one branch."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from migtui.core.forecast import Cause, Collision, Forecast, GitBranch
from migtui.core.verdict import Verdict
from migtui.reports.forecast import SAME_NAME
from migtui.tui.documents.lines import Line, Span
from migtui.tui.documents.words import SIGNS, STYLES, verdict_sentence
from migtui.tui.text import safe, wrapped

LONGEST_NAME = 32
_NOTHING = "·"


def matrix_header(forecast: Forecast, branches: Sequence[GitBranch]) -> Line:
    """The labels of the apps above their columns."""
    widths = _widths(forecast)
    text = "".join(f"{safe(label):<{width}}" for label, width in widths.items())
    return Line((("muted", text),), gutter=" " * (_name_width(branches) + 1))


def matrix_lines(forecast: Forecast, branches: Sequence[GitBranch]) -> tuple[Line, ...]:
    """A line for each branch: its name in the gutter, what it does in each app."""
    widths = _widths(forecast)
    room = _name_width(branches)
    signs = forecast.signs()
    lines = []
    for branch in branches:
        cells = {label: signs.get((branch.name, label), _NOTHING) for label in widths}
        spans = tuple((_style(cells[label]), f"{cells[label]:<{widths[label]}}") for label in cells)
        name = f"{'*' if branch.is_current else ' '}{_short(branch.name)}"
        lines.append(Line(spans, gutter=f"{name:<{room}} "))
    return tuple(lines)


def branch_lines(forecast: Forecast, branch: GitBranch, width: int) -> tuple[Line, ...]:
    """Who it is, what it does, with whom it collides and why, and the next free numbers."""
    return tuple(_branch(forecast, branch, max(width, 20)))


def _branch(forecast: Forecast, branch: GitBranch, width: int) -> Iterator[Line]:
    facts = [branch.author, f"begun {_day(branch.since)}", f"last commit {_day(branch.updated)}"]
    if branch.also:
        facts.append(f"also {', '.join(branch.also)}")
    yield from _text(" · ".join(filter(None, facts)), width, "muted")
    if branch.unknown:
        yield from _text(f"Nothing can be told of it: {branch.unknown}.", width, "warning")
    for label, change in forecast.changes.get(branch.name, {}).items():
        parts = [f"+ {key.name}" for key in sorted(change.new)]
        parts += [f"~ {key.name}" for key in sorted(change.written.keys() - change.new)]
        parts += [f"- {key.name}" for key in sorted(change.removed)]
        yield from _text(f"{label}: {', '.join(parts)}", width)
    found = forecast.of(branch.name)
    if not found:
        yield Line()
        good = "✓ It goes together with all others, as far as reading tells."
        yield from _text(good, width, "good")
    for collision in found:
        yield Line()
        yield from _collision(collision, branch.name, width)
    numbers = forecast.next_numbers
    free = [f"{label} {numbers[label]:04}" for label in forecast.changes.get(branch.name, {})
            if label in numbers]  # fmt: skip
    if free:
        yield Line()
        yield from _text(f"Next free numbers: {', '.join(free)}", width, "muted")


def _collision(collision: Collision, branch: str, width: int) -> Iterator[Line]:
    other = collision.second if collision.first == branch else collision.first
    words = "collides with" if collision.is_certain else "may collide with"
    with_whom = "itself" if other == branch else other
    yield from _text(f"{collision.app_label}: {words} {with_whom}", width, "strong")
    yield from _text(collision.why, width, indent=2)
    if collision.cause is Cause.SAME_NAME:
        yield from _text(SAME_NAME, width, indent=2)
    if collision.verdict is not None:
        yield from _verdict(collision.verdict, width)
    if collision.why_first:
        first = f"First: {collision.first}. {collision.why_first}"
        yield from _text(first, width, "muted", indent=2)


def _verdict(verdict: Verdict, width: int) -> Iterator[Line]:
    style = STYLES[verdict.kind]
    sentence = f"{SIGNS[verdict.kind]} {verdict.kind}: {verdict_sentence(verdict)}"
    yield from _text(sentence, width, style, indent=2)
    for overlap in verdict.overlaps:
        text = f"{SIGNS[overlap.kind]} {overlap.resource}: {overlap.why}"
        yield from _text(text, width, indent=4)


def _text(text: str, width: int, style: str = "", *, indent: int = 0) -> Iterator[Line]:
    for piece in wrapped(text, width - indent - 1):
        span: Span = (style, f"{' ' * indent}{piece}")
        yield Line((span,))


def _widths(forecast: Forecast) -> dict[str, int]:
    signs = forecast.signs()
    widths = {label: len(safe(label)) for label in forecast.app_labels}
    for (_, label), sign in signs.items():
        widths[label] = max(widths[label], len(sign))
    return {label: width + 2 for label, width in widths.items()}


def _name_width(branches: Sequence[GitBranch]) -> int:
    return max((len(_short(branch.name)) + 1 for branch in branches), default=1)


def _short(name: str) -> str:
    text = safe(name)
    return text if len(text) <= LONGEST_NAME else f"…{text[-LONGEST_NAME + 1 :]}"


def _style(cell: str) -> str:
    if cell == _NOTHING:
        return "muted"
    return "error" if "!" in cell else "warning" if "x" in cell else ""


def _day(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d}"
