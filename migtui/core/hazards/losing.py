"""Hazards: what is gone, or cut, and does not come back."""

from collections.abc import Iterator

from migtui.core.hazards.narrowing import loss_of
from migtui.core.hazards.rule import Case, Finding, RuleExample, hazard
from migtui.core.hazards.schema import REMAKE


@hazard(
    "H001",
    "a table is dropped",
    destroys=True,
    breaks=True,
    examples=[
        RuleExample('DROP TABLE "blog_post" CASCADE', "Drops blog_post with all its rows."),
        RuleExample("DROP TABLE blog_tag", before="CREATE TABLE blog_tag (id bigint)"),
        RuleExample(
            'DROP TABLE "blog_post"',
            vendor="sqlite",
            before='CREATE TABLE "new__blog_post" (id integer)',
        ),
        RuleExample("DROP SCHEMA blog CASCADE", "Drops a schema with all that is in it."),
        RuleExample("DROP TYPE mood CASCADE", "Drops a type with all that depends on it"),
        RuleExample("DROP EXTENSION IF EXISTS hstore"),
    ],
)  # fmt: skip
def table_dropped(case: Case) -> Iterator[Finding]:
    """Its rows are lost, and code that still runs asks for it."""
    change = case.change
    if change.kind == "drop-object":
        yield from _object_dropped(case)
    if change.kind != "drop-table" or case.is_new or f"{REMAKE}{change.table}" in case.schema.new:
        return
    yield Finding(
        f"Drops {change.table} with all its rows. Code that is still running fails on it.",
        "First deploy code that does not use the model (SeparateDatabaseAndState keeps the table), "
        "make a backup, and drop the table in a later release.",
        change.table,
    )


def _object_dropped(case: Case) -> Iterator[Finding]:
    change = case.change
    advice = "Make a backup, and name one by one what is to go."
    if change.name in ("schema", "database"):
        yield Finding(f"Drops a {change.name} with all that is in it.", advice)
    elif "cascade" in change.flags and case.vendor == "postgresql":
        yield Finding(
            f"Drops a {change.name} with all that depends on it, columns included.", advice
        )


@hazard(
    "H002",
    "a column is dropped",
    destroys=True,
    breaks=True,
    examples=[
        RuleExample(
            'ALTER TABLE "blog_post" DROP COLUMN "body" CASCADE', "Drops blog_post.body with all"
        ),
        RuleExample(
            "ALTER TABLE blog_post DROP COLUMN a", before="ALTER TABLE blog_post ADD COLUMN a text"
        ),
        RuleExample(
            'INSERT INTO "new__blog_author" ("id") SELECT "id" FROM "blog_author"',
            "Drops blog_author.name with all its values.",
            before='CREATE TABLE "new__blog_author" ("id" integer)',
            vendor="sqlite",
        ),
    ],
)
def column_dropped(case: Case) -> Iterator[Finding]:
    """Its values are lost, and Django selects every column by name."""
    change = case.change
    if change.kind != "drop-column" or case.is_new:
        return
    if (change.table, change.name) in case.schema.added:
        return
    name = f"{change.table}.{change.name}"
    yield Finding(
        f"Drops {name} with all its values. Code that is still running selects it, and fails.",
        "Split it: take the field out of the model with SeparateDatabaseAndState, deploy, and drop "
        "the column in a later release; until then the column has to be NULL or have a default.",
        name,
    )


