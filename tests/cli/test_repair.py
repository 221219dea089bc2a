"""``migtui repair``: graphs that Django cannot load."""

from pathlib import Path

import pytest

from tests.support.command_line import run
from tests.support.merges import add, begin, branch, stop
from tests.support.projects import read_tree, write
from tests.support.repositories import commit, git

PATH = "blog/migrations/0002_more.py"
MAX = "blog/migrations/max_migration.txt"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    return begin(tmp_path / "project")


def repair(root: Path, *options: str) -> tuple[int, str, str]:
    result = run("repair", "--project", root, "--noinput", *options)
    return result.code, result.out, result.err


def test_a_dependency_on_a_renamed_migration_follows_it(repository: Path) -> None:
    write(repository, {PATH: add("more")})
    commit(repository, "More")
    git(repository, "mv", PATH, "blog/migrations/0002_body.py")
    commit(repository, "Call it body")
    write(repository, {"blog/migrations/0003_last.py": add("last", "0002_more")})
    assert run("check", "--project", repository).code == 1
    code, out, _ = repair(repository)
    assert code == 0
    assert "Dependencies on blog.0002_more are on 0002_body now: git renamed it." in out
    assert run("check", "--project", repository).code == 0
    assert run("undo", "--project", repository).code == 0
    assert run("check", "--project", repository).code == 1


def test_without_git_the_same_name_with_another_number_is_the_one(root: Path) -> None:
    (root / "blog/migrations/0002_views.py").rename(root / "blog/migrations/0003_views.py")
    text = (root / "blog/migrations/0003_views.py").read_text().replace("0001_initial", "0002_tags")
    write(root, {"blog/migrations/0003_views.py": text})
    write(root, {"blog/migrations/0004_last.py": add("last", "0002_views")})
    code, out, err = repair(root, "--static")
    assert (code, err.splitlines()[0]) == (
        0, "Django was not asked: on the word of the reader alone.",
    )  # fmt: skip
    assert "are on 0003_views now: it has the same name with another number." in out
    assert run("check", "--project", root).code == 0


def test_what_is_not_known_is_left_and_said(root: Path) -> None:
    write(root, {"blog/migrations/0003_last.py": add("last", "0002_gone")})
    before = read_tree(root)
    code, out, err = repair(root)
    assert (code, out) == (1, "Nothing that can be mended.\n")
    assert "Left: migtui.E002: blog.0003_last depends on blog.0002_gone" in err
    assert read_tree(root) == before


def test_a_cycle_is_explained_and_left(root: Path) -> None:
    write(root, {"blog/migrations/0001_initial.py": add("x", "0002_tags")})
    code, _, err = repair(root)
    assert code == 1
    assert "Left: migtui.E003: blog.0001_initial depends on itself: " in err


def test_nothing_wrong_is_0(repository: Path) -> None:
    assert repair(repository) == (0, "Nothing to mend.\n", "")


def test_both_sides_of_a_merge_are_kept(repository: Path) -> None:
    branch(repository, "main", {PATH: add("views"), MAX: "0002_more\n"})
    branch(repository, "tags", {PATH: add("tags"), MAX: "0002_more\n"}, start="main~1")
    stop(repository, "merge", "main")
    code, out, err = repair(repository, "--stage")
    assert code == 0
    assert (
        "blog/migrations/0002_more.py is that of main; that of tags is kept as "
        "blog/migrations/0002_more_tags.py."
    ) in out
    assert "blog has several leaves: `migtui resolve blog`." in err
    assert git(repository, "ls-files", "--unmerged") == ""


def test_a_lock_file_gets_the_leaf(repository: Path) -> None:
    write(repository, {MAX: "0009_gone\n", PATH: add("more")})
    result = run("check", "--project", repository)
    assert result.code == 1
    assert (
        "migtui.E007: blog/migrations/max_migration.txt names 0009_gone for blog, but its leaf is "
        "0002_more."
    ) in result.out
    assert repair(repository)[0] == 0
    assert (repository / MAX).read_text() == "0002_more\n"


def test_lock_files_are_made_on_request(repository: Path) -> None:
    assert repair(repository, "--lock-files")[0] == 0
    assert (repository / MAX).read_text() == "0001_initial\n"


def test_a_dry_run_prints_the_diff_and_changes_nothing(repository: Path) -> None:
    write(repository, {MAX: "0009_gone\n"})
    before = read_tree(repository)
    result = run("repair", "--project", repository, "--dry-run")
    assert result.code == 0
    assert "-0009_gone\n+0001_initial\n" in result.out
    assert read_tree(repository) == before


def test_without_a_terminal_it_names_the_flag(repository: Path) -> None:
    result = run("repair", "--project", repository)
    assert (result.code, result.out) == (2, "")
    assert "--noinput" in result.err
