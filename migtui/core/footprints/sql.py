"""What one SQL statement does to the rows, tables and names of the database."""

from collections.abc import Iterator

from migtui.core.effects import (
    CONSTRAINT,
    DATABASE,
    FIELD,
    MODEL,
    OBJECT,
    STATE,
    ByName,
    Changes,
    Creates,
    Destroys,
    Effect,
    Hides,
    Needs,
    Renames,
    Resource,
    Strays,
    Touches,
)
from migtui.core.footprint import Context, column, model_resource, option, relation
from migtui.core.reach import ModelReach, SqlUse

ANY = "*"
NAMING = frozenset({"create-index", "alter-table", "depends", "add-constraint", "set-table",
                    "needs-table"})  # fmt: skip
"""What needs the columns that it names."""
TAKEN_ALONG = ("sequence ", "view ")
"""How the names of objects begin that go with a table or a column."""
ROWS = frozenset({"read", "update", "insert", "delete"})


def effects_of_sql(use: SqlUse, context: Context) -> Iterator[Effect]:
    """The effects of a statement; tables that are no model's stand for themselves."""
    if use.action.endswith("-object"):
        yield from _object(use)
    elif use.action in ("drop-index", "rename-index", "needs-index"):
        yield from _index(use)
    else:
        model, many = _model_of(use.table.lower(), context)
        if many:
            yield from _many_to_many(use, model, many, context)
        elif use.action in ROWS:
            yield from _rows(use, model, context)
        else:
            yield from _schema(use, model, context)


def _index(use: SqlUse) -> Iterator[Effect]:
    name = relation(use.name.lower())
    yield ByName(name, strict=use.strict)
    if use.action == "needs-index":
        yield Needs(name)
        return
    yield Destroys(name, strict=use.strict)
    if use.action == "rename-index":
        yield Creates(relation(use.to.lower()))


def _model_of(table: str, context: Context) -> tuple[str, str]:
    """The model and, where the table is that of a many-to-many field, the field of a table."""
    own = table.removeprefix(f"{context.app_label}_")
    guess = f"{context.app_label}.{own}"
    if own != table and context.world.table(guess) in (table, None) and _is_there(guess, context):
        return guess, ""
    for model in context.world.models(STATE):
        known = context.world.table(model)
        if known == table:
            return model, ""
        if known is not None:
            for field, _ in list(context.world.children(model_resource(STATE, model), FIELD)):
                facts = context.known_field(model, field)
                if facts is not None and facts.relation_table(known, field) == table:
                    return model, field
    return f"table:{table}", ""


def _is_there(model: str, context: Context) -> bool:
    return context.world.knows(model) or context.world.is_present(
        model_resource(STATE, model)
    ) is True  # fmt: skip


def _field(model: str, name: str, context: Context) -> str:
    """The field that a column belongs to."""
    name = name.lower()
    for field, _ in list(context.world.children(model_resource(STATE, model), FIELD)):
        facts = context.known_field(model, field)
        if facts is not None and name in facts.columns(field):
            return field
    return name


def _many_to_many(use: SqlUse, model: str, field: str, context: Context) -> Iterator[Effect]:
    if use.action not in ROWS:
        yield Hides(f"changes the table of {model}.{field}")
        return
    facts = context.known_field(model, field)
    target = context.world.current(facts.target) if facts and facts.target else ""
    ends = {model, target}
    for column_name in sorted(use.columns - {ANY, "id"}):
        # Each end is called after its model, or after its direction where both are one.
        short = column_name.lower().removesuffix("_id").removeprefix("from_").removeprefix("to_")
        if not any(end.endswith(f".{short}") for end in ends):
            resource = Resource(STATE, model, FIELD, f"{field}.{column_name}")
            yield Hides(f"names {column_name} of the table of {model}.{field}", resource)
    yield Needs(relation(use.table.lower()))
    name = frozenset({field})
    reach = ModelReach(reads=name, writes=name if use.action != "read" else frozenset())
    yield Touches(model_resource(STATE, model), reach)
    yield Needs(Resource(DATABASE, model, FIELD, field))


