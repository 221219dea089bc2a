"""``migtui squash`` on the command line."""

import json
import sys
from pathlib import Path

import pytest

from tests.support.command_line import Result, run
from tests.support.projects import read_tree
from tests.support.squashes import write_blog

NAME = "0001_squashed_0005_title"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_blog(tmp_path / "project")


def squash(root: Path, *words: str) -> Result:
    return run("squash", *words, "--project", root, "--python", sys.executable)


def test_a_dry_run_prints_the_plan_and_the_diff_and_writes_nothing(root: Path) -> None:
    before = read_tree(root)
    result = squash(root, "blog", "--dry-run")
    assert result.code == 0
    assert result.out.startswith(f"diff --git a/blog/migrations/{NAME}.py")
    assert "5 migrations with 6 operations become one with 5." in result.err
    assert "RunPython in 0003_fill: forwards" in result.err
    assert "Post.objects.create(title=slug" in result.err
    assert f"Database default: migrate runs {NAME} instead of what it replaces." in result.err
    assert read_tree(root) == before


def test_it_is_proved_and_written(root: Path) -> None:
    result = squash(root, "blog", "--noinput")
    assert result.code == 0
    assert "Proved on sqlite" in result.err
    assert f"+ blog/migrations/{NAME}.py" in result.out
    assert (root / f"blog/migrations/{NAME}.py").is_file()


def test_json_tells_the_plan(root: Path) -> None:
    result = squash(root, "blog", "0002", "0004_length", "--dry-run", "--format", "json")
    document = json.loads(result.out)
    assert document["name"] == "0002_body_squashed_0004_length"
    assert document["replaces"] == ["0002_body", "0003_fill", "0004_length"]
    assert (document["operations_before"], document["operations_after"]) == (4, 4)
    assert document["databases"] == [
        {
            "database": "default",
            "applied": "none",
            "missing": [],
            "migrate": "runs 0002_body_squashed_0004_length instead of what it replaces",
        }
    ]
    assert document["possible"]
    assert document["proofs"] is None


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["nowhere"], 2, "No app with the label 'nowhere'"),
        (["blog", "0004", "0002"], 2, "0004_length comes after 0002_body"),
        (["shop"], 2, "0001_initial alone is nothing to squash"),
        (["blog", "1", "2", "3"], 2, "Give a START and an END at most."),
        (["blog", "--squashed-name", "initial"], 1, "has, or had, a migration named 0001_initial"),
    ],
)
def test_bad_input_is_one_sentence(root: Path, words: list[str], code: int, message: str) -> None:
    before = read_tree(root)
    result = squash(root, *words, "--dry-run")
    assert (result.code, result.out) == (code, "")
    assert message in result.err
    assert "Traceback" not in result.err
    assert read_tree(root) == before


def test_every_app_is_outlined(root: Path) -> None:
    result = squash(root, "--all")
    assert (result.code, result.out) == (0, "blog: 5 migrations\n    migtui squash blog\n")
    document = json.loads(squash(root, "--all", "--format", "json").out)
    assert document["apps"][0]["commands"] == [["blog"]]
    assert squash(root).code == squash(root, "blog", "--all").code == 2


def test_a_function_from_a_module_that_is_gone_is_told(root: Path) -> None:
    path = root / "blog/migrations/0003_fill.py"
    path.write_text("from blog.gone import fill\n" + path.read_text())
    result = squash(root, "blog", "--dry-run")
    assert (result.code, result.out) == (1, "")
    assert "No module named 'blog.gone'" in result.err


def test_nothing_is_written_where_it_is_not_proved(root: Path) -> None:
    path = root / "blog/migrations/0001_initial.py"
    broken = "operations = [migrations.RunSQL('no'),"
    path.write_text(path.read_text().replace("operations = [", broken))
    before = read_tree(root)
    result = squash(root, "blog", "--noinput")
    assert result.code == 1
    assert "Not proved on sqlite: The old migrations don't run from nothing" in result.err
    assert "Nothing was written." in result.err
    assert read_tree(root) == before
    assert squash(root, "blog", "--noinput", "--no-proof").code == 0
