"""What an operation is about: two operations with one subject are about the same thing.

Coarser than footprints, which say what an operation does to it.
"""

from migtui.core.expressions import Call, as_string
from migtui.core.migration import Operation
from migtui.core.signatures import is_djangos

FIELD_OPERATIONS = ("AddField", "AlterField", "RemoveField")
MODEL_OPERATIONS = ("CreateModel", "DeleteModel")
SETTERS = (
    "AlterIndexTogether",
    "AlterModelManagers",
    "AlterModelOptions",
    "AlterModelTable",
    "AlterModelTableComment",
    "AlterOrderWithRespectTo",
    "AlterUniqueTogether",
)
"""Operations that give a model one value, whatever it had before."""
ADDERS = {
    "AddConstraint": ("constraint", "RemoveConstraint"),
    "AddConstraintNotValid": ("constraint", "RemoveConstraint"),
    "AddIndex": ("index", "RemoveIndex"),
    "AddIndexConcurrently": ("index", "RemoveIndexConcurrently"),
}
"""What makes a thing with a name of its own, the argument that it is, and what takes it away."""
REMOVERS = {
    "AlterConstraint": "constraint",
    "RemoveConstraint": "constraint",
    "RemoveIndex": "index",
    "RemoveIndexConcurrently": "index",
}

Subject = tuple[str, ...]


def subject(operation: Operation) -> Subject | None:
    """The subject of an operation of Django; None where it has none, or none that can be read."""
    model, name = operation.string("model_name"), operation.string("name")
    match operation.type if is_djangos(operation.path) else None:
        case kind if kind in FIELD_OPERATIONS:
            return _subject("field", model, name)
        case kind if kind in MODEL_OPERATIONS:
            return _subject("model", name)
        case kind if kind in SETTERS:
            return _subject(kind, name)
        case kind if kind in ADDERS:
            return _subject(ADDERS[kind][0], model, given_name(operation))
        case kind if kind in REMOVERS:
            return _subject(REMOVERS[kind], model, name)
        case _:
            return None


def given_name(operation: Operation) -> str | None:
    """The name of the index or constraint that an operation adds."""
    made = operation.argument(ADDERS[operation.type][0])
    return as_string(made.keyword("name")) if isinstance(made, Call) else None


def _subject(kind: str, *names: str | None) -> Subject | None:
    found = [name.lower() for name in names if name is not None]
    return (kind, *found) if len(found) == len(names) else None
