"""What operations on whole models do."""

from collections.abc import Iterator

from migtui.core.effects import (
    CONSTRAINT,
    DATABASE,
    FIELD,
    INDEX,
    PLANES,
    STATE,
    Changes,
    Creates,
    Destroys,
    Effect,
    Lacks,
    Needs,
    Renames,
    Resource,
)
from migtui.core.expressions import (
    Call,
    Collection,
    Constant,
    Dictionary,
    Expression,
    Reference,
    as_string,
)
from migtui.core.fields import read_label
from migtui.core.footprint import (
    Context,
    footprint,
    model_resource,
    needs_model,
    option,
    relation,
)
from migtui.core.footprints.fields import creates_field, many_table
from migtui.core.footprints.named import creates_named
from migtui.core.footprints.together import sets_together
from migtui.core.lookups import UnseenError
from migtui.core.migration import Operation

NOTHING = (None, Constant(None))


@footprint(
    "CreateModel",
    source='CreateModel("Post", [("title", models.CharField(max_length=9))])',
    effects="""
        creates blog.post
        changes blog.post:option:bases
        creates blog.post.title
    """,
)
def create_model(operation: Operation, context: Context) -> Iterator[Effect]:
    """The model, its table, fields, options, indexes and constraints; it needs what they name."""
    model = context.model(operation, "name")
    options = _options(operation)
    table = as_string(options.get("db_table"))
    tableless = Constant(value=True) == options.get("proxy") or Constant(
        value=False
    ) == options.get("managed")
    tableless = tableless or context.is_history
    planes = (STATE,) if tableless else PLANES
    for plane in planes:
        yield Creates(model_resource(plane, model), strict=plane == DATABASE)
    bases = frozenset(_bases(operation, context))
    refers = frozenset(model_resource(STATE, base) for base in bases)
    for base in sorted(bases):
        yield Needs(model_resource(STATE, base))
    yield Changes(option(STATE, model, "bases"), bases, refers)
    if not tableless:
        yield Creates(relation((table or model.replace(".", "_")).strip('"').lower()))
    for name in ("proxy", "managed", "db_table", "swappable"):
        if name in options:
            yield Changes(option(STATE, model, name), _plain(name, options[name]))
    ancestors = context.ancestors(model) if not context.is_history else frozenset()
    for name, definition in _fields(operation):
        for other in sorted(ancestors):
            yield Lacks(Resource(STATE, other, FIELD, name))
        yield from creates_field(
            model, name, context.definition(definition, model), context, planes
        )
    yield from _meta(model, options, planes)
    managers = operation.argument("managers")
    if managers not in NOTHING and managers != Collection("list", ()):
        yield Changes(option(STATE, model, "managers"), managers)


def _meta(model: str, options: dict[str, Expression], planes: tuple[str, ...]) -> Iterator[Effect]:
    for name, value in options.items():
        match name:
            case "indexes":
                for index in _entries(value, name):
                    yield from creates_named(INDEX, model, index, planes)
            case "constraints":
                for constraint in _entries(value, name):
                    yield from creates_named(CONSTRAINT, model, constraint, planes)
            case "unique_together" | "index_together":
                yield from sets_together(model, name, value, planes)
            case "proxy" | "managed" | "db_table" | "swappable":
                pass
            case "order_with_respect_to":
                yield Changes(option(STATE, model, name), value)
                if DATABASE in planes and value not in NOTHING:
                    yield Changes(option(DATABASE, model, name), Constant(value=True))
            case _:
                yield Changes(option(STATE, model, name), value)


def _options(operation: Operation) -> dict[str, Expression]:
    match operation.argument("options"):
        case None | Constant(None):
            return {}
        case Dictionary(items=items) if all(as_string(key) for key, _ in items):
            return {as_string(key) or "": value for key, value in items}
        case _:
            raise UnseenError("has options that only running it would tell")


def _plain(name: str, value: Expression) -> object:
    """A table's name as a string, everything else as written."""
    return (as_string(value) or "").lower() or value if name == "db_table" else value


