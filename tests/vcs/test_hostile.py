"""Repositories whose names, attributes and configuration would have git run something."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from migtui.services.project import open_project
from migtui.services.snapshots import merged_project, open_snapshots
from tests.support.command_line import run
from tests.support.merges import add, begin, branch, stop
from tests.support.projects import read_tree, write
from tests.support.repositories import commit, git, switch

PROGRAMS = (
    "merge.evil.driver", "filter.evil.clean", "filter.evil.smudge", "filter.evil.process",
    "diff.evil.textconv", "diff.evil.command", "diff.external", "core.pager", "core.fsmonitor",
    "core.sshCommand", "core.editor", "gpg.program", "uploadpack.packObjectsHook", "core.askPass",
    "credential.helper", "pager.log", "sequence.editor",
)  # fmt: skip
ALIASES = ("alias.log", "alias.merge-tree", "alias.cat-file", "alias.ls-files")
HOOKS = ("post-index-change", "reference-transaction", "pre-auto-gc", "post-checkout")


@pytest.fixture
def ran(tmp_path: Path) -> Iterator[Path]:
    """A file that any program of the repository would make."""
    path = tmp_path / "ran"
    yield path
    assert not path.exists()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Two branches that have changed one file; tags is checked out."""
    top = begin(tmp_path / "project", {"notes.txt": "a\nb\nc\n"})
    branch(top, "main", {"blog/migrations/0002_views.py": add("views"), "notes.txt": "x\nb\nc\n"})
    branch(top, "tags", {"blog/migrations/0002_tags.py": add("tags")}, start="main~1")
    write(top, {"notes.txt": "y\nb\nc\n", ".gitattributes": "* merge=evil filter=evil diff=evil\n"})
    commit(top, "Attributes")
    return top


def arm(top: Path, ran: Path) -> None:
    """Tell git to run something wherever it can be told to."""
    evil = f"touch {ran}"
    lines = [f"[{key.rpartition('.')[0]}]\n{key.rpartition('.')[2]} = {evil}" for key in PROGRAMS]
    lines = [_subsection(line) for line in lines]
    lines += [f"[alias]\n{key.removeprefix('alias.')} = !{evil}" for key in ALIASES]
    with (top / ".git/config").open("a") as file:
        file.write("\n".join([*lines, ""]))
    hooks = top / ".git/hooks"
    hooks.mkdir(exist_ok=True)
    for name in HOOKS:
        (hooks / name).write_text(f"#!/bin/sh\n{evil}\n")
        (hooks / name).chmod(0o755)


def _subsection(line: str) -> str:
    """``[merge.evil]`` as git spells it: ``[merge "evil"]``."""
    section, rest = line.split("\n")
    name, separator, inner = section.strip("[]").partition(".")
    return f'[{name} "{inner}"]\n{rest}' if separator else line


def test_a_merge_that_is_looked_at_runs_nothing(root: Path, ran: Path) -> None:
    arm(root, ran)
    before = read_tree(root), read_tree(root / ".git")
    result = run("check", "--project", root, "--base", "main")
    assert "0002_tags, 0002_views are both leaves of blog." in result.out
    assert run("explain", "blog", "--project", root, "--base", "main").code == 0
    assert (read_tree(root), read_tree(root / ".git")) == before


def test_the_configuration_of_the_user_brings_no_merge_driver_either(
    root: Path, ran: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    attributes = write(home, {"attributes": "* merge=mine\n"}) / "attributes"
    driver = f'[merge "mine"]\n\tdriver = touch {ran}\n[core]\n\tattributesFile = {attributes}\n'
    write(home, {".gitconfig": driver})
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(home / ".gitconfig"))
    with merged_project(open_project(root), "main") as (_, merge):
        assert [item.path for item in merge.unmerged] == ["notes.txt"]


def test_a_hook_that_runs_migtui_lends_it_no_repository(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = begin(tmp_path / "other")
    for name, value in {"GIT_DIR": other / ".git", "GIT_INDEX_FILE": other / ".git/index"}.items():
        monkeypatch.setenv(name, str(value))
    result = run("check", "--project", root, "--base", "main")
    assert "0002_tags, 0002_views" in result.out


@pytest.mark.parametrize("name", ["--upload-pack=ran", "-x", "--output=ran", "a;id", "$(id)"])
def test_a_branch_may_be_called_like_an_option(root: Path, name: str) -> None:
    sha = git(root, "rev-parse", "main").strip()
    (root / ".git/refs/heads" / name).write_text(f"{sha}\n")  # porcelain would refuse some of them
    with open_snapshots(open_project(root)) as snapshots:
        found = snapshots.at(f"refs/heads/{name}")
        assert "blog.0002_views" in {str(key) for key in found.graph.migrations}
    result = run("check", "--project", root, f"--base={name}")
    assert result.code in (1, 2)
    assert not (root / "ran").exists()


def test_names_of_files_are_never_patterns(root: Path, ran: Path) -> None:
    odd = {"blog/migrations/:(glob)**.py": "x = 1\n", "blog/migrations/0003_a b\n.py": "x = 1\n"}
    write(root, odd)
    commit(root, "Odd names")
    arm(root, ran)
    assert open_project(root).graph.app_labels == {"blog"}
    facts = run("explain", "blog", "--project", root, "--base", "main", "--format", "json")
    assert facts.code == 0


def test_links_of_a_tree_lead_nowhere_outside(root: Path, ran: Path, tmp_path: Path) -> None:
    secret = write(
        tmp_path / "outside", {"migrations/__init__.py": "", "migrations/0001_s.py": "x"}
    )
    switch(root, "main")
    write(root, {"leak/__init__.py": "", "leak/models.py": ""})
    (root / "leak/migrations").symlink_to(secret / "migrations")
    (root / "shop/up").symlink_to("../../../..")
    (root / "shop/loop").symlink_to("loop")
    commit(root, "Links")
    arm(root, ran)
    with open_snapshots(open_project(root)) as snapshots:
        assert snapshots.at("main").graph.app_labels == {"blog"}


def test_an_unfinished_merge_is_read_without_running_anything(root: Path, ran: Path) -> None:
    path = "blog/migrations/0002_more.py"
    branch(root, "one", {path: add("one")}, start="main")
    branch(root, "two", {path: add("two")}, start="main")
    stop(root, "merge", "one")
    write(root, {".gitattributes": "* merge=evil filter=evil diff=evil\n"})
    arm(root, ran)
    codes = [problem.code for problem in open_project(root).problems()]
    assert codes == ["migtui.E001", "migtui.E005", "migtui.E006"]
    assert run("explain", "blog", "--project", root).code == 0
