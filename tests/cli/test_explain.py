"""``migtui explain``."""

import json
import sqlite3
import sys
from pathlib import Path

import pytest

from tests.support.command_line import run
from tests.support.projects import migration, write
from tests.support.repositories import commit, init


def test_the_branches_the_verdict_and_the_ways_out(root: Path) -> None:
    result = run("explain", "blog", "--project", root, "--python", sys.executable)
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith("blog: 2 leaves after 0001_initial\n")
    assert "+ Add field tags to post" in result.out
    assert "Verdict: independent" in result.out
    assert "migtui resolve blog --merge" in result.out
    assert "Note: Apps and graph as Django " in result.out


def test_json_knows_git_and_the_database(root: Path) -> None:
    init(root)
    commit(root, "first", author="Grace")
    words = ["explain", "blog", "--project", root, "--format", "json"]
    document = json.loads(run(*words, "--python", sys.executable).out)
    assert document["schema_version"] == 1
    assert document["leaves"] == ["0002_tags", "0002_views"]
    assert {branch["author"] for branch in document["branches"]} == {"Grace"}
    assert document["verdict"]["orders"] == [
        ["0002_tags", "0002_views"],
        ["0002_views", "0002_tags"],
    ]


def test_what_the_project_prints_is_no_part_of_the_answer(root: Path) -> None:
    settings = (root / "settings.py").read_text()
    write(root, {"settings.py": "print('Hello from the settings')\n" + settings})
    words = ["explain", "blog", "--project", root, "--format", "json", "--python", sys.executable]
    quiet = run(*words)
    assert json.loads(quiet.out)["app_label"] == "blog"
    assert quiet.err == ""
    loud = run(*words, "-v", "2")
    assert json.loads(loud.out)["app_label"] == "blog"
    assert "Hello from the settings" in loud.err


def evidence_of(root: Path, *words: str) -> list[tuple[str, str | None, str | None, str]]:
    given = ["explain", "blog", "--project", root, "--format", "json", "--python", sys.executable]
    found = json.loads(run(*given, *words).out)["verdict"]["evidence"]
    return [
        (entry["method"], entry["vendor"], entry["server"], entry["note"] or "") for entry in found
    ]


def test_it_is_said_on_what_orders_were_tried(root: Path) -> None:
    _, state, scratch = evidence_of(root, "--on", "sqlite")
    assert state[:3] == ("state", None, None)
    assert scratch[:3] == ("scratch", "sqlite", f"SQLite {sqlite3.sqlite_version}")


def test_a_vendor_that_was_asked_for_and_is_not_there_is_told(root: Path) -> None:
    *_, mysql = evidence_of(root, "--on", "mysql")
    assert mysql[:3] == ("scratch", "mysql", None)
    assert mysql[3].startswith("Nothing to try on: no database of the settings is one")


def test_python_runs_where_that_was_asked_for(root: Path) -> None:
    header = "def forwards(apps, schema_editor):\n    raise ValueError('it ran')"
    run_python = migration(
        "migrations.RunPython(forwards)", dependencies=[("blog", "0001_initial")], header=header
    )
    write(root, {"blog/migrations/0002_tags.py": run_python})
    assert evidence_of(root, "--on", "sqlite")[-1][3] == "RunPython was not run"
    *_, tried = evidence_of(root, "--on", "sqlite", "--run-python")
    assert "ValueError: it ran" in tried[3]


@pytest.mark.parametrize("word", ["oracle", "", "sqlite,oracle"])
def test_a_vendor_that_is_none_is_wrong_usage(root: Path, word: str) -> None:
    result = run("explain", "blog", "--project", root, "--on", word)
    assert result.code == 2
    assert "is none of sqlite, postgresql, mysql" in result.err
