"""What somebody has to decide before branches can be brought together, one question a thing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from migtui.core.conflict import Branch, Conflict
from migtui.core.migration import MigrationKey, Operation
from migtui.core.step import Step
from migtui.core.subjects import Subject, subject
from migtui.core.verdict import Kind, Overlap, Verdict
from migtui.core.walk import is_comparable
from migtui.errors import UsageError

Operations = Mapping[MigrationKey, tuple[Operation, ...]]


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a resource.

    Attributes:
        resource: As in ``Question``.
        leaf: The one whose branch has the last word; None where a value is given.
        before: Leaves whose branches have their way as well, before that one.
        value: Python source of a value that is given; empty where branches are kept.
    """

    resource: str
    leaf: MigrationKey | None
    before: tuple[MigrationKey, ...] = ()
    value: str = ""

    def __str__(self) -> str:
        return f"{self.resource}={self.value or ','.join(leaf.name for leaf in self.leaves)}"

    @property
    def leaves(self) -> tuple[MigrationKey, ...]:
        """Those that are kept, the last one with the last word."""
        return (*self.before, self.leaf) if self.leaf is not None else ()

    @property
    def option(self) -> str:
        """The option of ``migtui resolve`` that says it."""
        return "--set" if self.value else "--keep"


@dataclass(frozen=True, slots=True)
class Question:
    """Something of which only one branch can have its way.

    Attributes:
        resource: What it is asked about, as in ``Overlap``.
        resources: All that is decided with it: operations touch several things at once.
        kind: The worst of its overlaps: ``ordered``, ``divergent`` or ``colliding``.
        why: One sentence.
        sides: Leaves, sorted, and what their branches do about it, in the order in which it runs.
    """

    resource: str
    resources: tuple[str, ...]
    kind: Kind
    why: str
    sides: tuple[tuple[MigrationKey, tuple[Step, ...]], ...]

    @property
    def leaves(self) -> tuple[MigrationKey, ...]:
        """The leaves that may be kept."""
        return tuple(leaf for leaf, _ in self.sides)

    @property
    def is_alike(self) -> bool:
        """Whether every branch does the same, as can be read, so that each answer ends alike."""
        done = [[_content(step.operation) for step in steps] for _, steps in self.sides]
        return len(done) > 1 and None not in done[0] and all(side == done[0] for side in done)

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """The answers."""
        return tuple(Decision(self.resource, leaf) for leaf in self.leaves)


def find_questions(
    conflict: Conflict, operations: Operations, verdict: Verdict
) -> tuple[Question, ...]:
    """The questions of a conflict, sorted by resource; none where its branches commute."""
    kinds = (Kind.ORDERED, Kind.DIVERGENT, Kind.COLLIDING)
    overlaps = [overlap for overlap in verdict.overlaps if overlap.kind in kinds]
    found = [_question(conflict, operations, group) for group in _groups(overlaps)]
    if verdict.visible_kind in (Kind.ORDERED, Kind.COLLIDING):
        found += _also_altered(conflict, operations, found)
    return tuple(sorted(found, key=lambda question: question.resource))


def answer(
    questions: Sequence[Question], decisions: Iterable[Decision]
) -> dict[Question, Decision]:
    """The decision on each question that the decisions answer.

    Raises:
        UsageError: A decision answers no question, names a leaf that has no part in it, or two
            contradict each other.
    """
    found: dict[Question, Decision] = {}
    for decision in decisions:
        name = decision.resource.lower()
        question = next(
            (entry for entry in questions if name in map(str.lower, entry.resources)), None
        )
        if question is None:
            known = ", ".join(entry.resource for entry in questions)
            raise UsageError(
                f"There is nothing to decide about {decision.resource!r}.",
                help=f"To decide: {known}." if known else "The branches need no decision.",
            )
        _require_sides(question, decision)
        same = Decision(question.resource, decision.leaf, decision.before, decision.value)
        if found.setdefault(question, same) != same:
            raise UsageError(
                f"{question.resource} can't be both {_meant(found[question])} and {_meant(same)}.",
                help=f"One decision goes for all of {', '.join(question.resources)}.",
            )
    return found


def _require_sides(question: Question, decision: Decision) -> None:
    for leaf in decision.leaves:
        if leaf not in question.leaves:
            raise UsageError(
                f"{leaf.name} does nothing about {question.resource}.",
                help=f"It can be kept as one of these has it: {spellings(question)}.",
            )
        if decision.leaves.count(leaf) > 1:
            raise UsageError(f"{decision} names {leaf.name} twice.", help="Name each once.")


