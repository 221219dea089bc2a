"""Hazards: who has to wait, for longer the more rows there are."""

from collections.abc import Iterator

from migtui.core.hazards.rule import Case, Finding, RuleExample, hazard
from migtui.core.hazards.schema import REMAKE

POST = "ALTER TABLE blog_post "
FOREIGN_KEY = (
    "ALTER TABLE blog_book ADD CONSTRAINT f FOREIGN KEY (post_id) REFERENCES blog_post (id)"
)
DATABASE_ONLY = "(in SeparateDatabaseAndState, the database's half by RunSQL)"


@hazard(
    "H006",
    "all rows are written anew while others wait",
    examples=[
        RuleExample(
            POST + 'ALTER COLUMN "views" TYPE bigint USING "views"::bigint',
            "Writes all rows of blog_post anew; reads and writes wait until it is done "
            "(ACCESS EXCLUSIVE).",
        ),
        RuleExample(POST + "ALTER COLUMN title TYPE varchar(200)"),
        RuleExample(
            POST + "ADD COLUMN key uuid DEFAULT gen_random_uuid() NOT NULL", "Writes all rows"
        ),
        RuleExample(POST + "ADD COLUMN n integer DEFAULT 1 NOT NULL"),
        RuleExample(POST + "ADD COLUMN n varchar(7)[] DEFAULT '{}' NOT NULL"),
        RuleExample(
            POST + "ADD COLUMN n positive DEFAULT 1 NOT NULL",
            "May write all rows of blog_post anew",
            before="CREATE DOMAIN positive AS integer CHECK (VALUE > 0)",
        ),
        RuleExample(
            POST + "ALTER COLUMN title TYPE name USING title::name",
            "May write all rows of blog_post anew; reads and writes wait",
        ),
        RuleExample(
            POST + "MODIFY `views` bigint NULL",
            "Writes all rows of blog_post anew; writes wait until it is done (COPY, SHARED).",
            vendor="mysql",
        ),
        RuleExample(POST + "MODIFY `views` integer NOT NULL", vendor="mysql"),
        RuleExample("CLUSTER blog_post USING blog_post_pkey", "Writes all rows", is_atomic=False),
        RuleExample(POST + "PARTITION BY KEY (id)", "Writes all rows", vendor="mysql"),
        RuleExample(POST + "PARTITION BY KEY (id)", "May write all rows", vendor="mariadb"),
    ],
)
def rewritten(case: Case) -> Iterator[Finding]:
    """The longer, the more rows."""
    change = case.change
    kinds = ("alter-type", "add-column", "modify-column", "table-option", "maintain", "drop-column",
             "drop-constraint", "partition")  # fmt: skip
    if change.kind not in kinds or case.is_new or case.vendor == "sqlite":
        return
    if case.impact.rewrites is False or not case.waiting:
        return
    table = change.table or "all tables"
    verb = "Writes" if case.impact.rewrites else "May write"
    why = "" if case.impact.rewrites else " Whether it does can't be told from here."
    yield Finding(
        f"{verb} all rows of {table} anew; {case.waiting} wait until it is done ({case.how}).{why}",
        "Add another column with the new definition, have code write both, move the values in "
        "batches, then change over."
        if change.kind in ("alter-type", "modify-column")
        else "Add the column without a default, then give it one, and fill the rows in batches."
        if change.kind == "add-column"
        else "Do it while nobody needs the table.",
        f"{table}.{change.name}" if change.kind not in ("table-option", "maintain") else table,
    )


