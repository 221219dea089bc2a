"""What is read of SQL in the dialects of PostgreSQL, MySQL and SQLite."""

import pytest

from migtui.source.statements import read_statements, split


def told(sql: str) -> list[str]:
    """What statements do, as ``insert blog_post title``."""
    found = read_statements(sql)
    assert found.unread == ()
    return [
        " ".join(
            filter(None, (use.action, use.table, ",".join(sorted(use.columns)), use.name, use.to))
        )
        for use in found.sql
    ]


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("UPDATE blog_post SET title = 'x' WHERE stars > 3",
         ["read blog_post stars,title", "update blog_post title"]),
        ('UPDATE "blog_post" SET "title" = %s', ["read blog_post title", "update blog_post title"]),
        ("UPDATE `blog_post` p JOIN `blog_tag` t ON p.id = t.post_id SET p.title = t.name",
         ["read blog_post id,title", "read blog_tag name,post_id", "update blog_post title"]),
        ("INSERT INTO blog_tag (name) SELECT title FROM blog_post",
         ["read blog_post title", "insert blog_tag name"]),
        ("INSERT OR IGNORE INTO blog_tag (name) VALUES ('x')", ["insert blog_tag name"]),
        ("DELETE FROM public.blog_post", ["delete blog_post"]),
        ("TRUNCATE TABLE blog_post", ["delete blog_post"]),
        ("WITH gone AS (DELETE FROM blog_post RETURNING id) SELECT count(*) FROM gone",
         ["read blog_post id", "delete blog_post"]),
        ("CREATE TABLE IF NOT EXISTS other (id integer)", ["create-table other"]),
        ("DROP TABLE other CASCADE", ["drop-table other"]),
        ("ALTER TABLE blog_post ADD COLUMN x integer NOT NULL DEFAULT 0",
         ["add-column blog_post x"]),
        ("ALTER TABLE blog_post DROP COLUMN IF EXISTS x", ["drop-column blog_post x"]),
        ("ALTER TABLE blog_post RENAME COLUMN a TO b", ["rename-column blog_post a b"]),
        ("ALTER TABLE blog_post RENAME TO posts", ["rename-table blog_post posts"]),
        ("ALTER TABLE blog_post ALTER COLUMN x TYPE text USING x::text",
         ["alter-column blog_post x x"]),
        ("ALTER TABLE blog_post DROP CONSTRAINT some", ["drop-constraint blog_post some"]),
        ("CREATE INDEX CONCURRENTLY i ON blog_post USING gin (title gin_trgm_ops)",
         ["create-index blog_post title i"]),
        ("DROP INDEX IF EXISTS i", ["drop-index i"]),
        ("ALTER INDEX a RENAME TO b", ["rename-index a b"]),
        ("ALTER TABLE ONLY blog_post ADD CONSTRAINT c UNIQUE USING INDEX i DEFERRABLE",
         ["read blog_post *", "rename-index i c", "add-constraint blog_post * c"]),
        ('ALTER TABLE "blog_post" ADD CONSTRAINT "i" PRIMARY KEY USING INDEX "i"',
         ["read blog_post *", "add-constraint blog_post * i"]),
        ("CREATE EXTENSION IF NOT EXISTS hstore", ["create-object extension hstore"]),
        ("CREATE OR REPLACE FUNCTION f() RETURNS trigger AS $$ BEGIN; END; $$ LANGUAGE plpgsql",
         ["create-object function f"]),
        ("CREATE TRIGGER t BEFORE INSERT ON blog_post FOR EACH ROW EXECUTE PROCEDURE f()",
         ["fires blog_post *", "create-object trigger t"]),
        ("CREATE VIEW v AS SELECT title FROM blog_post p JOIN blog_tag t ON t.post_id = p.id",
         ["create-object view v", "depends blog_post *,id", "depends blog_tag *,post_id"]),
        ("CREATE VIEW v AS SELECT title FROM blog_post",
         ["create-object view v", "depends blog_post title"]),
        ("SET CONSTRAINTS ALL IMMEDIATE; -- a comment; with one", []),
        ("SET LOCAL lock_timeout = '2s'", []),
        ("SELECT setval('blog_post_id_seq', 1)", ["create-object sequence blog_post_id_seq"]),
        ("SELECT setval(pg_get_serial_sequence('blog_post', 'id'), 7)",
         ["needs-table blog_post id"]),
        ("COMMENT ON COLUMN public.blog_post.title IS 'x'",
         ["set-table blog_post title comment title"]),
        ("ALTER TABLE blog_post DISABLE TRIGGER ALL", ["set-table blog_post enable trigger"]),
        ("ALTER TABLE blog_post OWNER TO someone", ["set-table blog_post owner"]),
        ("ALTER TABLE blog_post VALIDATE CONSTRAINT c", ["alter-table blog_post"]),
        ("ALTER TABLE blog_post RENAME CONSTRAINT a TO b",
         ["drop-constraint blog_post a", "add-constraint blog_post * b"]),
        ("GRANT SELECT, INSERT ON TABLE blog_post TO someone", ["set-table blog_post rights"]),
        ("VACUUM (FULL, ANALYZE) blog_post", ["needs-table blog_post"]),
        ("ANALYZE", []),
        ("REINDEX INDEX CONCURRENTLY i", ["needs-index i"]),
        ("CREATE TABLE other.things (id integer)",
         ["needs-object schema other", "create-table things"]),
        ("CREATE FUNCTION f() RETURNS text AS $$ SELECT title FROM blog_post $$ LANGUAGE sql",
         ["create-object function f", "depends blog_post *"]),
    ],
)  # fmt: skip
def test_what_a_statement_does(sql: str, expected: list[str]) -> None:
    assert told(sql) == expected


@pytest.mark.parametrize(
    "sql",
    [
        "DO $$ BEGIN DELETE FROM blog_post; END $$",
        "SELECT my_function()",
        "CALL my_procedure()",
        "this is no SQL",
        "COPY blog_post FROM STDIN",
        "EXECUTE IMMEDIATE 'x'",
    ],
)
def test_what_can_not_be_read_is_said(sql: str) -> None:
    assert read_statements(sql).unread


def test_statements_are_told_apart_whatever_they_quote() -> None:
    sql = "SELECT ';'; SELECT \"a;b\" /* ; */; CREATE FUNCTION f() AS $x$ a; b $x$;"
    assert list(split(sql)) == [
        "SELECT ';'",
        'SELECT "a;b"',
        "CREATE FUNCTION f() AS $x$ a; b $x$",
    ]