def _meant(decision: Decision) -> str:
    if decision.value:
        return decision.value
    names = " and ".join(leaf.name for leaf in decision.leaves)
    return f"as {names} {'have' if decision.before else 'has'} it"


def spellings(question: Question) -> str:
    """What to type for each answer: ``--keep blog.post.title=0002_a or --keep …``."""
    return " or ".join(f"--keep {decision}" for decision in question.decisions)


def _content(operation: Operation) -> tuple[object, ...] | None:
    """What an operation does, as can be compared; None where that can't be read."""
    is_read = all(is_comparable(value) for _, value in operation.arguments)
    about = subject(operation)
    return (about, operation.path, frozenset(operation.arguments)) if about and is_read else None


def _groups(overlaps: Iterable[Overlap]) -> list[list[Overlap]]:
    """Overlaps that share a resource or an operation, which nobody can decide apart."""
    groups: list[list[Overlap]] = []
    for overlap in overlaps:
        touching = [group for group in groups if any(_touch(overlap, other) for other in group)]
        groups = [group for group in groups if group not in touching]
        groups.append([*(entry for group in touching for entry in group), overlap])
    return groups


def _touch(one: Overlap, other: Overlap) -> bool:
    return one.resource == other.resource or not set(one.operations).isdisjoint(other.operations)


def _question(conflict: Conflict, operations: Operations, group: Sequence[Overlap]) -> Question:
    first = min(group, key=lambda overlap: _rank(overlap.resource))
    places = {
        (entry.migration, entry.type, entry.line)
        for overlap in group
        for entry in overlap.operations
    }
    touching = [
        step
        for key in conflict.migrations
        for step in _steps(key, operations)
        if (key, step.operation.type, step.operation.line) in places
    ]
    subjects = {subject(step.operation) for step in touching} - {None}
    sides = {
        branch.leaf: tuple(
            step
            for step in _branch_steps(branch, operations)
            if step in touching or subject(step.operation) in subjects
        )
        for branch in conflict.branches
    }
    worst = max(group, key=lambda overlap: list(Kind).index(overlap.kind))
    return Question(
        resource=first.resource,
        resources=tuple(sorted({overlap.resource for overlap in group})),
        kind=worst.kind,
        why=worst.why,
        sides=tuple((leaf, steps) for leaf, steps in sorted(sides.items()) if steps),
    )


def _also_altered(
    conflict: Conflict, operations: Operations, found: Sequence[Question]
) -> Iterator[Question]:
    """Fields that branches alter differently beside what keeps an order from running.

    A verdict compares the ends of orders that run, so it says nothing of them then.
    """
    known = {step for question in found for _, steps in question.sides for step in steps}
    sides: dict[Subject, dict[MigrationKey, list[Step]]] = {}
    for branch in conflict.branches:
        for step in _branch_steps(branch, operations):
            about = subject(step.operation)
            if about is not None and about[0] == "field":
                sides.setdefault(about, {}).setdefault(branch.leaf, []).append(step)
    for (_, model, _), by_leaf in sides.items():
        steps = {step for side in by_leaf.values() for step in side}
        last = {side[-1]: side[-1].operation.argument("field") for side in by_leaf.values()}
        values = list(last.values())
        is_same = all(value == values[0] for value in values) and all(
            value is not None and is_comparable(value) for value in values
        )
        alters = all(step.operation.type == "AlterField" for step in steps)
        if len(last) < 2 or is_same or not alters or steps & known:  # noqa: PLR2004 - sides
            continue
        resource = f"{conflict.app_label}.{model}.{next(iter(last)).operation.string('name')}"
        names = " and ".join(
            f"AlterField in {step.migration.name}" for step in sorted(last, key=_place)
        )
        yield Question(
            resource=resource,
            resources=(resource,),
            kind=Kind.DIVERGENT,
            why=f"{names} set {resource} differently: the one that runs last wins.",
            sides=tuple((leaf, tuple(side)) for leaf, side in sorted(by_leaf.items())),
        )


def _place(step: Step) -> tuple[MigrationKey, int]:
    return step.migration, step.index


def _rank(resource: str) -> tuple[bool, int, str]:
    """Models before their fields, and names in the database last."""
    is_name = resource.startswith("relation:") or ":column:" in resource
    return is_name, len(resource.replace(":", ".").split(".")), resource


def _branch_steps(branch: Branch, operations: Operations) -> Iterator[Step]:
    for key in branch.migrations:
        yield from _steps(key, operations)


def _steps(key: MigrationKey, operations: Operations) -> Iterator[Step]:
    for index, operation in enumerate(operations[key]):
        yield Step(key, index, operation)
