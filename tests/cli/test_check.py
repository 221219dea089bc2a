"""``migtui check``."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.command_line import environment, run
from tests.support.projects import write
from tests.support.repositories import commit, init, switch


def test_a_conflict_is_1_and_told_with_its_place(root: Path) -> None:
    result = run("check", "--project", root)
    assert result.code == 1
    assert result.err == ""
    assert "blog/migrations/0002_tags.py:5: error migtui.E001: " in result.out
    assert "Verdict: independent: every order runs and ends in the same state." in result.out
    assert result.out.endswith("1 error, 0 warnings in 2 apps with 4 migrations.\n")


def test_json_is_one_document_and_nothing_else(root: Path) -> None:
    result = run("check", "--project", root, "--format", "json")
    document = json.loads(result.out)
    assert result.err == ""
    assert document["summary"] == {"errors": 1, "warnings": 0}
    (problem,) = document["problems"]
    assert problem["code"] == "migtui.E001"
    assert problem["conflict"]["leaves"] == ["0002_tags", "0002_views"]
    assert problem["conflict"]["fork"] == ["0001_initial"]


def test_nothing_wrong_is_0(root: Path) -> None:
    (root / "blog/migrations/0002_views.py").unlink()
    result = run("check", "--project", root)
    assert (result.code, result.err) == (0, "")
    assert result.out == "No problems in 2 apps with 3 migrations.\n"


def test_apps_that_were_not_asked_for_are_not_said_to_be_well(root: Path) -> None:
    result = run("check", "--project", root, "shop", "shop")
    assert (result.code, result.err) == (0, "")
    assert result.out == "No problems in 1 app with 1 migration.\n"


def test_a_warning_alone_is_0(root: Path) -> None:
    text = (root / "shop/migrations/0001_initial.py").read_text()
    parent = "dependencies = [('shop', '0001_initial')"
    write(root, {"shop/migrations/0001_other.py": text.replace("dependencies = [", parent)})
    result = run("check", "--project", root, "shop")
    assert "warning migtui.W001" in result.out
    assert result.code == 0


def test_the_project_is_found_from_below_and_named_from_where_one_stands(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root / "blog" / "migrations")
    assert json.loads(run("check", "--format", "json").out)["project"] == "../.."
    monkeypatch.chdir(root)
    assert json.loads(run("check", "--format", "json").out)["project"] == "."


def test_the_answer_goes_to_a_file(root: Path, tmp_path: Path) -> None:
    file = tmp_path / "answer.json"
    result = run("check", "--project", root, "--format", "json", "-o", file)
    assert (result.code, result.out, result.err) == (1, "", "")
    assert json.loads(file.read_text())["apps"] == 2


def test_a_file_that_cannot_be_written_is_said(root: Path, tmp_path: Path) -> None:
    result = run("check", "--project", root, "-o", tmp_path / "missing" / "answer")
    assert result.code == 1
    assert "can't be written: No such file or directory." in result.err


KILLED = """\
import os, signal, sys
from migtui.__main__ import main

real = os.replace

def replace(source, target):
    if str(target).endswith("0003_views.py"):
        os.kill(os.getpid(), signal.SIGKILL)
    real(source, target)

os.replace = replace
order = ["--order", "0002_tags", "0002_views"]
main(["resolve", "blog", *order, "--static", "--noinput", "--project", sys.argv[1]])
"""


def test_a_write_that_was_cut_off_is_mended_first_and_said(root: Path) -> None:
    process = subprocess.run(
        [sys.executable, "-c", KILLED, root], env=environment(), timeout=60, check=False
    )
    assert process.returncode == -signal.SIGKILL
    assert (root / "blog/migrations/0002_views.py").exists()

    result = run("check", "--project", root)

    assert result.err == (
        "Writing “blog: order 0002_tags, 0002_views” was interrupted; it is finished now.\n"
    )
    assert (result.code, result.out) == (0, "No problems in 2 apps with 4 migrations.\n")
    assert run("undo", "--project", root).code == 0
    assert run("check", "--project", root).code == 1


def test_sarif_is_one_document_about_the_repository(root: Path) -> None:
    init(root.parent)
    document = json.loads(run("check", "--project", root, "--format", "sarif").out)
    (found,) = document["runs"][0]["results"]
    place = found["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert place == "project/blog/migrations/0002_tags.py"


def test_annotations_of_github(root: Path) -> None:
    result = run("check", "--project", root, "--format", "github")
    assert result.code == 1
    assert result.out.count("::error file=blog/migrations/0002_") == 2


def test_code_quality_of_gitlab_where_nothing_is_wrong(root: Path) -> None:
    (root / "blog/migrations/0002_views.py").unlink()
    result = run("check", "--project", root, "--format", "gitlab")
    assert (result.code, json.loads(result.out)) == (0, [])


def test_markdown_names_the_branches_of_git(root: Path) -> None:
    views = (root / "blog/migrations/0002_views.py").read_bytes()
    (root / "blog/migrations/0002_views.py").unlink()
    init(root)
    commit(root, "tags")
    switch(root, "views|a", "main")
    write(root, {"blog/migrations/0002_views.py": views})
    commit(root, "views")
    result = run("check", "--project", root, "--format", "markdown")
    assert result.code == 1
    title = "`0002_views` · <code>views&#124;a</code> · `Ada` · not published"
    assert title in result.out


def test_markdown_with_the_sql_of_the_branches(root: Path) -> None:
    words = ["--project", root, "--python", sys.executable]
    result = run("check", *words, "--format", "markdown", "--sql")
    assert (result.code, result.err) == (1, "")
    assert "<summary>SQL of blog, sqlite" in result.out
    assert '"tags" text NOT NULL' in result.out


def test_markdown_without_django_says_that_there_is_no_sql(root: Path) -> None:
    write(root, {"settings.py": "raise ValueError('no')"})
    words = ["--project", root, "--python", sys.executable]
    result = run("check", *words, "--format", "markdown", "--sql")
    assert result.code == 1
    assert "> No SQL, Django can't be asked" in result.out
    assert "<summary>" not in result.out


def test_sql_without_markdown_is_wrong_usage(root: Path) -> None:
    result = run("check", "--project", root, "--sql")
    assert (result.code, result.out) == (2, "")
    assert "--sql is for --format markdown." in result.err


def test_markdown_with_the_sql_of_what_the_default_branch_lacks(root: Path) -> None:
    views = (root / "blog/migrations/0002_views.py").read_bytes()
    (root / "blog/migrations/0002_views.py").unlink()
    (root / "blog/migrations/0002_tags.py").unlink()
    init(root)
    commit(root, "initial")
    switch(root, "views", "main")
    write(root, {"blog/migrations/0002_views.py": views})
    commit(root, "views")
    words = ["check", "--project", root, "--python", sys.executable, "--format", "markdown"]
    result = run(*words, "--sql")
    assert (result.code, result.err) == (0, "")
    assert "<summary>SQL of blog, sqlite" in result.out
    assert '"views" text NOT NULL' in result.out
    assert "CREATE TABLE" in result.out
    assert "SQL of shop" not in result.out
    assert "<summary>" not in run(*words, "--sql", "shop").out
