"""Decisions about what branches both touch, as what the files have to say."""

from migtui.core.conflict import Conflict
from migtui.core.explanation import Explanation
from migtui.core.judge import judge
from migtui.core.migration import MigrationKey
from migtui.core.questions import Decision, Question, find_questions
from migtui.core.settle import Settlement, open_questions, settle
from migtui.core.verdict import Kind
from migtui.services.edit_files import read_current
from migtui.services.explain import explain
from migtui.services.project import Project
from migtui.source.carry import CarriedOperation, carry


def decide(
    project: Project,
    conflict: Conflict,
    decisions: tuple[Decision, ...],
    order: tuple[MigrationKey, ...],
    explanation: Explanation | None,
) -> Settlement:
    """What carries out the decisions.

    Args:
        project: The project.
        conflict: Of one of its apps.
        decisions: What is kept.
        order: The leaves, first to run first; empty for a merge.
        explanation: Of the conflict, where it is known.

    Raises:
        UsageError: A decision is about nothing, or contradicts another.
        ResolutionError: A decision is missing, or can't be carried out in this way.
    """
    known = explanation or explain(project, conflict.app_label)
    return settle(
        conflict, known.operations, known.verdict, known.facts, decisions=decisions, order=order
    )


def left_open(
    project: Project,
    conflict: Conflict,
    order: tuple[MigrationKey, ...],
    explanation: Explanation | None,
) -> tuple[str, ...]:
    """What a merge, or an order, leaves open that nobody decides; a sentence each.

    Args:
        project: The project.
        conflict: Of one of its apps.
        order: The leaves, first to run first; empty for a merge.
        explanation: Of the conflict, where it is known.
    """
    if explanation is not None:
        found, verdict = explanation.questions, explanation.verdict
    else:
        operations = {key: project.operations(key) for key in conflict.migrations}
        verdict = judge(conflict, operations)
        found = find_questions(conflict, operations, verdict)
    questions = open_questions(found, order)
    does_not_run = bool(order and verdict.orders and order not in verdict.orders)
    broken = [entry for entry in found if does_not_run and entry.kind is Kind.ORDERED]
    return (
        *(f"This order does not run: {question.why}" for question in broken),
        *map(_remark, questions),
    )


def _remark(question: Question) -> str:
    return (
        f"No database can run the branches so. {question.why} --keep decides."
        if question.kind is Kind.COLLIDING
        else f"The branches diverge in {question.resource}, and the file names decide: a new "
        "database ends with one value, one that has run a branch may end with another. --keep "
        "decides."
    )


def carried_operations(project: Project, settlement: Settlement) -> tuple[CarriedOperation, ...]:
    """The operations that a merge repeats, as its file has them.

    Raises:
        RewriteError: One of them uses what its file defines itself.
        StaleFileError: A file is not what it was when the project was read.
    """
    found = []
    for step in settlement.carried:
        content = read_current(project, project.graph.migrations[step.migration])
        found.append(carry(content, step.migration, step.operation))
    return tuple(found)
