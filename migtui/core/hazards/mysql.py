"""What changes cost on MySQL and MariaDB: the best ALGORITHM and LOCK that the server takes.

Sources: MySQL 8.4's manual, 17.12.1, and the release notes of 8.0.12, 8.0.28 and 8.0.29; MariaDB's
"InnoDB Online DDL". The tests ask a MariaDB: it refuses an algorithm that it can't use.
"""

import re

from migtui.core.hazards.impact import Example, Impact, Lock, impact
from migtui.core.hazards.schema import Schema
from migtui.core.statements.change import Change, Column

INSTANT, NOCOPY, INPLACE, COPY = "INSTANT", "NOCOPY", "INPLACE", "COPY"
POST = "ALTER TABLE `blog_post` "
BOOK = "ALTER TABLE blog_book "
AT_ONCE = "NONE on blog_post, INSTANT"
COPIED = "SHARED on blog_post, COPY, rewrites, scans"
REBUILT = "NONE on blog_post, INPLACE, rewrites, scans"
LENGTH = re.compile(r"varchar\((\d+)\)")
CLOCK = re.compile(r"\(?(?:current_timestamp|now|localtimestamp)(?:\(\d*\))?\)?", re.IGNORECASE)
ONE_BYTE = 255
"""Bytes up to which MySQL keeps the length of a varchar in one byte."""


def takes(
    table: str, method: str, schema: Schema, lock: str = "", *, reads: bool = False
) -> Impact:
    """A method's cost: INPLACE means here that rows are rebuilt, NOCOPY that they are not."""
    lock = lock or ("SHARED" if method == COPY else "NONE")
    rebuilt = method in (INPLACE, COPY)
    # MySQL has no word of its own for what is in place and leaves the rows alone.
    shown = INPLACE if method == NOCOPY and not schema.is_mariadb else method
    return Impact((Lock(table, lock),), rebuilt, rebuilt or reads, shown)


def _since(schema: Schema, mysql: tuple[int, ...], mariadb: tuple[int, ...]) -> bool:
    return schema.since(*(mariadb if schema.is_mariadb else mysql))


@impact(
    "mysql",
    "add-column",
    examples=[
        Example(POST + "ADD COLUMN a varchar(10) NULL", AT_ONCE, since=(8, 0, 12)),
        Example(POST + "ADD COLUMN a integer NULL FIRST", AT_ONCE, since=(8, 0, 29)),
        Example(POST + "ADD COLUMN a integer AS (views + 1) STORED", COPIED),
    ],
    mariadb=[
        Example(POST + "ADD COLUMN `a` varchar(10) NULL", AT_ONCE, since=(10, 3)),
        Example(POST + "ADD COLUMN a integer DEFAULT 0 NOT NULL", AT_ONCE, since=(10, 3)),
        Example(POST + "ADD COLUMN a longtext NOT NULL", AT_ONCE, since=(10, 3)),
        Example(POST + "ADD COLUMN a integer NULL FIRST", AT_ONCE, since=(10, 4)),
        Example(POST + "ADD COLUMN a datetime(6) DEFAULT now(6) NOT NULL", AT_ONCE, since=(10, 3)),
        Example(POST + "ADD COLUMN a varchar(36) DEFAULT uuid() NOT NULL", COPIED),
        Example(POST + "ADD COLUMN a integer AS (views + 1) STORED", COPIED),
        Example(POST + "ADD COLUMN a integer AS (views + 1) VIRTUAL", AT_ONCE),
        Example(POST + "ADD COLUMN a integer UNIQUE", REBUILT),
        Example(
            POST + "ADD COLUMN `a` bigint NULL , ADD CONSTRAINT `q` FOREIGN KEY (`a`) "
            "REFERENCES `blog_author`(`id`)",
            COPIED,
        ),
    ],
)
def add_column(change: Change, schema: Schema) -> Impact:
    """At once, since MySQL 8.0.12 and MariaDB 10.3, unless a value has to be worked out."""
    column = change.column or Column(change.name, "")
    differs = "(" in column.default and not CLOCK.fullmatch(column.default)
    checks = column.has_check and not schema.is_mariadb
    if column.generated in ("stored", "identity") or differs or checks:
        return takes(change.table, COPY, schema)
    first = (8, 0, 29) if column.place else (8, 0, 12)
    if column.is_unique or column.is_primary or not _since(schema, first, (10, 3)):
        return takes(change.table, INPLACE, schema)
    return takes(change.table, INSTANT, schema)


