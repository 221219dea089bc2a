"""What brings branches together that diverge or collide, once somebody has decided.

``migrate`` refuses to run while there is a conflict, so each database has run one of the branches,
or none, when the resolution comes. A merge may then carry the operation that has the last word:
every database ends with it. What two branches both make can't be merged: one is put behind the
other, and edited, which only a branch allows that nobody else has.
"""

from collections.abc import Iterable, Mapping, Sequence

from migtui.core.branch_facts import BranchFacts
from migtui.core.conflict import Conflict
from migtui.core.migration import MigrationKey
from migtui.core.ordered_decisions import Ordering
from migtui.core.questions import (
    Decision,
    Operations,
    Question,
    answer,
    find_questions,
    spellings,
)
from migtui.core.resolution import Resolution
from migtui.core.settlement import Settlement
from migtui.core.signatures import is_djangos
from migtui.core.step import Step
from migtui.core.subjects import SETTERS, subject
from migtui.core.values import decided_value, find_slot
from migtui.core.verdict import Kind, Verdict
from migtui.errors import ResolutionError

CARRIED = ("AlterField", *SETTERS)
"""Operations that make the same of a thing whatever it was before."""


def settle(
    conflict: Conflict,
    operations: Operations,
    verdict: Verdict,
    facts: Mapping[MigrationKey, BranchFacts],
    *,
    decisions: Iterable[Decision],
    order: tuple[MigrationKey, ...] = (),
) -> Settlement:
    """What carries out decisions, by a merge or by an order.

    Args:
        conflict: Of one app.
        operations: Of every migration of the branches.
        verdict: On the branches.
        facts: By leaf. A branch that is published, or applied anywhere, is never edited.
        decisions: One for each question that an order, or the merge, leaves open.
        order: The leaves, first to run first; empty for a merge.

    Raises:
        UsageError: A decision is about nothing, or contradicts another.
        ResolutionError: A decision is missing, or can't be carried out in this way.
    """
    questions = find_questions(conflict, operations, verdict)
    answers = answer(questions, decisions)
    answers = {**answer(questions, foregone(questions, order)), **answers}
    missing = [question for question in open_questions(questions, order) if question not in answers]
    if missing:
        raise undecided(conflict, missing, order)
    if not order:
        return _merge(conflict, answers)
    return Ordering(conflict, operations, verdict, facts, order).settlement(answers)


def open_questions(
    questions: Sequence[Question], order: tuple[MigrationKey, ...] = ()
) -> tuple[Question, ...]:
    """The questions that a plain merge, or a plain order, does not answer by itself.

    Where branches diverge, an order answers: whatever runs last has the last word. So it does
    where they collide because they do the same.
    """
    if not order:
        kinds = (Kind.DIVERGENT, Kind.COLLIDING)
        return tuple(question for question in questions if question.kind in kinds)
    colliding = (question for question in questions if question.kind is Kind.COLLIDING)
    told = {decision.resource for decision in foregone(questions, order)}
    return tuple(question for question in colliding if question.resource not in told)


def foregone(
    questions: Sequence[Question], order: tuple[MigrationKey, ...]
) -> tuple[Decision, ...]:
    """What an order decides by itself: branches collide, and all do the same about a thing.

    The one that runs first does it. A merge decides none of these: the operations stay.
    """
    return tuple(
        Decision(question.resource, min(question.leaves, key=order.index))
        for question in questions
        if order and question.kind is Kind.COLLIDING and question.is_alike
    )


def undecided_questions(
    questions: Sequence[Question], order: tuple[MigrationKey, ...]
) -> tuple[Question, ...]:
    """What somebody has to decide to settle a conflict, in an order or by a merge (empty)."""
    told = {decision.resource for decision in foregone(questions, order)}
    return tuple(entry for entry in open_questions(questions) if entry.resource not in told)


