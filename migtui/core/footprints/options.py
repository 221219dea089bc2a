"""What operations on options that only Django knows do."""

from collections.abc import Iterator

from migtui.core.effects import STATE, Changes, Effect, Needs
from migtui.core.expressions import Collection, Constant, Dictionary, as_string
from migtui.core.footprint import Context, footprint, model_resource, needs_model, option
from migtui.core.lookups import UnseenError
from migtui.core.migration import Operation

ALTER_OPTION_KEYS = (
    "base_manager_name", "default_manager_name", "default_related_name", "get_latest_by",
    "managed", "ordering", "permissions", "default_permissions", "select_on_save",
    "verbose_name", "verbose_name_plural",
)  # fmt: skip
"""``django.db.migrations.operations.AlterModelOptions.ALTER_OPTION_KEYS``."""


@footprint(
    "AlterModelOptions",
    source='AlterModelOptions("Post", {"ordering": ["title"]})',
    effects="""
        needs blog.post
        changes blog.post:option:base_manager_name
        changes blog.post:option:default_manager_name
        changes blog.post:option:default_related_name
        changes blog.post:option:get_latest_by
        changes blog.post:option:managed
        changes blog.post:option:ordering
        changes blog.post:option:permissions
        changes blog.post:option:default_permissions
        changes blog.post:option:select_on_save
        changes blog.post:option:verbose_name
        changes blog.post:option:verbose_name_plural
    """,
)
def alter_model_options(operation: Operation, context: Context) -> Iterator[Effect]:
    """Every option of Django's list: one that is not given is taken away."""
    model = context.model(operation, "name")
    options = operation.argument("options")
    if not isinstance(options, Dictionary) or not all(as_string(key) for key, _ in options.items):
        raise UnseenError("has options that only running it would tell")
    yield Needs(model_resource(STATE, model))
    given = {as_string(key) or "": value for key, value in options.items}
    for name in (*ALTER_OPTION_KEYS, *sorted(given.keys() - set(ALTER_OPTION_KEYS))):
        yield Changes(option(STATE, model, name), given.get(name))


@footprint(
    "AlterModelManagers",
    source='AlterModelManagers("Post", [("objects", blog.models.PostManager())])',
    effects="""
        needs blog.post
        changes blog.post:option:managers
    """,
)
def alter_model_managers(operation: Operation, context: Context) -> Iterator[Effect]:
    """The list as a whole."""
    model = context.model(operation, "name")
    managers = operation.argument("managers")
    yield Needs(model_resource(STATE, model))
    empty = managers in (None, Constant(None), Collection("list", ()))
    yield Changes(option(STATE, model, "managers"), None if empty else managers)


@footprint(
    "AlterModelTableComment",
    source='AlterModelTableComment("Post", "What was written")',
    effects="""
        needs blog.post
        changes blog.post:option:db_table_comment
    """,
)
def alter_model_table_comment(operation: Operation, context: Context) -> Iterator[Effect]:
    """The comment, in the state and in databases that have any."""
    model = context.model(operation, "name")
    yield from needs_model(model, context.planes(model))
    for plane in context.planes(model):
        comment = operation.argument("table_comment")
        yield Changes(option(plane, model, "db_table_comment"), comment)
