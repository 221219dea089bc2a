"""What changes cost on SQLite, where one writer locks the whole database.

Sources: lang_altertable.html and lockingv3.html of SQLite; ``_remake_table`` of Django's editor.
The tests count SQLite's own steps on tables of different length.
"""

from migtui.core.hazards.impact import Example, Impact, Lock, impact
from migtui.core.hazards.schema import REMAKE, Schema
from migtui.core.statements.change import Change, Column

WRITING = (Lock("", "RESERVED"),)
"""Other writers wait until the transaction ends."""
ON_ALL = "RESERVED on ?"
POST = 'ALTER TABLE "blog_post" '


@impact(
    "sqlite",
    "create-table",
    "rename-table",
    "rename-column",
    "rename-index",
    "drop-index",
    "table-option",
    "trigger",
    examples=[
        Example("CREATE TABLE t (id integer)", ON_ALL),
        Example(POST + 'RENAME TO "blog_entry"', ON_ALL),
        Example(POST + 'RENAME COLUMN "title" TO "heading"', ON_ALL),
    ],
)
def catalogue_only(change: Change, schema: Schema) -> Impact:  # noqa: ARG001 - all tellers are alike
    """The schema's text changes, no row is looked at."""
    return Impact(WRITING)


@impact(
    "sqlite",
    "add-column",
    examples=[
        Example(POST + 'ADD COLUMN "a" varchar(10) NULL', ON_ALL),
        Example(POST + "ADD COLUMN a integer DEFAULT 0 NOT NULL", ON_ALL),
        Example(POST + "ADD COLUMN a integer NULL CHECK (a > 0)", f"{ON_ALL}, scans"),
    ],
)
def add_column(change: Change, schema: Schema) -> Impact:  # noqa: ARG001 - all tellers are alike
    """Rows are read where there is something to check."""
    column = change.column or Column(change.name, "")
    return Impact(WRITING, scans=column.has_check or bool(column.generated and not column.null))


@impact(
    "sqlite",
    "drop-column",
    "drop-table",
    "create-index",
    "truncate",
    "maintain",
    examples=[
        Example(POST + "DROP COLUMN views", f"{ON_ALL}, rewrites, scans"),
        Example("CREATE INDEX i ON blog_post (title)", f"{ON_ALL}, scans"),
    ],
)
def by_row(change: Change, schema: Schema) -> Impact:
    """Row by row. The old table goes at the end of a remake, which has cost more."""
    if change.kind == "drop-table":
        return Impact(WRITING, scans=f"{REMAKE}{change.table}" not in schema.new)
    return Impact(WRITING, change.kind in ("drop-column", "maintain"), scans=True)


@impact(
    "sqlite",
    "insert",
    "update",
    "delete",
    examples=[
        Example("UPDATE blog_post SET views = 0", f"{ON_ALL}, scans"),
        Example("DELETE FROM blog_post WHERE views > 7", f"{ON_ALL}, scans?"),
        Example(
            'INSERT INTO "new__blog_post" ("id", "title") SELECT "id", "title" FROM "blog_post"',
            f"{ON_ALL}, rewrites, scans",
            before='CREATE TABLE "new__blog_post" ("id" integer, "title" text)',
        ),
    ],
)
def rows(change: Change, schema: Schema) -> Impact:  # noqa: ARG001 - all tellers are alike
    """A remake copies all rows into the new table."""
    if change.table == f"{REMAKE}{change.source}" and change.source:
        return Impact(WRITING, rewrites=True, scans=True)
    if change.kind == "insert":
        return Impact(WRITING, scans=None if change.values else False)
    return Impact(WRITING, scans=None if change.expression else True)


def remade(change: Change, schema: Schema) -> tuple[Change, ...]:
    """What a table that is made anew does to its columns, at the INSERT that copies the rows.

    Args:
        change: That INSERT.
        schema: Before it.
    """
    old = schema.tables.get(change.source, {})
    new = schema.tables.get(change.table, {})
    if change.table != f"{REMAKE}{change.source}":
        return ()
    copied = {
        name: value.strip('"')
        for name, value in zip(change.names, change.values, strict=False)
        if value == f'"{value.strip(chr(34))}"'
    }
    everything = " ".join(change.values)
    found: list[Change] = []
    for name, column in new.items():
        before = copied.get(name, name)
        if before != name:
            found.append(Change("rename-column", change.source, before, to=name))
        elif name not in old and old:
            found.append(Change("add-column", change.source, name, column=column))
        known = old.get(before)
        if known is not None and known.null and not column.null:
            found.append(Change("set-not-null", change.source, name))
    used = {*copied.values(), *(name for name in old if f'"{name}"' in everything)}
    found += [Change("drop-column", change.source, name) for name in old if name not in used]
    return tuple(found)
