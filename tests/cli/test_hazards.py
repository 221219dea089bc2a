"""Hazards in ``migtui sql`` and ``migtui check``: silenced, in a baseline, in every format."""

import json
import sys
from pathlib import Path

import pytest

from tests.support.command_line import Result, run
from tests.support.projects import migration, write
from tests.support.repositories import commit, init, switch

RENAME = 'migrations.RenameField("post", "title", "heading")'
INITIAL = migration(
    'migrations.CreateModel("Post", [("id", models.BigAutoField(primary_key=True)), '
    '("title", models.TextField()), ("body", models.TextField(null=True))])'
)
PARENT = [("blog", "0001_initial")]


@pytest.fixture
def repository(root: Path) -> Path:
    """One migration is on main, the next, which renames a field, on the branch checked out."""
    for name in ("0002_tags", "0002_views"):
        (root / f"blog/migrations/{name}.py").unlink()
    init(root)
    write(root, {"blog/migrations/0001_initial.py": INITIAL})
    commit(root, "Begin")
    switch(root, "heading", "main")
    write(root, {"blog/migrations/0002_heading.py": migration(RENAME, dependencies=PARENT)})
    commit(root, "Rename")
    return root


def check(root: Path, *words: object) -> Result:
    return run("check", "--hazards", "--project", root, "--python", sys.executable, *words)


def codes(result: Result) -> list[str]:
    return [problem["code"] for problem in json.loads(result.out)["problems"]]


def silence(root: Path, comment: str) -> None:
    path = root / "blog/migrations/0002_heading.py"
    path.write_text(
        path.read_text().replace("        migrations.", f"        {comment}\n        migrations.")
    )


def test_check_warns_of_what_the_default_branch_does_not_have(repository: Path) -> None:
    result = check(repository)
    assert result.code == 0
    assert "Hazards: the SQL of 1 migration was judged." in result.err
    assert result.out.startswith(
        "blog/migrations/0002_heading.py:11: warning migtui.H004: Renames blog_post.title to "
    )
    assert "0 errors, 1 warning" in result.out


def test_base_says_what_is_new_instead(repository: Path) -> None:
    assert codes(check(repository, "--base", "heading", "--format", "json")) == []
    result = check(repository, "--base", "main", "--format", "json")
    assert codes(result) == ["migtui.H004"]
    assert check(repository, "--base", "none").code == 2


def test_published_ones_are_judged_where_that_is_wanted(repository: Path) -> None:
    result = check(repository, "--published", "--format", "json")
    assert "the SQL of 3 migrations" in result.err
    assert codes(result) == []  # the table is new in all of them together


@pytest.mark.parametrize("form", ["sarif", "github"])
def test_every_format_has_them(repository: Path, form: str) -> None:
    result = check(repository, "--format", form)
    assert result.code == 0
    assert "H004" in result.out
    assert "0002_heading.py" in result.out


def test_a_comment_with_a_reason_silences_one(repository: Path) -> None:
    silence(repository, "# migtui: ignore H009, H004 because we stop the servers")
    assert codes(check(repository, "--format", "json")) == []


def test_a_comment_without_a_reason_does_not_and_is_named(repository: Path) -> None:
    silence(repository, "# migtui: ignore H004")
    result = check(repository)
    assert "migtui.H004" in result.out
    assert "The comment on line 11 of its file does not count: write `because …`" in result.out


def test_the_configuration_silences_with_a_reason(repository: Path) -> None:
    path = repository / "pyproject.toml"
    path.write_text('[tool.migtui.ignore]\nblog.0002_heading.H004 = "We stop the servers."\n')
    assert codes(check(repository, "--format", "json")) == []
    words = ["--project", repository, "--python", sys.executable]
    assert "~ migtui.H004 ignored: We stop the servers." in run("sql", "blog", "0002", *words).out


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ('H999 = "x"', "[tool.migtui.ignore] has 'H999', which ends in no code of a hazard."),
        ('H004 = " "', "[tool.migtui.ignore] gives no reason for 'H004'."),
        ("H004 = 1", "ignore in [tool.migtui] of "),
    ],
)
def test_a_configuration_that_makes_no_sense_is_2(
    repository: Path, table: str, message: str
) -> None:
    (repository / "pyproject.toml").write_text(f"[tool.migtui.ignore]\n{table}\n")
    result = check(repository)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(f"Error: {message}")


