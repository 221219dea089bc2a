"""What constraints, indexes, rows and upkeep cost on PostgreSQL.

Sources: as in ``postgresql``; the manual's pages on CREATE INDEX, REINDEX and CREATE TRIGGER.
"""

from migtui.core.hazards.impact import Example, Impact, Lock, impact
from migtui.core.hazards.postgresql import (
    ACCESS_EXCLUSIVE,
    ON_POST,
    POST,
    SHARE_ROW_EXCLUSIVE,
    SHARE_UPDATE_EXCLUSIVE,
)
from migtui.core.hazards.schema import Schema
from migtui.core.statements.change import Change

WEAK_OPTIONS = (
    "SET(",
    "RESET(",
    "CLUSTER",
    "SET WITHOUT",
    "COMMENT",
    "COLUMN STATISTICS",
)
"""Of tables: storage parameters, statistics, comments."""
REWRITING_OPTIONS = ("SET TABLESPACE", "SET LOGGED", "SET UNLOGGED", "SET ACCESS", "SET EXPRESSION")
COMMENTS = "ALTER TABLE blog_comment "


@impact(
    "postgresql",
    "add-check",
    examples=[
        Example(POST + "ADD CONSTRAINT positive CHECK (views >= 0)", f"{ON_POST}, scans"),
        Example(POST + "ADD CONSTRAINT positive CHECK (views >= 0) NOT VALID", ON_POST),
    ],
)
def add_check(change: Change, schema: Schema) -> Impact:  # noqa: ARG001 - all tellers are alike
    """All rows are looked at, unless it is NOT VALID."""
    scans = "not-valid" not in change.flags
    return Impact((Lock(change.table, ACCESS_EXCLUSIVE),), scans=scans)


@impact(
    "postgresql",
    "add-foreign-key",
    examples=[
        Example(
            'ALTER TABLE blog_book ADD CONSTRAINT f FOREIGN KEY (post_id) REFERENCES "blog_post" '
            '("id") DEFERRABLE INITIALLY DEFERRED',
            "SHARE ROW EXCLUSIVE on blog_book, SHARE ROW EXCLUSIVE on blog_post, scans",
        ),
        Example(
            "ALTER TABLE blog_book ADD CONSTRAINT f FOREIGN KEY (post_id) REFERENCES blog_post "
            "(id) NOT VALID",
            "SHARE ROW EXCLUSIVE on blog_book, SHARE ROW EXCLUSIVE on blog_post",
        ),
    ],
)
def add_foreign_key(change: Change, schema: Schema) -> Impact:  # noqa: ARG001 - all tellers are alike
    """Both tables get triggers; the rows are looked at, unless it is NOT VALID."""
    tables = sorted({change.table, change.references})
    scans = "not-valid" not in change.flags
    return Impact(tuple(Lock(name, SHARE_ROW_EXCLUSIVE) for name in tables), scans=scans)


@impact(
    "postgresql",
    "add-unique",
    "add-primary-key",
    "add-exclusion",
    examples=[
        Example(POST + "ADD CONSTRAINT u UNIQUE (title)", f"{ON_POST}, scans"),
        Example(
            POST + "ADD CONSTRAINT u UNIQUE USING INDEX u",
            ON_POST,
            before="CREATE UNIQUE INDEX u ON blog_post (title)",
        ),
        Example(POST + "ADD CONSTRAINT e EXCLUDE (title WITH =)", f"{ON_POST}, scans"),
        Example(
            "ALTER TABLE blog_book ADD PRIMARY KEY (id)", "ACCESS EXCLUSIVE on blog_book, scans"
        ),
    ],
)
def add_key(change: Change, schema: Schema) -> Impact:  # noqa: ARG001 - all tellers are alike
    """Its index is built while the table is locked, unless there is one already."""
    scans = "using-index" not in change.flags or change.kind == "add-primary-key"
    return Impact((Lock(change.table, ACCESS_EXCLUSIVE),), scans=scans)


@impact(
    "postgresql",
    "validate-constraint",
    examples=[
        Example(
            POST + "VALIDATE CONSTRAINT positive",
            "SHARE UPDATE EXCLUSIVE on blog_post, scans",
            before=POST + "ADD CONSTRAINT positive CHECK (views >= 0) NOT VALID",
        ),
        Example(
            "ALTER TABLE blog_book VALIDATE CONSTRAINT f",
            "SHARE UPDATE EXCLUSIVE on blog_book, ROW SHARE on blog_post, scans",
            before="ALTER TABLE blog_book ADD CONSTRAINT f FOREIGN KEY (post_id) REFERENCES "
            "blog_post (id) NOT VALID",
        ),
    ],
)
def validate(change: Change, schema: Schema) -> Impact:
    """The rows are looked at while others read and write them."""
    known = schema.constraints.get((change.table, change.name))
    locks = [Lock(change.table, SHARE_UPDATE_EXCLUSIVE)]
    if known is not None and known.references:
        locks.append(Lock(known.references, "ROW SHARE"))
    return Impact(tuple(locks), scans=True)


