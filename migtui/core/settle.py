"""What brings branches together that diverge or collide, once somebody has decided.

``migrate`` refuses to run while there is a conflict, so each database has run one of the branches,
or none, when the resolution comes. A merge may then carry the operation that has the last word:
every database ends with it. What two branches both make can't be merged: one is put behind the
other, and edited, which only a branch allows that nobody else has.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from migtui.core.conflict import Conflict
from migtui.core.migration import MigrationKey
from migtui.core.operation_edits import OperationEdit
from migtui.core.questions import (
    Decision,
    Operations,
    Question,
    answer,
    find_questions,
    spellings,
)
from migtui.core.replacements import replaces
from migtui.core.resolution import BranchFacts, Resolution
from migtui.core.signatures import is_djangos
from migtui.core.subjects import SETTERS, subject
from migtui.core.verdict import Kind, Verdict
from migtui.core.world import Step
from migtui.errors import ResolutionError

CARRIED = ("AlterField", *SETTERS)
"""Operations that make the same of a thing whatever it was before."""


@dataclass(frozen=True, slots=True)
class Settlement:
    """What carries out decisions.

    Attributes:
        carried: The operations that a merge repeats, in order.
        edits: The operations that go from, or change in, the branches that run later.
        remarks: What the developer has to know or to do, one sentence each.
    """

    carried: tuple[Step, ...] = ()
    edits: tuple[OperationEdit, ...] = ()
    remarks: tuple[str, ...] = ()


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
    missing = [question for question in open_questions(questions, order) if question not in answers]
    if missing:
        raise undecided(conflict, missing, order)
    if not order:
        return _merge(conflict, answers)
    return _Ordering(conflict, verdict, facts, order).settlement(answers)


def open_questions(
    questions: Sequence[Question], order: tuple[MigrationKey, ...] = ()
) -> tuple[Question, ...]:
    """The questions that a plain merge, or a plain order, does not answer by itself.

    Where branches diverge, an order answers: whatever runs last has the last word.
    """
    kinds = (Kind.COLLIDING,) if order else (Kind.DIVERGENT, Kind.COLLIDING)
    return tuple(question for question in questions if question.kind in kinds)


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
    count = f"{len(questions)} decisions are" if len(questions) > 1 else "A decision is"
    wanted = "; ".join(f"for {entry.resource} {spellings(entry)}" for entry in questions)
    how = f"--order {' '.join(leaf.name for leaf in order)}" if order else "--merge"
    why = f"{count} needed, with {how}: {wanted}."
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


def _merge(conflict: Conflict, answers: Mapping[Question, MigrationKey]) -> Settlement:
    found: dict[Step, None] = {}
    for question, leaf in answers.items():
        if question.kind is not Kind.DIVERGENT:
            raise _not_by_merge(conflict, question)
        for _, steps in question.sides:
            for step in steps:
                _require_carried(question, step)
        last = {subject(step.operation): step for step in dict(question.sides)[leaf]}
        found |= dict.fromkeys(last.values())
    return Settlement(carried=tuple(sorted(found, key=lambda step: (step.migration, step.index))))


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


@dataclass(slots=True)
class _Ordering:
    """Decisions on their way to edits of the branches that run later."""

    conflict: Conflict
    verdict: Verdict
    facts: Mapping[MigrationKey, BranchFacts]
    order: tuple[MigrationKey, ...]
    edits: dict[Step, OperationEdit] = field(default_factory=dict)

    def settlement(self, answers: Mapping[Question, MigrationKey]) -> Settlement:
        for question, leaf in answers.items():
            self._settle(question, leaf)
        return Settlement(edits=tuple(self.edits.values()), remarks=tuple(self._remarks()))

    def _settle(self, question: Question, kept: MigrationKey) -> None:
        own = self._own_steps(question)
        first = next(iter(own))
        for leaf, steps in own.items():
            if self.order.index(leaf) > self.order.index(kept) or (
                leaf not in (first, kept) and question.kind is Kind.COLLIDING
            ):
                for step in steps:
                    self._drop(question, leaf, step)
        if kept == first or kept not in own or question.kind is Kind.DIVERGENT:
            return
        if question.kind is Kind.ORDERED:
            if self.verdict.orders and self.order not in self.verdict.orders:
                others = (leaf for leaf in self.order if leaf != kept)
                names = " ".join(leaf.name for leaf in (kept, *others))
                raise ResolutionError(
                    f"{kept.name} can't be kept in this order: {question.why}",
                    help=f"Give --order {names}.",
                )
            return
        for step in own[kept]:
            self._follow(kept, step, own[first])

    def _own_steps(self, question: Question) -> dict[MigrationKey, list[Step]]:
        """By leaf in their order, each operation with the first branch that has it."""
        seen: set[Step] = set()
        found: dict[MigrationKey, list[Step]] = {}
        sides = dict(question.sides)
        for leaf in self.order:
            own = [step for step in sides.get(leaf, ()) if step not in seen]
            seen.update(own)
            if own:
                found[leaf] = own
        return found

    def _drop(self, question: Question, leaf: MigrationKey, step: Step) -> None:
        if subject(step.operation) is None:
            raise ResolutionError(
                f"{question.resource} can't be settled so: {step.operation.type} in "
                f"{step.migration.name} may do more than that, so it can't just go.",
                help=f"Edit {step.migration.name} by hand, or keep what it does.",
            )
        self._edit(leaf, step, OperationEdit(step.migration, step.index, step.operation.type))

    def _follow(self, leaf: MigrationKey, step: Step, earlier: Sequence[Step]) -> None:
        """Have an operation of the kept branch find what the first branch has left."""
        operation = step.operation
        same = [entry.operation for entry in earlier]
        about = [entry for entry in same if subject(entry) == subject(operation)]
        if subject(operation) is None or not about:
            raise ResolutionError(
                f"What {operation.type} in {step.migration.name} needs to find can't be told.",
                help=f"Keep what {earlier[0].migration.name} does, or edit the migrations by hand.",
            )
        if operation.type == "AlterField":
            return
        edit = OperationEdit(step.migration, step.index, operation.type, replaces(operation, about))
        self._edit(leaf, step, edit)

    def _edit(self, leaf: MigrationKey, step: Step, edit: OperationEdit) -> None:
        fact = self.facts.get(leaf, BranchFacts())
        if fact.is_settled:
            raise ResolutionError(
                f"{step.migration.name} would have to change, but {_why_fixed(leaf, fact)}.",
                help=_how_to_free(self.conflict, leaf, fact),
            )
        self.edits.setdefault(step, edit)

    def _remarks(self) -> Iterator[str]:
        changed = {edit.migration for edit in self.edits.values()}
        for branch in self.conflict.branches:
            if branch.leaf == self.order[0] or not changed.intersection(branch.migrations):
                continue
            yield from self._lost(changed.intersection(branch.migrations))
            yield (
                f"A database that has run {branch.leaf.name} alone can't follow by itself: before "
                "it gets these files, run, with those of that branch, "
                f"`{unapply(self.conflict)}`."
            )

    def _lost(self, migrations: Iterable[MigrationKey]) -> Iterator[str]:
        """What goes with its data where a kept definition can't be altered into another."""
        for step, edit in self.edits.items():
            removed = [new for new in edit.replacement if new.type == "RemoveField"]
            for new in removed if step.migration in migrations else ():
                values = dict(new.arguments)
                yield (
                    f"{step.migration.name} takes away the field {values['name']} of "
                    f"{values['model_name']} that another branch has made, with its data."
                )


def unapply(conflict: Conflict) -> str:
    """The command that takes a database back to the fork."""
    target = conflict.fork[0].name if conflict.fork else "zero"
    return f"python manage.py migrate {conflict.app_label} {target}"


def _why_fixed(leaf: MigrationKey, fact: BranchFacts) -> str:
    if fact.published:
        return f"{leaf.name} is published"
    where = ", ".join(alias for alias, applied in fact.applied if applied)
    return f"{leaf.name} is applied in the database {where}"


def _how_to_free(conflict: Conflict, leaf: MigrationKey, fact: BranchFacts) -> str:
    if fact.published:
        others = (entry for entry in conflict.leaves if entry != leaf)
        names = " ".join(entry.name for entry in (leaf, *others))
        return f"Put it first: --order {names}."
    return f"With the files of its branch alone, run `{unapply(conflict)}`; or put it first."
