"""What the constraints of a table are called, where the database does not say.

Django looks the names up when it drops a constraint. Most follow from table and columns, by
Django's rule or by the server's; but a constraint keeps its name when a table or column is
renamed, so a name that is derived here is marked as such.
"""

from collections.abc import Collection, Iterator, Sequence

from migtui.engine.untyped import Connection, Field, Model, Options, SchemaEditor

# Django's suffixes, and what PostgreSQL calls constraints that are declared inside a column.
POSTGRESQL_SUFFIXES = {"unique": "key", "check": "check", "primary_key": "pkey"}
POSTGRESQL_LENGTH = 63


def derive_names(
    editor: SchemaEditor,
    model: Model,
    columns: Sequence[str] | None,
    wanted: str,
    excluded: Collection[str],
) -> list[str] | None:
    """The likely names of a model's constraints; None where the model doesn't have the column.

    Args:
        editor: The schema editor of the vendor.
        model: The model, with the fields as they are before the change.
        columns: Of the constraint, None for any.
        wanted: ``unique``, ``index``, ``foreign_key``, ``check`` or ``primary_key``.
        excluded: Names that are not meant.
    """
    options = model._meta  # noqa: SLF001 - Django documents this name
    fields = {
        field.column: field
        for field in options.local_concrete_fields
        if _has(field, wanted, editor.connection)
    }
    if columns is None:
        return [_column_name(editor, model, field, wanted) for field in fields.values()]
    if len(columns) == 1 and columns[0] in fields:
        field = fields[columns[0]]
        names = [_column_name(editor, model, field, wanted)]
        if wanted == "index" and editor.connection.vendor == "postgresql":
            names += _pattern_index_names(editor, options.db_table, field)
        return names
    if not set(columns) <= {field.column for field in options.local_concrete_fields}:
        return None
    suffix = {"unique": "_uniq", "index": "_idx"}.get(wanted)
    if suffix is None:
        return []
    for name, of in _named(options, wanted):
        if name not in excluded and [options.get_field(field).column for field in of] == columns:
            return [name]
    # unique_together or index_together, of which the model may only have the new value.
    return [_index_name(editor, options.db_table, columns, suffix)]


def _named(options: Options, wanted: str) -> Iterator[tuple[str, Sequence[str]]]:
    """Names and fields of what the model's Meta names itself."""
    if wanted == "index":
        for index in options.indexes:
            yield index.name, [name for name, _ in index.fields_orders]
    else:
        for constraint in options.constraints:
            yield constraint.name, getattr(constraint, "fields", ())


def _has(field: Field, wanted: str, connection: Connection) -> bool:
    match wanted:
        case "unique":
            return bool(field.unique and not field.primary_key)
        case "index":
            return bool(field.db_index and not field.unique)
        case "foreign_key":
            return bool(field.remote_field and field.db_constraint)
        case "check":
            return bool(field.db_parameters(connection=connection)["check"])
        case _:
            return bool(field.primary_key)


def _column_name(editor: SchemaEditor, model: Model, field: Field, wanted: str) -> str:
    table = model._meta.db_table  # noqa: SLF001 - Django documents this name
    if wanted == "foreign_key":
        suffix = "_fk_%(to_table)s_%(to_column)s"
        quoted = str(editor._fk_constraint_name(model, field, suffix))  # noqa: SLF001 - no public way
        return quoted.strip('"`')
    if editor.connection.vendor == "postgresql" and wanted in POSTGRESQL_SUFFIXES:
        column = "" if wanted == "primary_key" else f"_{field.column}"
        return f"{table}{column}_{POSTGRESQL_SUFFIXES[wanted]}"[:POSTGRESQL_LENGTH]
    return _index_name(editor, table, [field.column], "_uniq" if wanted == "unique" else "")


def _index_name(editor: SchemaEditor, table: str, columns: Sequence[str], suffix: str) -> str:
    return str(editor._create_index_name(table, columns, suffix=suffix))  # noqa: SLF001 - no public way


def _pattern_index_names(editor: SchemaEditor, table: str, field: Field) -> list[str]:
    """The second index that text has in PostgreSQL, for LIKE."""
    kind = field.db_type(connection=editor.connection) or ""
    if not kind.startswith(("varchar", "text")):
        return []
    return [_index_name(editor, table, [field.column], "_like")]
