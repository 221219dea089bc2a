"""The branches of a conflict as lanes: side by side where there is room, else one under another."""

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest

from migtui.core.branch_facts import BranchFacts
from migtui.core.conflict import Branch
from migtui.core.describe import describe, symbol
from migtui.core.describe_reach import say_reach
from migtui.core.explanation import Explanation
from migtui.core.migration import MigrationKey
from migtui.core.safe_text import safe_line
from migtui.reports.paint import Paint

NARROWEST = 34
_GAP = len(" │ ")
LEGEND = {"!": "touches what another branch touches", "?": "its effect can't be seen"}


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a lane before its width is known."""

    style: str
    text: str
    indent: str = ""


def lanes(explanation: Explanation, *, width: int, paint: Paint) -> list[str]:
    """Each branch with its facts, migrations and operations, and what the signs mean."""
    marks = marks_of(explanation)
    columns = [list(_lane(explanation, branch, marks)) for branch in explanation.conflict.branches]
    share = (width - _GAP * (len(columns) - 1)) // len(columns)
    if share >= NARROWEST:
        lines = list(_side_by_side(columns, share, paint))
    else:
        lines = list(_stacked(columns, width, paint))
    used = [f"{sign} {text}" for sign, text in LEGEND.items() if sign in marks.values()]
    return lines + [paint("dim", text) for text in ("", *used) if used]


def marks_of(explanation: Explanation) -> dict[tuple[MigrationKey, int], str]:
    """A sign for each operation, by migration and line, that the verdict speaks of."""
    verdict = explanation.verdict
    marks = {(operation.migration, operation.line): "?" for operation in verdict.opaque}
    for overlap in verdict.overlaps:
        for operation in overlap.operations:
            marks[operation.migration, operation.line] = "!"
    return marks


def _lane(
    explanation: Explanation, branch: Branch, marks: dict[tuple[MigrationKey, int], str]
) -> Iterator[_Line]:
    yield _Line("heading", branch.leaf.name)
    facts = _facts(explanation.facts.get(branch.leaf, BranchFacts()))
    if facts:
        yield _Line("dim", facts)
    for key in branch.migrations:
        if len(branch.migrations) > 1:
            yield _Line("", "")
            yield _Line("strong", key.name)
        for operation in explanation.operations[key]:
            mark = marks.get((key, operation.line), " ")
            style = {"!": "warning", "?": "warning"}.get(mark, "")
            yield _Line(style, f"{mark} {symbol(operation)} {describe(operation)}", "    ")
            for text in say_reach(operation):
                yield _Line("dim", f"    {text}", "      ")
        if not explanation.operations[key]:
            yield _Line("dim", "  no operations")


def _facts(facts: BranchFacts) -> str:
    known = [fact for fact in (facts.git_branch, facts.author, facts.date) if fact]
    if facts.published is not None:
        known.append("published" if facts.published else "not published")
    if facts.unfinished:
        known.append(facts.unfinished)
    known += [f"applied in {alias}" for alias, applied in facts.applied if applied]
    return " · ".join(known)


def _wrapped(column: list[_Line], width: int) -> Iterator[tuple[str, str]]:
    """Style and text of each line of a lane."""
    for line in column:
        pieces = textwrap.wrap(
            safe_line(line.text),
            width,
            subsequent_indent=line.indent,
            drop_whitespace=True,
            break_on_hyphens=False,
        )
        yield from ((line.style, piece) for piece in pieces or [""])


def _side_by_side(columns: list[list[_Line]], width: int, paint: Paint) -> Iterator[str]:
    rows = zip_longest(*(_wrapped(column, width) for column in columns), fillvalue=("", ""))
    for row in rows:
        cells = [paint(style, text) + " " * (width - len(text)) for style, text in row]
        yield f" {paint('dim', '│')} ".join(cells).rstrip()


def _stacked(columns: list[list[_Line]], width: int, paint: Paint) -> Iterator[str]:
    for number, column in enumerate(columns):
        if number:
            yield paint("dim", "─" * min(width, NARROWEST))
        yield from (paint(style, text) for style, text in _wrapped(column, max(width, 20)))
