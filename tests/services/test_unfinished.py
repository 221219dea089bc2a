"""Projects in the middle of a merge, a rebase or the like."""

from pathlib import Path

import pytest

from migtui.core.migration import MigrationKey
from migtui.engine.protocol.project import AppliedMigrations
from migtui.services.explain import explain
from migtui.services.project import Project, open_project
from migtui.services.resolve import ORDER, Choice, make_plan
from migtui.services.write_verified import write_plan
from tests.support.command_line import run
from tests.support.merges import CREATE, PATH, add, begin, both_added, branch, stop
from tests.support.projects import migration, read_tree, write, write_project
from tests.support.repositories import commit, git, init, switch


def codes(project: Project) -> list[str]:
    return [problem.code for problem in project.problems()]


def order(*names: str) -> Choice:
    return Choice(ORDER, tuple(MigrationKey("blog", name) for name in names))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return both_added(tmp_path / "project")


def test_one_name_on_both_sides_is_two_migrations(root: Path) -> None:
    stop(root, "merge", "main")
    project = open_project(root)
    assert codes(project) == ["migtui.E001", "migtui.E005", "migtui.E006"]
    assert [leaf.name for leaf in project.conflicts[0].leaves] == ["0002_more", "0002_more_tags"]
    # main has published the name, so it is the branch's migration that gives it up.
    assert project.read(PATH) == add("views").encode()
    assert project.read("blog/migrations/0002_more_tags.py") == add("tags").encode()
    assert project.problems()[2].message == (
        "blog.0002_more was added on main and on tags, with different content."
    )


def test_an_order_keeps_both_and_renames_one(root: Path) -> None:
    stop(root, "merge", "main")
    before = read_tree(root)
    project = open_project(root)
    plan = make_plan(project, "blog", order("0002_more", "0002_more_tags"))
    write_plan(project, plan, engine=None)
    after = read_tree(root)
    assert set(after) - set(before) == {"blog/migrations/0003_more_tags.py"}
    assert after[PATH] == add("views").encode()
    assert after["blog/migrations/0003_more_tags.py"] == add("tags", "0002_more").encode()
    assert codes(open_project(root)) == []


def test_the_rebased_branch_gives_up_the_name(root: Path) -> None:
    stop(root, "rebase", "main")
    project = open_project(root)
    assert project.read(PATH) == add("views").encode()
    assert project.read("blog/migrations/0002_more_tags.py") == add("tags").encode()


def test_what_follows_the_migration_of_a_side_follows_its_new_name(tmp_path: Path) -> None:
    root = begin(tmp_path / "project")
    follower = "blog/migrations/0003_after.py"
    branch(root, "main", {PATH: add("views")})
    branch(root, "tags", {PATH: add("tags"), follower: add("after", "0002_more")}, start="main~1")
    switch(root, "main")
    stop(root, "merge", "tags")
    project = open_project(root)
    leaves = [leaf.name for leaf in project.conflicts[0].leaves]
    assert leaves == ["0002_more", "0003_after"]
    assert project.conflicts[0].branches[1].migrations[0].name == "0002_more_tags"
    plan = make_plan(project, "blog", order("0002_more", "0003_after"))
    write_plan(project, plan, engine=None)
    found = {path.name for path in (root / "blog/migrations").glob("0*.py")}
    assert found == {"0001_initial.py", "0002_more.py", "0003_more_tags.py", "0004_after.py"}
    assert codes(open_project(root)) == []


def test_a_chain_on_both_sides_under_the_same_names(tmp_path: Path) -> None:
    root = begin(tmp_path / "project")
    second = "blog/migrations/0003_again.py"
    branch(root, "main", {PATH: add("a"), second: add("b", "0002_more")})
    branch(root, "tags", {PATH: add("c"), second: add("d", "0002_more")}, start="main~1")
    stop(root, "merge", "main")
    project = open_project(root)
    assert [branch.migrations for branch in project.conflicts[0].branches] == [
        (MigrationKey("blog", "0002_more"), MigrationKey("blog", "0003_again")),
        (MigrationKey("blog", "0002_more_tags"), MigrationKey("blog", "0003_again_tags")),
    ]
    plan = make_plan(project, "blog", order("0003_again", "0003_again_tags"))
    write_plan(project, plan, engine=None)
    assert codes(open_project(root)) == []
    assert len(list((root / "blog/migrations").glob("0*.py"))) == 5


