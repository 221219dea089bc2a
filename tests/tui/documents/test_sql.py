from migtui.core.hazards.judge import judge
from migtui.core.sql import PYTHON, MigrationSql, SqlScript, Statement
from migtui.tui.documents.lines import fitted
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
    assert shown(error="no\nway")[-2:] == ["-- ✗ the rest is not known: no", "-- way"]


def test_what_an_operation_could_not_say_is_marked_and_ends_in_no_commit() -> None:
    failed = Statement("", "AddThing", 9, note="as if", error="ValueError: no")
    lines = shown(failed, Statement("SELECT 1", "RunSQL", 12))
    assert lines[4:] == [
        "-- AddThing (line 9)",
        "-- ✗ Statements are missing here: ValueError: no",
        "-- as if",
        "-- RunSQL (line 12)",
        "SELECT 1;",
        "ROLLBACK; -- as statements are missing",
    ]


def test_what_is_known_of_a_statement_stands_above_it_as_comments_with_sign_and_word() -> None:
    migration = MigrationSql(
        "blog",
        "0002_x",
        backwards=False,
        atomic=True,
        statements=(
            Statement('CREATE INDEX "i" ON "post" ("a")', "AddIndex", 9),
            Statement("", "RunPython", 12, note="def fill(): ...", unknown=PYTHON),
        ),
    )
    script = SqlScript("postgresql", "16", (migration,))
    lines = sql_lines(script, judge(script))
    assert [(entry.text, entry.spans[0][0]) for entry in (lines[1], *lines[3:8])] == [
        ("-- ! 2 hazards: migtui.H011 (1), migtui.H016 (1); 1 entry not judged.", "warning"),
        ("blog.0002_x · in one transaction", ""),
        ("BEGIN;", "keyword"),
        ("-- AddIndex (line 9)", "comment"),
        ("-- · SHARE on post: writes wait; reads all rows", "muted"),
        (
            "-- ! migtui.H011 Builds an index; writes to post wait until it is done (SHARE).",
            "warning",
        ),
    ]
    assert lines[-3].text == "-- ? This is not judged: it is Python."


def test_what_is_said_is_broken_for_the_pane_and_statements_are_not() -> None:
    migration = MigrationSql(
        "blog",
        "0002_x",
        backwards=False,
        atomic=True,
        statements=(
            Statement("SELECT 1, 2, 3, 4, 5, 6, 7, 8", "RunSQL", 9, note="x = 1 and y = 2"),
        ),
        error="nobody can tell what comes now",
    )
    lines = fitted(sql_lines(SqlScript("sqlite", None, (migration,))), 24)
    assert [entry.text for entry in lines][4:] == [
        "-- RunSQL (line 9)",
        "-- x = 1 and y = 2",
        "SELECT 1, 2, 3, 4, 5, 6, 7, 8;",
        "-- ✗ the rest is not",
        "--     known: nobody can",
        "--     tell what comes",
        "--     now",
        "ROLLBACK; -- as statements are missing",
    ]


def test_of_very_many_statements_the_first_are_shown_and_the_others_counted() -> None:
    script = SqlScript(
        "postgresql",
        "16",
        tuple(
            MigrationSql("blog", name, backwards=False, atomic=True, statements=statements)
            for name, statements in (
                ("0002_x", (Statement("DROP TABLE post", "RunSQL", 9),) * 7_000),
                ("0003_y", (Statement("", "AddThing", 9, error="ValueError: no"),)),
            )
        ),
    )
    lines = [entry.text for entry in sql_lines(script, judge(script))]
    assert lines.count("DROP TABLE post;") == 5_000
    assert "-- … 2,000 more (2,000 with hazards or not judged)" in "\n".join(lines)
    assert lines[-3:] == [
        "-- … 1 more (1 with hazards or not judged): save the SQL, or print it, to have them",
        "-- ✗ Statements are missing here: ValueError: no",
        "ROLLBACK; -- as statements are missing",
    ]
