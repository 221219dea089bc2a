"""Every kind of repository and checkout that people have; each is read, or says why not."""

from pathlib import Path

import pytest

from migtui.core.migration import MigrationKey
from migtui.errors import GitError
from migtui.services.explain import explain
from migtui.services.project import Project, open_project
from migtui.services.resolve import ORDER, Choice, make_plan
from migtui.services.snapshots import merged_project, open_snapshots
from migtui.services.write_verified import write_plan
from tests.support.command_line import run
from tests.support.merges import PATH, add, begin, both_added, branch, stop
from tests.support.projects import migration, write, write_project
from tests.support.repositories import commit, git, init, switch


def names(project: Project) -> set[str]:
    return {str(key) for key in project.graph.migrations}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return both_added(tmp_path / "project")


def end(root: Path) -> list[str]:
    """Resolve the twins; returns the problems that are left."""
    project = open_project(root)
    twin = project.unfinished.twins[0] if project.unfinished else None
    assert twin is not None
    names = ("0002_more", twin.new_key.name)
    choice = Choice(ORDER, tuple(MigrationKey("blog", name) for name in names))
    write_plan(project, make_plan(project, "blog", choice), engine=None, stage=True)
    return [problem.code for problem in open_project(root).problems()]


@pytest.mark.parametrize(
    "command", [["merge", "main"], ["rebase", "main"], ["rebase", "--apply", "main"],
                ["cherry-pick", "main"]],
)  # fmt: skip
def test_each_way_to_bring_commits_is_ended(root: Path, command: list[str]) -> None:
    stop(root, *command)
    assert end(root) == []
    again = {"merge": "commit", "rebase": "rebase", "cherry-pick": "cherry-pick"}[command[0]]
    arguments = ["commit", "--no-edit", "--quiet"] if again == "commit" else [again, "--continue"]
    git(root, "-c", "core.editor=true", *arguments)
    assert git(root, "status", "--porcelain") == ""
    assert run("check", "--project", root).code == 0


def test_a_linked_worktree_is_ended_by_itself(root: Path, tmp_path: Path) -> None:
    linked = tmp_path / "linked"
    git(root, "worktree", "add", "--quiet", "-b", "other", str(linked), "tags")
    stop(linked, "merge", "main")
    assert end(linked) == []
    assert open_project(root).unfinished is None
    with open_snapshots(open_project(linked)) as snapshots:
        assert "blog.0002_more" in names(snapshots.at("main"))


def test_sha256_is_ended_as_well(tmp_path: Path) -> None:
    top = tmp_path / "project"
    top.mkdir()
    git(top, "init", "--quiet", "--initial-branch=main", "--object-format=sha256")
    begin(top)
    branch(top, "main", {PATH: add("views")})
    branch(top, "tags", {PATH: add("tags")}, start="main~1")
    stop(top, "merge", "main")
    assert end(top) == []
    assert run("undo", "--project", top).code == 0
    assert git(top, "ls-files", "--unmerged") != ""


def test_a_sparse_checkout_reads_what_the_commits_have(root: Path) -> None:
    write(root, {"shop/migrations/0001_initial.py": migration()})
    commit(root, "Shop")
    git(root, "sparse-checkout", "set", "blog")
    assert not (root / "shop").exists()
    assert names(open_project(root)) == {"blog.0001_initial", "blog.0002_more"}
    with merged_project(open_project(root), "main~1") as (project, _):
        assert names(project) >= {"shop.0001_initial", "blog.0002_more"}


def test_a_submodule_is_no_part_of_the_repository_around_it(root: Path, tmp_path: Path) -> None:
    inner = write_project(init(tmp_path / "inner"), ["store"])
    write(inner, {"store/migrations/0001_initial.py": migration()})
    commit(inner, "Begin")
    git(root, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner), "lib")
    commit(root, "Add a submodule")
    with open_snapshots(open_project(root)) as snapshots:
        assert names(snapshots.at("HEAD")) == {"blog.0001_initial", "blog.0002_more"}
    # Inside it, it is a repository of its own.
    with open_snapshots(open_project(root / "lib")) as snapshots:
        assert names(snapshots.at("HEAD")) == {"store.0001_initial"}


def test_a_directory_that_was_renamed_on_one_side_gets_what_the_other_adds(root: Path) -> None:
    switch(root, "main")
    git(root, "mv", "blog", "journal")
    config = "from django.apps import AppConfig\n\nclass J(AppConfig):\n"
    write(root, {"journal/apps.py": config + "    name = 'journal'\n    label = 'blog'\n"})
    text = (root / "settings.py").read_text().replace("'blog'", "'journal'")
    write(root, {"settings.py": text})
    commit(root, "Call it a journal")
    branch(root, "late", {"blog/migrations/0002_late.py": add("late")}, start="main~2")
    with merged_project(open_project(root), "main") as (project, _):
        assert project.graph.app_labels == {"blog"}
        assert {"blog.0002_more", "blog.0002_late"} <= names(project)


def test_a_partial_clone_says_what_it_lacks(root: Path, tmp_path: Path) -> None:
    git(root, "config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "clone"
    arguments = ["--quiet", "--filter=blob:none", "--branch=tags", root.as_uri(), str(clone)]
    git(tmp_path, "clone", *arguments)
    root.rename(tmp_path / "gone")
    project = open_project(clone)
    assert "blog.0002_more" in names(project)
    with pytest.raises(GitError) as caught, open_snapshots(project) as snapshots:
        snapshots.at("origin/main")
    assert "has no blob" in caught.value.message
    result = run("check", "--project", clone, "--base", "origin/main")
    assert (result.code, result.out) == (1, "")
    assert "fetch" in result.err
    assert run("check", "--project", clone).code == 0


def test_a_repository_of_somebody_else_is_said(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    result = run("check", "--project", root, "--base", "main")
    assert result.code == 1
    assert "belongs to another user" in result.err
    assert "safe.directory" in result.err
    assert run("check", "--project", root).code == 0
    write(root, {"blog/migrations/0002_other.py": add("other")})
    told = run("explain", "blog", "--project", root, "--format", "json")
    assert told.code == 0
    assert "Whose the branches are is not known: git does not read" in told.out


def test_a_bare_repository_is_said(root: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare.git"
    git(tmp_path, "clone", "--quiet", "--bare", str(root), str(bare))
    write_project(bare, ["blog"], {"blog/migrations/0001_initial.py": migration()})
    result = run("check", "--project", bare, "--base", "main")
    assert result.code == 1
    assert "is in a bare repository" in result.err


def test_a_corrupt_index_keeps_nothing_from_being_read(root: Path) -> None:
    (root / ".git/index").write_bytes(b"garbage")
    assert run("check", "--project", root).code == 0
    assert run("check", "--project", root, "--base", "main").code == 1
    stopped = run("repair", "--project", root, "--lock-files", "--static", "--noinput", "--stage")
    assert stopped.code == 1
    assert "index" in stopped.err
    write(root, {"blog/migrations/0002_other.py": add("other")})
    facts = explain(open_project(root), "blog").facts.values()
    assert {entry.state for fact in facts for entry in fact.added} == {None}


def test_a_damaged_object_is_said(root: Path) -> None:
    sha = git(root, "rev-parse", f"main:{PATH}").strip()
    damaged = root / ".git/objects" / sha[:2] / sha[2:]
    damaged.chmod(0o644)
    damaged.write_bytes(b"garbage")
    with (
        pytest.raises(GitError, match="has no blob"),
        open_snapshots(open_project(root)) as snapshots,
    ):
        snapshots.at("main")
