"""squawk's word on the SQL of a migration."""

import sys
from pathlib import Path

import pytest

from migtui.core.sql import MigrationSql, Statement
from migtui.services.squawk import ask_squawk, find_squawk


def migration(*statements: str) -> MigrationSql:
    return MigrationSql(
        "blog",
        "0002_x",
        backwards=False,
        atomic=True,
        statements=tuple(Statement(sql, "RunSQL") for sql in statements),
    )


@pytest.fixture(scope="module")
def squawk() -> str:
    program = find_squawk()
    if program is None:
        pytest.skip("squawk is not installed: pip install squawk-cli")
    return program


def test_findings_belong_to_their_statements(squawk: str, tmp_path: Path) -> None:
    script = migration(
        "CREATE TABLE new (\n  id bigint\n);",
        "",
        'ALTER TABLE "post"\n  RENAME COLUMN "a" TO "b"',
        'CREATE INDEX "i" ON "post" ("b")',
        'CREATE INDEX "j" ON "new" ("id")',
    )
    found = ask_squawk(squawk, script, "15.4", directory=tmp_path)
    assert found.failure == ""
    codes = {number: [entry.code for entry in each] for number, each in found.hazards.items()}
    assert codes == {
        2: ["squawk.renaming-column"],
        3: ["squawk.require-concurrent-index-creation"],
    }


def test_a_statement_that_it_can_not_read_is_said_and_keeps_no_other_back(
    squawk: str, tmp_path: Path
) -> None:
    script = migration("ALTER TABLE foo FROB", 'DROP TABLE "post"')
    found = ask_squawk(squawk, script, None, directory=tmp_path)
    assert found.failure == "squawk could not read statement 1 of blog.0002_x."
    assert [entry.code for entry in found.hazards[1]] == ["squawk.ban-drop-table"]


def test_the_projects_own_configuration_counts(squawk: str, tmp_path: Path) -> None:
    (tmp_path / ".squawk.toml").write_text('excluded_rules = ["ban-drop-table"]\n')
    found = ask_squawk(squawk, migration('DROP TABLE "post"'), None, directory=tmp_path)
    assert (found.hazards, found.failure) == ({}, "")


@pytest.mark.parametrize(
    ("source", "failure"),
    [
        ("import sys; sys.exit('no licence')", "squawk could not be asked: no licence"),
        ("print('[{}]')", "squawk gave an answer of another kind: 'line'"),
        ("print('[1, ')", "squawk gave an answer of another kind: "),
        ("", "squawk could not be asked: it ended with 0"),
    ],
)
def test_a_failure_is_said(source: str, failure: str, tmp_path: Path) -> None:
    program = tmp_path / "squawk"
    program.write_text(f"#!{sys.executable}\n{source}\n")
    program.chmod(0o755)
    found = ask_squawk(str(program), migration("DROP TABLE a"), None, directory=tmp_path)
    assert found.hazards == {}
    assert found.failure.startswith(failure)


def test_a_program_that_is_gone_is_said(tmp_path: Path) -> None:
    found = ask_squawk(str(tmp_path / "no"), migration("DROP TABLE a"), None, directory=tmp_path)
    assert found.failure.startswith("squawk could not be asked: ")