@hazard(
    "H013",
    "values may be refused or cut by a narrower type",
    destroys=True,
    examples=[
        RuleExample(
            'ALTER TABLE blog_post ALTER COLUMN "body" TYPE varchar(50) USING "body"::varchar(50)',
            "Cuts values of blog_post.body that are longer than 50 characters, without a word.",
        ),
        RuleExample(
            'ALTER TABLE "blog_post" ALTER COLUMN "title" TYPE varchar(50)',
            "Fails if blog_post.title has values that are longer than 50 characters.",
        ),
        RuleExample('ALTER TABLE "blog_post" ALTER COLUMN "title" TYPE varchar(500)'),
        RuleExample(
            "ALTER TABLE blog_post ALTER COLUMN views TYPE bigint USING views::bigint",
        ),
        RuleExample(
            "ALTER TABLE blog_post ALTER COLUMN price TYPE numeric(6, 1)",
            "Rounds values of blog_post.price with more decimal places.",
        ),
        RuleExample(
            "ALTER TABLE blog_post ALTER COLUMN views TYPE smallint USING views::smallint",
            "Fails if blog_post.views has values that are out of the range of smallint.",
        ),
        RuleExample(
            "ALTER TABLE blog_post ALTER COLUMN price TYPE integer USING price::integer",
            "Rounds values of blog_post.price with decimal places.",
        ),
        RuleExample(
            "ALTER TABLE blog_post ALTER COLUMN data TYPE jsonb USING data::jsonb",
            "Fails if blog_post.data has values that are no jsonb.",
        ),
        RuleExample("ALTER TABLE `blog_post` MODIFY `title` longtext NOT NULL", vendor="mysql"),
        RuleExample("ALTER TABLE `blog_post` MODIFY `views` bigint NULL", vendor="mysql"),
        RuleExample(
            "ALTER TABLE `blog_post` MODIFY `views` bigint UNSIGNED NULL",
            "Fails if blog_post.views has values that are out of the range of bigint unsigned",
            vendor="mysql",
        ),
        RuleExample(
            "ALTER TABLE `blog_post` MODIFY `title` varchar(50) NOT NULL",
            "Fails if blog_post.title has values that are longer than 50 characters",
            vendor="mysql",
        ),
    ],
)
def values_narrowed(case: Case) -> Iterator[Finding]:
    """PostgreSQL cuts what an explicit cast makes shorter, and refuses what is only assigned.

    The manual, 8.3: "If one explicitly casts a value to character varying(n) …, then an over-length
    value will be truncated to n characters without raising an error."
    """
    change = case.change
    known = case.schema.column(change.table, change.name)
    new = change.to if change.kind == "alter-type" else change.column.type if change.column else ""
    if change.kind not in ("alter-type", "modify-column") or known is None or case.is_new:
        return
    lost = loss_of(known.type, new, is_cast=bool(change.expression)) if new else None
    if lost is None:
        return
    name = f"{change.table}.{change.name}"
    advice = "Count such rows first, and mend them in a migration before."
    if lost.verb == "cuts":
        message = f"Cuts values of {name} {lost.values}, without a word."
    elif lost.verb == "rounds":
        message = f"Rounds values of {name} {lost.values}."
    else:
        lax = "" if case.vendor == "postgresql" else ", or changes them where sql_mode is lax"
        message = f"Fails if {name} has values {lost.values}{lax}."
    yield Finding(message, advice, name)


@hazard(
    "H014",
    "rows are deleted",
    destroys=True,
    examples=[
        RuleExample("DELETE FROM blog_post", "Deletes every row of blog_post."),
        RuleExample("DELETE FROM blog_post WHERE views = 0", "Deletes rows of blog_post."),
        RuleExample("TRUNCATE blog_post", "Deletes every row of blog_post."),
        RuleExample(
            "TRUNCATE blog_post CASCADE",
            "Deletes every row of blog_post and of all tables that refer to it, however far.",
        ),
        RuleExample(
            "ALTER TABLE blog_post DROP PARTITION p",
            "Deletes every row of the partition p of blog_post.",
            vendor="mysql",
        ),
        RuleExample("DELETE FROM t", before="CREATE TABLE t (id bigint)"),
    ],
)
def rows_deleted(case: Case) -> Iterator[Finding]:
    """They do not come back when the migration is unapplied."""
    change = case.change
    gone = change.name in ("DROP PARTITION", "TRUNCATE PARTITION")
    if not (gone or change.kind in ("delete", "truncate")) or case.is_new:
        return
    every = "" if change.kind == "delete" and change.expression else "every row"
    every += f" of the partition {change.to}" if gone else ""
    far = " and of all tables that refer to it, however far" if "cascade" in change.flags else ""
    yield Finding(
        f"Deletes {every or 'rows'} of {change.table}{far}. Unapplying does not bring them back.",
        "Make a backup first, or keep them in another table for a release.",
        change.table,
    )
