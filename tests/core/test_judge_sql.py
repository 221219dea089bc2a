"""Verdicts on SQL that means a thing by its name, or sets what a table is besides its columns."""

import pytest

from migtui.core.verdict import Kind
from tests.core.test_judge import BASE, PYTHON, UPDATE, judged, orders

BASE_WITH_INDEX = (*BASE, 'RunSQL("CREATE UNIQUE INDEX i ON blog_post (title)")')
TITLE_GOES = 'RemoveField("Post", "title")'
POST_GOES = 'DeleteModel("Post")'
TITLE_ALTERED = 'AlterField("Post", "title", models.TextField(unique=True))'
ADDED = 'AddField("Post", "likes", models.IntegerField(default=0))'
TOGETHER_NO_MORE = 'AlterUniqueTogether("Post", set())'
BASE_TOGETHER = (*BASE, 'AlterUniqueTogether("Post", {("title", "stars")})')
AUTHOR_ALTERED = 'AddField("Author", "born", models.DateField(null=True))'


def sql(text: str) -> str:
    """An operation that runs it."""
    return f'RunSQL("{text}")'


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        ("DROP INDEX i", sql("DROP INDEX i"), Kind.COLLIDING),
        ("DROP INDEX i", sql("ALTER INDEX i RENAME TO c"), Kind.COLLIDING),
        ("DROP INDEX i", 'RemoveIndex("Post", "i")', Kind.OPAQUE),
        ("DROP INDEX i", TITLE_GOES, Kind.OPAQUE),
        ("DROP INDEX i", POST_GOES, Kind.OPAQUE),
        ("DROP INDEX IF EXISTS i", TITLE_ALTERED, Kind.OPAQUE),
        ("DROP INDEX IF EXISTS i", sql("DROP INDEX IF EXISTS i"), Kind.INDEPENDENT),
        ("DROP INDEX IF EXISTS i", TITLE_GOES, Kind.INDEPENDENT),
        ("DROP INDEX i", AUTHOR_ALTERED, Kind.INDEPENDENT),
        ("REINDEX INDEX i", sql("DROP INDEX i"), Kind.ORDERED),
        ("ALTER TABLE blog_post DROP CONSTRAINT c", TITLE_GOES, Kind.OPAQUE),
        ("ALTER TABLE blog_post DROP CONSTRAINT c", TITLE_ALTERED, Kind.OPAQUE),
        (
            "ALTER TABLE blog_post DROP CONSTRAINT c",
            'RemoveField("Author", "name")',
            Kind.INDEPENDENT,
        ),
        (
            "ALTER TABLE blog_post RENAME CONSTRAINT a TO c",
            sql("ALTER TABLE blog_post RENAME CONSTRAINT b TO c"),
            Kind.COLLIDING,
        ),
        ("SELECT setval('blog_post_id_seq', 1)", POST_GOES, Kind.OPAQUE),
        (
            "SELECT setval('blog_post_id_seq', 1)",
            sql("SELECT setval('blog_post_id_seq', 2)"),
            Kind.DIVERGENT,
        ),
    ],
)
def test_what_is_meant_by_its_name_may_go_with_what_another_branch_changes(
    one: str, other: str, kind: Kind
) -> None:
    assert judged(sql(one), other, base=BASE_WITH_INDEX).kind is kind


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("DROP VIEW v", TITLE_GOES),
        ("CREATE TABLE copy AS SELECT * FROM blog_post", ADDED),
        ("ALTER TABLE blog_post RENAME TO posts", ADDED),
        ("ALTER TABLE blog_post RENAME TO posts", 'RenameField("Post", "title", "headline")'),
        ("ALTER TABLE blog_post RENAME COLUMN title TO headline", TOGETHER_NO_MORE),
        ("ALTER TABLE blog_post DROP COLUMN title CASCADE", TOGETHER_NO_MORE),
        (
            "DROP TABLE blog_post",
            'AlterField("Author", "id", models.BigAutoField(primary_key=True))',
        ),
        ("INSERT INTO blog_post (title) VALUES ('x')", ADDED),
        ("INSERT INTO blog_post (title) SELECT name FROM blog_author", ADDED),
    ],
)
def test_what_postgresql_was_seen_to_refuse_in_one_order_is_not_said_to_commute(
    one: str, other: str
) -> None:
    assert judged(sql(one), other, base=BASE_TOGETHER).kind is not Kind.INDEPENDENT


