"""Decisions about what branches both touch, as what the files have to say."""

from migtui.core.conflict import Conflict
from migtui.core.explanation import Explanation
from migtui.core.migration import MigrationKey
from migtui.core.questions import Decision, Question, find_questions
from migtui.core.settle import Settlement, open_questions, settle
from migtui.core.verdict import Kind, Verdict
from migtui.errors import ResolutionError
from migtui.services.edit_files import read_current
from migtui.services.explain import explain, read_verdict
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

    Raises:
        ResolutionError: No new database could run the branches so.
    """
    if explanation is not None:
        found, verdict = explanation.questions, explanation.verdict
    else:
        operations, verdict = read_verdict(project, conflict)
        found = find_questions(conflict, operations, verdict)
    if verdict.rules_out(order or conflict.leaves[::-1]):  # as Django runs what a merge joins
        raise _not_running(conflict, verdict, order)
    return tuple(map(_remark, open_questions(found, order)))


def _not_running(
    conflict: Conflict, verdict: Verdict, order: tuple[MigrationKey, ...]
) -> ResolutionError:
    way = "This order" if order else f"A merge, which runs {conflict.leaves[-1].name} first,"
    serious = (Kind.COLLIDING, Kind.ORDERED)
    reason = next((entry.why for entry in verdict.overlaps if entry.kind in serious), "")
    runs = [" ".join(leaf.name for leaf in order) for order in verdict.orders[:1]]
    advice = f"--order {runs[0]} runs." if runs else "--keep decides what the branches dispute."
    return ResolutionError(
        f"{way} does not run. {reason}".strip(),
        help=f"{advice} `migtui explain {conflict.app_label}` shows the branches.",
    )


def _remark(question: Question) -> str:
    return (
        f"The branches diverge in {question.resource}, and the file names decide: a new "
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