@impact(
    "postgresql",
    "drop-constraint",
    examples=[
        Example(
            POST + "DROP CONSTRAINT u", ON_POST, before=POST + "ADD CONSTRAINT u UNIQUE (title)"
        ),
        Example(
            COMMENTS + "DROP CONSTRAINT f",
            "ACCESS EXCLUSIVE on blog_comment, ACCESS EXCLUSIVE on blog_post",
            before=COMMENTS
            + "ADD CONSTRAINT f FOREIGN KEY (post_id) REFERENCES blog_post (id) NOT VALID",
        ),
        Example(
            COMMENTS + "DROP CONSTRAINT blog_comment_post_id_fkey",
            "ACCESS EXCLUSIVE on blog_comment, ACCESS EXCLUSIVE on blog_post",
        ),
    ],
)
def drop_constraint(change: Change, schema: Schema) -> Impact:
    """A foreign key ends on both sides."""
    known = schema.constraints.get((change.table, change.name))
    tables = {change.table}
    if known is not None:
        tables |= {known.references} - {""}
    elif "fk" in change.name:
        tables |= {
            column.references
            for column in schema.tables.get(change.table, {}).values()
            if column.references and column.name in change.name
        }
    return Impact(tuple(Lock(name, ACCESS_EXCLUSIVE) for name in sorted(tables)))


@impact(
    "postgresql",
    "create-index",
    examples=[
        Example("CREATE INDEX i ON blog_post (title)", "SHARE on blog_post, scans"),
        Example("CREATE UNIQUE INDEX i ON blog_post (title)", "SHARE on blog_post, scans"),
        Example(
            "CREATE INDEX CONCURRENTLY i ON blog_post (title)",
            "SHARE UPDATE EXCLUSIVE on blog_post, scans",
        ),
    ],
)
def create_index(change: Change, schema: Schema) -> Impact:  # noqa: ARG001 - all tellers are alike
    """Writes wait for the index, unless it is built CONCURRENTLY."""
    mode = SHARE_UPDATE_EXCLUSIVE if "concurrently" in change.flags else "SHARE"
    return Impact((Lock(change.table, mode),), scans=True)


@impact(
    "postgresql",
    "drop-index",
    examples=[
        Example("DROP INDEX i", ON_POST, before="CREATE INDEX i ON blog_post (title)"),
        Example(
            "DROP INDEX CONCURRENTLY i",
            "SHARE UPDATE EXCLUSIVE on blog_post",
            before="CREATE INDEX i ON blog_post (title)",
        ),
    ],
)
def drop_index(change: Change, schema: Schema) -> Impact:
    """The table is locked with its index."""
    mode = SHARE_UPDATE_EXCLUSIVE if "concurrently" in change.flags else ACCESS_EXCLUSIVE
    return Impact((Lock(schema.table_of(change), mode),))


@impact(
    "postgresql",
    "rename-index",
    examples=[
        Example(
            "ALTER INDEX i RENAME TO j", "nothing", before="CREATE INDEX i ON blog_post (title)"
        ),
    ],
)
def rename_index(change: Change, schema: Schema) -> Impact:
    """Since 12 the index alone is locked, and that weakly."""
    if schema.since(12):
        return Impact()
    return Impact((Lock(schema.table_of(change), ACCESS_EXCLUSIVE),))


@impact(
    "postgresql",
    "table-option",
    examples=[
        Example(POST + "SET (fillfactor = 70)", "SHARE UPDATE EXCLUSIVE on blog_post"),
        Example(
            POST + "ALTER COLUMN title SET STATISTICS 500", "SHARE UPDATE EXCLUSIVE on blog_post"
        ),
        Example("COMMENT ON TABLE blog_post IS 'x'", "SHARE UPDATE EXCLUSIVE on blog_post"),
        Example("COMMENT ON COLUMN blog_post.title IS 'x'", "SHARE UPDATE EXCLUSIVE on blog_post"),
        Example(POST + "DISABLE TRIGGER ALL", "SHARE ROW EXCLUSIVE on blog_post"),
        Example(POST + "ENABLE ROW LEVEL SECURITY", ON_POST),
        Example("CREATE POLICY p ON blog_post USING (views > 0)", ON_POST),
        Example(
            "DROP POLICY IF EXISTS p ON blog_post",
            ON_POST,
            before="CREATE POLICY p ON blog_post",
        ),
        Example(
            POST + "SET UNLOGGED", f"{ON_POST}, rewrites, scans", before="DROP TABLE blog_comment"
        ),
    ],
)
def table_option(change: Change, schema: Schema) -> Impact:  # noqa: ARG001 - all tellers are alike
    """Most lock the table whole for a moment; some write it anew."""
    if change.name.startswith(WEAK_OPTIONS):
        return Impact((Lock(change.table, SHARE_UPDATE_EXCLUSIVE),))
    if change.name.startswith(("ENABLE TRIGGER", "DISABLE TRIGGER")):
        return Impact((Lock(change.table, SHARE_ROW_EXCLUSIVE),))
    rewrites = change.name.startswith(REWRITING_OPTIONS)
    return Impact((Lock(change.table, ACCESS_EXCLUSIVE),), rewrites, rewrites)