@hazard(
    "H007",
    "NOT NULL is checked row by row under a lock",
    examples=[
        RuleExample(
            POST + "ALTER COLUMN body SET NOT NULL", "Reads all rows of blog_post to see that body"
        ),
        RuleExample(
            POST + "ALTER COLUMN body SET NOT NULL",
            before=POST + "ADD CONSTRAINT c CHECK (body IS NOT NULL)",
        ),
        RuleExample(POST + "ALTER COLUMN title SET NOT NULL"),
    ],
)
def not_null_checked(case: Case) -> Iterator[Finding]:
    """Since PostgreSQL 12 a valid check spares it (release notes of 12, E.18.3.1.4)."""
    change = case.change
    if change.kind != "set-not-null" or case.vendor != "postgresql" or case.is_new:
        return
    if case.impact.scans is False:
        return
    name = f"{change.table}.{change.name}"
    yield Finding(
        f"Reads all rows of {change.table} to see that {change.name} is nowhere NULL; reads and "
        "writes wait until it is done (ACCESS EXCLUSIVE), and it fails on the first that is.",
        f'Add CHECK ("{change.name}" IS NOT NULL) NOT VALID (AddConstraintNotValid), validate it '
        "in a second migration (ValidateConstraint), then set NOT NULL, and drop the check.",
        name,
    )


@hazard(
    "H008",
    "a check is tried on all rows while others wait",
    examples=[
        RuleExample(POST + "ADD CONSTRAINT c CHECK (views > 0)", "Tries a check on all rows"),
        RuleExample(POST + "ADD CONSTRAINT c CHECK (views > 0) NOT VALID"),
        RuleExample(
            POST + "ADD COLUMN a integer DEFAULT 0 NOT NULL CHECK (a >= 0)",
            "Tries a check on all rows",
        ),
        RuleExample(
            POST + "ADD CONSTRAINT c CHECK (views > 0)",
            "Tries a check on all rows of blog_post; writes wait until it is done (COPY, SHARED)",
            vendor="mariadb",
        ),
        RuleExample(
            "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0)", before="CREATE TABLE t (a bigint)"
        ),
        RuleExample(
            "ALTER TABLE part ATTACH PARTITION part_1 FOR VALUES FROM (0) TO (9)",
            "Tries on all rows of part_1 whether they belong into the partition; reads and writes",
        ),
    ],
)
def checked(case: Case) -> Iterator[Finding]:
    """Unless it is not valid yet."""
    change = case.change
    if change.kind == "attach-partition" and change.name not in case.schema.new:
        yield Finding(
            f"Tries on all rows of {change.name} whether they belong into the partition; reads and "
            f"writes of {change.name} wait until it is done (ACCESS EXCLUSIVE).",
            "Add a CHECK that says the same, NOT VALID, and validate it before: then no row is "
            "read. A default partition wants one too, that excludes these rows.",
            change.name,
        )
    inline = change.kind == "add-column" and change.column is not None and change.column.has_check
    if not (change.kind == "add-check" or (inline and case.impact.rewrites is False)):
        return
    if case.is_new or case.vendor == "sqlite" or case.impact.scans is False or not case.waiting:
        return
    better = (
        "Add it NOT VALID (AddConstraintNotValid), and validate it in a second migration "
        "(ValidateConstraint): that lets others read and write."
    )
    if inline:
        better = "Add the column without its check; then the check NOT VALID; then validate it."
    yield Finding(
        f"Tries a check on all rows of {change.table}; {case.waiting} wait until it is done "
        f"({case.how}), and it fails on the first row that breaks it.",
        better if case.vendor == "postgresql" else "Do it while nobody needs to write.",
        f"{change.table}.{change.name}" if inline else change.table,
    )


