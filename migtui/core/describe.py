"""An operation in words and as a symbol, as Django's own commands print it.

The words are those of ``Operation.describe()``, the same in Django 4.2 to 6.1; the symbols are
those of ``OperationCategory``, which Django has had since 5.1.
"""

from collections.abc import Callable

from migtui.core.expressions import (
    Call,
    Collection,
    Constant,
    Dictionary,
    Expression,
    as_string,
    source_of,
)
from migtui.core.migration import UNREADABLE, Operation
from migtui.core.signatures import is_djangos

MIXED = "?"
"""The symbol of what is neither addition, removal, alteration, Python nor SQL."""
MAX_LENGTH = 100
"""Characters of source that are shown of an operation that is not Django's."""

_TEXTS: dict[str, str] = {
    "AddField": "Add field {name} to {model_name}",
    "AlterConstraint": "Alter constraint {name} on {model_name}",
    "AlterField": "Alter field {name} on {model_name}",
    "AlterModelManagers": "Change managers on {name}",
    "AlterModelOptions": "Change Meta options on {name}",
    "AlterModelTableComment": "Alter {name} table comment",
    "AlterOrderWithRespectTo": "Set order_with_respect_to on {name} to {order_with_respect_to}",
    "BloomExtension": "Creates extension bloom",
    "BtreeGinExtension": "Creates extension btree_gin",
    "BtreeGistExtension": "Creates extension btree_gist",
    "CITextExtension": "Creates extension citext",
    "CreateCollation": "Create collation {name}",
    "CreateExtension": "Creates extension {name}",
    "CryptoExtension": "Creates extension pgcrypto",
    "DeleteModel": "Delete model {name}",
    "HStoreExtension": "Creates extension hstore",
    "RemoveCollation": "Remove collation {name}",
    "RemoveConstraint": "Remove constraint {name} from model {model_name}",
    "RemoveField": "Remove field {name} from {model_name}",
    "RemoveIndex": "Remove index {name} from {model_name}",
    "RemoveIndexConcurrently": "Concurrently remove index {name} from {model_name}",
    "RenameField": "Rename field {old_name} on {model_name} to {new_name}",
    "RenameModel": "Rename model {old_name} to {new_name}",
    "RunPython": "Raw Python operation",
    "RunSQL": "Raw SQL operation",
    "SeparateDatabaseAndState": "Custom state/database change combination",
    "TrigramExtension": "Creates extension pg_trgm",
    "UnaccentExtension": "Creates extension unaccent",
    "ValidateConstraint": "Validate constraint {name} on model {model_name}",
}
_SYMBOLS = {"Add": "+", "Create": "+", "Remove": "-", "Delete": "-", "Alter": "~", "Rename": "~",
            "Validate": "~", "RunPython": "p", "RunSQL": "s"}  # fmt: skip


def describe(operation: Operation) -> str:
    """What an operation does: ``Add field title to post``.

    Of one that is not Django's, its source on one line.
    """
    if not is_djangos(operation.path):
        return _source(operation)
    if operation.type in _WRITERS:
        return _WRITERS[operation.type](operation)
    values = {name: _text(value) for name, value in operation.arguments}
    return _TEXTS[operation.type].format_map(_Known(values))


def symbol(operation: Operation) -> str:
    """Django's symbol: ``+ - ~ p s``, ``?`` for all others."""
    if not is_djangos(operation.path):
        return MIXED
    if operation.type.endswith("Extension"):
        return "+"
    found = (mark for start, mark in _SYMBOLS.items() if operation.type.startswith(start))
    return next(found, MIXED)


class _Known(dict[str, str]):
    """Values of a text; one that was not given is a question mark."""

    def __missing__(self, key: str) -> str:
        return MIXED


def _text(value: Expression | None) -> str:
    if isinstance(value, Constant):
        return as_string(value) or str(value.value)
    return MIXED if value is None else source_of(value)


def _source(operation: Operation) -> str:
    text = " ".join(operation.source.split())
    if operation.type != UNREADABLE:
        given = [_argument(name, value) for name, value in operation.arguments]
        text = f"{operation.type}({', '.join(given)})"
    return text if len(text) <= MAX_LENGTH else f"{text[: MAX_LENGTH - 1]}…"