@impact(
    "postgresql",
    "insert",
    "update",
    "delete",
    examples=[
        Example("UPDATE blog_post SET views = 0", "ROW EXCLUSIVE on blog_post, scans"),
        Example("DELETE FROM blog_comment", "ROW EXCLUSIVE on blog_comment, scans"),
        Example(
            "WITH gone AS (DELETE FROM blog_comment RETURNING id) UPDATE blog_post SET views = 0",
            "ROW EXCLUSIVE on blog_comment, ROW EXCLUSIVE on blog_post, scans",
        ),
        Example(
            "INSERT INTO blog_author (id, name) VALUES (9, 'x')", "ROW EXCLUSIVE on blog_author"
        ),
    ],
)
def rows(change: Change, schema: Schema) -> Impact:  # noqa: ARG001 - all tellers are alike
    """The rows that are written stay locked; whether all are read, depends on the condition."""
    locks = [Lock(change.table, "ROW EXCLUSIVE")]
    if change.source:
        locks.append(Lock(change.source, "ACCESS SHARE"))
    scans = False if change.kind == "insert" and not change.values else None
    if change.kind != "insert" and not change.expression:
        scans = True
    return Impact(tuple(locks), scans=scans)


@impact(
    "postgresql",
    "truncate",
    "lock",
    "trigger",
    "maintain",
    examples=[
        Example("TRUNCATE blog_comment", "ACCESS EXCLUSIVE on blog_comment"),
        Example(
            "TRUNCATE blog_author CASCADE",
            "ACCESS EXCLUSIVE on blog_author, ACCESS EXCLUSIVE on blog_book",
        ),
        Example("LOCK TABLE blog_post IN SHARE MODE", "SHARE on blog_post"),
        Example("LOCK blog_post", ON_POST),
        Example(
            "CREATE TRIGGER t BEFORE UPDATE ON blog_post FOR EACH ROW EXECUTE FUNCTION "
            "suppress_redundant_updates_trigger()",
            "SHARE ROW EXCLUSIVE on blog_post",
        ),
        Example("CLUSTER blog_post USING blog_post_pkey", f"{ON_POST}, rewrites, scans"),
        Example("REINDEX TABLE blog_post", "SHARE on blog_post, scans"),
        Example(
            "REINDEX INDEX i",
            "SHARE on blog_post, scans",
            before="CREATE INDEX i ON blog_post (title)",
        ),
        Example(
            "REFRESH MATERIALIZED VIEW best",
            "ACCESS EXCLUSIVE on best, rewrites, scans",
            before="CREATE MATERIALIZED VIEW best AS SELECT id FROM blog_post",
        ),
        Example("ANALYZE blog_post", "SHARE UPDATE EXCLUSIVE on blog_post"),
    ],
)
def upkeep(change: Change, schema: Schema) -> Impact:
    """What is rare in migrations."""
    if change.kind == "lock":
        return Impact((Lock(change.table, change.to),))
    if change.kind == "trigger":
        dropped = "dropped" in change.flags
        return Impact((Lock(change.table, ACCESS_EXCLUSIVE if dropped else SHARE_ROW_EXCLUSIVE),))
    if change.name in ("VACUUM", "ANALYZE"):
        return Impact((Lock(change.table, SHARE_UPDATE_EXCLUSIVE),))
    if change.name.startswith("REFRESH") and "concurrently" in change.flags:
        return Impact((Lock(change.table, "EXCLUSIVE"),), scans=True)
    if change.name.startswith("REINDEX"):
        gentle = "concurrently" in change.flags
        table = change.table or schema.indexes.get(change.to, "")
        return Impact((Lock(table, SHARE_UPDATE_EXCLUSIVE if gentle else "SHARE"),), scans=True)
    if change.kind == "truncate" and "cascade" in change.flags:
        tables = sorted(_referring(change.table, schema))
        return Impact(tuple(Lock(name, ACCESS_EXCLUSIVE) for name in tables))
    rewrites = change.kind == "maintain"
    return Impact((Lock(change.table, ACCESS_EXCLUSIVE),), rewrites, rewrites)


def _referring(table: str, schema: Schema) -> set[str]:
    """A table, those that are known to refer to it, those that refer to these, and so on."""
    found, pending = set[str](), [table]
    while pending:
        name = pending.pop()
        if name not in found:
            found.add(name)
            pending += schema.referring(name)
    return found
