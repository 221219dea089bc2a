"""Hazards: what a transaction holds for too long, refuses, or is not there to take back."""

from collections.abc import Iterator

from migtui.core.hazards.building import WIDE
from migtui.core.hazards.impact import who_waits
from migtui.core.hazards.rule import Case, Finding, RuleExample, hazard
from migtui.core.statements.change import Change

ROWS = ("update", "delete", "insert", "python")
FRAGILE = (
    "add-unique", "add-primary-key", "add-foreign-key", "add-check", "modify-column", "update",
    "python", "set-not-null",
)  # fmt: skip
"""What may fail because of the rows that are there."""
REFUSING = {"postgresql": "PostgreSQL", "sqlite": "SQLite"}
"""Those in whose transactions not everything may be done."""
ENDING = ("COMMIT", "END", "ROLLBACK", "ABORT")
ADD = "ALTER TABLE blog_post ADD COLUMN a integer NULL"


@hazard(
    "H016",
    "tables stay locked while data are changed",
    examples=[
        RuleExample(
            "UPDATE blog_post SET a = 1",
            "blog_post stays locked (ACCESS EXCLUSIVE, reads and writes wait) while rows are",
            before=ADD,
        ),
        RuleExample("UPDATE blog_post SET a = 1", before=ADD, is_atomic=False),
        RuleExample("UPDATE blog_post SET views = 1"),
        RuleExample("INSERT INTO t (a) VALUES (1)", before=f"CREATE TABLE t (a bigint); {ADD}"),
    ],
)
def held_meanwhile(case: Case) -> Iterator[Finding]:
    """A lock is kept until the transaction ends."""
    change = case.change
    if change.kind not in ROWS or case.vendor != "postgresql" or not case.held:
        return
    if change.kind == "insert" and not change.values:
        return
    strongest = max(
        case.held,
        key=lambda lock: (len(who_waits(lock.mode, case.vendor)), lock.table == change.table),
    )
    waiting = who_waits(strongest.mode, case.vendor)
    yield Finding(
        f"{strongest.table or 'A table'} stays locked ({strongest.mode}, {waiting} wait) while "
        "rows are changed: it is one transaction.",
        "Put the change of data into a migration of its own, after the change of the schema.",
        strongest.table,
    )


@hazard(
    "H017",
    "a failure leaves the migration half done",
    once=True,
    examples=[
        RuleExample(
            "ALTER TABLE `blog_post` ADD CONSTRAINT `u` UNIQUE (`title`)",
            "If this fails on some row, the statement before it stays: MySQL can't take back",
            before=ADD,
            vendor="mysql",
        ),
        RuleExample(
            "ALTER TABLE `blog_post` ADD CONSTRAINT `u` UNIQUE (`title`)", vendor="mysql"
        ),
        RuleExample("ALTER TABLE blog_post ADD CONSTRAINT u UNIQUE (title)", before=ADD),
        RuleExample(
            "ALTER TABLE blog_post ADD FOREIGN KEY (a) REFERENCES blog_author (id)",
            before=ADD,
            vendor="mysql",
        ),
        RuleExample(
            "ALTER TABLE t ADD UNIQUE (a)",
            before=f"{ADD}; CREATE TABLE t (a bigint)",
            vendor="mysql",
        ),
    ],
)  # fmt: skip
def half_done(case: Case) -> Iterator[Finding]:
    """MySQL and MariaDB commit with each statement that changes the schema (13.3.3)."""
    change = case.change
    if case.vendor != "mysql" or not case.earlier or change.kind not in FRAGILE or case.is_new:
        return
    old = case.schema.column(change.table, change.name)
    if change.kind == "modify-column" and case.impact.method == "INSTANT" and old is not None:
        return
    if change.kind == "add-foreign-key" and _is_empty(case):
        return
    count = case.earlier
    before = "the statement" if count == 1 else f"the {count} statements"
    stays = "stays" if count == 1 else "stay"
    yield Finding(
        f"If this fails on some row, {before} before it {stays}: MySQL can't take back what "
        "changes the schema, and the migration can't run again.",
        "Put it into a migration of its own, and look for such rows first.",
        change.table,
    )


def _is_empty(case: Case) -> bool:
    """Whether the columns were added just now, and are NULL in every row."""
    schema, table = case.schema, case.change.table
    return all(
        (table, name) in schema.added
        and (column := schema.column(table, name)) is not None
        and column.null
        and not column.default
        for name in case.change.names
    )


