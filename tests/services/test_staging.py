"""git's index after ``--stage``, ``undo`` and ``redo``."""

from pathlib import Path

import pytest

from tests.support.command_line import Result, run
from tests.support.merges import add, begin, branch, stop
from tests.support.projects import read_tree, write
from tests.support.repositories import commit, git

PATH = "blog/migrations/0002_more.py"
ORDER = ("--order", "0002_more", "0002_more_tags")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A merge that stopped at a file which both sides have added."""
    top = begin(tmp_path / "project", {"blog/migrations/max_migration.txt": "0001_initial\n"})
    lock = "blog/migrations/max_migration.txt"
    branch(top, "main", {PATH: add("views"), lock: "0002_more\n"})
    branch(top, "tags", {PATH: add("tags"), lock: "0002_more\n"}, start="main~1")
    stop(top, "merge", "main")
    return top


def index(root: Path) -> str:
    return git(root, "ls-files", "--stage")


def resolve(root: Path, *options: str) -> Result:
    return run("resolve", "blog", *ORDER, "--static", "--noinput", "--project", root, *options)


def test_staging_ends_the_merge_and_commits_nothing(root: Path) -> None:
    head = git(root, "rev-parse", "HEAD")
    assert resolve(root, "--stage").code == 0
    assert git(root, "ls-files", "--unmerged") == ""
    assert git(root, "status", "--porcelain").splitlines() == [
        "M  blog/migrations/0002_more.py",
        "A  blog/migrations/0003_more_tags.py",
        "M  blog/migrations/max_migration.txt",
    ]
    assert git(root, "rev-parse", "HEAD") == head
    commit(root, "Merge")
    assert run("check", "--project", root).code == 0


def test_undo_gives_the_index_back_with_its_stages(root: Path) -> None:
    before, files = index(root), read_tree(root)
    resolve(root, "--stage")
    result = run("undo", "--project", root)
    assert (index(root), read_tree(root)) == (before, files)
    assert result.err == "git's index is as it was before these files were staged.\n"
    staged = run("redo", "--project", root)
    assert "The files are staged again." in staged.err
    assert git(root, "ls-files", "--unmerged") == ""


def test_what_was_staged_since_is_left_alone(root: Path) -> None:
    resolve(root, "--stage")
    git(root, "rm", "--quiet", "--cached", "blog/migrations/0003_more_tags.py")
    before = index(root)
    result = run("undo", "--project", root)
    assert result.code == 0
    assert "was left as it is" in result.err
    assert index(root) == before


def test_without_stage_the_index_stays(root: Path) -> None:
    before = index(root)
    assert resolve(root).code == 0
    assert index(root) == before
    assert run("undo", "--project", root).err == ""


def test_a_filter_of_the_repository_is_not_run(root: Path) -> None:
    write(root, {".gitattributes": "*.py filter=evil\n"})
    git(root, "config", "filter.evil.clean", f"touch {root}/ran; cat")
    result = resolve(root, "--stage")
    assert result.code == 1
    assert "was written, but not staged" in result.err
    assert "'evil'" in result.err
    assert not (root / "ran").exists()
    assert (root / "blog/migrations/0003_more_tags.py").exists()


def test_a_lock_of_another_git_is_said(root: Path) -> None:
    (root / ".git/index.lock").touch()
    result = resolve(root, "--stage")
    assert result.code == 1
    assert "Another git is writing the index" in result.err
