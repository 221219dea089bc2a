"""One branch of a conflict as its lane shows it: migrations, their operations, what overlaps."""

from collections.abc import Iterator
from dataclasses import dataclass

from migtui.core.conflict import Branch
from migtui.core.describe import describe, symbol
from migtui.core.describe_reach import say_reach
from migtui.core.explanation import Explanation
from migtui.core.migration import MigrationKey, Operation
from migtui.core.verdict import Kind, OperationRef, Overlap
from migtui.tui.documents.lines import Line
from migtui.tui.documents.words import SIGNS, STYLES, origin, standing
from migtui.tui.text import wrapped

_WORDS = {
    "independent": "beside",
    "ordered": "order matters",
    "divergent": "differs",
    "colliding": "collides",
    "opaque": "can't be seen",
}


@dataclass(frozen=True, slots=True)
class BranchLine:
    """A line of a lane and what it stands for.

    Attributes:
        line: What is shown.
        migration: None on lines above the first migration.
        operation: None on the line of the migration itself.
        overlaps: Indexes into the verdict's overlaps.
        is_first: Whether it is the first line of what it stands for: where the cursor stops.
    """

    line: Line
    migration: MigrationKey | None = None
    operation: Operation | None = None
    overlaps: tuple[int, ...] = ()
    is_first: bool = False


def branch_lines(explanation: Explanation, branch: Branch, width: int) -> tuple[BranchLine, ...]:
    """The lines of one lane, wrapped to ``width`` cells."""
    found: list[BranchLine] = []
    facts = explanation.facts.get(branch.leaf)
    if facts is not None:
        for text in filter(None, (origin(facts), standing(facts))):
            found += [
                BranchLine(Line((("muted", f" {part}"),))) for part in wrapped(text, width - 2)
            ]
    for key in branch.migrations:
        if found:
            found.append(BranchLine(Line()))
        found += _migration(explanation, key, width)
    return tuple(found)


def overlaps_of(
    explanation: Explanation, key: MigrationKey, operation: Operation
) -> tuple[int, ...]:
    """Which of the verdict's overlaps an operation takes part in."""
    return tuple(
        index
        for index, overlap in enumerate(explanation.verdict.overlaps)
        if _is_among(overlap.operations, key, operation)
    )


def _is_among(refs: tuple[OperationRef, ...], key: MigrationKey, operation: Operation) -> bool:
    """Whether an operation, or one nested in it, is referred to."""
    return any(
        ref.migration == key and operation.line <= ref.line <= operation.end_line for ref in refs
    )


def short_resource(overlap: Overlap) -> str:
    """A resource without its app label, which the pane's title says."""
    return overlap.resource.partition(".")[2] or overlap.resource


def _migration(explanation: Explanation, key: MigrationKey, width: int) -> Iterator[BranchLine]:
    for number, part in enumerate(wrapped(key.name, width - 2)):
        yield BranchLine(Line((("strong", f" {part}"),)), key, is_first=number == 0)
    migration = explanation.migrations.get(key)
    if migration is not None and migration.error is not None:
        for part in wrapped(f"✗ {migration.error.message}", width - 4):
            yield BranchLine(Line((("error", f"   {part}"),)), key)
    operations = explanation.operations.get(key, ())
    for operation in operations:
        yield from _operation(explanation, key, operation, width)
    if not operations:
        yield BranchLine(Line((("muted", "   no operations"),)), key)


def _operation(
    explanation: Explanation, key: MigrationKey, operation: Operation, width: int
) -> Iterator[BranchLine]:
    indexes = overlaps_of(explanation, key, operation)
    overlaps = [explanation.verdict.overlaps[index] for index in indexes]
    kinds = [overlap.kind for overlap in overlaps]
    if not kinds and _is_among(explanation.verdict.opaque, key, operation):
        kinds = [Kind.OPAQUE]
    style = STYLES[kinds[0]] if kinds else ""
    mark = SIGNS[kinds[0]] if kinds else " "
    for number, part in enumerate(wrapped(describe(operation), width - 6)):
        lead = (
            ((style, f" {mark} "), ("sign", f"{symbol(operation)} "))
            if number == 0
            else (("", "     "),)
        )
        yield BranchLine(Line((*lead, (style, part))), key, operation, indexes, number == 0)
    for text in say_reach(operation):
        for part in wrapped(text, width - 8):
            yield BranchLine(Line((("muted", f"     {part}"),)), key, operation, indexes)
    for index, overlap in zip(indexes, overlaps, strict=True):
        text = f"{_WORDS[overlap.kind]} ({index + 1}): {short_resource(overlap)}"
        for part in wrapped(text, width - 8):
            yield BranchLine(Line(((style, f"     {part}"),)), key, operation, indexes)
