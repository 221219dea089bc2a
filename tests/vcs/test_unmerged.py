from pathlib import Path

import pytest

from migtui.vcs import Repository, open_repository
from migtui.vcs.unmerged import Side, UnderWay, under_way, unmerged_files
from tests.support.merges import PATH, add, both_added, stop
from tests.support.projects import write
from tests.support.repositories import commit, git, switch


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return both_added(tmp_path / "project")


def opened(root: Path) -> Repository:
    repository = open_repository(root)
    assert repository is not None
    return repository


def sha(root: Path, name: str) -> str:
    return git(root, "rev-parse", name).strip()


def test_the_stages_of_a_file_that_both_sides_added(root: Path) -> None:
    stop(root, "merge", "main")
    (found,) = unmerged_files(opened(root))
    assert (found.path, found.base) == (PATH, None)
    assert git(root, "cat-file", "blob", found.ours or "") == add("tags")
    assert git(root, "cat-file", "blob", found.theirs or "") == add("views")


def test_a_merge_is_between_the_branch_and_the_one_that_comes(root: Path) -> None:
    stop(root, "merge", "main")
    assert under_way(opened(root)) == UnderWay(
        "merge", Side("tags", sha(root, "tags")), Side("main", sha(root, "main"))
    )


def test_a_merge_of_a_commit_bears_its_branch(root: Path) -> None:
    stop(root, "merge", sha(root, "main"))
    assert under_way(opened(root)).theirs.label == "main"


@pytest.mark.parametrize("backend", ["--merge", "--apply"])
def test_a_rebase_is_between_what_is_rebased_onto_and_the_branch(root: Path, backend: str) -> None:
    stop(root, "rebase", backend, "main")
    found = under_way(opened(root))
    assert (found.kind, found.ours.label, found.theirs.label) == ("rebase", "main", "tags")
    assert found.ours.commit == sha(root, "main")
    assert found.theirs.commit == sha(root, "tags")


def test_a_cherry_pick_brings_the_picked_commit(root: Path) -> None:
    stop(root, "cherry-pick", "main")
    found = under_way(opened(root))
    assert (found.kind, found.ours.label, found.theirs.label) == ("cherry-pick", "tags", "main")


def test_a_revert_is_called_so(root: Path) -> None:
    write(root, {PATH: add("tags") + "# more\n"})
    commit(root, "More")
    stop(root, "revert", "--no-edit", "HEAD~1")
    found = under_way(opened(root))
    assert (found.kind, found.theirs.commit) == ("revert", None)
    assert found.theirs.label.startswith("the revert of ")


def test_patches_that_are_applied_have_no_branch(root: Path, tmp_path: Path) -> None:
    patch = tmp_path / "a.patch"
    patch.write_text(git(root, "format-patch", "--stdout", "-1", "main"))
    stop(root, "am", "--3way", str(patch))
    assert under_way(opened(root)).theirs == Side("the patch", None)


def test_a_stash_that_does_not_go_is_the_other_side(root: Path) -> None:
    write(root, {PATH: add("tags") + "# stashed\n"})
    git(root, "stash")
    write(root, {PATH: add("tags") + "# committed\n"})
    commit(root, "Comment")
    stop(root, "stash", "pop")
    found = under_way(opened(root))
    assert (found.kind, found.theirs) == ("change", Side("the other side", None))


def test_a_linked_worktree_has_a_merge_of_its_own(root: Path, tmp_path: Path) -> None:
    git(root, "worktree", "add", "--quiet", "-b", "other", str(tmp_path / "linked"), "tags")
    stop(tmp_path / "linked", "merge", "main")
    assert under_way(opened(tmp_path / "linked")).ours.label == "other"
    assert unmerged_files(opened(root)) == ()


def test_a_corrupt_index_has_no_stages(root: Path) -> None:
    stop(root, "merge", "main")
    (root / ".git/index").write_bytes(b"garbage")
    assert unmerged_files(opened(root)) == ()


def test_nothing_is_under_way_after_the_merge(root: Path) -> None:
    stop(root, "merge", "main")
    commit(root, "Merge")
    switch(root, "main")
    assert unmerged_files(opened(root)) == ()
