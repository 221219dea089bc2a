from migtui.core.hazards.judge import judge
from migtui.core.sql import MigrationSql, SqlScript, Statement
from migtui.tui.documents.sql import sql_lines


def shown(*statements: Statement, error: str = "", backwards: bool = False) -> list[str]:
    migration = MigrationSql(
        "blog", "0002_x", backwards=backwards, atomic=True, statements=statements, error=error
    )
    return [line.text for line in sql_lines(SqlScript("postgresql", "16", (migration,)))]


def test_statements_stand_under_their_operation_and_end_in_a_semicolon() -> None:
    lines = shown(
        Statement("ALTER TABLE a", "AddField", 9),
        Statement("CREATE INDEX b;", "AddField", 9),
        Statement("DROP TABLE c", "DeleteModel", 12),
    )
    assert lines == [
        "-- for postgresql 16",
        "",
        "blog.0002_x · in one transaction",
        "BEGIN;",
        "-- AddField (line 9)",
        "ALTER TABLE a;",
        "CREATE INDEX b;",
        "-- DeleteModel (line 12)",
        "DROP TABLE c;",
        "COMMIT;",
    ]


def test_what_has_no_sql_is_a_comment() -> None:
    lines = shown(Statement("", "RunPython", 9, note="def forwards():\n    pass"))
    assert lines[5:-1] == ["-- def forwards():", "--     pass"]


def test_a_migration_without_statements_says_so() -> None:
    assert shown(backwards=True)[2:] == [
        "unapply blog.0002_x · in one transaction",
        "-- no SQL",
    ]


def test_where_it_ends_early_the_reason_stands() -> None:
    assert shown(error="it is irreversible")[-1] == "✗ the rest is not known: it is irreversible"


def test_what_is_known_of_a_statement_stands_above_it_as_comments_with_sign_and_word() -> None:
    migration = MigrationSql(
        "blog",
        "0002_x",
        backwards=False,
        atomic=True,
        statements=(
            Statement('CREATE INDEX "i" ON "post" ("a")', "AddIndex", 9),
            Statement("", "RunPython", 12, note="def fill(): ..."),
        ),
    )
    script = SqlScript("postgresql", "16", (migration,))
    lines = sql_lines(script, judge(script))
    assert [(entry.text, entry.spans[0][0]) for entry in (lines[1], *lines[3:10])] == [
        ("-- ! 2 hazards: migtui.H011 (1), migtui.H016 (1); 1 entry not judged.", "warning"),
        ("blog.0002_x · in one transaction", ""),
        ("BEGIN;", "keyword"),
        ("-- AddIndex (line 9)", "comment"),
        ("-- · SHARE on post: writes wait; reads all rows", "muted"),
        ("-- ! migtui.H011 Builds an index; writes to post wait until it is done", "warning"),
        ("--     (SHARE).", "warning"),
        ("--   → Use AddIndexConcurrently (django.contrib.postgres.operations) in a", "muted"),
    ]
    assert lines[-3].text == "-- ? This is not judged: it is Python."
