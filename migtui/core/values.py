"""Values that are typed in for what branches dispute, or made of what both of them have."""

from collections.abc import Sequence
from dataclasses import dataclass

from migtui.core.expressions import (
    Call,
    Collection,
    Constant,
    Dictionary,
    Expression,
    Reference,
    is_fully_read,
    source_of,
)
from migtui.core.migration import MigrationKey, Operation
from migtui.core.operation_edits import Argument, NewOperation, Written
from migtui.core.questions import Decision, Question
from migtui.core.subjects import ADDERS, FIELD_OPERATIONS, SETTERS, given_name, subject
from migtui.errors import ResolutionError

FIELD, INDEX, CONSTRAINT = "field", "index", "constraint"
NAMES, OPTIONS, MANAGERS, TEXT = "names", "options", "managers", "text"
ARGUMENTS = {
    "AlterIndexTogether": ("index_together", NAMES),
    "AlterModelManagers": ("managers", MANAGERS),
    "AlterModelOptions": ("options", OPTIONS),
    "AlterModelTable": ("table", TEXT),
    "AlterModelTableComment": ("table_comment", TEXT),
    "AlterOrderWithRespectTo": ("order_with_respect_to", TEXT),
    "AlterUniqueTogether": ("unique_together", NAMES),
}
"""The argument of each operation that sets a value, and what it has to be."""
_REMOVERS = ("RemoveField", "DeleteModel")


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a value goes.

    Attributes:
        kind: What the value has to be: one of the constants of this module.
        type: The class of the operation that sets it.
        model: The model's name.
        name: Of the field, index or constraint; empty where the model itself is meant.
    """

    kind: str
    type: str
    model: str
    name: str = ""

    def operations(self, value: str) -> tuple[NewOperation, ...]:
        """What gives the thing, which is there, this value."""
        written = Written(value)
        model: tuple[str, Argument] = ("model_name", self.model)
        if self.kind == FIELD:
            key: tuple[tuple[str, Argument], ...] = (model, ("name", self.name))
            return (NewOperation("AlterField", (*key, ("field", written))),)
        if self.kind in (INDEX, CONSTRAINT):
            argument, remover = ADDERS[self.type]
            return (
                NewOperation(remover, (model, ("name", self.name))),
                NewOperation(self.type, (model, (argument, written))),
            )
        argument, _ = ARGUMENTS[self.type]
        return (NewOperation(self.type, (("name", self.model), (argument, written))),)


def value_argument(kind: str) -> str:
    """The name of the argument in which an operation of this class has its value."""
    if kind in ADDERS:
        return ADDERS[kind][0]
    return ARGUMENTS[kind][0] if kind in ARGUMENTS else "field"


def find_slot(question: Question) -> Slot:
    """Where a value for what is disputed would go.

    Raises:
        ResolutionError: No single value could settle it.
    """
    steps = [step for _, steps in question.sides for step in steps]
    subjects = {subject(step.operation) for step in steps}
    setting = [step.operation for step in steps if step.operation.type not in _REMOVERS]
    if len(subjects) > 1 or None in subjects or not setting:
        raise _no_slot(question)
    operation = setting[-1]
    if any(_is_many_to_many(entry) for entry in setting):
        raise _no_slot(question)
    if operation.type in FIELD_OPERATIONS:
        model, name = operation.string("model_name"), operation.string("name")
        return Slot(FIELD, "AlterField", model or "", name or "")
    if operation.type in SETTERS:
        return Slot(ARGUMENTS[operation.type][1], operation.type, operation.string("name") or "")
    if operation.type in ADDERS:
        kind, model, _ = subject(operation) or ("", "", "")
        made = given_name(operation) or ""
        return Slot(kind, operation.type, operation.string("model_name") or model, made)
    raise _no_slot(question)


def has_slot(question: Question) -> bool:
    """Whether a single value could settle what is disputed."""
    try:
        find_slot(question)
    except ResolutionError:
        return False
    return True


def decided_value(question: Question, decision: Decision) -> str:
    """The value that a decision amounts to; empty where it is what one branch has.

    Raises:
        ResolutionError: Several branches are kept whose ways can't be joined.
    """
    if decision.value or not decision.before:
        return decision.value
    value = joined(question, decision.leaves)
    if value is None:
        names = " and ".join(leaf.name for leaf in decision.leaves)
        raise ResolutionError(
            f"{question.resource} can't be as {names} have it: {question.why}",
            help="Keep one of them, or give a value with --set.",
        )
    return value


def joined(question: Question, leaves: Sequence[MigrationKey]) -> str | None:
    """What sets of names, or options, are that hold what each of these branches has.

    Args:
        question: What is disputed.
        leaves: Those whose way it is; where they disagree about an option, the last one's.

    Returns:
        Source of the value; None where values of this kind can't be joined.
    """
    if not has_slot(question):
        return None
    slot = find_slot(question)
    sides = dict(question.sides)
    if slot.kind not in (NAMES, OPTIONS) or not all(sides.get(leaf) for leaf in leaves):
        return None
    last = [sides[leaf][-1].operation for leaf in leaves]
    values = [operation.argument(value_argument(operation.type)) for operation in last]
    if slot.kind == NAMES:
        return _joined_names(values)
    return _joined_options(values)


def _joined_names(values: Sequence[Expression | None]) -> str | None:
    found: dict[str, None] = {}
    for value in values:
        match value:
            case Collection(items=items) if _is_plain(value):
                found |= dict.fromkeys(map(source_of, items))
            case Call(path="set", arguments=()) | Constant(value=None):
                pass
            case _:
                return None
    return f"{{{', '.join(found)}}}" if found else "set()"


def _joined_options(values: Sequence[Expression | None]) -> str | None:
    found: dict[str, str] = {}
    for value in values:
        if not isinstance(value, Dictionary) or not _is_plain(value):
            return None
        found |= {source_of(key): source_of(item) for key, item in value.items}
    return f"{{{', '.join(f'{key}: {item}' for key, item in found.items())}}}"


def _is_plain(value: Expression) -> bool:
    """Whether a value is literals alone, which say the same in every file."""
    match value:
        case Constant():
            return True
        case Collection(items=items):
            return all(map(_is_plain, items))
        case Dictionary(items=items):
            return all(_is_plain(key) and _is_plain(item) for key, item in items)
        case Call() | Reference():
            return False
        case _:
            return is_fully_read(value)


def _is_many_to_many(operation: Operation) -> bool:
    field = operation.argument("field")
    return isinstance(field, Call) and field.name.endswith("ManyToManyField")


def _no_slot(question: Question) -> ResolutionError:
    return ResolutionError(
        f"No single value settles {question.resource}.",
        help="A value can be given for a field's definition, for an option, an index or a "
        "constraint. Keep what one of the branches does, or edit the migrations by hand.",
    )
