"""``migtui check --base`` and ``migtui explain --base``: the merge that was not made."""

import json
from pathlib import Path

import pytest

from tests.support.command_line import run, run_process
from tests.support.merges import MODELS, add, begin, branch, stop
from tests.support.projects import read_tree, write
from tests.support.repositories import commit, git, switch


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Each of main and tags has one leaf; tags is checked out."""
    root = begin(tmp_path / "project")
    branch(root, "main", {"blog/migrations/0002_views.py": add("views")})
    branch(root, "tags", {"blog/migrations/0002_tags.py": add("tags")}, start="main~1")
    return root


def test_two_green_branches_are_told_before_they_are_a_red_main(repository: Path) -> None:
    before = read_tree(repository / ".git"), read_tree(repository)
    assert run("check", "--project", repository).code == 0
    result = run("check", "--project", repository, "--base", "main")
    assert result.code == 1
    assert "error migtui.E001: Conflicting migrations: 0002_tags, 0002_views" in result.out
    assert "Verdict: independent" in result.out
    assert "`migtui explain blog --base main` shows the branches" in result.out
    assert result.err == "HEAD merged with main, as it is committed.\n"
    assert (read_tree(repository / ".git"), read_tree(repository)) == before


def test_a_merge_without_a_conflict_is_0(repository: Path) -> None:
    result = run("check", "--project", repository, "--base", "main~1")
    assert (result.code, result.out) == (0, "No problems in 1 app with 2 migrations.\n")


def test_lanes_bear_the_names_of_the_sides(repository: Path) -> None:
    result = run("check", "--project", repository, "--base", "main", "--format", "json")
    document = json.loads(result.out)
    (problem,) = document["problems"]
    found = {
        item["leaf"]: (item["git_branch"], item["published"], item["author"])
        for item in problem["conflict"]["branches"]
    }
    assert found == {"0002_tags": ("tags", False, "Ada"), "0002_views": ("main", True, "Ada")}
    assert document["base"] == "main"


def test_one_name_on_both_sides_is_told_with_the_verdict_on_the_two(tmp_path: Path) -> None:
    root = begin(tmp_path / "project")
    path = "blog/migrations/0002_more.py"
    branch(root, "main", {path: add("views")})
    branch(root, "tags", {path: add("views").replace("default=0", "default=1")}, start="main~1")
    document = json.loads(run("check", "--project", root, "--base", "main", "--format=json").out)
    codes = [problem["code"] for problem in document["problems"]]
    assert codes == ["migtui.E001", "migtui.E006"]
    conflict = document["problems"][0]["conflict"]
    assert conflict["leaves"] == ["0002_more", "0002_more_tags"]
    assert conflict["verdict"]["kind"] == "colliding"
    assert [item["git_branch"] for item in conflict["branches"]] == ["main", "tags"]


def test_a_migration_that_both_sides_have_changed_is_told_with_the_two(repository: Path) -> None:
    path = "blog/migrations/0001_initial.py"
    text = (repository / path).read_text()
    for name in ("main", "tags"):
        branch(repository, name, {path: text.replace("Post", name.title())})
    result = run("check", "--project", repository, "--base", "main")
    assert "blog.0001_initial was changed on tags and on main in ways that git can't put" in (
        result.out
    )
    assert "can't be loaded" not in result.out


def test_a_dependency_that_the_other_branch_has_removed_is_broken(repository: Path) -> None:
    switch(repository, "main")
    (repository / "blog/migrations/0002_views.py").unlink()
    write(repository, {"blog/migrations/0001_initial.py": b"from django.db import migrations\n"})
    (repository / "blog/migrations/0001_initial.py").rename(
        repository / "blog/migrations/0001_start.py"
    )
    write(
        repository,
        {"blog/migrations/0001_start.py": add("x").replace("('blog', '0001_initial'),", "")},
    )
    commit(repository, "Begin anew")
    switch(repository, "tags")
    result = run("check", "--project", repository, "--base", "main")
    assert result.code == 1
    assert "migtui.E002: blog.0002_tags depends on blog.0001_initial, which is not there." in (
        result.out
    )


def test_explain_shows_the_branches_of_the_merge(repository: Path) -> None:
    result = run("explain", "blog", "--project", repository, "--base", "main")
    assert result.code == 0
    assert "Read from git's objects: HEAD merged with main. Django was not asked." in result.out
    assert "tags · Ada" in result.out


@pytest.mark.parametrize(
    "ref", ["nowhere", "--upload-pack=touch x", "-x", ":(glob)**", "a b", "\x1b]0;x\x07", "x\ny"]
)
def test_a_ref_that_is_none_is_one_sentence(repository: Path, ref: str) -> None:
    result = run("check", "--project", repository, f"--base={ref}")
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("Error: git knows no commit ")
    assert "\x1b" not in result.err
    assert not (repository / "x").exists()


def test_code_of_the_other_branch_is_never_run(repository: Path) -> None:
    switch(repository, "main")
    boom = "open('/tmp/migtui-was-run', 'w')\nraise SystemExit(3)\n"
    files = dict.fromkeys(("manage.py", "settings.py", "blog/__init__.py"), boom)
    files["blog/migrations/0002_views.py"] = boom + add("views")
    write(repository, files)
    commit(repository, "Explode")
    switch(repository, "tags")
    result = run_process("check", "--project", repository, "--base", "main")
    assert result.returncode == 1
    assert not Path("/tmp/migtui-was-run").exists()


def test_outside_a_repository_the_rest_goes_on_working(root: Path) -> None:
    result = run("check", "--project", root, "--base", "main")
    assert (result.code, result.out) == (1, "")
    assert "is in no git repository" in result.err
    assert run("check", "--project", root, "shop").code == 0


def test_without_git_it_is_said(repository: Path, tmp_path: Path) -> None:
    result = run_process("check", "--project", repository, "--base", "main", PATH=str(tmp_path))
    assert (result.returncode, result.stdout) == (1, "")
    assert "The program git was not found." in result.stderr
    assert run_process("check", "--project", repository, PATH=str(tmp_path)).returncode == 0


def test_sql_and_base_exclude_each_other(repository: Path) -> None:
    result = run("check", "--project", repository, "--base=main", "--format=markdown", "--sql")
    assert (result.code, result.out) == (2, "")


def test_what_is_not_committed_is_not_part_of_the_merge(repository: Path) -> None:
    write(repository, {"blog/migrations/0002_mine.py": add("mine")})
    result = run("check", "--project", repository, "--base", "main~1")
    assert result.code == 0
    assert run("check", "--project", repository).code == 1


def test_a_criss_cross_history_has_a_merge_too(repository: Path) -> None:
    git(repository, "branch", "old-tags")
    git(repository, "branch", "old-main", "main")
    write(repository, {"blog/models.py": MODELS})
    git(repository, "merge", "--quiet", "--no-edit", "old-main")
    switch(repository, "main")
    git(repository, "merge", "--quiet", "--no-edit", "old-tags")
    assert len(git(repository, "merge-base", "--all", "main", "tags").split()) == 2
    result = run("check", "--project", repository, "--base", "tags")
    assert "0002_tags, 0002_views are both leaves of blog." in result.out


def test_in_the_middle_of_a_merge_it_is_still_about_commits(repository: Path) -> None:
    branch(repository, "other", {"blog/migrations/0002_tags.py": add("other")}, start="main~1")
    stop(repository, "merge", "tags")
    result = run("check", "--project", repository, "--base", "main")
    assert "0002_tags, 0002_views are both leaves of blog." in result.out