def _argument(name: str, value: Expression) -> str:
    return source_of(value) if name.isdecimal() else f"{name}={source_of(value)}"


def _create_model(operation: Operation) -> str:
    options = operation.argument("options")
    proxy = options.get("proxy") if isinstance(options, Dictionary) else None
    kind = "proxy model" if isinstance(proxy, Constant) and proxy.value else "model"
    return f"Create {kind} {_text(operation.argument('name'))}"


def _alter_model_table(operation: Operation) -> str:
    table = operation.argument("table")
    to = "(default)" if table == Constant(None) else _text(table)
    return f"Rename table for {_text(operation.argument('name'))} to {to}"


def _alter_together(operation: Operation) -> str:
    option = "unique_together" if operation.type == "AlterUniqueTogether" else "index_together"
    name, value = _text(operation.argument("name")), operation.argument(option)
    match value:
        case Collection(items=(Constant(), *_)):
            count = "1"
        case Collection(items=items):
            count = str(len({tuple(_names(item)) for item in items}))
        case Constant() | None:
            count = "0"
        case _:
            count = MIXED
    return f"Alter {option} for {name} ({count} constraint(s))"


def _names(value: Expression) -> list[str]:
    return (
        [_text(item) for item in value.items] if isinstance(value, Collection) else [_text(value)]
    )


def _add_index(operation: Operation) -> str:
    index = operation.argument("index")
    name, model = _attribute(index, "name"), _text(operation.argument("model_name"))
    expressions = index.arguments if isinstance(index, Call) else ()
    if expressions and operation.type == "AddIndex":
        listed = ", ".join(map(_as_django_prints, expressions))
        return f"Create index {name} on {listed} on model {model}"
    fields = index.keyword("fields") if isinstance(index, Call) else None
    start = "Create" if operation.type == "AddIndex" else "Concurrently create"
    joined = ", ".join(_names(fields)) if isinstance(fields, Collection) else _text(fields)
    if expressions and fields is None:
        joined = ""
    return f"{start} index {name} on field(s) {joined} of model {model}"


def _add_constraint(operation: Operation) -> str:
    name = _attribute(operation.argument("constraint"), "name")
    kind = "constraint" if operation.type == "AddConstraint" else "not valid constraint"
    return f"Create {kind} {name} on model {_text(operation.argument('model_name'))}"


def _rename_index(operation: Operation) -> str:
    old, fields = operation.argument("old_name"), operation.argument("old_fields")
    model, new = _text(operation.argument("model_name")), _text(operation.argument("new_name"))
    is_named = fields in (None, Constant(None))
    what = f"index {_text(old)}" if is_named else f"unnamed index for {_text(fields)}"
    return f"Rename {what} on {model} to {new}"


def _attribute(value: Expression | None, name: str) -> str:
    return _text(value.keyword(name)) if isinstance(value, Call) else MIXED


def _as_django_prints(value: Expression) -> str:
    """An expression of an index as its ``__str__`` gives it."""
    match value:
        case Constant(value=str() as name):
            return f"F({name})"
        case Call(arguments=(Constant(value=str() as name),)) if value.name == "F":
            return f"F({name})"
        case Call(arguments=(inner, *_)) if value.name == "OrderBy":
            descending = value.keyword("descending") or Constant(False)  # noqa: FBT003 - a literal
            return f"OrderBy({_as_django_prints(inner)}, descending={_text(descending)})"
        case Call(arguments=(inner,)) if value.name == "Value":
            return f"Value({source_of(inner)})"
        case Call(arguments=arguments, keywords=()):
            return f"{value.name}({', '.join(map(_as_django_prints, arguments))})"
        case _:
            return source_of(value)


_WRITERS: dict[str, Callable[[Operation], str]] = {
    "AddConstraint": _add_constraint,
    "AddConstraintNotValid": _add_constraint,
    "AddIndex": _add_index,
    "AddIndexConcurrently": _add_index,
    "AlterIndexTogether": _alter_together,
    "AlterModelTable": _alter_model_table,
    "AlterUniqueTogether": _alter_together,
    "CreateModel": _create_model,
    "RenameIndex": _rename_index,
}
