"""What the rules say of locks, rewrites and algorithms is what real servers do."""

import ast
import re
from collections.abc import Iterator

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from migtui.core.hazards.impact import EXAMPLES, Example, who_waits
from migtui.core.hazards.judge import REGISTERED, schema_for
from migtui.core.hazards.rule import RULES, RuleExample
from tests.support.databases import mysql_server, postgresql_database
from tests.support.hazards import (
    BEFORE,
    MariadbExamples,
    PostgresqlExamples,
    judged,
    steps_of_sqlite,
    told,
)

assert REGISTERED
FOUND = [
    (code, example)
    for code, rule in RULES.items()
    for example in rule.examples
    if example.vendor == "postgresql" and example.finds
]
WAITING = re.compile(r"(reads and writes|writes)( to both| to \w+| of \w+)? wait")


@pytest.fixture(scope="module")
def postgresql() -> Iterator[PostgresqlExamples]:
    with postgresql_database() as entry:
        server = PostgresqlExamples(
            make_conninfo(
                host=str(entry["HOST"]),
                port=str(entry["PORT"]),
                user=str(entry["USER"]),
                password=str(entry["PASSWORD"]),
                dbname=str(entry["NAME"]),
            )
        )
        yield server
        server.close()


@pytest.fixture(scope="module")
def mariadb() -> Iterator[MariadbExamples]:
    server = MariadbExamples(ast.literal_eval(mysql_server()))
    if "mariadb" not in server.version.lower():
        server.close()
        pytest.skip(
            f"The server is no MariaDB, which can be asked for an algorithm: {server.version}"
        )
    yield server
    server.close()


@pytest.mark.parametrize("example", EXAMPLES["postgresql"], ids=lambda example: example.sql)
def test_postgresql_locks_rewrites_and_scans_what_the_example_says(
    postgresql: PostgresqlExamples, example: Example
) -> None:
    if postgresql.version < example.since:
        pytest.skip(f"True since PostgreSQL {example.since}; this is {postgresql.version}.")
    assert str(postgresql.observe(example)) == example.shows


@pytest.mark.parametrize("example", EXAMPLES["mariadb"], ids=lambda example: example.sql)
def test_mariadb_takes_the_algorithm_of_the_example_and_no_better_one(
    mariadb: MariadbExamples, example: Example
) -> None:
    if schema_for("mysql", mariadb.version).version < example.since:
        pytest.skip(f"True since MariaDB {example.since}; this is {mariadb.version}.")
    (lock,) = told(example, schema_for("mysql", mariadb.version), BEFORE["mariadb"]).locks
    method = re.search(r"INSTANT|NOCOPY|INPLACE|COPY", example.shows)
    assert method is not None
    assert mariadb.observe(example) == f"{lock.mode}, {method[0]}"


@pytest.mark.parametrize("example", EXAMPLES["sqlite"], ids=lambda example: example.sql)
def test_sqlite_takes_more_steps_for_more_rows_where_the_example_says_so(example: Example) -> None:
    few, many = (steps_of_sqlite(example, rows) for rows in (10, 1000))
    grows = many - few > 900
    assert grows == ("scans" in example.shows)


@pytest.mark.parametrize(("code", "example"), FOUND)
def test_postgresql_has_others_wait_as_a_rule_says(
    postgresql: PostgresqlExamples, code: str, example: RuleExample
) -> None:
    (message,) = (item.message for item in judged(example).hazards or () if item.code == code)
    waiting = WAITING.search(message)
    if waiting is None:
        return
    found = postgresql.observe(Example(f"{example.before}; {example.sql}", ""))
    assert waiting[1] in {who_waits(lock.mode, "postgresql") for lock in found.locks}


