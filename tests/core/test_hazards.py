"""The examples beside the rules, and whole migrations."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migtui.core.hazards.impact import EXAMPLES, Example
from migtui.core.hazards.judge import Judgement, judge, schema_for
from migtui.core.hazards.rule import RULES, RuleExample
from migtui.core.hazards.silence import configured_reason
from migtui.core.migration import MigrationKey
from migtui.core.sql import PYTHON, ColumnFacts, MigrationSql, SqlScript, Statement, TableFacts
from migtui.core.statements.reading import read_sql
from migtui.core.statements.tokens import UnreadError
from tests.support.hazards import BEFORE, judged, script_of, told

ALL = [(code, example) for code, rule in RULES.items() for example in rule.examples]


def codes_of(judgement: Judgement) -> list[str]:
    return [hazard.code for hazard in judgement.hazards or ()]


@pytest.mark.parametrize(("server", "example"), [(s, e) for s, es in EXAMPLES.items() for e in es])
def test_the_example_beside_an_impact_holds(server: str, example: Example) -> None:
    vendor = "mysql" if server == "mariadb" else server
    schema = schema_for(vendor, server)
    assert str(told(example, schema, BEFORE[server])) == example.shows


@pytest.mark.parametrize(("code", "example"), ALL)
def test_the_example_beside_a_rule_holds(code: str, example: RuleExample) -> None:
    judgement = judged(example)
    assert judgement.hazards is not None
    found = [hazard.message for hazard in judgement.hazards if hazard.code == code]
    assert len(found) == bool(example.finds)
    for message in found:
        assert message.startswith(example.finds)


def test_every_rule_has_something_that_it_finds_and_something_that_it_does_not() -> None:
    for rule in RULES.values():
        assert {bool(example.finds) for example in rule.examples} == {True, False}, rule.code


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("DO $$ BEGIN EXECUTE 'DROP TABLE blog_post'; END $$", "begins with DO"),
        ("SELECT create_hypertable('blog_post', 'id')", "calls create_hypertable"),
        ("CREATE TABLE t AS SELECT * FROM blog_post", "makes the table t from something else"),
        ("WITH old AS (SELECT lo_unlink(7)) DELETE FROM blog_post", "calls lo_unlink"),
        ("WITH a AS " * 5_000 + "(SELECT 1)", "has no parenthesis where"),
        ("WITH a AS (" * 5_000 + "SELECT 1" + ") SELECT 1" * 5_000, "is nested too deeply"),
        ("INSERT INTO blog_post WITH a AS (SELECT tidy()) SELECT 1", "calls tidy"),
        ("CREATE TABLE t (a int) INHERITS (blog_post)", "makes the table t from something"),
        ("CREATE TRIGGER t AFTER INSERT ON a FOR EACH ROW BEGIN DELETE FROM b;", "has a block"),
        ("ALTER TABLE blog_post FROB", "alters a table by FROB"),
        ("DROP TABLE 'blog_post", "has a quote or a comment that does not end"),
        ("/*" * 200_000, "has a quote or a comment that does not end"),
        ("".join(f"$t{n}$" for n in range(50_000)), "has a quote or a comment that does not end"),
        ('DROP TABLE "blog_post', "has a quote or a comment that does not end"),
        ("INSERT INTO t VALUES (1)" + " " * 600_000, "has 600,024 characters"),
        ("ALTER TABLE", "ends where more was expected"),
        ("ALTER DOMAIN d ADD CHECK (VALUE > 0)", "alters something that is not known"),
        ("ALTER TYPE t RENAME TO u", "alters the type t"),
        ("CREATE RULE r AS ON INSERT TO a DO NOTHING", "creates something that is not known"),
        ("/*! DROP TABLE blog_post */", "has a comment that some servers execute"),
    ],
)
def test_what_can_not_be_read_is_never_said_to_be_safe(sql: str, why: str) -> None:
    judgement = judge(script_of(sql))[0][0]
    assert (judgement.impact, judgement.hazards) == (None, None)
    assert judgement.why.startswith(f"is not judged: it {why}")
    assert judgement.destroys_data is None


def test_a_vendor_without_rules_is_not_judged() -> None:
    judgement = judge(script_of("DROP TABLE blog_post", vendor="oracle"))[0][0]
    assert (judgement.hazards, judgement.impact) == (None, None)


def test_a_function_is_not_judged_but_what_stays_locked_meanwhile_is_said() -> None:
    alone = Statement("", "RunThis", 9, note="def fill(apps, editor): ...", unknown=PYTHON)
    noop = Statement("", "RunPython", 9, note="RunPython.noop")
    locked = Statement("ALTER TABLE blog_post ADD COLUMN a integer NULL", "AddField", 8)
    migration = MigrationSql(
        "blog", "0002_x", backwards=False, atomic=True, statements=(alone, locked, noop, alone)
    )
    first, _, idle, last = judge(SqlScript("postgresql", "16", (migration,)))[0]
    assert (first.hazards, first.impact) == (None, None)
    assert idle.hazards == ()
    assert codes_of(last) == ["migtui.H016"]


def test_what_ran_before_the_transaction_was_ended_is_not_rolled_back() -> None:
    script = script_of("DROP TABLE blog_book", "COMMIT", "UPDATE blog_post SET views = 0")
    first, ended, last = judge(script)[0]
    assert [j.rolls_back for j in (first, ended, last)] == [False, False, True]
    assert codes_of(ended) == ["migtui.H019"]
    assert "migtui.H016" not in codes_of(last)


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        (
            "INSERT INTO blog_author (id) WITH a AS (DELETE FROM blog_comment) SELECT id FROM a",
            "ROW EXCLUSIVE on blog_author, ROW EXCLUSIVE on blog_comment, scans",
        ),
        (
            "WITH a AS (SELECT 1) INSERT INTO blog_author SELECT * FROM a",
            "ACCESS SHARE on a, ROW EXCLUSIVE on blog_author, scans?",
        ),
    ],
)
def test_an_insert_is_read_with_the_queries_that_its_rows_come_from(sql: str, says: str) -> None:
    assert str(judge(script_of(sql))[0][0].impact) == says


def test_a_partition_may_be_held_against_the_rows_of_one_that_takes_all_others() -> None:
    part = "CREATE TABLE part_7 PARTITION OF part FOR VALUES FROM (70) TO (80)"
    (alone,) = judge(script_of(part))[0]
    made = script_of("CREATE TABLE part (a integer) PARTITION BY RANGE (a)", part)
    _, of_new = judge(made)[0]
    assert str(alone.impact) == "ACCESS EXCLUSIVE on part, scans?"
    assert str(of_new.impact) == "nothing"


@pytest.mark.parametrize("action", ["OPTIMIZE PARTITION p1", "DROP PARTITION p1, p2"])
def test_an_action_on_partitions_that_is_not_known_is_not_judged(action: str) -> None:
    judgement = judge(script_of(f"ALTER TABLE blog_post {action}", vendor="mysql"))[0][0]
    assert (judgement.impact, judgement.hazards) == (None, None)
    assert judgement.why


def test_a_table_of_an_earlier_migration_in_the_list_has_no_rows_yet() -> None:
    made = script_of('CREATE TABLE "blog_tag" ("id" bigint PRIMARY KEY)').migrations[0]
    used = script_of('CREATE INDEX "i" ON "blog_tag" ("id")').migrations[0]
    (_, (judgement,)) = judge(SqlScript("postgresql", "16", (made, used)))
    assert judgement.hazards == ()
    assert str(judgement.impact) == "nothing"
    ((alone,),) = judge(SqlScript("postgresql", "16", (used,)))
    assert codes_of(alone) == ["migtui.H011"]


def test_a_table_that_may_be_there_already_is_not_taken_for_new() -> None:
    _, judgement = judge(
        script_of("CREATE TABLE IF NOT EXISTS t (a bigint)", "CREATE INDEX i ON t (a)")
    )[0]
    assert codes_of(judgement) == ["migtui.H011"]


def test_a_type_that_is_not_known_is_no_reason_to_call_it_safe() -> None:
    facts = (TableFacts("blog_post", (ColumnFacts("a", "varchar(9)", null=True),)),)
    sql = "ALTER TABLE blog_post ALTER COLUMN a TYPE varchar(20)"
    for tables, rewrites in ((facts, False), ((), None)):
        migration = replace(script_of(sql).migrations[0], tables=tables)
        ((judgement,),) = judge(SqlScript("postgresql", None, (migration,)))
        assert judgement.impact is not None
        assert judgement.impact.rewrites is rewrites


def test_an_old_server_writes_constants_into_each_row() -> None:
    sql = "ALTER TABLE blog_post ADD COLUMN a integer DEFAULT 0 NOT NULL"
    codes = {
        version: codes_of(judge(script_of(sql, version=version))[0][0])
        for version in ("10.4", "11.1")
    }
    assert codes == {"10.4": ["migtui.H006"], "11.1": []}


def test_several_statements_in_one_text_are_judged_together() -> None:
    sql = (
        'ALTER TABLE "blog_post" ADD COLUMN "author_id" bigint NULL CONSTRAINT "c" REFERENCES '
        '"blog_author"("id") DEFERRABLE INITIALLY DEFERRED; SET CONSTRAINTS "c" IMMEDIATE'
    )
    judgement = judge(script_of(sql))[0][0]
    assert judgement.hazards == ()
    assert str(judgement.impact) == (
        "SHARE ROW EXCLUSIVE on blog_author, ACCESS EXCLUSIVE on blog_post"
    )


def test_the_statements_in_a_body_run_later() -> None:
    trigger, dropped = judge(
        script_of(
            "CREATE TRIGGER t AFTER INSERT ON a FOR EACH ROW BEGIN IF 1 THEN DELETE FROM b; END IF;"
            " DELETE FROM c WHERE CASE 1 WHEN 1 THEN 2 END; END; DELETE FROM d",
            "CREATE TRIGGER t AFTER INSERT ON a FOR EACH ROW SET NEW.begin = 1; DROP TABLE b",
            vendor="mysql",
        )
    )[0]
    assert [hazard.subject for hazard in trigger.hazards or ()] == ["d"]
    assert codes_of(dropped) == ["migtui.H001"]


def test_names_keep_their_case_and_quotes_as_the_vendors_want() -> None:
    (change,) = read_sql('DROP TABLE "public"."Blog ""x"""', "postgresql")
    assert change.table == 'Blog "x"'
    (change,) = read_sql("DROP TABLE public.Blog -- it's\n", "postgresql")
    assert change.table == "blog"
    with pytest.raises(UnreadError):
        read_sql("DROP TABLE", "mysql")


