"""``migtui resolve --collapse``: one branch's work in progress becomes one migration, and last."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.command_line import Result, run
from tests.support.projects import read_tree
from tests.support.repositories import commit, git, switch
from tests.support.squashes import manage, write_conflict


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_conflict(tmp_path / "project")


def resolve(root: Path, *words: str) -> Result:
    given = ["--noinput", "--project", root, "--python", sys.executable]
    return run("resolve", "blog", *words, *given)


def test_a_branch_becomes_one_migration_behind_the_other_in_one_undo(root: Path) -> None:
    explained = run("explain", "blog", "--project", root, "--format", "json")
    (way,) = [
        entry
        for entry in json.loads(explained.out)["resolutions"]
        if entry["strategy"] == "collapse"
    ]
    assert (way["possible"], way["order"]) == (True, ["0003_subtitle", "0005_title"])
    before = read_tree(root)

    result = resolve(root, "--collapse", *way["order"])

    assert result.code == 0, result.err
    assert "Proved on sqlite" in result.err
    names = sorted(path.stem for path in (root / "blog/migrations").glob("0*.py"))
    assert names == ["0001_initial", "0002_body", "0003_subtitle", "0004_title"]
    text = (root / "blog/migrations/0004_title.py").read_text()
    assert "replaces" not in text
    assert "('blog', '0003_subtitle')" in text
    assert "('blog', '0004_title')" in (root / "shop/migrations/0001_initial.py").read_text()
    assert manage(root, "makemigrations", "--check", "--dry-run") == "No changes detected\n"
    assert "Applying blog.0004_title... OK" in manage(root, "migrate")
    (root / "db.sqlite3").unlink()
    assert run("undo", "--project", root).code == 0
    assert read_tree(root) == before


def test_what_a_database_has_applied_of_it_is_rolled_back_with_consent(root: Path) -> None:
    hidden = root / "blog/migrations/0003_subtitle.py"
    text = hidden.read_text()
    hidden.unlink()
    manage(root, "migrate")
    hidden.write_text(text)
    before = read_tree(root)

    result = resolve(root, "--collapse", "0003_s", "0005")

    assert (result.code, result.out) == (1, "")
    assert "default has applied 0003_fill, 0004_length, 0005_title." in result.err
    assert read_tree(root) == before

    result = resolve(root, "--collapse", "0003_s", "0005", "--roll-back")

    assert result.code == 0, result.err
    unapplied = "shop.0001_initial, blog.0005_title, blog.0004_length, blog.0003_fill"
    assert f"Unapplied in default: {unapplied}." in result.err
    assert "Applying blog.0004_title... OK" in manage(root, "migrate")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--collapse", "0005", "0003_s"], 1, "0003_subtitle alone is nothing to collapse."),
        (["--collapse", "0005"], 2, "The order leaves out 0003_subtitle."),
        (["--collapse", "0003_s", "0005", "--static"], 2, "--collapse takes Django's optimizer."),
        (["--collapse", "0003_s", "0005", "--keep", "a=b"], 2, "--collapse decides nothing."),
        (["--merge", "--roll-back"], 2, "--roll-back and --database go with --collapse."),
    ],
)
def test_what_can_not_be_collapsed_is_refused(
    root: Path, words: list[str], code: int, said: str
) -> None:
    before = read_tree(root)
    result = resolve(root, *words)
    assert (result.code, result.out) == (code, "")
    assert said in result.err
    assert read_tree(root) == before


def test_what_the_default_branch_has_is_not_collapsed(root: Path) -> None:
    git(root, "branch", "--force", "main", "work")
    result = resolve(root, "--collapse", "0003_s", "0005")
    assert (result.code, result.out) == (1, "")
    assert "The default branch has 0003_fill, 0004_length, 0005_title" in result.err
    explained = run("explain", "blog", "--project", root)
    assert "✗ collapse 0003_subtitle, 0005_title (not possible)" in explained.out
    assert "The default branch has 0003_fill, 0004_length, 0005_title" in explained.out.replace(
        "\n      ", " "
    )


def test_while_a_merge_is_not_finished_both_sides_of_one_name_are_told_apart(root: Path) -> None:
    git(root, "reset", "--quiet", "--hard", "HEAD~1")
    manage(root, "migrate")
    switch(root, "main")
    git(root, "mv", "blog/migrations/0003_subtitle.py", "blog/migrations/0003_fill.py")
    commit(root, "fill")
    switch(root, "work")
    subprocess.run(["git", "merge", "--quiet", "main"], cwd=root, check=False, capture_output=True)
    before = read_tree(root)

    result = resolve(root, "--collapse", "0003_fill", "0005", "--roll-back")

    assert (result.code, result.out) == (1, "")
    assert "default has applied 0003_fill, and both sides of the merge" in result.err
    assert read_tree(root) == before
    (root / "db.sqlite3").unlink()

    result = resolve(root, "--collapse", "0003_fill", "0005")

    assert result.code == 0, result.err
    names = sorted(path.stem for path in (root / "blog/migrations").glob("0*.py"))
    assert names == ["0001_initial", "0002_body", "0003_fill", "0004_title"]
    assert "subtitle" in (root / "blog/migrations/0003_fill.py").read_text()
    assert manage(root, "makemigrations", "--check", "--dry-run") == "No changes detected\n"
