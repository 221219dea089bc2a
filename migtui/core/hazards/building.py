"""Hazards: indexes that are built, also those of constraints, while others wait."""

from collections.abc import Iterator

from migtui.core.hazards.blocking import DATABASE_ONLY, POST
from migtui.core.hazards.rule import Case, Finding, RuleExample, hazard

WIDE = ("REINDEX SCHEMA", "REINDEX DATABASE", "REINDEX SYSTEM")


@hazard(
    "H010",
    "the index of a constraint is built while the table is locked",
    examples=[
        RuleExample(
            POST + "ADD CONSTRAINT u UNIQUE (title)",
            "Builds the index of a constraint; reads and writes of blog_post wait",
        ),
        RuleExample(POST + "ADD CONSTRAINT u UNIQUE USING INDEX u"),
        RuleExample(POST + "ADD COLUMN slug varchar(9) NULL UNIQUE", "Builds the index"),
        RuleExample(POST + "ADD CONSTRAINT u UNIQUE (title)", vendor="mysql"),
        RuleExample("ALTER TABLE t ADD UNIQUE (a)", before="CREATE TABLE t (a bigint)"),
    ],
)
def constraint_index_built(case: Case) -> Iterator[Finding]:
    """Unless there is such an index already."""
    change = case.change
    column = change.column
    inline = change.kind == "add-column" and column is not None and column.is_unique
    kinds = ("add-unique", "add-primary-key", "add-exclusion")
    if not (change.kind in kinds or (inline and case.impact.rewrites is False)):
        return
    if case.is_new or case.vendor == "sqlite" or not case.waiting or case.impact.scans is False:
        return
    if "using-index" in change.flags:
        return
    yield Finding(
        f"Builds the index of a constraint; {case.waiting} of {change.table} wait until it is done "
        f"({case.how}), and it fails on rows that are equal.",
        "Build a unique index first, CREATE UNIQUE INDEX CONCURRENTLY in a migration with atomic = "
        "False, then ADD CONSTRAINT … USING INDEX "
        f"{DATABASE_ONLY}."
        if change.kind != "add-exclusion"
        else "There is no way to build it beside writes; do it while nobody needs the table.",
        change.table,
    )


@hazard(
    "H011",
    "an index is built while writes wait",
    examples=[
        RuleExample(
            'CREATE INDEX "i" ON "blog_post" ("title")',
            "Builds an index; writes to blog_post wait until it is done (SHARE).",
        ),
        RuleExample(
            'CREATE UNIQUE INDEX "i" ON "blog_post" ("title")',
            "Builds an index; writes to blog_post wait until it is done (SHARE), and it fails",
        ),
        RuleExample("CREATE INDEX CONCURRENTLY i ON blog_post (title)", is_atomic=False),
        RuleExample("CREATE INDEX i ON t (a)", before="CREATE TABLE t (a bigint)"),
        RuleExample("CREATE INDEX `i` ON `blog_post` (`title`)", vendor="mysql"),
        RuleExample(
            "CREATE FULLTEXT INDEX i ON blog_post (title)",
            "Builds an index; writes to blog_post wait",
            vendor="mysql",
        ),
        RuleExample(
            "REINDEX SCHEMA public",
            "Builds an index; writes to all tables wait until it is done",
            is_atomic=False,
        ),
        RuleExample(
            "REINDEX TABLE blog_post",
            "Builds an index; writes to blog_post wait until it is done (SHARE), and most queries",
        ),
    ],
)
def index_built(case: Case) -> Iterator[Finding]:
    """The longer, the more rows."""
    change = case.change
    is_index = change.kind == "create-index" or change.name.startswith("REINDEX")
    if not is_index or case.is_new or case.vendor == "sqlite" or not case.waiting:
        return
    more = ", and it fails on rows that are equal" if "unique" in change.flags else ""
    advice = "Do it while nobody needs to write."
    where = "all tables" if change.name in WIDE else "its table"
    if change.kind == "create-index" and case.vendor == "postgresql":
        advice = (
            "Use AddIndexConcurrently (django.contrib.postgres.operations) in a migration with "
            "atomic = False; for db_index or unique, make the index so, and let the field follow "
            "in the state alone."
        )
    elif case.vendor == "postgresql":
        # "REINDEX blocks virtually any queries", says the manual: plans look at every index.
        more = ", and most queries with them, as the index itself is locked (ACCESS EXCLUSIVE)"
        advice = "Use REINDEX … CONCURRENTLY in a migration with atomic = False."
    yield Finding(
        f"Builds an index; writes to {change.table or where} wait until it is done "
        f"({case.how}){more}.",
        advice,
        change.table,
    )
