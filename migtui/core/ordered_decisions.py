"""Decisions as edits of the branches that run later: in an order, only they can give way."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from migtui.core.branch_facts import BranchFacts
from migtui.core.conflict import Conflict
from migtui.core.migration import MigrationKey
from migtui.core.operation_edits import OperationEdit
from migtui.core.questions import Decision, Operations, Question
from migtui.core.renames import Renaming, composed, follow, renaming
from migtui.core.replacements import replaces
from migtui.core.settlement import Settlement
from migtui.core.step import Step
from migtui.core.subjects import Subject, subject
from migtui.core.values import decided_value, find_slot, joined
from migtui.core.verdict import Kind, Verdict
from migtui.errors import ResolutionError


@dataclass(slots=True)
class Ordering:
    """Decisions on their way to edits of the branches that run later."""

    conflict: Conflict
    operations: Operations
    verdict: Verdict
    facts: Mapping[MigrationKey, BranchFacts]
    order: tuple[MigrationKey, ...]
    edits: dict[Step, OperationEdit] = field(default_factory=dict)

    def settlement(self, answers: Mapping[Question, Decision]) -> Settlement:
        """What carries out these decisions.

        Raises:
            ResolutionError: One of them can't be carried out in this order.
        """
        for question, decision in answers.items():
            self._settle(question, decision)
        return Settlement(edits=tuple(self.edits.values()), remarks=tuple(self._remarks()))

    def _settle(self, question: Question, decision: Decision) -> None:
        own = self._own_steps(question)
        if decision.value or (decision.before and joined(question, decision.leaves) is not None):
            self._set(question, own, decided_value(question, decision))
        elif any(renaming(step.operation) for steps in own.values() for step in steps):
            self._settle_renames(question, own, decision)
        elif decision.before:
            self._require_running(question, decision)
        elif decision.leaf is not None:
            self._keep(question, own, decision.leaf)

    def _keep(
        self, question: Question, own: Mapping[MigrationKey, list[Step]], kept: MigrationKey
    ) -> None:
        """Have one branch's way."""
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

    def _require_running(self, question: Question, decision: Decision) -> None:
        """Branches one after another as they are: the order has to run."""
        wanted = tuple(leaf for leaf in self.order if leaf in decision.leaves)
        is_so = wanted == decision.leaves and question.kind is not Kind.COLLIDING
        if not is_so or (self.verdict.orders and self.order not in self.verdict.orders):
            names = " and then ".join(leaf.name for leaf in decision.leaves)
            raise ResolutionError(
                f"{question.resource} can't be as {names} have it, in this order: {question.why}",
                help="Keep one of them, or put the branches in an order that runs.",
            )

    def _set(self, question: Question, own: Mapping[MigrationKey, list[Step]], value: str) -> None:
        """Have a value that the branch that runs last gives it."""
        slot = find_slot(question)
        leaves = list(own)
        first, last = leaves[0], leaves[-1]
        if own[first][-1].operation.type == "RemoveField" and first != last:
            raise ResolutionError(
                f"{first.name} takes {question.resource} away, so it can't get a value behind it.",
                help=f"Put {first.name} last, or keep what it does.",
            )
        for leaf, steps in own.items():
            if leaf not in (first, last):
                for step in steps:
                    self._drop(question, leaf, step)
        setting, *others = own[last] if first != last else own[last][-1:]
        made = slot.operations(value)
        edit = OperationEdit(setting.migration, setting.index, setting.operation.type, made)
        self._edit(last, setting, edit)
        for step in others:
            self._drop(question, last, step)

    def _settle_renames(
        self, question: Question, own: Mapping[MigrationKey, list[Step]], decision: Decision
    ) -> None:
        """Have the branch that runs later follow the other's new names, or give up its own."""
        if len(own) != 2:  # noqa: PLR2004 - one that leads and one that follows
            raise ResolutionError(
                f"{question.resource} is renamed, and {len(own)} branches are about it.",
                help="Bring two of them together first, or edit the migrations by hand.",
            )
        first, second = own
        if decision.leaves == (first,):
            self._give_up(question, own[first], second, own[second])
            return
        renames = composed(filter(None, (renaming(step.operation) for step in own[first])))
        ends = {"RenameField", "RenameModel", "RemoveField", "DeleteModel"}
        if decision.before and decision.leaves != (first, second):
            raise ResolutionError(
                f"In this order {first.name} has its way first.",
                help=f"Give --keep {question.resource}={first.name},{second.name}.",
            )
        decides = any(step.operation.type in ends for step in own[second])
        if renames and not decision.before and not decides:
            raise ResolutionError(
                f"{second.name} can't be kept alone: {first.name} runs first, and renames.",
                help=f"Put {second.name} first, or keep both: "
                f"--keep {question.resource}={first.name},{second.name}.",
            )
        changed = self._follow_names(second, renames)
        if question.kind is Kind.COLLIDING and not changed:
            raise ResolutionError(
                f"{second.name} can't have its way behind {first.name}: {question.why}",
                help=f"Keep what {first.name} does, or edit the migrations by hand.",
            )

    def _give_up(
        self, question: Question, kept: Sequence[Step], leaf: MigrationKey, steps: Sequence[Step]
    ) -> None:
        """Take out how a branch renames a thing, and what else it does about a field.

        The rest of the branch goes on under the names that are kept.
        """
        pending = composed(filter(None, (renaming(step.operation) for step in kept)))
        finals = list(pending)
        for step in self._branch_steps(leaf):
            renamed = renaming(step.operation)
            about = subject(step.operation) or ("",)
            if step in steps and renamed is not None:
                name = next((entry.new for entry in finals if entry.is_of(renamed)), renamed.old)
                pending = [entry for entry in pending if not entry.is_of(renamed)]
                pending.append(Renaming(renamed.model, renamed.new, name))
                drop = OperationEdit(step.migration, step.index, step.operation.type)
                self._edit(leaf, step, drop)
            elif step in steps and self._is_renamed(about, (*pending, *finals)):
                self._drop(question, leaf, step)
            else:
                self._follow_one(leaf, step, pending)

    @staticmethod
    def _is_renamed(about: Subject, renames: Iterable[Renaming]) -> bool:
        """Whether a subject is a field that is renamed, or a model that goes or comes."""
        return any(
            about == ("field", entry.model, name.lower()) or about == ("model", name.lower())
            for entry in renames
            for name in (entry.old, entry.new)
        )

    def _follow_names(self, leaf: MigrationKey, renames: Sequence[Renaming]) -> bool:
        """Have a branch use the names that another has given; whether that changes anything."""
        pending, before = list(renames), len(self.edits)
        for step in self._branch_steps(leaf):
            self._follow_one(leaf, step, pending)
            own = renaming(step.operation)
            pending = [entry for entry in pending if own is None or not own.is_of(entry)]
        return len(self.edits) > before

    def _follow_one(self, leaf: MigrationKey, step: Step, renames: Sequence[Renaming]) -> None:
        for renamed in renames:
            made = None
            if not renamed.same(renamed.old, renamed.new):
                made = follow(step.operation, renamed)
            if made is not None:
                edit = OperationEdit(step.migration, step.index, step.operation.type, made)
                self._edit(leaf, step, edit)

    def _branch_steps(self, leaf: MigrationKey) -> Iterator[Step]:
        """What a branch alone does, of all that an order runs before it."""
        place = self.order.index(leaf)
        branches = {branch.leaf: branch.migrations for branch in self.conflict.branches}
        done = {key for other in self.order[:place] for key in branches[other]}
        for key in branches[leaf]:
            if key not in done:
                for index, operation in enumerate(self.operations[key]):
                    yield Step(key, index, operation)

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
