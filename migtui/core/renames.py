"""What operations have to become behind a rename of the field or model that they are about."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from migtui.core.expressions import (
    Call,
    Collection,
    Constant,
    Dictionary,
    Expression,
    Reference,
    Unreadable,
)
from migtui.core.migration import Operation
from migtui.core.operation_edits import Argument, NewOperation, Taken
from migtui.core.signatures import DJANGO, PARAMETERS, is_djangos
from migtui.core.subjects import FIELD_OPERATIONS, SETTERS
from migtui.errors import ResolutionError

DJANGO_PATHS = (f"{DJANGO}.", "django.db.migrations.")
NAMES = ("model_name", "name", "old_name", "new_name")
"""Arguments of Django's operations that are one name and nothing else."""


@dataclass(frozen=True, slots=True)
class Renaming:
    """A new name.

    Attributes:
        model: The model whose field it is, in lower case; empty where a model is renamed.
        old: The name before.
        new: The name after.
    """

    model: str
    old: str
    new: str

    def is_of(self, other: "Renaming") -> bool:
        """Whether both rename the same thing, as it is called before."""
        return self.model == other.model and self.same(self.old, other.old)

    def same(self, one: str | None, other: str) -> bool:
        """Whether two names are one: those of models whatever their case."""
        if one is None:
            return False
        return one == other if self.model else one.lower() == other.lower()


def renaming(operation: Operation) -> Renaming | None:
    """What an operation renames; None where it renames no field and no model."""
    old, new = operation.string("old_name"), operation.string("new_name")
    if old is None or new is None or not is_djangos(operation.path):
        return None
    if operation.type == "RenameModel":
        return Renaming("", old, new)
    model = operation.string("model_name")
    if operation.type == "RenameField" and model is not None:
        return Renaming(model.lower(), old, new)
    return None


def composed(renames: Iterable[Renaming]) -> list[Renaming]:
    """Renames one after another as one for each thing."""
    found: list[Renaming] = []
    for entry in renames:
        for index, known in enumerate(found):
            if known.model == entry.model and known.same(known.new, entry.old):
                found[index] = replace(known, new=entry.new)
                break
        else:
            found.append(entry)
    return found


def follow(operation: Operation, renamed: Renaming) -> tuple[NewOperation, ...] | None:
    """What an operation has to be behind a rename.

    Returns:
        None where it stays as it is; nothing where there is nothing left to do.

    Raises:
        ResolutionError: It names what is renamed where only the developer can tell what is meant.
    """
    named = _names_it(operation, renamed)
    own = renaming(operation)
    if named and own is not None and own.is_of(renamed) and own.same(own.new, renamed.new):
        return ()
    is_known = operation.path.startswith(DJANGO_PATHS) and operation.type in PARAMETERS
    names = NAMES if is_known else named
    others = [value for key, value in operation.arguments if key not in names]
    is_mentioned = any(_mentions(value, renamed) for value in others)
    if not is_djangos(operation.path) or operation.functions or not operation.arguments:
        word = re.escape(renamed.old)
        texts = [operation.source, *(entry.source or "" for entry in operation.functions)]
        is_mentioned = any(re.search(rf"\b{word}\b", text, re.IGNORECASE) for text in texts)
    if is_mentioned:
        raise ResolutionError(
            f"{operation.type} names {renamed.old}, which is to be called {renamed.new}, and what "
            "it should name then can't be told.",
            help="Put the branch that renames last, or edit the migrations by hand.",
        )
    if not named:
        return None
    arguments: list[tuple[str, Argument]] = [
        (key, renamed.new if key in named else Taken((key,))) for key, _ in operation.arguments
    ]
    return (NewOperation(operation.type, tuple(arguments)),)


def _names_it(operation: Operation, renamed: Renaming) -> tuple[str, ...]:
    """The argument of an operation of Django that is the name of what is renamed."""
    kind = operation.type
    if not operation.path.startswith(DJANGO_PATHS) or kind not in PARAMETERS:
        return ()
    if renamed.model:
        model = operation.string("model_name")
        argument = "old_name" if kind == "RenameField" else "name"
        is_about = kind in (*FIELD_OPERATIONS, "RenameField") and model is not None
        if not is_about or str(model).lower() != renamed.model:
            return ()
    elif "model_name" in PARAMETERS[kind]:
        argument = "model_name"
    elif kind in (*SETTERS, "DeleteModel"):
        argument = "name"
    elif kind == "RenameModel":
        argument = "old_name"
    else:
        return ()
    return (argument,) if renamed.same(operation.string(argument), renamed.old) else ()


def _mentions(expression: Expression, renamed: Renaming) -> bool:
    """Whether something in an expression may be the name of what is renamed."""
    word = re.escape(renamed.old)
    flags = 0 if renamed.model else re.IGNORECASE
    pattern = re.compile(rf"(?<![^\W_]){word}(?![^\W_])", flags)
    return any(pattern.search(text) for text in _texts(expression))


def _texts(expression: Expression) -> Iterator[str]:
    match expression:
        case Constant(value=str() as text) | Unreadable(text) | Reference(text):
            yield text
        case Call(path, arguments, keywords):
            yield path
            for value in (*arguments, *(value for _, value in keywords)):
                yield from _texts(value)
        case Collection(items=items):
            for item in items:
                yield from _texts(item)
        case Dictionary(items=pairs):
            for pair in pairs:
                yield from _texts(pair[0])
                yield from _texts(pair[1])
        case _:
            pass