def test_a_file_that_one_side_has_laid_out_anew_is_what_the_other_made_of_it(root: Path) -> None:
    text = add("tags").replace("default=0", "default=1")
    branch(root, "green", {PATH: text}, start="tags")
    branch(
        root,
        "blue",
        {PATH: add("tags").replace('"tags", ', '\n            "tags",\n    ')},
        start="tags",
    )
    switch(root, "green")
    stop(root, "merge", "blue")
    project = open_project(root)
    assert project.read(PATH) == text.encode()
    assert codes(project) == ["migtui.E005"]


def test_what_both_sides_have_changed_stays_as_git_left_it(root: Path) -> None:
    branch(root, "blue", {PATH: add("blue")}, start="tags")
    branch(root, "green", {PATH: add("green")}, start="tags")
    stop(root, "merge", "blue")
    project = open_project(root)
    assert b"<<<<<<<" in project.read(PATH)
    assert codes(project) == ["migtui.E005"]


def test_a_file_that_was_mended_by_hand_is_left_alone(root: Path) -> None:
    stop(root, "merge", "main")
    write(root, {PATH: add("both")})
    project = open_project(root)
    assert project.read(PATH) == add("both").encode()
    assert codes(project) == []


def test_taking_one_side_does_not_lose_the_other(root: Path) -> None:
    stop(root, "merge", "main")
    git(root, "checkout", "--ours", "--", PATH)
    assert codes(open_project(root)) == ["migtui.E001", "migtui.E005", "migtui.E006"]


def test_lock_files_with_markers_are_set_right(tmp_path: Path) -> None:
    lock = "blog/migrations/max_migration.txt"
    header = "Lock file. See the wiki: it tells more.\n\n"
    root = begin(
        tmp_path / "project",
        {
            lock: "0001_initial\n",
            "migrations_lockfile.txt": header + "blog: 0001_initial\n\nuser: 1\n",
        },
    )
    for name in ("main", "tags"):
        files = {
            f"blog/migrations/0002_{name}.py": add(name),
            lock: f"0002_{name}\n",
            "migrations_lockfile.txt": header + f"blog: 0002_{name}\n\nuser: 1\n",
        }
        branch(root, name, files, start="main~1")
    stop(root, "merge", "main")
    project = open_project(root)
    assert codes(project) == ["migtui.E001", "migtui.E007", "migtui.E007"]
    plan = make_plan(project, "blog", order("0002_main", "0002_tags"))
    write_plan(project, plan, engine=None)
    assert (root / lock).read_text() == "0003_tags\n"
    text = (root / "migrations_lockfile.txt").read_text()
    assert text == header + "blog: 0003_tags\n\nuser: 1\n"
    assert codes(open_project(root)) == []


def test_without_git_the_markers_are_all_there_is(tmp_path: Path) -> None:
    root = begin(tmp_path / "project")
    marked = f"<<<<<<< HEAD\n{add('a')}=======\n{add('b')}>>>>>>> tags\n"
    write(root, {PATH: marked})
    assert codes(open_project(root)) == ["migtui.E005"]


def test_the_initial_migration_of_a_new_app_on_both_sides(tmp_path: Path) -> None:
    root = begin(tmp_path / "project")
    path = "shop/migrations/0001_initial.py"
    branch(root, "main", {path: migration("migrations.RunSQL('')")})
    branch(root, "tags", {path: migration("migrations.RunSQL('select 1')")}, start="main~1")
    stop(root, "merge", "main")
    project = open_project(root)
    assert [leaf.name for leaf in project.conflicts[0].leaves] == [
        "0001_initial", "0001_initial_tags",
    ]  # fmt: skip