def test_a_new_column_that_needs_no_value_commutes_with_rows_that_sql_adds() -> None:
    adding = sql("INSERT INTO blog_post (title) VALUES ('x')")
    null = 'AddField("Post", "likes", models.IntegerField(null=True))'
    assert judged(adding, null).kind is Kind.INDEPENDENT
    assert judged(adding, ADDED).kind is Kind.ORDERED


@pytest.mark.parametrize("gone", ["title", "stars"])
def test_a_field_that_was_unique_together_goes_after_that_is_taken_back(gone: str) -> None:
    removing = f'RemoveField("Post", "{gone}")'
    found = judged(TOGETHER_NO_MORE, removing, base=BASE_TOGETHER)
    assert (found.kind, orders(found)) == (Kind.ORDERED, {"ab"})
    renaming = f'RenameField("Post", "{gone}", "other")'
    assert judged(TOGETHER_NO_MORE, renaming, base=BASE_TOGETHER).kind is Kind.INDEPENDENT


@pytest.mark.parametrize(
    ("other", "kind"),
    [
        (TITLE_GOES, Kind.OPAQUE),
        (sql("DROP INDEX i"), Kind.COLLIDING),
        (sql("CREATE INDEX c2 ON blog_author (name)"), Kind.INDEPENDENT),
        (sql("CREATE INDEX c ON blog_author (name)"), Kind.COLLIDING),
        (AUTHOR_ALTERED, Kind.INDEPENDENT),
        (PYTHON, Kind.OPAQUE),
    ],
)
def test_a_constraint_out_of_an_index_takes_the_index_and_may_be_of_any_column(
    other: str, kind: Kind
) -> None:
    text = "ALTER TABLE blog_post ADD CONSTRAINT c UNIQUE USING INDEX i"
    assert judged(sql(text), other, base=BASE_WITH_INDEX, functions=UPDATE).kind is kind


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ALTER TABLE blog_post OWNER TO a", "ALTER TABLE blog_post OWNER TO b"),
        ("ALTER TABLE blog_post ENABLE TRIGGER t", "ALTER TABLE blog_post DISABLE TRIGGER t"),
        ("COMMENT ON TABLE blog_post IS 'a'", "COMMENT ON TABLE blog_post IS 'b'"),
        ("GRANT SELECT ON blog_post TO a", "REVOKE SELECT ON blog_post FROM a"),
    ],
)
def test_what_a_table_is_set_to_depends_on_who_sets_it_last(one: str, other: str) -> None:
    assert judged(sql(one), sql(other)).kind is Kind.DIVERGENT
    assert judged(sql(one), sql(one)).kind is Kind.INDEPENDENT
    assert judged(sql(one), POST_GOES).kind is Kind.ORDERED
    assert judged(sql(one), AUTHOR_ALTERED).kind is Kind.INDEPENDENT


@pytest.mark.parametrize(
    "text", ["VACUUM blog_post", "ANALYZE blog_post", "REINDEX TABLE blog_post"]
)
def test_what_keeps_a_table_up_needs_it(text: str) -> None:
    assert judged(sql(text), POST_GOES).kind is Kind.ORDERED
    assert judged(sql(text), TITLE_GOES).kind is Kind.INDEPENDENT


@pytest.mark.parametrize(
    "text",
    [
        "SET search_path TO other",
        "SET ROLE someone",
        "USE other",
        "GRANT SELECT ON ALL TABLES IN SCHEMA public TO someone",
        "ALTER TABLE blog_post SET SCHEMA other",
    ],
)
def test_what_decides_what_other_statements_mean_is_opaque(text: str) -> None:
    assert judged(sql(text), AUTHOR_ALTERED).kind is Kind.OPAQUE


def test_a_function_in_sql_needs_the_columns_of_its_tables_and_a_table_its_schema() -> None:
    function = "CREATE FUNCTION f() RETURNS text AS $$ SELECT title FROM blog_post $$ LANGUAGE sql"
    assert judged(sql(function), TITLE_GOES).kind is not Kind.INDEPENDENT
    table, schema = sql("CREATE TABLE other.things (id integer)"), sql("CREATE SCHEMA other")
    assert judged(table, schema).kind is Kind.ORDERED