def test_a_new_table_that_sqlite_makes_anew_is_still_new() -> None:
    remake = (
        'CREATE TABLE "new__t" ("id" integer)',
        'INSERT INTO "new__t" ("id") SELECT "id" FROM "t"',
        'DROP TABLE "t"',
        'ALTER TABLE "new__t" RENAME TO "t"',
    )
    script = script_of('CREATE TABLE "t" ("id" integer)', *remake, *remake, vendor="sqlite")
    assert {code for judgement in judge(script)[0] for code in codes_of(judgement)} == set()
    old = script_of(*remake, *remake, vendor="sqlite")
    codes = [code for judgement in judge(old)[0] for code in codes_of(judgement)]
    assert codes == ["migtui.H012", "migtui.H012"]


@pytest.mark.parametrize(
    "name", ["H004", "blog.H004", "blog.0002_heading.H004", "shop.H004", "H00"]
)
def test_a_reason_counts_everywhere_in_an_app_or_in_one_migration(name: str) -> None:
    key = MigrationKey("blog", "0002_heading")
    found = configured_reason({name: "It is small."}, "migtui.H004", key)
    assert found == ("" if name in ("shop.H004", "H00") else "It is small.")


def test_what_another_tool_has_found_is_named_whole() -> None:
    ignore = {"squawk.renaming-column": "x"}
    assert configured_reason(ignore, "squawk.renaming-column", MigrationKey("blog", "0001")) == "x"