@impact(
    "mysql",
    "drop-column",
    examples=[Example(POST + "DROP COLUMN `title`", AT_ONCE, since=(8, 0, 29))],
    mariadb=[
        Example(POST + "DROP COLUMN `title`", AT_ONCE, since=(10, 4)),
        Example(
            BOOK + "DROP COLUMN author_id",
            "NONE on blog_book, NOCOPY",
            before=BOOK + "DROP FOREIGN KEY blog_book_ibfk_1",
            since=(10, 4),
        ),
    ],
)
def drop_column(change: Change, schema: Schema) -> Impact:
    """At once, since MySQL 8.0.29 and MariaDB 10.4; an index of a foreign key goes with it."""
    if not _since(schema, (8, 0, 29), (10, 4)):
        return takes(change.table, INPLACE, schema)
    known = schema.column(change.table, change.name)
    has_index = known is not None and bool(known.references)
    return takes(change.table, NOCOPY if has_index else INSTANT, schema)


@impact(
    "mysql",
    "rename-column",
    "set-default",
    "drop-default",
    "rename-index",
    "drop-constraint",
    mariadb=[
        Example(POST + "RENAME COLUMN title TO x", AT_ONCE),
        Example(POST + "CHANGE `title` `x` varchar(100) NOT NULL", AT_ONCE),
        Example(POST + "ALTER COLUMN `title` SET DEFAULT 'x'", AT_ONCE),
        Example(POST + "ALTER COLUMN `title` DROP DEFAULT", AT_ONCE),
        Example(BOOK + "RENAME INDEX `i` TO `j`", "NONE on blog_book, INSTANT"),
        Example(BOOK + "DROP CONSTRAINT `c`", "NONE on blog_book, INSTANT"),
        Example("ALTER TABLE blog_comment DROP FOREIGN KEY f", "NONE on blog_comment, INSTANT"),
        Example(BOOK + "DROP PRIMARY KEY", "SHARED on blog_book, COPY, rewrites, scans",
                before=BOOK + "ADD PRIMARY KEY (id)"),
    ],
)  # fmt: skip
def catalogue_only(change: Change, schema: Schema) -> Impact:
    """The definition alone; a primary key is how the rows are ordered."""
    if change.name == "PRIMARY KEY":
        return takes(change.table, COPY, schema)
    at_once = schema.is_mariadb or change.kind in ("set-default", "drop-default")
    return takes(change.table, INSTANT if at_once else NOCOPY, schema)


@impact(
    "mysql",
    "modify-column",
    examples=[
        Example(
            POST + "MODIFY `title` varchar(200) NOT NULL", "NONE on blog_post, INPLACE",
            before=POST + "MODIFY title varchar(99) NOT NULL",
        ),
        Example(POST + "MODIFY `views` bigint NULL", COPIED),
        Example(POST + "MODIFY `views` integer NOT NULL", REBUILT),
    ],
    mariadb=[
        Example(POST + "MODIFY `title` varchar(200) NOT NULL", AT_ONCE, since=(10, 4, 3)),
        Example(POST + "MODIFY `title` varchar(300) NOT NULL", AT_ONCE, since=(10, 4, 3)),
        Example(POST + "MODIFY `title` varchar(50) NOT NULL", COPIED),
        Example(POST + "MODIFY `title` varchar(100) NULL", REBUILT),
        Example(POST + "MODIFY `views` integer NOT NULL", REBUILT),
        Example(POST + "MODIFY `title` longtext NOT NULL", COPIED),
        Example(POST + "MODIFY `views` bigint NULL", COPIED),
        Example(POST + "MODIFY `price` numeric(8, 2) NULL", COPIED),
    ],
)  # fmt: skip
def modify_column(change: Change, schema: Schema) -> Impact:
    """Copied, unless only NULL changes, or a varchar grows."""
    new = change.column
    old = schema.column(change.table, change.name)
    if new is None or old is None or not old.type or new.collation != old.collation:
        return Impact((Lock(change.table, "SHARED"),), None, None)
    method = INSTANT
    if old.type.replace(" ", "") != new.type.replace(" ", ""):
        widened = _widened(old.type, new.type, schema)
        if widened is None:
            return Impact((Lock(change.table, "SHARED"),), None, None)
        method = widened
    if new.generated != old.generated and new.generated == "identity":
        method = COPY
    if method != COPY and old.null != new.null:
        method = INPLACE
    return takes(change.table, method, schema)


def _widened(old: str, new: str, schema: Schema) -> str | None:
    """How a change of type is done; None where it depends on the character set."""
    before, after = LENGTH.fullmatch(old), LENGTH.fullmatch(new)
    if before is None or after is None or int(after[1]) < int(before[1]):
        return COPY
    if schema.is_mariadb:
        return INSTANT if schema.since(10, 4, 3) else None
    first, then = int(before[1]), int(after[1])
    # Characters have one byte (latin1), three (utf8mb3) or four (utf8mb4).
    same = first > ONE_BYTE or then * 4 <= ONE_BYTE or (first * 3 > ONE_BYTE and then <= ONE_BYTE)
    return NOCOPY if same else None


