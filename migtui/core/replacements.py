"""What an operation that makes a thing becomes behind one that has made it already."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from migtui.core.expressions import (
    Call,
    Collection,
    Constant,
    Dictionary,
    Expression,
    as_string,
    is_fully_read,
)
from migtui.core.migration import Operation
from migtui.core.operation_edits import Argument, EmptySet, NewOperation, Taken, TakenOptions
from migtui.core.subjects import ADDERS
from migtui.errors import ResolutionError

_SETTERS: Mapping[str, tuple[str, str, Argument]] = MappingProxyType(
    {
        "unique_together": ("AlterUniqueTogether", "unique_together", EmptySet()),
        "index_together": ("AlterIndexTogether", "index_together", EmptySet()),
        "db_table": ("AlterModelTable", "table", None),
        "db_table_comment": ("AlterModelTableComment", "table_comment", None),
        "order_with_respect_to": ("AlterOrderWithRespectTo", "order_with_respect_to", None),
    }
)
"""Options with an operation of their own: its class, its argument, and what clears it."""
_FIXED = ("abstract", "proxy", "swappable")
"""Options that no operation can change."""
_LISTS = {"indexes": "Index", "constraints": "Constraint"}
"""Options that are lists of things with names, and what operations call one of them."""


def replaces(operation: Operation, earlier: Sequence[Operation]) -> tuple[NewOperation, ...]:
    """What makes the same of a thing that other operations have made already.

    Args:
        operation: What made it; of its own branch the only one that does.
        earlier: What the branch before does about the same thing, in order.

    Returns:
        Nothing where there is nothing left to do.

    Raises:
        ResolutionError: That can't be said with operations of Django.
    """
    last = earlier[-1]
    if _same(operation, last):
        return ()
    match operation.type, last.type:
        case "AddField", "AddField" | "AlterField":
            return _field(operation, last)
        case kind, other if kind in ADDERS and other in ADDERS:
            return _named(operation)
        case "CreateModel", _ if earlier[0].type == "CreateModel" and len(earlier) == 1:
            return tuple(_model(operation, last))
        case _:
            raise ResolutionError(
                f"{operation.type} behind {last.type} of the same thing can't be settled with "
                "operations of Django.",
                help="Keep the other one, or edit the migrations by hand.",
            )


def _same(one: Operation, other: Operation) -> bool:
    """Whether two operations are known to say the same."""
    arguments = dict(one.arguments)
    return (
        one.type == other.type
        and arguments == dict(other.arguments)
        and all(map(is_fully_read, arguments.values()))
    )


def _field(operation: Operation, earlier: Operation) -> tuple[NewOperation, ...]:
    field, other = operation.argument("field"), earlier.argument("field")
    if field is not None and field == other and is_fully_read(field):
        return ()
    model, name = operation.string("model_name"), operation.string("name")
    preserve = operation.argument("preserve_default")
    given = () if preserve is None else (("preserve_default", Taken(("preserve_default",))),)
    return tuple(_changed_field(model, name, Taken(("field",)), (field, other), given))


def _changed_field(
    model: str | None,
    name: str | None,
    taken: Taken,
    fields: tuple[Expression | None, Expression | None],
    given: tuple[tuple[str, Argument], ...] = (),
) -> Iterator[NewOperation]:
    """A field's other definition; Django can't alter from or to a many-to-many field."""
    key: tuple[tuple[str, Argument], ...] = (("model_name", model), ("name", name))
    if any(map(_is_many_to_many, fields)):
        yield NewOperation("RemoveField", key)
        yield NewOperation("AddField", (*key, ("field", taken), *given))
    else:
        yield NewOperation("AlterField", (*key, ("field", taken), *given))


def _is_many_to_many(field: Expression | None) -> bool:
    return not isinstance(field, Call) or field.name.endswith("ManyToManyField")


def _named(operation: Operation) -> tuple[NewOperation, ...]:
    """An index or a constraint that takes the place of another of its name."""
    argument, remover = ADDERS[operation.type]
    made = operation.argument(argument)
    model: tuple[str, Argument] = ("model_name", operation.string("model_name"))
    name = as_string(made.keyword("name")) if isinstance(made, Call) else None
    return (
        NewOperation(remover, (model, ("name", name))),
        NewOperation(operation.type, (model, (argument, Taken((argument,))))),
    )


def _model(operation: Operation, earlier: Operation) -> Iterator[NewOperation]:
    """The differences of a model from the one that another branch has made under its name."""
    for argument in ("bases", "managers"):
        if operation.argument(argument) != earlier.argument(argument):
            raise ResolutionError(
                f"The two CreateModel of {operation.string('name')} differ in their {argument}, "
                "which no operation can change.",
                help="Keep the one that runs first, or edit the migrations by hand.",
            )
    model = operation.string("name")
    fields, others = _fields(operation), _fields(earlier)
    options, other_options = _options(operation), _options(earlier)
    for name in _FIXED:
        if options.get(name) != other_options.get(name):
            raise ResolutionError(
                f"The two CreateModel of {model} differ in their option {name}, which can't be "
                "taken over.",
                help="Keep the one that runs first, or edit the migrations by hand.",
            )
    removed, added = _list_changes(operation, options, other_options)
    yield from removed
    for name, field in fields.items():
        taken = Taken(("fields", name))
        if name not in others:
            yield NewOperation(
                "AddField", (("model_name", model), ("name", name), ("field", taken))
            )
        elif field != others[name] or not is_fully_read(field):
            yield from _changed_field(model, name, taken, (field, others[name]))
    # Before fields go that options may name.
    yield from _option_changes(model, options, other_options)
    for name in others:
        if name not in fields:
            yield NewOperation("RemoveField", (("model_name", model), ("name", name)))
    yield from added


def _list_changes(
    operation: Operation, options: Mapping[str, Expression], others: Mapping[str, Expression]
) -> tuple[list[NewOperation], list[NewOperation]]:
    """The indexes and constraints that go, and those that come."""
    model: tuple[str, Argument] = ("model_name", operation.string("name"))
    removed, added = [], []
    for option, thing in _LISTS.items():
        mine, theirs = (_named_items(operation, found.get(option)) for found in (options, others))
        for name, value in theirs.items():
            if mine.get(name) != value or not is_fully_read(value):
                removed.append(NewOperation(f"Remove{thing}", (model, ("name", name))))
        for index, (name, value) in enumerate(mine.items()):
            if theirs.get(name) != value or not is_fully_read(value):
                taken = Taken(("options", option, index))
                added.append(NewOperation(f"Add{thing}", (model, (thing.lower(), taken))))
    return removed, added


def _named_items(operation: Operation, value: Expression | None) -> dict[str, Expression]:
    items = value.items if isinstance(value, Collection) else ()
    names = _strings(item.keyword("name") for item in items if isinstance(item, Call))
    if len(names) != len(items) or not isinstance(value, Collection | None):
        raise _unread(operation)
    return dict(zip(names, items, strict=True))


def _option_changes(
    model: str | None, options: Mapping[str, Expression], others: Mapping[str, Expression]
) -> Iterator[NewOperation]:
    changed = [
        name
        for name in sorted({*options, *others} - {*_FIXED, *_LISTS})
        if options.get(name) != others.get(name) or not is_fully_read(options[name])
    ]
    for name in changed:
        if name in _SETTERS:
            kind, argument, empty = _SETTERS[name]
            value = Taken(("options", name)) if name in options else empty
            yield NewOperation(kind, (("name", model), (argument, value)))
    if any(name not in _SETTERS for name in changed):
        special = {*_SETTERS, *_FIXED, *_LISTS}
        kept = tuple(name for name in options if name not in special)
        yield NewOperation("AlterModelOptions", (("name", model), ("options", TakenOptions(kept))))


def _fields(operation: Operation) -> dict[str, Expression]:
    fields = operation.argument("fields")
    if not isinstance(fields, Collection):
        raise _unread(operation)
    found: dict[str, Expression] = {}
    for item in fields.items:
        match item:
            case Collection(items=(Constant(value=str() as name), field)):
                found[name] = field
            case _:
                raise _unread(operation)
    return found


def _options(operation: Operation) -> dict[str, Expression]:
    options = operation.argument("options")
    if options is None:
        return {}
    if not isinstance(options, Dictionary):
        raise _unread(operation)
    names = _strings(key for key, _ in options.items)
    if len(names) != len(options.items):
        raise _unread(operation)
    return dict(zip(names, (value for _, value in options.items), strict=True))


def _strings(keys: Iterable[Expression | None]) -> list[str]:
    return [name for name in map(as_string, keys) if name is not None]


def _unread(operation: Operation) -> ResolutionError:
    return ResolutionError(
        f"What CreateModel makes of {operation.string('name')} is known only when it runs.",
        help="Keep the one that runs first, or edit the migrations by hand.",
    )
