"""SQL as text, in the form of sqlmigrate."""

import textwrap

from migtui.core.sql import MigrationSql, SqlScript, Statement
from migtui.reports.paint import Paint
from migtui.reports.sql import sql_text


def test_statements_notes_transactions_and_where_the_list_ends() -> None:
    script = SqlScript(
        "sqlite",
        None,
        (
            MigrationSql(
                "blog",
                "0003_tags",
                backwards=False,
                atomic=True,
                statements=(
                    Statement("CREATE TABLE a (id integer)", "AlterField", 9),
                    Statement("DROP TABLE b;", "AlterField", 9),
                    Statement("", "RunPython", 12, note="def fill(apps, editor):\n    pass"),
                ),
            ),
            MigrationSql(
                "blog",
                "0004_failed",
                backwards=False,
                atomic=True,
                statements=(
                    Statement("", "AddThing", 3, note="as if", error="ValueError: no"),
                    Statement("SELECT 1", "RunSQL", 4),
                ),
            ),
            MigrationSql(
                "blog",
                "0005_more",
                backwards=True,
                atomic=False,
                statements=(Statement("SELECT 2", "RunSQL", 4),),
                error="\x1b[31mno",
            ),
        ),
    )
    assert sql_text(script, paint=Paint()) == textwrap.dedent("""\
        -- blog.0003_tags
        BEGIN;
        -- AlterField, line 9
        CREATE TABLE a (id integer);
        DROP TABLE b;
        -- RunPython, line 12
        -- def fill(apps, editor):
        --     pass
        COMMIT;

        -- blog.0004_failed
        BEGIN;
        -- AddThing, line 3
        -- Statements are missing here: ValueError: no
        -- as if
        -- RunSQL, line 4
        SELECT 1;
        ROLLBACK; -- as statements are missing

        -- blog.0005_more, backwards
        -- Written as though blog.0004_failed had not failed.
        -- RunSQL, line 4
        SELECT 2;
        -- The list ends here: �[31mno
        """)


def test_what_could_not_be_written_is_not_called_free_of_hazards() -> None:
    broken = MigrationSql("blog", "0002_x", backwards=False, atomic=True, statements=(), error="no")
    text = sql_text(SqlScript("sqlite", "3", (broken,)), ((),), paint=Paint())
    assert "No hazards found; what could not be written is not judged." in text