@impact(
    "mysql",
    "create-index",
    "add-unique",
    "add-primary-key",
    "drop-index",
    examples=[
        Example("CREATE INDEX `i` ON `blog_post` (`title`)", "NONE on blog_post, INPLACE, scans"),
        Example("DROP INDEX `i` ON `blog_book`", "NONE on blog_book, INPLACE"),
    ],
    mariadb=[
        Example(POST + "ADD INDEX q (title)", "NONE on blog_post, NOCOPY, scans"),
        Example("CREATE INDEX `q` ON `blog_post` (`title`)", "NONE on blog_post, NOCOPY, scans"),
        Example(
            POST + "ADD CONSTRAINT `q` UNIQUE (`title`)", "NONE on blog_post, NOCOPY, scans"
        ),
        Example(
            POST + "ADD FULLTEXT INDEX q (title)",
            "SHARED on blog_post, INPLACE, rewrites, scans",
        ),
        Example(POST + "ADD SPATIAL INDEX q (place)", "SHARED on blog_post, NOCOPY, scans"),
        Example(
            BOOK + "ADD PRIMARY KEY (id)", "NONE on blog_book, INPLACE, rewrites, scans"
        ),
        Example(BOOK + "DROP INDEX `i`", "NONE on blog_book, NOCOPY"),
    ],
)  # fmt: skip
def indexes(change: Change, schema: Schema) -> Impact:
    """Built beside the rows while others write, but for two kinds; a primary key orders them."""
    if change.kind == "drop-index":
        return takes(schema.table_of(change), NOCOPY, schema)
    if change.kind == "add-primary-key":
        return takes(change.table, INPLACE, schema)
    if change.method == "fulltext":
        return takes(change.table, INPLACE, schema, "SHARED")
    lock = "SHARED" if change.method == "spatial" else ""
    return takes(change.table, NOCOPY, schema, lock, reads=True)


@impact(
    "mysql",
    "add-foreign-key",
    "add-check",
    mariadb=[
        Example(
            BOOK + "ADD CONSTRAINT `q` FOREIGN KEY (`post_id`) REFERENCES `blog_post` (`id`)",
            "SHARED on blog_book, COPY, rewrites, scans",
        ),
        Example(POST + "ADD CONSTRAINT `q` CHECK (`views` > 0)", COPIED),
    ],
)
def checked(change: Change, schema: Schema) -> Impact:
    """Copied row by row: that is how rows are checked while ``foreign_key_checks`` is on."""
    return takes(change.table, COPY, schema)


@impact(
    "mysql",
    "table-option",
    mariadb=[
        Example(POST + "COMMENT = 'x'", AT_ONCE),
        Example(POST + "AUTO_INCREMENT = 7", AT_ONCE),
        Example(POST + "ENGINE = InnoDB", REBUILT),
        Example(POST + "ROW_FORMAT = COMPACT", REBUILT),
        Example(POST + "FORCE", REBUILT),
        Example(POST + "CONVERT TO CHARACTER SET latin1", COPIED),
    ],
)
def table_option(change: Change, schema: Schema) -> Impact:
    """Words about the table change at once, the form of its rows does not."""
    if change.name.startswith(("COMMENT", "AUTO_INCREMENT", "DEFAULT", "COLLATE", "CHARACTER")):
        return takes(change.table, INSTANT, schema)
    if change.name.startswith(("ENGINE", "ROW_FORMAT", "FORCE")):
        return takes(change.table, INPLACE, schema)
    if change.name.startswith("CONVERT"):
        return takes(change.table, COPY, schema)
    return Impact((Lock(change.table, "SHARED"),), None, None)


@impact(
    "mysql",
    "rename-table",
    "drop-table",
    "truncate",
    mariadb=[Example(POST + "RENAME TO blog_entry", "EXCLUSIVE on blog_post, INSTANT")],
)
def whole_table(change: Change, schema: Schema) -> Impact:
    """Nobody else, for a moment."""
    return takes(change.table, INSTANT, schema, "EXCLUSIVE")


@impact("mysql", "insert", "update", "delete", "maintain", "lock", "trigger")
def rows(change: Change, schema: Schema) -> Impact:
    """InnoDB locks the rows that it comes across, until the transaction ends."""
    if change.kind == "maintain":
        rebuilt = change.name.startswith("OPTIMIZE")
        return takes(change.table, INPLACE if rebuilt else INSTANT, schema)
    locks = (Lock(change.table, "NONE"),)
    if change.kind in ("update", "delete"):
        return Impact(locks, scans=None if change.expression else True)
    return Impact(locks, scans=None if change.values else False)
