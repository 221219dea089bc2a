"""``migtui squash --collapse``: work in progress becomes one migration."""

import sys
from pathlib import Path

import pytest

from tests.support.command_line import Result, run
from tests.support.projects import read_tree
from tests.support.squashes import manage, write_blog, write_branch


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_branch(tmp_path / "project")


def collapse(root: Path, *words: str) -> Result:
    given = ["--collapse", "--noinput", "--project", root, "--python", sys.executable]
    return run("squash", "blog", *words, *given)


def test_a_branch_becomes_one_migration_in_one_undo(root: Path) -> None:
    before = read_tree(root)
    result = collapse(root, "0003", "0005")
    assert result.code == 0, result.err
    assert "Proved on sqlite" in result.err
    names = sorted(path.stem for path in (root / "blog/migrations").glob("0*.py"))
    assert names == ["0001_initial", "0002_body", "0003_title"]
    text = (root / "blog/migrations/0003_title.py").read_text()
    assert "replaces" not in text
    assert "('blog', '0002_body')" in text
    assert "('blog', '0003_title')" in (root / "shop/migrations/0001_initial.py").read_text()
    assert manage(root, "makemigrations", "--check", "--dry-run") == "No changes detected\n"
    assert "Applying blog.0003_title... OK" in manage(root, "migrate")
    (root / "db.sqlite3").unlink()
    assert run("undo", "--project", root).code == 0
    assert read_tree(root) == before


def test_what_others_have_is_not_collapsed(root: Path) -> None:
    before = read_tree(root)
    result = collapse(root, "0002", "0005")
    assert (result.code, result.out) == (1, "")
    assert "The default branch has 0002_body" in result.err
    assert read_tree(root) == before


def test_what_is_applied_has_to_be_rolled_back_first(root: Path) -> None:
    manage(root, "migrate", "blog", "0004")
    before = read_tree(root)
    result = collapse(root, "0003", "0005")
    assert (result.code, result.out) == (1, "")
    assert "The database default has applied 0003_fill, 0004_length." in result.err
    assert "--roll-back rolls that back first" in result.err
    assert read_tree(root) == before
    planned = collapse(root, "0003", "0005", "--dry-run")
    assert "default has applied 0003_fill, 0004_length: it has to be rolled back" in planned.err

    result = collapse(root, "0003", "0005", "--roll-back")

    assert result.code == 0, result.err
    assert "Unapplied in default: blog.0004_length, blog.0003_fill." in result.err
    assert "Next: `migtui migrate --database default`." in result.err
    assert "blog.0002_body" not in result.err
    assert len(run("backups", "--project", root).out.split("default-")) == 2
    assert " [ ] 0003_title" in manage(root, "showmigrations", "blog")
    assert manage(root, "migrate", "--check", "blog", "0002") == ""


def test_without_git_it_can_not_be_told(tmp_path: Path) -> None:
    result = collapse(write_blog(tmp_path / "project"), "0003", "0005")
    assert (result.code, result.out) == (1, "")
    assert "Whether these migrations are published can't be told" in result.err
