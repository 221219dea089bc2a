"""The answers that a question may have, so that nobody is offered one that makes no sense."""

from collections.abc import Sequence

from migtui.core.migration import MigrationKey
from migtui.core.questions import Decision, Question
from migtui.core.renames import renaming
from migtui.core.values import joined
from migtui.core.verdict import Kind


def choices(question: Question, order: Sequence[MigrationKey] = ()) -> tuple[Decision, ...]:
    """What may be kept: each branch's way, then both where that says more than one of them.

    Args:
        question: What is disputed.
        order: The leaves, first to run first; empty for a merge.
    """
    leaves = [leaf for leaf in order if leaf in question.leaves] or list(question.leaves)
    *before, last = leaves
    both = Decision(question.resource, last, tuple(before))
    return (*question.decisions, *([both] if _makes_sense(question, leaves, order) else []))


def _makes_sense(
    question: Question, leaves: Sequence[MigrationKey], order: Sequence[MigrationKey]
) -> bool:
    """Whether both can be kept: as one value, or by following a rename that runs first."""
    if joined(question, leaves) is not None:
        return True
    sides = dict(question.sides)
    renames = [any(renaming(step.operation) for step in sides[leaf]) for leaf in leaves]
    return bool(order) and question.kind is Kind.ORDERED and renames == [True, False]