def _entries(value: Expression, name: str) -> tuple[Expression, ...]:
    if not isinstance(value, Collection):
        raise UnseenError(f"has {name} that only running it would tell")
    return value.items


def _fields(operation: Operation) -> Iterator[tuple[str, Expression]]:
    fields = operation.argument("fields")
    if not isinstance(fields, Collection):
        raise UnseenError("has fields that only running it would tell")
    for entry in fields.items:
        match entry:
            case Collection(items=(Constant() as name, field)) if as_string(name):
                yield (as_string(name) or "").lower(), field
            case Collection(items=(_, Call() as link)) if link.keyword("parent_link") == Constant(
                value=True
            ):
                # Packages with models that can be swapped compute its name; nobody else uses it.
                yield "parent link", link
            case _:
                raise UnseenError("has fields that only running it would tell")


def _bases(operation: Operation, context: Context) -> Iterator[str]:
    match operation.argument("bases"):
        case None | Constant(None):
            return
        case Collection(items=items):
            for base in items:
                if as_string(base) is not None or isinstance(base, Call):
                    yield context.label(read_label(base, f"{context.app_label}.?"))
                elif not isinstance(base, Reference):
                    raise UnseenError("has bases that only running it would tell")
        case _:
            raise UnseenError("has bases that only running it would tell")


@footprint(
    "DeleteModel",
    source='DeleteModel("Post")',
    effects="""
        destroys blog.post
    """,
)
def delete_model(operation: Operation, context: Context) -> Iterator[Effect]:
    """The model and all that it has; nothing may point to it."""
    model = context.model(operation, "name")
    planes = context.planes(model)
    tables = [context.world.table(model), *_many_tables(model, context)]
    for plane in planes:
        yield Destroys(model_resource(plane, model))
    if DATABASE in planes:
        for table in tables:
            if table is not None:
                yield Destroys(relation(table), strict=False)


def _many_tables(model: str, context: Context) -> Iterator[str]:
    """The tables of a model's many-to-many fields, as far as they are known."""
    for name, _ in list(context.world.children(model_resource(STATE, model), FIELD)):
        facts = context.known_field(model, name)
        table = many_table(model, name, facts, context) if facts else None
        if table is not None:
            yield table


@footprint(
    "RenameModel",
    source='RenameModel("Post", "Article")',
    effects="""
        renames blog.post to blog.article
    """,
)
def rename_model(operation: Operation, context: Context) -> Iterator[Effect]:
    """The model; its table and those of its many-to-many fields, unless they have own names."""
    old, new = context.model(operation, "old_name"), context.model(operation, "new_name")
    planes = context.planes(old)
    before = [context.world.table(old), *_many_tables(old, context)]
    pointing = context.pointing(old)
    for plane in planes:
        yield Renames(model_resource(plane, old), model_resource(plane, new))
    if DATABASE in planes and old != new:
        for other in pointing:
            yield from context.remakes(other)
        yield from _moves_tables(before, new, context)


def _moves_tables(before: list[str | None], model: str, context: Context) -> Iterator[Effect]:
    after = [context.world.table(model), *_many_tables(model, context)]
    for table in before:
        if table is not None and table not in after:
            yield Destroys(relation(table), strict=False)
    for table in after:
        if table is not None and table not in before:
            yield Creates(relation(table))


@footprint(
    "AlterModelTable",
    source='AlterModelTable("Post", "posts")',
    effects="""
        needs blog.post
        changes blog.post:option:db_table
    """,
)
def alter_model_table(operation: Operation, context: Context) -> Iterator[Effect]:
    """The table's name; the tables of many-to-many fields follow."""
    model = context.model(operation, "name")
    planes = context.planes(model)
    value = operation.argument("table")
    if value is not None and not isinstance(value, Constant):
        raise UnseenError("has a table that only running it would tell")
    before = [context.world.table(model), *_many_tables(model, context)]
    yield from needs_model(model, planes)
    table = (as_string(value) or model.replace(".", "_")).strip('"').lower()
    for plane in planes:
        yield Changes(option(plane, model, "db_table"), table)
    if DATABASE in planes:
        yield from _moves_tables(before, model, context)
