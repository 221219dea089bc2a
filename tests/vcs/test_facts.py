from dataclasses import replace
from pathlib import Path

import pytest

from migtui.config import Config
from migtui.core.branch_facts import BranchFacts
from migtui.core.conflict import find_conflict
from migtui.core.graph import MigrationGraph
from migtui.core.migration import Dependency, Migration, MigrationKey
from migtui.vcs import branch_facts
from tests.support.projects import write
from tests.support.repositories import commit, git, init, merge, switch

FORK = "0001_initial"


def facts_of(
    root: Path, *chains: tuple[str, ...], base: str | None = None, writable: bool = True
) -> dict[str, BranchFacts]:
    """What git says about the branches of a conflict of these chains, by the leaf's name."""
    found = all_facts_of(root, *chains, base=base, writable=writable)
    return {leaf: replace(facts, added=(), holders=()) for leaf, facts in found.items()}


def all_facts_of(
    root: Path, *chains: tuple[str, ...], base: str | None = None, writable: bool = True
) -> dict[str, BranchFacts]:
    """The same with what it says about each migration."""
    parents = {FORK: ""} | {
        name: (FORK, *chain)[place] for chain in chains for place, name in enumerate(chain)
    }
    graph = MigrationGraph.of(
        Migration(
            key=MigrationKey("blog", name),
            path=f"blog/migrations/{name}.py",
            dependencies=(Dependency("blog", parent, 1),) if parent else (),
            writable=writable,
        )
        for name, parent in parents.items()
    )
    conflict = find_conflict(graph, "blog")
    assert conflict is not None
    found = branch_facts(root, conflict, graph.migrations, Config(base=base))
    return {leaf.name: facts for leaf, facts in found.items()}