@hazard(
    "H018",
    "the statement does not run in a transaction",
    examples=[
        RuleExample(
            "CREATE INDEX CONCURRENTLY i ON blog_post (title)",
            "PostgreSQL refuses CONCURRENTLY in a transaction",
        ),
        RuleExample("CREATE INDEX CONCURRENTLY i ON blog_post (title)", is_atomic=False),
        RuleExample("REFRESH MATERIALIZED VIEW CONCURRENTLY best"),
        RuleExample("VACUUM blog_post", "PostgreSQL refuses VACUUM in a transaction"),
        RuleExample("CLUSTER", "PostgreSQL refuses CLUSTER of all tables in a transaction"),
        RuleExample("CLUSTER blog_post USING blog_post_pkey"),
        RuleExample("REINDEX SCHEMA public", "PostgreSQL refuses REINDEX SCHEMA in a transaction"),
        RuleExample("CREATE INDEX i ON blog_post (title)"),
        RuleExample("VACUUM", "SQLite refuses VACUUM in a transaction", vendor="sqlite"),
    ],
)
def refused(case: Case) -> Iterator[Finding]:
    """The manual's CREATE INDEX and VACUUM: "cannot be executed inside a transaction block"."""
    change = case.change
    if case.vendor not in REFUSING or not case.is_atomic:
        return
    is_vacuum = change.kind == "maintain" and change.name.startswith("VACUUM")
    what = ""
    if case.vendor == "sqlite":
        what = "VACUUM" if is_vacuum else ""
    elif "concurrently" in change.flags and not change.name.startswith("REFRESH"):
        what = "CONCURRENTLY"
    elif is_vacuum or (change.kind == "maintain" and change.name in WIDE):
        what = change.name.removesuffix(" FULL")
    elif change.kind == "maintain" and change.name == "CLUSTER" and not change.table:
        what = "CLUSTER of all tables"
    elif change.kind == "object" and change.name == "ADD VALUE" and not case.schema.since(12):
        what = "ALTER TYPE … ADD VALUE"
    if what:
        yield Finding(
            f"{REFUSING[case.vendor]} refuses {what} in a transaction, and the migration is one.",
            "Say atomic = False in the Migration class, and have nothing else in it.",
            change.table,
        )


@hazard(
    "H019",
    "the migration's transaction ends before its end",
    examples=[
        RuleExample("COMMIT", "COMMIT ends the transaction of the migration: what ran before it"),
        RuleExample("ROLLBACK", "ROLLBACK ends the transaction of the migration: what ran"),
        RuleExample("COMMIT", vendor="sqlite", finds="COMMIT ends the transaction"),
        RuleExample("COMMIT", is_atomic=False),
        RuleExample("ROLLBACK TO SAVEPOINT s", before="SAVEPOINT s"),
        RuleExample("ROLLBACK TO s", before="SAVEPOINT s"),
    ],
)
def ended_early(case: Case) -> Iterator[Finding]:
    """A failure behind it leaves the migration half done, and Django does not know."""
    word = ends_transaction(case.change)
    if not word or not case.is_atomic:
        return
    before = "is lost" if word in ("ROLLBACK", "ABORT") else "stays, whatever fails behind it"
    yield Finding(
        f"{word} ends the transaction of the migration: what ran before it {before}.",
        "Leave it to Django, or say atomic = False in the Migration class.",
    )


@hazard(
    "H020",
    "a new value of an enum is used in the transaction that adds it",
    examples=[
        RuleExample(
            "UPDATE blog_post SET mood = 'sad'",
            "PostgreSQL refuses 'sad' as a value of the enum until the transaction ends",
            before="ALTER TYPE mood ADD VALUE IF NOT EXISTS 'sad'",
        ),
        RuleExample(
            "UPDATE blog_post SET mood = 'sad'",
            before="ALTER TYPE mood ADD VALUE 'sad'",
            is_atomic=False,
        ),
        RuleExample("UPDATE blog_post SET mood = 'glad'", before="ALTER TYPE mood ADD VALUE 'sad'"),
    ],
)
def used_too_early(case: Case) -> Iterator[Finding]:
    """The manual's ALTER TYPE: "cannot be used until after the transaction has been committed"."""
    if case.vendor == "postgresql" and case.is_atomic:
        for value in case.fresh:
            yield Finding(
                f"PostgreSQL refuses {value} as a value of the enum until the transaction ends "
                "that has added it.",
                "Add the value in a migration of its own, before this one.",
                case.change.table,
            )


def ends_transaction(change: Change) -> str:
    """The word by which a statement ends the transaction that it runs in; empty for others."""
    words = change.name.split() if change.kind == "session" else []
    if not words or words[0] not in ENDING or "TO" in words or "PREPARED" in words:
        return ""
    return words[0]