def undecided(
    conflict: Conflict, questions: Sequence[Question], order: tuple[MigrationKey, ...] = ()
) -> ResolutionError:
    """The error that names what has to be decided, and how."""
    colliding = [question for question in questions if question.kind is Kind.COLLIDING]
    if colliding and not order:
        return _not_by_merge(conflict, colliding[0])
    count = f"{len(questions)} decisions are" if len(questions) > 1 else "A decision is"
    named = ", ".join(question.resource for question in questions)
    return ResolutionError(
        f"{count} needed in {conflict.app_label}: {named}.",
        help="Give " + "; ".join(map(spellings, questions)) + ".",
    )


def settling(
    conflict: Conflict,
    operations: Operations,
    verdict: Verdict,
    facts: Mapping[MigrationKey, BranchFacts],
) -> Resolution | None:
    """Settling as a way out, None where there is nothing to decide.

    Its ``order`` is empty where a merge carries out the decisions.
    """
    questions = open_questions(find_questions(conflict, operations, verdict))
    if not questions:
        return None
    try:
        order = settling_order(conflict, questions, facts)
    except ResolutionError as error:
        return Resolution("settle", (), possible=False, recommended=False, why=error.message)
    how = f"--order {' '.join(leaf.name for leaf in order)}" if order else "--merge"
    wanted = undecided_questions(questions, order)
    if wanted:
        count = f"{len(wanted)} decisions are" if len(wanted) > 1 else "A decision is"
        named = "; ".join(f"for {entry.resource} {spellings(entry)}" for entry in wanted)
        why = f"{count} needed, with {how}: {named}."
    else:
        why = f"No decision is needed with {how}: what the branches both do is done by the first."
    return Resolution("settle", order, possible=True, recommended=False, why=why)


def settling_order(
    conflict: Conflict,
    questions: Sequence[Question],
    facts: Mapping[MigrationKey, BranchFacts],
) -> tuple[MigrationKey, ...]:
    """How a conflict would best be settled: by a merge (empty) where that can do it, else in order.

    In the order, branches that may not be edited run first.

    Raises:
        ResolutionError: More than one of them may not be.
    """
    if all(question.kind is Kind.DIVERGENT for question in questions):
        return ()
    fixed = [leaf for leaf in conflict.leaves if facts.get(leaf, BranchFacts()).is_settled]
    if len(fixed) > 1:
        named = " and ".join(leaf.name for leaf in fixed)
        raise ResolutionError(
            f"{named} are published or applied, so none of them may be edited, and no new "
            "migration can make them run behind each other.",
            help="Take one of them back where it is applied, then order it behind the other.",
        )
    return (*fixed, *(leaf for leaf in conflict.leaves if leaf not in fixed))


def _merge(conflict: Conflict, answers: Mapping[Question, Decision]) -> Settlement:
    found: dict[Step, None] = {}
    given: list[tuple[Question, str]] = []
    for question, decision in answers.items():
        if question.kind is not Kind.DIVERGENT:
            raise _not_by_merge(conflict, question)
        for _, steps in question.sides:
            for step in steps:
                _require_carried(question, step)
        value = decided_value(question, decision)
        if value:
            given.append((question, value))
        elif decision.leaf is not None:
            last = {subject(step.operation): step for step in dict(question.sides)[decision.leaf]}
            found |= dict.fromkeys(last.values())
    return Settlement(
        carried=tuple(sorted(found, key=lambda step: (step.migration, step.index))),
        made=tuple(
            new for question, value in given for new in find_slot(question).operations(value)
        ),
    )


def _not_by_merge(conflict: Conflict, question: Question) -> ResolutionError:
    order = " ".join(leaf.name for leaf in conflict.leaves)
    return ResolutionError(
        f"A merge can't settle {question.resource}: {question.why}",
        help="Put the branches one behind the other, those that may be edited last, such as "
        f"--order {order}, with {spellings(question)}.",
    )


def _require_carried(question: Question, step: Step) -> None:
    operation = step.operation
    if operation.type in CARRIED and is_djangos(operation.path):
        return
    raise ResolutionError(
        f"A merge can't settle {question.resource}: what {operation.type} in "
        f"{step.migration.name} does can't be done again behind the others.",
        help="Order the branches: the one that runs last has the last word.",
    )
