"""Decisions about what branches both touch, as what the files have to say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from migtui.core.conflict import Conflict
from migtui.core.explanation import Explanation
from migtui.core.migration import MigrationKey, Operation
from migtui.core.questions import Decision, Question, answer, find_questions
from migtui.core.rerun import why_not_running
from migtui.core.settle import open_questions, settle
from migtui.core.settlement import Settlement
from migtui.core.values import find_slot, has_slot, value_argument
from migtui.core.verdict import Kind, Verdict
from migtui.errors import ResolutionError, RewriteError
from migtui.services.edit_files import read_current
from migtui.services.explain import explain, read_history, read_verdict
from migtui.services.project import Project
from migtui.source.carry import CarriedOperation, Import, carry, read_imports
from migtui.source.edit_operations import render_operation
from migtui.source.parse import parse
from migtui.source.typed import check_value, written_value


@dataclass(frozen=True, slots=True)
class Decided:
    """What carries out decisions, in files.

    Attributes:
        settlement: The operations.
        decisions: As they were given, values as they will stand in a file.
        imports: What files need for those values.
    """

    settlement: Settlement
    decisions: tuple[Decision, ...] = ()
    imports: frozenset[Import] = frozenset()


def decide(
    project: Project,
    conflict: Conflict,
    decisions: tuple[Decision, ...],
    order: tuple[MigrationKey, ...],
    explanation: Explanation | None,
) -> Decided:
    """What carries out the decisions.

    Args:
        project: The project.
        conflict: Of one of its apps.
        decisions: What is kept.
        order: The leaves, first to run first; empty for a merge.
        explanation: Of the conflict, where it is known.

    Raises:
        UsageError: A decision is about nothing, contradicts another, or gives what is no value.
        ResolutionError: A decision is missing, or can't be carried out in this way.
    """
    known = explanation or explain(project, conflict.app_label)
    checked, imports = _checked(project, known, decisions)
    settlement = settle(
        conflict, known.operations, known.verdict, known.facts, decisions=checked, order=order
    )
    remarks = (*settlement.remarks, *(_reminder(entry) for entry in checked if entry.value))
    return Decided(replace(settlement, remarks=remarks), checked, imports)


def _reminder(decision: Decision) -> str:
    return (
        f"Unless models.py says the same of {decision.resource}, makemigrations will want to "
        "change it again."
    )


def _checked(
    project: Project, explanation: Explanation, decisions: tuple[Decision, ...]
) -> tuple[tuple[Decision, ...], frozenset[Import]]:
    """The decisions with their values as files can have them, and the imports of these."""
    if not any(decision.value for decision in decisions):
        return decisions, frozenset()
    known = _known_imports(project, explanation)
    checked: list[Decision] = []
    imports: set[Import] = set()
    for question, decision in answer(explanation.questions, decisions).items():
        if decision.value:
            value = check_value(decision.value, find_slot(question), known)
            checked.append(replace(decision, value=value.source))
            imports |= value.imports
        else:
            checked.append(decision)
    return tuple(checked), frozenset(imports)


def checked_decision(project: Project, explanation: Explanation, decision: Decision) -> Decision:
    """A decision as it will stand in a command, its value checked.

    Raises:
        UsageError: It is about nothing, or what it gives is no value.
        ResolutionError: No single value could settle it.
    """
    (checked,), _ = _checked(project, explanation, (decision,))
    return checked


def _known_imports(project: Project, explanation: Explanation) -> set[Import]:
    """What the files of the branches import."""
    return {
        entry
        for key in explanation.migrations
        for entry in read_imports(
            parse(read_current(project, project.graph.migrations[key]))[0].body
        )
    }


def value_of(question: Question, leaf: MigrationKey) -> str:
    """What a branch has for what is disputed, as its file has it; empty where no value settles it.

    Args:
        question: What is disputed.
        leaf: The branch.
    """
    if not has_slot(question):
        return ""
    found = (
        written_value(step.operation, value_argument(step.operation.type))
        for step in reversed(dict(question.sides).get(leaf, ()))
    )
    return next(filter(None, found), "")


def require_running(
    project: Project,
    conflict: Conflict,
    operations: Mapping[MigrationKey, tuple[Operation, ...]],
    sequence: Sequence[MigrationKey],
) -> None:
    """Make sure that edited branches run one after another, as far as reading can tell.

    Args:
        project: Before the edits.
        conflict: Of one of its apps.
        operations: Of every migration of the branches, as edited.
        sequence: The branches' migrations as they will run.

    Raises:
        ResolutionError: An operation would not find what it needs.
    """
    before, history = read_history(project, conflict)
    swappable = project.graph.swappable
    why = why_not_running(conflict, before, operations, history, sequence, swappable=swappable)
    if why:
        raise ResolutionError(
            f"Settled so, the branches would not run: {why}",
            help="Decide otherwise, or edit the migrations by hand.",
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


def carried_operations(project: Project, decided: Decided) -> tuple[CarriedOperation, ...]:
    """The operations that a merge has, as its file has them.

    Raises:
        RewriteError: One of them uses what its file defines itself.
        StaleFileError: A file is not what it was when the project was read.
    """
    found = []
    for step in decided.settlement.carried:
        content = read_current(project, project.graph.migrations[step.migration])
        found.append(carry(content, step.migration, step.operation))
    made = (render_operation(new, _nothing_taken) for new in decided.settlement.made)
    return (*found, *(CarriedOperation(source, decided.imports) for source in made))


def _nothing_taken(_: object) -> str:
    raise RewriteError("an operation that is made anew has nothing to take from.")