def _rows(use: SqlUse, model: str, context: Context) -> Iterator[Effect]:
    fields = frozenset(_field(model, name, context) for name in use.columns - {ANY})
    every = ANY in use.columns and use.action in ("read", "update")
    reach = ModelReach(
        reads=fields if use.action != "update" else frozenset(),
        writes=fields if use.action == "update" else frozenset(),
        creates=use.action == "insert",
        deletes=use.action == "delete",
        every=every,
        is_ordered=use.is_ordered,
        by_sql=use.action == "insert",
    )
    yield Touches(model_resource(STATE, model), reach)
    yield Needs(model_resource(DATABASE, model))
    yield Needs(relation(use.table.lower()))
    for name in sorted(fields):
        yield Needs(Resource(DATABASE, model, FIELD, name))
    for name in sorted(use.columns - {ANY}):
        yield Needs(column(model, name.lower()))


def _table(use: SqlUse, table: Resource) -> Iterator[Effect]:
    name = relation(use.table.lower())
    if use.action == "create-table":
        yield Creates(table, use.definition, strict=use.strict)
        yield Creates(name, strict=use.strict)
    else:
        yield ByName(table)
        yield Destroys(table, strict=use.strict)
        yield Destroys(name, strict=False)


def _schema(use: SqlUse, model: str, context: Context) -> Iterator[Effect]:
    table = model_resource(DATABASE, model)
    if use.action in ("create-table", "drop-table"):
        yield from _table(use, table)
        return
    yield Needs(table)
    yield Needs(relation(use.table.lower()))
    if use.action in NAMING:
        for name in sorted(use.columns - {ANY}):
            yield Needs(Resource(DATABASE, model, FIELD, _field(model, name, context)))
    if use.action == "fires":
        # It may do anything when rows change.
        reach = ModelReach(writes=frozenset({ANY}), every=True)
        yield Touches(model_resource(STATE, model), reach)
    if use.action == "depends" and ANY in use.columns:
        yield Touches(model_resource(STATE, model), ModelReach(every=True))
    name = _field(model, use.name, context)
    field = Resource(DATABASE, model, FIELD, name)
    match use.action:
        case "rename-table":
            yield ByName(option(DATABASE, model, "db_table"))
            yield Changes(option(DATABASE, model, "db_table"), use.to.lower())
            yield Destroys(relation(use.table.lower()), strict=False)
            yield Creates(relation(use.to.lower()))
        case "add-column":
            yield Creates(field, use.definition, strict=use.strict)
            yield Creates(column(model, use.name.lower()), strict=use.strict)
        case "drop-column":
            yield Destroys(field, strict=use.strict)
            yield Destroys(column(model, use.name.lower()), strict=False)
        case "rename-column":
            yield Renames(field, Resource(DATABASE, model, FIELD, use.to.lower()))
        case "alter-column":
            yield Needs(field)
            yield Changes(Resource(DATABASE, model, FIELD, f"{name} by SQL"), use.definition)
        case "create-index":
            yield Creates(relation(use.name.lower()), use.definition, strict=use.strict)
        case "add-constraint":
            yield Creates(Resource(DATABASE, model, CONSTRAINT, use.name), use.definition)
        case "drop-constraint":
            constraint = Resource(DATABASE, model, CONSTRAINT, use.name)
            yield ByName(constraint, strict=use.strict)
            yield Destroys(constraint, strict=use.strict)
        case "set-table":
            yield Changes(option(DATABASE, model, f"{use.name} by SQL"), use.definition)
        case _:
            pass
    if use.action in ("set-table", "needs-table"):
        return
    if use.sqlite or use.action in ("depends", "fires", "alter-table", "alter-column"):
        yield Strays(Resource(DATABASE, model, MODEL))


def _object(use: SqlUse) -> Iterator[Effect]:
    resource = Resource(DATABASE, "", OBJECT, use.name.lower())
    if use.action == "needs-object":
        yield Needs(resource)
        return
    is_new = use.action == "create-object" and use.strict
    if use.name.startswith(TAKEN_ALONG) and not is_new:
        yield ByName(resource, strict=use.strict or use.action == "create-object")
    if use.action == "drop-object":
        yield Destroys(resource, strict=use.strict)
    elif use.strict:
        yield Creates(resource, use.definition)
    else:
        yield Changes(resource, use.definition)
