"""Hazards: what code that is still running, while the migration is, does not know."""

from collections.abc import Iterator

from migtui.core.hazards.rule import Case, Finding, RuleExample, hazard
from migtui.core.hazards.schema import REMAKE

ADD = "ALTER TABLE blog_post ADD COLUMN a "


@hazard(
    "H003",
    "a table is renamed",
    breaks=True,
    examples=[
        RuleExample(
            'ALTER TABLE "blog_post" RENAME TO "blog_entry"', "Renames blog_post to blog_entry."
        ),
        RuleExample("RENAME TABLE `blog_post` TO `x`", "Renames blog_post to x.", vendor="mysql"),
        RuleExample(
            'ALTER TABLE "new__blog_post" RENAME TO "blog_post"',
            before='CREATE TABLE "new__blog_post" (id integer); DROP TABLE blog_post',
            vendor="sqlite",
        ),
    ],
)
def table_renamed(case: Case) -> Iterator[Finding]:
    """Code that is still running asks for the old name, new code for the new one."""
    change = case.change
    if change.kind != "rename-table" or case.is_new or change.table.startswith(REMAKE):
        return
    yield Finding(
        f"Renames {change.table} to {change.to}. Code that is still running fails on the old name.",
        f'Keep the name: Meta.db_table = "{change.table}", with RenameModel in the state alone '
        "(SeparateDatabaseAndState).",
        change.table,
    )


@hazard(
    "H004",
    "a column is renamed",
    breaks=True,
    examples=[
        RuleExample(
            'ALTER TABLE "blog_post" RENAME COLUMN "title" TO "heading"',
            "Renames blog_post.title to heading.",
        ),
        RuleExample(
            "ALTER TABLE `blog_post` CHANGE `title` `heading` varchar(100) NOT NULL",
            "Renames blog_post.title to heading.",
            vendor="mysql",
        ),
        RuleExample(
            "ALTER TABLE t RENAME COLUMN a TO b", before="CREATE TABLE t (a bigint)"
        ),
    ],
)  # fmt: skip
def column_renamed(case: Case) -> Iterator[Finding]:
    """Code that is still running asks for the old name, new code for the new one."""
    change = case.change
    if change.kind != "rename-column" or case.is_new:
        return
    if (change.table, change.name) in case.schema.added:
        return
    name = f"{change.table}.{change.name}"
    yield Finding(
        f"Renames {name} to {change.to}. Code that is still running fails on the old name.",
        f'Keep the column: db_column="{change.name}" on the renamed field. Or add the new column, '
        "write both, move the values, and drop the old one later.",
        name,
    )


@hazard(
    "H005",
    "a column has to be filled by code that does not know it",
    breaks=True,
    examples=[
        RuleExample(
            "ALTER TABLE blog_post ALTER COLUMN a DROP DEFAULT",
            "Leaves blog_post.a NOT NULL without a default in the database.",
            before=ADD + "integer DEFAULT 0 NOT NULL",
        ),
        RuleExample(ADD + "integer DEFAULT 0 NOT NULL"),
        RuleExample(ADD + "integer NULL"),
        RuleExample(
            ADD + "longtext NOT NULL",
            "Leaves blog_post.a NOT NULL without a default in the database.",
            vendor="mysql",
        ),
        RuleExample(
            ADD + "tsvector NOT NULL",
            "Leaves blog_post.a NOT NULL without a default in the database. Code that is still "
            "running does not know it, and its INSERTs fail. With rows in the table it fails",
        ),
        RuleExample(
            "ALTER TABLE blog_post ALTER COLUMN body SET NOT NULL",
            "Code that is still running and writes NULL to blog_post.body fails.",
        ),
        RuleExample(
            'INSERT INTO "new__blog_post" ("id", "a") SELECT "id", 0 FROM "blog_post"',
            "Leaves blog_post.a NOT NULL without a default in the database.",
            before='CREATE TABLE "new__blog_post" ("id" integer, "a" integer NOT NULL)',
            vendor="sqlite",
        ),
        RuleExample(
            "ALTER TABLE t ADD COLUMN a integer NOT NULL", before="CREATE TABLE t (id bigint)"
        ),
    ],
)
def cannot_be_written(case: Case) -> Iterator[Finding]:
    """Django gives a database a default for the moment of the change only, but for db_default."""
    change, schema = case.change, case.schema
    name = f"{change.table}.{change.name}"
    key = (change.table, change.name)
    column = change.column or schema.column(*key)
    if case.is_new or (column is None and change.kind != "set-not-null"):
        return
    is_open = column is not None and not (column.null or column.generated)
    added = change.kind == "add-column" and is_open and not (column and column.default)
    bared = change.kind == "drop-default" and is_open and key not in schema.defaults
    if added or bared:
        refused = " With rows in the table it fails at once." if _refuses_rows(case) else ""
        yield Finding(
            f"Leaves {name} NOT NULL without a default in the database. Code that is still running "
            f"does not know it, and its INSERTs fail.{refused}",
            "Give the field a db_default (Django 5.0), or add it with null=True and make it NOT "
            "NULL in a later release.",
            name,
        )
    elif _refuses_null(case):
        yield Finding(
            f"Code that is still running and writes NULL to {name} fails.",
            "First deploy code that always writes a value.",
            name,
        )


def _refuses_rows(case: Case) -> bool:
    """Whether there is no value that the rows could get; MySQL makes one up."""
    return case.change.kind == "add-column" and case.vendor == "postgresql"


def _refuses_null(case: Case) -> bool:
    change, schema = case.change, case.schema
    if (change.table, change.name) in schema.added:
        return False
    known = schema.column(change.table, change.name)
    was_null = known is None or known.null
    if change.kind == "modify-column":
        return (
            known is not None
            and known.null
            and change.column is not None
            and not change.column.null
        )
    return change.kind == "set-not-null" and was_null
