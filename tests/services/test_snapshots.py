"""The project at other commits, and at merges that were not made."""

import shutil
from pathlib import Path

import pytest

from migtui.core.migration import MigrationKey
from migtui.errors import GitError, NotFoundError
from migtui.services.explain import explain
from migtui.services.project import Project, open_project
from migtui.services.snapshots import merged_project, open_snapshots
from migtui.vcs.merging import merged
from tests.support.projects import migration, read_tree, write, write_project
from tests.support.repositories import commit, git, init, switch

ADD = "migrations.AddField('post', '{0}', models.IntegerField(default=0))"
INITIAL = migration("migrations.CreateModel('Post', fields=[('id', models.AutoField())])")


def add(field: str, parent: str = "0001_initial") -> str:
    return migration(ADD.format(field), dependencies=[("blog", parent)])


@pytest.fixture(params=["sha1", "sha256"])
def root(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """Two branches that add a migration each; tags is checked out."""
    top = tmp_path / "project"
    top.mkdir()
    git(top, "init", "--quiet", "--initial-branch=main", f"--object-format={request.param}")
    write_project(top, ["blog", "shop"], {"blog/migrations/0001_initial.py": INITIAL})
    commit(top, "Begin")
    switch(top, "views", "main")
    write(top, {"blog/migrations/0002_views.py": add("views")})
    commit(top, "Add views")
    switch(top, "tags", "main")
    write(top, {"blog/migrations/0002_tags.py": add("tags")})
    commit(top, "Add tags")
    return top


def names(project: Project) -> list[str]:
    return sorted(str(key) for key in project.graph.migrations)


def test_a_commit_is_read_without_a_checkout(root: Path) -> None:
    before = read_tree(root)
    with open_snapshots(open_project(root)) as snapshots:
        assert names(snapshots.at("views")) == ["blog.0001_initial", "blog.0002_views"]
        assert names(snapshots.at("main")) == ["blog.0001_initial"]
        project = snapshots.at("HEAD")
    assert names(project) == ["blog.0001_initial", "blog.0002_tags"]
    (read,) = [item for item in project.graph.migrations.values() if item.path.endswith("tags.py")]
    assert read == open_project(root).graph.migrations[MigrationKey("blog", "0002_tags")]
    assert read_tree(root) == before


def test_a_merge_has_the_migrations_of_both_sides(root: Path) -> None:
    project = open_project(root)
    objects = git(root, "count-objects", "-v")
    with merged_project(project, "views") as (together, merge):
        assert merge.by_git
        assert merge.unmerged == ()
        verdict = explain(together, "blog", with_git=False).verdict
    assert str(verdict.kind) == "independent"
    assert [conflict.app_label for conflict in together.conflicts] == ["blog"]
    assert git(root, "count-objects", "-v") == objects


def test_trees_united_by_hand_are_what_git_makes_of_them(root: Path) -> None:
    write(
        root, {"shop/migrations/0001_initial.py": INITIAL, "settings.py": "INSTALLED_APPS = []\n"}
    )
    (root / "blog/models.py").unlink()
    (root / "manage.py").rename(root / "manage2.py")
    commit(root, "Change much")
    switch(root, "views")
    text = (root / "settings.py").read_text()
    write(root, {"settings.py": text + "\nLAST = 1\n", "shop/new/deep/file.txt": "x"})
    write(root, {"manage.py": (root / "manage.py").read_text() + "# changed\n"})
    commit(root, "Change the same files")
    project = open_project(root)
    with open_snapshots(project) as snapshots:
        united, union = snapshots.union("tags", "views")
        files = _paths(united, root)
        repository = snapshots.repository
        with merged(repository, repository.commit("tags"), repository.commit("views")) as (
            objects,
            merge,
        ):
            real = snapshots.__class__(project, repository, objects).of_tree(merge.tree)
            assert files == _paths(real, root)
            assert [item.path for item in union.unmerged] == [item.path for item in merge.unmerged]
    assert names(united) == names(real)


def _paths(project: Project, directory: Path) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for entry in project.files.scan(directory):
        path = Path(entry.path)
        if entry.is_dir():
            found |= _paths(project, path)
        elif entry.name != "settings.py":  # whose markers have names of commits
            found[str(path)] = project.files.read(path)
    return found


def test_a_label_that_only_the_other_side_has_is_read_there(root: Path) -> None:
    switch(root, "views")
    config = "from django.apps import AppConfig\n\nclass C(AppConfig):\n"
    write(root, {"shop/apps.py": config + "    name = 'shop'\n    label = 'store'\n"})
    write(root, {"shop/migrations/0001_initial.py": migration()})
    commit(root, "Call the shop a store")
    switch(root, "tags")
    with merged_project(open_project(root), "views") as (together, _):
        assert together.graph.app_labels == {"blog", "store"}


@pytest.mark.parametrize(
    "ref", ["nowhere", "", "-x", "--upload-pack=touch x", "a\nb", ":(glob)*", "a b", "\x1b[31m"]
)
def test_a_ref_that_is_none_is_said(root: Path, ref: str) -> None:
    with (
        pytest.raises(NotFoundError, match="git knows no commit"),
        merged_project(open_project(root), ref),
    ):
        pass
    assert not (root / "x").exists()


def test_histories_without_a_common_commit_are_told(root: Path) -> None:
    git(root, "checkout", "--quiet", "--orphan", "other")
    commit(root, "Begin again")
    with (
        pytest.raises(GitError, match="have no commit in common"),
        merged_project(open_project(root), "main"),
    ):
        pass


def test_a_shallow_clone_says_what_to_fetch(root: Path, tmp_path: Path) -> None:
    switch(root, "main")
    write(root, {"blog/migrations/0002_more.py": add("more")})
    commit(root, "Go on")
    switch(root, "tags")
    clone = tmp_path / "clone"
    arguments = ["--quiet", "--depth=1", "--no-single-branch", f"file://{root}", str(clone)]
    git(tmp_path, "clone", *arguments)
    with (
        pytest.raises(GitError, match="shallow clone doesn't reach back") as caught,
        merged_project(open_project(clone), "main"),
    ):
        pass
    assert "--unshallow" in caught.value.help


def test_without_a_repository_it_is_said(tmp_path: Path) -> None:
    top = write_project(tmp_path, ["blog"])
    with (
        pytest.raises(GitError, match="no git repository"),
        merged_project(open_project(top), "main"),
    ):
        pass


def test_before_the_first_commit_it_is_said(tmp_path: Path) -> None:
    top = write_project(init(tmp_path), ["blog"])
    with (
        pytest.raises(GitError, match="has no commit yet"),
        merged_project(open_project(top), "main"),
    ):
        pass


OLD_GIT = """\
#!/bin/sh
case " $* " in
    *" merge-tree "*) echo "usage: git merge-tree <base-tree> <branch1> <branch2>" >&2; exit 129;;
esac
exec {git} "$@"
"""


def test_a_git_without_the_new_merge_tree_has_the_union(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = shutil.which("git")
    directory = write(tmp_path / "old", {"git": OLD_GIT.format(git=real)})
    (directory / "git").chmod(0o755)
    monkeypatch.setenv("PATH", str(directory), prepend=":")
    with merged_project(open_project(root), "views") as (together, merge):
        assert not merge.by_git
        assert [conflict.app_label for conflict in together.conflicts] == ["blog"]


def test_a_file_that_was_moved_on_one_side_keeps_the_change_of_the_other(root: Path) -> None:
    old, new = "blog/migrations/0001_initial.py", "blog/migrations/0001_start.py"
    (root / old).rename(root / new)
    commit(root, "Call it start")
    switch(root, "views")
    write(root, {old: INITIAL + "# more\n"})
    commit(root, "Comment it")
    with open_snapshots(open_project(root)) as snapshots:
        for sides in (("tags", "views"), ("views", "tags")):
            project, merge = snapshots.union(*sides)
            assert merge.unmerged == ()
            assert project.read(new) == (INITIAL + "# more\n").encode()
            assert not project.files.is_file(root / old)
