"""Asks models.py which branch it agrees with, where branches diverge or collide."""

from collections.abc import Mapping, Sequence

from migtui.core.explanation import Explanation
from migtui.core.migration import MigrationKey
from migtui.core.questions import Question
from migtui.core.settle import open_questions
from migtui.engine.client import Engine
from migtui.errors import ResolutionError, RewriteError
from migtui.services.project import Project
from migtui.services.resolve import MERGE, ORDER, Choice, make_plan
from migtui.services.verify import verify_plan


def witness(
    project: Project,
    engine: Engine,
    explanation: Explanation,
    order: tuple[MigrationKey, ...] = (),
    questions: Sequence[Question] | None = None,
) -> Mapping[str, MigrationKey]:
    """The leaf that models.py agrees with, by the resource that is to be decided.

    It is the one with which ``makemigrations`` would have the least to write; a resource is left
    out where that tells no single leaf.

    Args:
        project: The project.
        engine: Django.
        explanation: Of the conflict.
        order: The leaves in the order in which they would run; empty for a merge.
        questions: Which; None for those that a merge, or the order, leaves open.

    Raises:
        EngineError: Django could not be asked.
    """
    if questions is None:
        questions = open_questions(explanation.questions, order)
    found = {}
    for question in questions:
        candidates = _candidates(question, questions, order)
        counts = _counts(project, engine, explanation, candidates)
        least = [leaf for leaf, count in counts.items() if count == min(counts.values())]
        if len(least) == 1 and len(counts) > 1:
            found[question.resource] = least[0]
    return found


def _candidates(
    question: Question, questions: Sequence[Question], order: tuple[MigrationKey, ...]
) -> dict[MigrationKey, Choice]:
    """A choice with each answer to a question, all other questions being answered alike."""
    others = tuple(other.decisions[0] for other in questions if other != question)
    strategy = ORDER if order else MERGE
    return {
        leaf: Choice(strategy, order, keep=(decision, *others))
        for leaf, decision in zip(question.leaves, question.decisions, strict=True)
    }


def _counts(
    project: Project,
    engine: Engine,
    explanation: Explanation,
    candidates: Mapping[MigrationKey, Choice],
) -> dict[MigrationKey, int]:
    """How many operations ``makemigrations`` would write with each choice that is possible."""
    app_label = explanation.conflict.app_label
    counts = {}
    for leaf, choice in candidates.items():
        try:
            plan = make_plan(project, app_label, choice, explanation=explanation)
        except (ResolutionError, RewriteError):
            continue
        changes = verify_plan(project, plan, engine).changes_after
        if changes is not None:
            counts[leaf] = sum(map(len, changes.values()))
    return counts