def test_a_baseline_keeps_old_ones_quiet_and_tells_new_ones(repository: Path) -> None:
    path = repository / "hazards.json"
    written = check(repository, "--baseline", path, "--write-baseline")
    assert written.code == 0
    assert f"1 hazard written to {path}." in written.err
    assert json.loads(path.read_text()) == {
        "schema_version": 1,
        "hazards": [
            {
                "code": "migtui.H004",
                "app_label": "blog",
                "migration": "0002_heading",
                "subject": "blog_post.title",
            }
        ],
    }
    assert codes(check(repository, "--baseline", path, "--format", "json")) == []
    removal = migration(
        'migrations.RemoveField("post", "body")', dependencies=[("blog", "0002_heading")]
    )
    write(repository, {"blog/migrations/0003_body.py": removal})
    result = check(repository, "--baseline", path, "--format", "json")
    assert set(codes(result)) == {"migtui.H002", "migtui.H012"}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--baseline", "none.json"], "The baseline none.json can't be read: "),
        (["--write-baseline"], "--write-baseline needs a file."),
    ],
)
def test_wrong_usage_of_a_baseline_is_2(repository: Path, words: list[str], message: str) -> None:
    result = check(repository, *words)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(f"Error: {message}")


@pytest.mark.parametrize(
    "text", ["", "[]", '{"schema_version": 2}', '{"schema_version": 1, "hazards": [7]}']
)
def test_a_file_that_is_no_baseline_is_2(repository: Path, text: str) -> None:
    path = repository / "hazards.json"
    path.write_text(text)
    result = check(repository, "--baseline", path)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(f"Error: {path} is no baseline.")


def test_options_without_hazards_are_2(repository: Path) -> None:
    result = run("check", "--project", repository, "--published")
    assert (result.code, result.err) == (
        2,
        "Error: --published is for --hazards.\nSay --hazards, too.\n",
    )


def test_where_django_can_not_be_asked_the_problems_are_told_and_the_answer_is_1(
    repository: Path,
) -> None:
    (repository / "settings.py").write_text("raise RuntimeError('no')\n")
    result = check(repository)
    assert result.code == 2
    assert "RuntimeError: no" in result.err
    assert "No problems" in result.out


def test_a_statement_that_is_not_judged_is_told(repository: Path) -> None:
    raw = migration(
        'migrations.RunSQL("CALL tidy()", migrations.RunSQL.noop)',
        "migrations.RunPython(lambda apps, editor: None)",
        dependencies=[("blog", "0002_heading")],
    )
    write(repository, {"blog/migrations/0003_raw.py": raw})
    result = check(repository)
    assert (
        "blog/migrations/0003_raw.py:11: warning migtui.H000: A statement of RunSQL is not judged: "
        "it begins with CALL." in result.out
    )
    assert "1 operation runs Python, which is not judged." in result.err


def test_sql_shows_them_beside_their_statement_and_rows_where_asked(repository: Path) -> None:
    words = ["sql", "blog", "0002", "--project", repository, "--python", sys.executable]
    result = run(*words, "--rows")
    assert result.code == 0
    lines = result.out.splitlines()
    assert lines[1] == "-- blog_post: not there yet"
    (place,) = (number for number, line in enumerate(lines) if "RENAME COLUMN" in line)
    assert lines[place - 2].startswith("-- ! migtui.H004 Renames blog_post.title to heading.")
    assert lines[place - 1].startswith("--   → Keep the column: ")
    document = json.loads(run(*words, "--format", "json").out)
    (statement,) = document["migrations"][0]["statements"]
    assert [entry["code"] for entry in statement["hazards"]] == ["migtui.H004"]
    assert statement["effects"]["breaks_running_code"] is True
    assert document["rows"] is None
