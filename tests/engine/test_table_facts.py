"""What the engine tells of the tables that statements name, as they were before."""

from pathlib import Path

from migtui.core.sql import ColumnFacts, TableFacts
from migtui.engine.protocol.sql import WriteSql
from tests.support.engines import engine_for
from tests.support.projects import migration, write_project

ID = "('id', models.BigAutoField(primary_key=True))"
HISTORY = {
    "0001_initial": migration(
        f"migrations.CreateModel('Author', [{ID}])",
        f"""migrations.CreateModel('Post', [{ID},
            ('title', models.CharField(max_length=20, null=True)),
            ('author', models.ForeignKey('blog.Author', models.CASCADE)),
        ], options={{'indexes': [models.Index(fields=['title'], name='by_title')]}})""",
    ),
    "0002_change": migration(
        "migrations.AlterField('post', 'title', models.CharField(max_length=40, null=True))",
        "migrations.AlterField('post', 'title', models.CharField(max_length=60, null=True))",
        dependencies=[("blog", "0001_initial")],
    ),
}


def tables(root: Path, name: str, *, backwards: bool = False) -> tuple[TableFacts, ...]:
    files = {f"blog/migrations/{key}.py": text for key, text in HISTORY.items()}
    write_project(root, ["blog"], files)
    with engine_for(root) as engine:
        script = engine.ask(WriteSql((("blog", name),), backwards))
    return script.migrations[0].tables


def title(facts: tuple[TableFacts, ...]) -> ColumnFacts:
    (post,) = (table for table in facts if table.name == "blog_post")
    return next(column for column in post.columns if column.name == "title")


def test_columns_are_as_they_were_before_the_first_statement(tmp_path: Path) -> None:
    _, facts = tables(tmp_path, "0002_change")
    assert facts == TableFacts(
        "blog_post",
        (
            ColumnFacts("id", "integer", null=False),
            ColumnFacts("title", "varchar(20)", null=True),
            ColumnFacts("author_id", "bigint", null=False, references="blog_author"),
        ),
        ("by_title",),
    )


def test_backwards_they_are_as_the_migration_has_left_them(tmp_path: Path) -> None:
    assert title(tables(tmp_path, "0002_change", backwards=True)).type == "varchar(60)"


def test_a_table_is_not_there_before_the_operation_that_makes_it(tmp_path: Path) -> None:
    assert "blog_post" not in {table.name for table in tables(tmp_path, "0001_initial")}