def add(root: Path, *names: str, author: str = "Ada", message: str | None = None) -> str:
    """Commit empty migrations."""
    write(root, {f"blog/migrations/{name}.py": f"# {name}\n" for name in names})
    return commit(root, message or f"Add {', '.join(names)}", author=author)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with one migration on main."""
    init(tmp_path / "project")
    add(tmp_path / "project", FORK)
    return tmp_path / "project"


def test_branches_are_known_by_the_merges_that_brought_them(root: Path) -> None:
    switch(root, "feature/tags", "main")
    add(root, "0002_tags", author="Grace")
    add(root, "0003_more_tags", author="Barbara")
    switch(root, "views", "main")
    add(root, "0002_views", author="Mary")
    switch(root, "main")
    merge(root, "feature/tags", "Merge pull request #7 from grace/feature/tags\n\nTags")
    git(root, "branch", "-D", "feature/tags")
    switch(root, "next", "main")
    merge(root, "views")
    git(root, "branch", "-D", "views")
    assert facts_of(root, ("0002_tags", "0003_more_tags"), ("0002_views",)) == {
        "0003_more_tags": BranchFacts(
            published=True, author="Barbara", git_branch="feature/tags", mine=False
        ),
        "0002_views": BranchFacts(published=False, author="Mary", git_branch="views", mine=True),
    }


def test_branch_is_published_only_if_all_of_it_is(root: Path) -> None:
    add(root, "0002_tags", "0002_views")
    switch(root, "next", "main")
    add(root, "0003_more_tags")
    found = facts_of(root, ("0002_tags", "0003_more_tags"), ("0002_views",))
    assert found["0003_more_tags"].published is False
    assert found["0002_views"].published is True


def test_main_merged_into_a_branch_does_not_lend_it_its_name(root: Path) -> None:
    switch(root, "tags", "main")
    add(root, "0002_tags")
    switch(root, "main")
    add(root, "0002_views", author="Mary")
    switch(root, "tags")
    merge(root, "main")
    found = facts_of(root, ("0002_tags",), ("0002_views",))
    assert found["0002_tags"].git_branch == "tags"
    assert found["0002_views"].git_branch == "main"


def test_nearest_merge_names_the_branch(root: Path) -> None:
    switch(root, "tags", "main")
    add(root, "0002_tags")
    switch(root, "team", "main")
    add(root, "0002_views")
    merge(root, "tags")
    switch(root, "main")
    add(root, "0002_other")
    merge(root, "team")
    found = facts_of(root, ("0002_tags",), ("0002_views",))
    assert found["0002_tags"].git_branch == "tags"
    assert found["0002_views"].git_branch == "team"


def test_branch_without_a_merge_is_the_ref_that_has_it(root: Path) -> None:
    switch(root, "tags", "main")
    add(root, "0002_tags")
    switch(root, "views", "tags")
    add(root, "0002_views")
    found = facts_of(root, ("0002_tags",), ("0002_views",))
    assert found["0002_views"].git_branch == "views"
    assert found["0002_tags"].git_branch == "tags"


def test_squash_merged_branch_is_published_whatever_its_commits_are(root: Path) -> None:
    switch(root, "tags", "main")
    add(root, "0002_tags")
    switch(root, "main")
    git(root, "merge", "--quiet", "--squash", "tags")
    commit(root, "Tags (#7)")
    switch(root, "tags")
    add(root, "0002_views")
    found = facts_of(root, ("0002_tags",), ("0002_views",))
    assert found["0002_tags"].published is True
    assert found["0002_views"].published is False


def test_file_that_is_not_committed_belongs_to_the_branch_checked_out(root: Path) -> None:
    switch(root, "tags", "main")
    add(root, "0002_tags")
    write(root, {"blog/migrations/0002_views.py": "", "blog/migrations/0002_staged.py": ""})
    git(root, "add", "blog/migrations/0002_staged.py")
    mine = BranchFacts(published=False, author=None, git_branch="tags", mine=True)
    found = facts_of(root, ("0002_tags",), ("0002_views",), ("0002_staged",))
    assert found["0002_views"] == found["0002_staged"] == mine
    assert found["0002_tags"].author == "Ada"


def test_renamed_file_is_the_renamers_and_one_added_again_the_last_ones(root: Path) -> None:
    add(root, "0002_tags", "0002_views")
    git(root, "mv", "blog/migrations/0002_tags.py", "blog/migrations/0003_tags.py")
    git(root, "rm", "--quiet", "blog/migrations/0002_views.py")
    commit(root, "Renumber", author="Grace")
    add(root, "0002_views", author="Mary")
    found = facts_of(root, ("0003_tags",), ("0002_views",))
    assert (found["0003_tags"].author, found["0002_views"].author) == ("Grace", "Mary")


def test_file_born_in_a_merge_has_an_author(root: Path) -> None:
    switch(root, "tags", "main")
    add(root, "0002_tags")
    switch(root, "main")
    add(root, "0002_views")
    git(root, "merge", "--quiet", "--no-ff", "--no-commit", "tags")
    git(root, "mv", "blog/migrations/0002_tags.py", "blog/migrations/0003_tags.py")
    commit(root, "Merge branch 'tags'", author="Grace")
    assert facts_of(root, ("0002_views",), ("0003_tags",))["0003_tags"].author == "Grace"


def test_default_branch_is_the_remotes_where_there_is_one(root: Path, tmp_path: Path) -> None:
    origin = tmp_path / "origin.git"
    git(root, "branch", "-m", "trunk")
    git(tmp_path, "clone", "--quiet", "--bare", str(root), str(origin))
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", str(origin), str(clone))
    add(clone, "0002_tags")
    git(clone, "push", "--quiet", "origin", "trunk")
    add(clone, "0002_views")
    found = facts_of(clone, ("0002_tags",), ("0002_views",))
    assert (found["0002_tags"].published, found["0002_views"].published) == (True, False)
    assert found["0002_tags"].git_branch == "trunk"


def test_default_branch_may_be_configured(root: Path) -> None:
    add(root, "0002_tags")
    switch(root, "release", "main")
    add(root, "0002_views")
    found = facts_of(root, ("0002_tags",), ("0002_views",), base="release")
    assert found["0002_views"].published is True


@pytest.mark.parametrize("base", ["--output=/tmp/x", "*", "../main", "main;id", "a b", "\n"])
def test_hostile_name_of_the_default_branch_is_no_branch(root: Path, base: str) -> None:
    add(root, "0002_tags", "0002_views")
    assert facts_of(root, ("0002_tags",), ("0002_views",), base=base)["0002_tags"].published


def test_published_is_not_known_without_a_default_branch(tmp_path: Path) -> None:
    root = init(tmp_path / "project", branch="work")
    add(root, FORK, "0002_tags", "0002_views")
    found = facts_of(root, ("0002_tags",), ("0002_views",))
    assert found["0002_tags"] == BranchFacts(author="Ada", git_branch="work")


def test_end_of_a_shallow_clone_is_nobodys_work(root: Path, tmp_path: Path) -> None:
    add(root, "0002_tags", author="Grace")
    add(root, "0002_views", author="Mary")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", "--depth=2", root.as_uri(), str(clone))
    assert facts_of(clone, ("0002_tags",), ("0002_views",)) == {
        "0002_tags": BranchFacts(published=True, mine=False),
        "0002_views": BranchFacts(published=True, author="Mary", git_branch="main", mine=False),
    }


def test_detached_head_is_no_branch(root: Path) -> None:
    add(root, "0002_tags", author="Grace")
    git(root, "checkout", "--quiet", "--detach")
    add(root, "0003_more_tags", author="Grace")
    write(root, {"blog/migrations/0002_views.py": ""})
    assert facts_of(root, ("0002_tags", "0003_more_tags"), ("0002_views",)) == {
        "0003_more_tags": BranchFacts(published=False, author="Grace", mine=True),
        "0002_views": BranchFacts(published=False, mine=True),
    }


def test_nothing_is_known_before_the_first_commit(tmp_path: Path) -> None:
    root = init(tmp_path / "project")
    write(root, {"blog/migrations/0002_tags.py": "", "blog/migrations/0002_views.py": ""})
    expected = BranchFacts(git_branch="main")
    found = facts_of(root, ("0002_tags",), ("0002_views",))
    assert found == {"0002_tags": expected, "0002_views": expected}


def test_linked_worktree_has_its_own_branch(root: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    git(root, "worktree", "add", "--quiet", "-b", "tags", str(other))
    add(other, "0002_tags")
    write(other, {"blog/migrations/0002_views.py": ""})
    found = facts_of(other, ("0002_tags",), ("0002_views",))
    assert {facts.git_branch for facts in found.values()} == {"tags"}


def test_project_may_lie_below_the_top_and_behind_a_link(tmp_path: Path) -> None:
    init(tmp_path / "repository")
    place = tmp_path / "repository" / "backend"
    add_in = write(place, {"blog/migrations/0002_tags.py": "", "blog/migrations/0002_views.py": ""})
    commit(tmp_path / "repository", "Start", author="Grace")
    link = tmp_path / "link"
    link.symlink_to(add_in)
    assert facts_of(link, ("0002_tags",), ("0002_views",))["0002_tags"].author == "Grace"


def test_packages_that_are_installed_are_nobodys_branch(root: Path) -> None:
    write(root, {"blog/migrations/0002_tags.py": "", "blog/migrations/0002_views.py": ""})
    found = facts_of(root, ("0002_tags",), ("0002_views",), writable=False)
    assert set(found.values()) == {BranchFacts()}


def test_author_that_is_no_utf8_can_be_printed(root: Path) -> None:
    write(root, {"blog/migrations/0002_tags.py": "", "blog/migrations/0002_views.py": ""})
    git(root, "add", "--all")
    tree = git(root, "write-tree").strip()
    raw = (
        f"tree {tree}\nparent {git(root, 'rev-parse', 'HEAD').strip()}\n".encode()
        + b"author J\xf6rg <j@example.com> 1700000000 +0000\n"
        + b"committer J\xf6rg <j@example.com> 1700000000 +0000\n\nTags \x1b[31m\n"
    )
    (root / ".git" / "raw").write_bytes(raw)
    sha = git(root, "hash-object", "-t", "commit", "-w", ".git/raw").strip()
    git(root, "reset", "--quiet", "--hard", sha)
    author = facts_of(root, ("0002_tags",), ("0002_views",))["0002_tags"].author
    assert author is not None
    assert author.encode().decode().startswith("J")


@pytest.mark.parametrize("name", [":(exclude)x", "-output", "0002_ü", "0002-a b", "0002_*"])
def test_odd_file_names_are_only_names(root: Path, name: str) -> None:
    add(root, name, author="Grace")
    add(root, "0002_views", author="Mary")
    found = facts_of(root, (name,), ("0002_views",))
    assert found[name].author == "Grace"
    assert found["0002_views"].author == "Mary"


def test_nothing_that_the_repository_configures_is_executed(root: Path) -> None:
    add(root, "0002_tags", "0002_views")
    program = root.parent / "program"
    trace = root.parent / "executed"
    program.write_text(f"#!/bin/sh\necho $0 >> {trace}\n")
    program.chmod(0o755)
    for key in ("core.fsmonitor", "core.pager", "diff.external", "gpg.program", "core.sshCommand"):
        git(root, "config", key, str(program))
    git(root, "config", "log.showSignature", "true")
    git(root, "config", "filter.x.clean", str(program))
    git(root, "config", "diff.x.textconv", str(program))
    write(root, {".gitattributes": "* filter=x diff=x\n"})
    for hook in ("post-index-change", "reference-transaction"):
        (root / ".git" / "hooks").mkdir(exist_ok=True)
        (root / ".git" / "hooks" / hook).symlink_to(program)
    assert facts_of(root, ("0002_tags",), ("0002_views",))["0002_tags"].author == "Ada"
    assert not trace.exists()


def test_variables_of_a_hook_lead_nowhere_else(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(root, "0002_tags", "0002_views")
    monkeypatch.setenv("GIT_DIR", str(init(tmp_path / "elsewhere") / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    assert facts_of(root, ("0002_tags",), ("0002_views",))["0002_tags"].author == "Ada"


def test_each_migration_has_its_commit_author_date_and_standing(root: Path) -> None:
    first = add(root, "0002_tags", author="Grace")
    switch(root, "next", "main")
    second = add(root, "0003_more_tags", author="Mary")
    write(root, {"blog/migrations/0002_views.py": ""})
    found = all_facts_of(root, ("0002_tags", "0003_more_tags"), ("0002_views",))
    tags, more = found["0003_more_tags"].added
    assert (tags.commit, tags.author, tags.published, tags.state) == (
        first, "Grace", True, "committed",
    )  # fmt: skip
    assert (more.commit, more.author, more.published) == (second, "Mary", False)
    assert found["0003_more_tags"].date == (more.date or "")[:10]
    assert found["0003_more_tags"].holders == ("next",)
    (views,) = found["0002_views"].added
    assert (views.commit, views.published, views.state) == (None, False, "untracked")


def test_what_is_staged_or_changed_is_said(root: Path) -> None:
    add(root, "0002_tags", "0002_crlf")
    write(root, {"blog/migrations/0002_tags.py": "# changed\n"})
    write(root, {"blog/migrations/0002_crlf.py": b"# 0002_crlf\r\n"})
    write(root, {"blog/migrations/0002_views.py": ""})
    git(root, "add", "blog/migrations/0002_views.py")
    found = all_facts_of(root, ("0002_tags",), ("0002_views",), ("0002_crlf",))
    states = {leaf: facts.added[0].state for leaf, facts in found.items()}
    assert states == {
        "0002_tags": "changed", "0002_views": "not committed", "0002_crlf": "committed",
    }  # fmt: skip


def test_an_octopus_merge_names_each_of_its_branches(root: Path) -> None:
    for name in ("tags", "views", "likes"):
        switch(root, name, "main")
        add(root, f"0002_{name}")
    switch(root, "main")
    git(root, "merge", "--quiet", "--no-edit", "tags", "views", "likes")
    git(root, "branch", "-D", "tags", "views", "likes")
    found = facts_of(root, ("0002_tags",), ("0002_views",), ("0002_likes",))
    assert {leaf: facts.git_branch for leaf, facts in found.items()} == {
        "0002_tags": "tags", "0002_views": "views", "0002_likes": "likes",
    }  # fmt: skip


def test_a_filter_of_the_repository_is_not_run_for_the_facts(root: Path) -> None:
    add(root, "0002_tags", "0002_views")
    write(root, {".gitattributes": "* filter=evil diff=evil\n"})
    git(root, "config", "filter.evil.clean", f"touch {root}/ran; cat")
    git(root, "config", "diff.evil.textconv", f"touch {root}/ran; cat")
    git(root, "config", "core.fsmonitor", f"touch {root}/ran")
    write(root, {"blog/migrations/0002_tags.py": "# changed\n"})
    all_facts_of(root, ("0002_tags",), ("0002_views",))
    assert not (root / "ran").exists()


def test_a_repository_inside_this_one_has_other_branches(root: Path) -> None:
    inner = init(root / "blog")
    write(inner, {"migrations/0002_tags.py": "", "migrations/0002_views.py": ""})
    commit(inner, "Begin")
    found = facts_of(root, ("0002_tags",), ("0002_views",))
    assert set(found.values()) == {BranchFacts()}
