"""Laid out, a statement is the same statement."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migtui.core.sql import MigrationSql, SqlScript, Statement
from migtui.core.statements.tokens import Kind, Token, lexemes, statements
from migtui.reports.sql_layout import laid_out, lay_out

VENDORS = st.sampled_from(("postgresql", "mysql", "sqlite"))
SOUP = """
CREATE TABLE ALTER UNLOGGED ADD COLUMN SELECT FROM WHERE CASE WHEN THEN END INSERT INTO VALUES a "b"
`c` [d] 'e' E'\\' f' $x$ $y$ -- /* */ # ( ) , ; . :: = 7 1.5e3 é \\ ' " ` \x00 %s BEGIN ''
"""
TEXTS = st.lists(st.sampled_from([*SOUP.split(), " ", "\n", "\t"]), max_size=30).map("".join)

POSTGRESQL = """\
CREATE TABLE "t" ("id" bigint NOT NULL PRIMARY KEY, "n" numeric(8, 2) DEFAULT (1 + 2), \
CONSTRAINT "c" CHECK ("n" IN (1, 2) AND 'a, (' <> $$, ($$)) WITH (fillfactor=7)
=>
CREATE TABLE "t" (
    "id" bigint NOT NULL PRIMARY KEY,
    "n" numeric(8, 2) DEFAULT (1 + 2),
    CONSTRAINT "c" CHECK ("n" IN (1, 2) AND 'a, (' <> $$, ($$)
) WITH (fillfactor=7)"""
COMMENTED = """\
ALTER TABLE a ADD b int, -- the first, (
DROP c
=>
ALTER TABLE a ADD b int,
    -- the first, (
    DROP c"""
MYSQL = """\
ALTER TABLE `a` ADD COLUMN `b` enum('it\\'s, (', 'no'), DROP COLUMN `c`; DROP TABLE d
=>
ALTER TABLE `a` ADD COLUMN `b` enum('it\\'s, (', 'no'),
    DROP COLUMN `c`;
DROP TABLE d"""
SQLITE = """\
INSERT INTO "new__t" ("a") SELECT coalesce("a", 'x\\') FROM "t";
=>
INSERT INTO "new__t" ("a")
SELECT coalesce("a", 'x\\')
FROM "t";"""


def kept(sql: str, vendor: str) -> list[Token]:
    return [token for token in lexemes(sql, vendor) if token.kind is not Kind.SPACE]


@given(TEXTS, VENDORS)
@settings(max_examples=400, deadline=None)
def test_the_lexemes_of_a_text_are_all_of_it(sql: str, vendor: str) -> None:
    assert "".join(token.text for token in lexemes(sql, vendor)) == sql


@given(TEXTS, VENDORS)
@settings(max_examples=400, deadline=None)
def test_nothing_but_white_space_changes(sql: str, vendor: str) -> None:
    found = lay_out(sql, vendor)
    assert kept(found, vendor) == kept(sql, vendor)
    assert list(statements(found, vendor)) == list(statements(sql, vendor))


@pytest.mark.parametrize(
    ("vendor", "text"),
    [
        ("postgresql", POSTGRESQL),
        ("postgresql", COMMENTED),
        ("mysql", MYSQL),
        ("sqlite", SQLITE),
        ("oracle", "SELECT 1,   2\n=>\nSELECT 1,   2"),
    ],
)
def test_definitions_have_a_line_for_each_part(vendor: str, text: str) -> None:
    sql, wanted = text.split("\n=>\n")
    assert lay_out(sql, vendor) == wanted


@pytest.mark.parametrize(
    "sql", ["SELECT " + "(" * 5_000 + "1" + ")" * 5_000, "SELECT 1" + ",  1" * 50_000]
)
def test_what_sqlparse_gives_up_on_or_takes_long_for_stays_as_it_is(sql: str) -> None:
    assert lay_out(sql, "postgresql") == sql


def test_of_a_long_script_the_first_statements_are_laid_out_and_it_says_so() -> None:
    statements = (Statement("SELECT a, b FROM t", "RunSQL"),) * 10_000
    migration = MigrationSql("blog", "0002_x", backwards=False, atomic=True, statements=statements)
    script = laid_out(SqlScript("sqlite", None, (migration,), note="For SQLite."))
    first, *_, last = (statement.sql for statement in script.migrations[0].statements)
    assert (first, last) == ("SELECT a,\n       b\nFROM t", "SELECT a, b FROM t")
    assert script.note.startswith("For SQLite. Statements behind the first 100,000 characters")