@hazard(
    "H009",
    "a foreign key is tried on all rows while writes to both tables wait",
    examples=[
        RuleExample(
            FOREIGN_KEY + " DEFERRABLE INITIALLY DEFERRED",
            "Looks up blog_post for all rows of blog_book; writes to both wait",
        ),
        RuleExample(
            FOREIGN_KEY + " NOT VALID",
        ),
        RuleExample(
            "ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES blog_post (id)",
            before="CREATE TABLE t (a bigint)",
        ),
        RuleExample(
            FOREIGN_KEY,
            "Looks up blog_post for all rows of blog_book; writes to blog_book wait",
            vendor="mysql",
        ),
        RuleExample(
            POST + "ADD COLUMN author_id bigint DEFAULT 1 NOT NULL REFERENCES blog_author (id)",
            "Looks up blog_author for all rows of blog_post",
        ),
        RuleExample(POST + "ADD COLUMN author_id bigint NULL REFERENCES blog_author (id)"),
    ],
)
def foreign_key_checked(case: Case) -> Iterator[Finding]:
    """Unless it is not valid yet."""
    change = case.change
    column = change.column
    inline = change.kind == "add-column" and column is not None and bool(column.references)
    if not (change.kind == "add-foreign-key" or (inline and column and column.default)):
        return
    if case.is_new or case.vendor == "sqlite" or case.impact.scans is False:
        return
    target = change.references or (column.references if column else "")
    both = case.vendor == "postgresql"
    where = "both" if both else change.table
    lock = "SHARE ROW EXCLUSIVE" if both else case.how
    yield Finding(
        f"Looks up {target} for all rows of {change.table}; writes to {where} wait until it is "
        f"done ({lock}).",
        f"Add it NOT VALID {DATABASE_ONLY}, and VALIDATE CONSTRAINT in a second migration: that "
        "lets others write."
        if both
        else "Do it while nobody needs to write, or with foreign_key_checks = 0 where the rows are "
        "known to be right.",
        change.table,
    )


@hazard(
    "H012",
    "SQLite copies all rows into a new table",
    examples=[
        RuleExample(
            'INSERT INTO "new__blog_post" ("id", "title") SELECT "id", "title" FROM "blog_post"',
            "Copies all rows of blog_post into a new table",
            before='CREATE TABLE "new__blog_post" ("id" integer, "title" text)',
            vendor="sqlite",
        ),
        RuleExample(
            'INSERT INTO "new__t" ("id") SELECT "id" FROM "t"',
            before='CREATE TABLE "t" ("id" integer); CREATE TABLE "new__t" ("id" integer)',
            vendor="sqlite",
        ),
        RuleExample("ALTER TABLE blog_post DROP COLUMN views", "Writes all rows", vendor="sqlite"),
    ],
)
def remade(case: Case) -> Iterator[Finding]:
    """Whoever writes to the database waits for the whole of it."""
    change = case.change
    if case.vendor != "sqlite":
        return
    if change.kind == "insert" and change.source and change.table == f"{REMAKE}{change.source}":
        if change.source in case.schema.new:
            return
        what, table = f"Copies all rows of {change.source} into a new table", change.source
    elif change.kind == "drop-column" and case.impact.rewrites and not case.is_new:
        what, table = f"Writes all rows of {change.table} anew", change.table
    else:
        return
    yield Finding(
        f"{what}; all other writers of the database wait until the migration is done.",
        "Fine where nobody else writes meanwhile; else stop them first.",
        table,
    )


@hazard(
    "H015",
    "all rows are updated by one statement",
    examples=[
        RuleExample("UPDATE blog_post SET views = 0", "Updates every row of blog_post"),
        RuleExample(
            "UPDATE blog_post SET views = 0 WHERE views IS NULL",
            "Updates every row of blog_post where views IS NULL",
        ),
        RuleExample("UPDATE blog_post SET views = 0 WHERE id = 7"),
        RuleExample("UPDATE t SET a = 0", before="CREATE TABLE t (a bigint)"),
    ],
)
def all_updated(case: Case) -> Iterator[Finding]:
    """Each row stays locked until the transaction ends."""
    change = case.change
    where = change.expression.replace('"', "")
    is_all = not where or where.upper().endswith(" IS NULL")
    if change.kind != "update" or case.is_new or case.vendor == "sqlite" or not is_all or case.held:
        return
    yield Finding(
        f"Updates every row of {change.table}{f' where {where}' if where else ''} in one "
        "statement; each stays locked until the transaction ends.",
        "Fill the rows in batches, in a migration with atomic = False.",
        change.table,
    )