def test_the_readme_lists_every_code() -> None:
    text = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    table = text[text.index("### Hazards of SQL") :]
    assert not [code for code in RULES if code.partition(".")[2] not in table]


SOUP = """
CREATE ALTER DROP TABLE INDEX ADD COLUMN CONSTRAINT FOREIGN KEY REFERENCES UNIQUE CHECK NOT NULL
DEFAULT SET TYPE USING RENAME TO ON INSERT INTO SELECT FROM UPDATE DELETE WHERE CONCURRENTLY
MODIFY CHANGE GENERATED AS IDENTITY STORED IF EXISTS VALIDATE COMMENT IS IN MODE LOCK VACUUM FULL
a "b" `c` 'd' 7 ( ) , . ; :: = -- /* */ $x$ varchar integer new__a
"""


@given(
    st.lists(st.sampled_from(SOUP.split()), max_size=14),
    st.sampled_from(("postgresql", "mysql", "sqlite")),
)
@settings(max_examples=400, deadline=None)
def test_whatever_is_written_is_judged_or_said_not_to_be(words: list[str], vendor: str) -> None:
    (judgement,) = judge(script_of(" ".join(words), vendor=vendor))[0]
    assert (judgement.impact is None) == bool(judgement.why)
    assert (judgement.hazards is None) == bool(judgement.why)