def test_a_merge_without_unmerged_files_has_its_sides_too(tmp_path: Path) -> None:
    root = begin(tmp_path / "project")
    branch(root, "main", {"blog/migrations/0002_views.py": add("views")})
    branch(root, "tags", {"blog/migrations/0002_tags.py": add("tags")}, start="main~1")
    git(root, "merge", "--no-commit", "--no-ff", "main")
    facts = explain(open_project(root), "blog").facts
    found = {leaf.name: (fact.git_branch, fact.mine) for leaf, fact in facts.items()}
    assert found == {"0002_tags": ("tags", True), "0002_views": ("main", False)}


def test_what_was_rebased_already_is_the_branch_s_own(tmp_path: Path) -> None:
    root = begin(tmp_path / "project")
    branch(root, "main", {"blog/migrations/0002_views.py": add("views"), "notes.txt": "main"})
    branch(root, "tags", {"blog/migrations/0002_tags.py": add("tags")}, start="main~1")
    branch(root, "tags", {"notes.txt": "tags"})
    stop(root, "rebase", "main")
    facts = explain(open_project(root), "blog").facts
    found = {leaf.name: (fact.git_branch, fact.mine) for leaf, fact in facts.items()}
    assert found == {"0002_tags": ("tags", True), "0002_views": ("main", False)}


def test_which_of_the_two_a_database_has_applied_is_not_known(root: Path) -> None:
    stop(root, "merge", "main")
    project = open_project(root)
    applied = AppliedMigrations("default", (("blog", "0001_initial"), ("blog", "0002_more")))
    facts = explain(project, "blog", applied=[applied]).facts
    assert {fact.applied for fact in facts.values()} == {(("default", None),)}
    plan = make_plan(project, "blog", order("0002_more", "0002_more_tags"))
    assert plan.remarks[-1].startswith(
        "A database that has applied 0002_more before has applied one of the two. Where it is "
        "that of tags, "
    )


def test_a_file_that_one_side_has_deleted_is_for_the_developer_to_decide(root: Path) -> None:
    branch(root, "blue", {PATH: add("blue")}, start="tags")
    switch(root, "tags")
    (root / PATH).unlink()
    commit(root, "Let it go")
    stop(root, "merge", "blue")
    (problem,) = open_project(root).problems()
    assert problem.code == "migtui.E005"
    assert problem.message == "blog.0002_more is unmerged: the merge goes on."
    assert "`git add`" in problem.help


def test_names_of_branches_steer_no_terminal(root: Path) -> None:
    stop(root, "merge", "main")
    (root / ".git/MERGE_MSG").write_bytes(b"Merge branch '\x1b[31mevil\xff[/x]' into tags\n")
    for words in (["check"], ["explain", "blog"], ["repair", "--dry-run"]):
        result = run(*words, "--project", root)
        assert "evil" in result.out + result.err
        assert "\x1b" not in result.out + result.err


def test_a_project_below_the_top_has_its_sides_as_well(tmp_path: Path) -> None:
    top = init(tmp_path / "top")
    root = write_project(top / "backend", ["blog"])
    write(root, {"blog/migrations/0001_initial.py": migration(CREATE)})
    write(top, {".gitignore": "__pycache__/\n"})
    commit(top, "Begin")
    branch(top, "main", {f"backend/{PATH}": add("views")})
    branch(top, "tags", {f"backend/{PATH}": add("tags")}, start="main~1")
    merge = run("check", "--project", root, "--base", "main")
    assert "blog.0002_more was added on main and on tags" in merge.out
    stop(top, "merge", "main")
    words = ["--order", "0002_more", "0002_more_tags", "--static", "--noinput", "--stage"]
    assert run("resolve", "blog", *words, "--project", root).code == 0
    assert git(top, "status", "--porcelain").splitlines() == [
        f"M  backend/{PATH}", "A  backend/blog/migrations/0003_more_tags.py",
    ]  # fmt: skip