def test_postgresql_cuts_what_is_cast_and_refuses_what_is_assigned(
    postgresql: PostgresqlExamples,
) -> None:
    long = "UPDATE blog_post SET title = repeat('x', 60), body = repeat('x', 60)"
    assert postgresql.value(
        long,
        'ALTER TABLE blog_post ALTER COLUMN body TYPE varchar(50) USING "body"::varchar(50)',
        "SELECT length(body) FROM blog_post",
    ) == 50  # fmt: skip
    with pytest.raises(psycopg.errors.StringDataRightTruncation):
        postgresql.value(long, "ALTER TABLE blog_post ALTER COLUMN title TYPE varchar(50)", "")
    assert postgresql.value(
        "ALTER TABLE blog_post ALTER COLUMN price TYPE numeric(6, 1)",
        "SELECT price::text FROM blog_post",
    ) == "1.3"  # fmt: skip
    assert postgresql.value(
        "ALTER TABLE blog_post ALTER COLUMN price TYPE integer USING price::integer",
        "SELECT price FROM blog_post",
    ) == 1  # fmt: skip
    with pytest.raises(psycopg.errors.NumericValueOutOfRange):
        postgresql.value(
            "UPDATE blog_post SET views = 40000",
            "ALTER TABLE blog_post ALTER COLUMN views TYPE smallint USING views::smallint",
        )
    with pytest.raises(psycopg.errors.InvalidTextRepresentation):
        postgresql.value(
            "UPDATE blog_post SET data = 'x'",
            "ALTER TABLE blog_post ALTER COLUMN data TYPE jsonb USING data::jsonb",
        )


def test_mariadb_keeps_what_ran_before_a_failure(mariadb: MariadbExamples) -> None:
    columns = mariadb.columns_after(
        "ALTER TABLE blog_post ADD COLUMN a integer NULL",
        "ALTER TABLE blog_post ADD CONSTRAINT c CHECK (views > 7)",
    )
    assert "a" in columns


def test_postgresql_drops_columns_with_their_type_and_refreshes_views_in_a_transaction(
    postgresql: PostgresqlExamples,
) -> None:
    assert not postgresql.value(
        "CREATE TYPE mood AS ENUM ('sad'); ALTER TABLE blog_post ADD COLUMN mood mood",
        "DROP TYPE mood CASCADE",
        "SELECT count(*) FROM pg_attribute WHERE attrelid = 'blog_post'::regclass AND attname = "
        "'mood'",
    )
    assert postgresql.value(
        "CREATE MATERIALIZED VIEW best AS SELECT id FROM blog_post",
        "CREATE UNIQUE INDEX ON best (id)",
        "BEGIN; REFRESH MATERIALIZED VIEW CONCURRENTLY best; COMMIT",
        "SELECT count(*) FROM best",
    ) == 1  # fmt: skip


def test_postgresql_refuses_a_column_for_whose_rows_there_is_no_value(
    postgresql: PostgresqlExamples,
) -> None:
    with pytest.raises(psycopg.errors.NotNullViolation):
        postgresql.value("ALTER TABLE blog_post ADD COLUMN a tsvector NOT NULL", "")


def test_postgresql_refuses_concurrently_in_a_transaction(postgresql: PostgresqlExamples) -> None:
    with pytest.raises(psycopg.errors.ActiveSqlTransaction):
        postgresql.value("SELECT 1; CREATE INDEX CONCURRENTLY i ON blog_post (title)", "")


def test_postgresql_refuses_a_value_of_an_enum_until_it_is_committed(
    postgresql: PostgresqlExamples,
) -> None:
    made = "CREATE TYPE mood AS ENUM ('glad'); CREATE TABLE moods (mood mood)"
    add, use = "ALTER TYPE mood ADD VALUE 'sad'", "INSERT INTO moods VALUES ('sad')"
    count = "SELECT count(*) FROM moods"
    assert postgresql.value(made, add, use, count) == 1
    with pytest.raises(psycopg.errors.UnsafeNewEnumValueUsage):
        postgresql.value(made, f"{add}; {use}", count)
