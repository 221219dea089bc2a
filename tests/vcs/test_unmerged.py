import subprocess
from pathlib import Path

import pytest

from migtui.services.project import open_project
from migtui.vcs.unmerged import added_on_both_sides
from tests.support.projects import migration, write, write_project
from tests.support.repositories import commit, git, init

PATH = "blog/migrations/0002_more.py"
FIRST = migration("migrations.CreateModel('Post', fields=[])")


def more(field: str) -> str:
    operation = f"migrations.AddField('post', '{field}', models.IntegerField(default=0))"
    return migration(operation, dependencies=[("blog", "0001_initial")])


@pytest.fixture
def merging(tmp_path: Path) -> Path:
    """A merge that stopped because both sides have added one file."""
    root = write_project(init(tmp_path), ["blog"], {"blog/migrations/0001_initial.py": FIRST})
    commit(root, "Begin")
    git(root, "switch", "--quiet", "--create", "tags")
    write(root, {PATH: more("tags")})
    commit(root, "Add tags")
    git(root, "switch", "--quiet", "main")
    write(root, {PATH: more("views")})
    commit(root, "Add views")
    with pytest.raises(subprocess.CalledProcessError):
        git(root, "merge", "tags")
    return root


def test_one_name_that_both_sides_added_is_a_problem_of_its_own(merging: Path) -> None:
    problems = open_project(merging).problems()
    assert [problem.code for problem in problems] == ["migtui.E005", "migtui.E006"]
    assert problems[1].message == (
        "blog.0002_more was added on both sides of the merge, with different content."
    )
    assert problems[1].locations[0].path == PATH


def test_a_file_that_both_sides_changed_was_not_added_by_both(merging: Path) -> None:
    write(merging, {PATH: more("tags")})
    commit(merging, "Merge")
    git(merging, "switch", "--quiet", "--create", "other", "HEAD~1")
    git(merging, "merge", "--quiet", "--strategy-option=theirs", "--no-edit", "main")
    write(merging, {PATH: more("other")})
    commit(merging, "Change it here")
    git(merging, "switch", "--quiet", "main")
    write(merging, {PATH: more("main")})
    commit(merging, "Change it there")
    with pytest.raises(subprocess.CalledProcessError):
        git(merging, "merge", "other")
    assert added_on_both_sides(merging, [PATH]) == frozenset()
    assert [problem.code for problem in open_project(merging).problems()] == ["migtui.E005"]


def test_without_a_repository_nothing_is_known(tmp_path: Path) -> None:
    assert added_on_both_sides(tmp_path, [PATH]) == frozenset()
