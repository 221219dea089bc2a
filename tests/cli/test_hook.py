"""``migtui hook``, with the hooks run by a real git."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.command_line import REPOSITORY, run
from tests.support.forks import added_field, blog
from tests.support.projects import write
from tests.support.repositories import IDENTITY, commit, git, init, switch

HOOKS = ("post-checkout", "post-merge", "post-rewrite")
CONFLICT = "migtui: Conflicting migrations: 0002_tags, 0002_views are both leaves of blog."


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository on main with one migration after the first, and a branch with another."""
    root = init(blog(tmp_path / "project", "tags"))
    tags = (root / "blog/migrations/0002_tags.py").read_bytes()
    (root / "blog/migrations/0002_tags.py").unlink()
    commit(root, "initial")
    switch(root, "views", "main")
    write(root, {"blog/migrations/0002_views.py": added_field("views", "0001_initial")})
    commit(root, "views")
    switch(root, "main")
    write(root, {"blog/migrations/0002_tags.py": tags})
    commit(root, "tags")
    return root


def told(root: Path, *arguments: str) -> str:
    """What a git command prints to standard error, its hooks included; it has to succeed."""
    process = subprocess.run(
        ["git", *arguments],
        cwd=root,
        env=os.environ | IDENTITY | {"PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 0, process.stderr
    return process.stderr


def hooks_of(root: Path) -> dict[str, bytes]:
    found = sorted((root / ".git/hooks").glob("post-*"))
    return {path.name: path.read_bytes() for path in found if path.suffix != ".sample"}


def hook(root: Path, *words: object) -> int:
    result = run("hook", *words, "--project", root)
    assert "Traceback" not in result.err
    return result.code


def test_a_merge_that_makes_a_conflict_is_told_of(root: Path) -> None:
    assert hook(root, "install") == 0
    said = told(root, "merge", "--no-edit", "views")
    assert f"{CONFLICT} Verdict: independent.\n" in said
    assert git(root, "status", "--porcelain") == ""


def test_a_checkout_and_a_rebase_tell_once_each(root: Path) -> None:
    assert hook(root, "install") == 0
    assert "migtui" not in told(root, "checkout", "views")
    assert told(root, "rebase", "main").count(CONFLICT) == 1
    assert "migtui" not in told(root, "checkout", "main")
    assert told(root, "checkout", "views").count(CONFLICT) == 1
    assert "migtui" not in told(root, "checkout", "-b", "same")
    assert "migtui" not in told(root, "commit", "--amend", "--allow-empty", "-m", "other words")


def test_a_commit_without_a_project_is_passed_by_in_silence(root: Path) -> None:
    assert hook(root, "install") == 0
    git(root, "checkout", "--quiet", "--orphan", "bare")
    git(root, "rm", "-rfq", ".")
    commit(root, "nothing")
    git(root, "checkout", "--quiet", "main")
    assert told(root, "checkout", "bare") == "Switched to branch 'bare'\n"


def test_no_code_of_the_branch_that_was_checked_out_is_run(root: Path) -> None:
    switch(root, "evil", "views")
    trap = f"open({str(root / 'ran')!r}, 'w')\n"
    modules = ("argparse", "ast", "json", "migtui/__init__", "migtui/__main__", "sitecustomize")
    write(root, {f"{name}.py": trap for name in modules})
    write(root, {"blog/migrations/0002_evil.py": trap, "settings.py": trap})
    commit(root, "evil")
    git(root, "checkout", "--quiet", "main")
    assert hook(root, "install") == 0
    told(root, "checkout", "evil")
    assert not (root / "ran").exists()


def test_the_hook_works_in_a_linked_worktree(root: Path, tmp_path: Path) -> None:
    assert hook(root, "install") == 0
    git(root, "merge", "--quiet", "--no-edit", "views")
    said = told(root, "worktree", "add", str(tmp_path / "linked"), "-b", "linked")
    assert CONFLICT in said
    assert hook(tmp_path / "linked", "status") == 0


def test_a_project_below_the_top_is_told_about(root: Path) -> None:
    git(root, "checkout", "--quiet", "views")
    (root / "site").mkdir()
    for name in ("blog", "manage.py", "settings.py"):
        git(root, "mv", name, f"site/{name}")
    commit(root, "site")
    assert hook(root / "site", "install") == 0
    write(root, {"site/blog/migrations/0002_tags.py": added_field("tags", "0001_initial")})
    commit(root, "tags")
    git(root, "checkout", "--quiet", "main")
    assert CONFLICT in told(root, "checkout", "views")


def test_hooks_that_are_there_go_on_running_and_come_back_to_the_byte(root: Path) -> None:
    script = root / ".git/hooks/post-merge"
    script.parent.mkdir(exist_ok=True)
    script.write_bytes(b"#!/bin/sh\necho theirs $1 >&2\nexit 3\n")
    script.chmod(0o750)
    before = hooks_of(root)

    assert hook(root, "install") == 0
    assert script.stat().st_mode & 0o777 == 0o750
    said = told(root, "merge", "--no-edit", "views")
    assert "theirs 0\n" in said
    assert CONFLICT in said

    assert hook(root, "uninstall") == 0
    assert hooks_of(root) == before
    assert script.stat().st_mode & 0o777 == 0o750


def test_status_says_what_there_is(root: Path) -> None:
    assert hook(root, "status") == 1
    assert hook(root, "install") == 0
    result = run("hook", "status", "--project", root)
    assert result.code == 0
    assert result.out.count(": tells of conflicts (") == 3
    assert hook(root, "uninstall") == 0
    assert hooks_of(root) == {}
    assert "no lines of migtui" in run("hook", "uninstall", "--project", root).err


@pytest.mark.parametrize("content", [b"#!/usr/bin/env python3\nprint(1)\n", b"\x7fELF"])
def test_a_hook_that_is_no_shell_script_is_left_alone_and_the_lines_are_given(
    root: Path, content: bytes
) -> None:
    script = root / ".git/hooks/post-merge"
    script.parent.mkdir(exist_ok=True)
    script.write_bytes(content)
    script.chmod(0o755)
    result = run("hook", "install", "--project", root)
    assert result.code == 1
    assert "post-merge is there already. It is not a shell script." in result.err
    assert "hook run post-merge" in result.err
    assert hooks_of(root) == {"post-merge": content}


def test_a_hook_that_is_a_link_or_not_executable_is_left_alone(root: Path) -> None:
    target = root / "shared-hook"
    target.write_bytes(b"#!/bin/sh\n")
    script = root / ".git/hooks/post-merge"
    script.parent.mkdir(exist_ok=True)
    script.write_bytes(b"#!/bin/sh\n")
    assert "not executable" in run("hook", "install", "--project", root).err
    script.unlink()
    script.symlink_to(target)
    assert "symbolic link" in run("hook", "install", "--project", root).err
    assert target.read_bytes() == b"#!/bin/sh\n"
    assert list(hooks_of(root)) == ["post-merge"]


def test_hooks_path_of_this_clone_is_followed(root: Path, tmp_path: Path) -> None:
    git(root, "config", "core.hooksPath", str(tmp_path / "hooks"))
    assert hook(root, "install") == 0
    assert sorted(path.name for path in (tmp_path / "hooks").iterdir()) == list(HOOKS)
    assert CONFLICT in told(root, "merge", "--no-edit", "views")


def test_hooks_that_are_files_of_the_project_are_left_to_the_project(root: Path) -> None:
    git(root, "config", "core.hooksPath", ".githooks")
    result = run("hook", "install", "--project", root)
    assert result.code == 1
    assert "which belongs to the project, in its working tree." in result.err
    assert "hook run post-merge" in result.err
    assert not (root / ".githooks").exists()


def test_hooks_of_every_repository_are_left_alone(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gitconfig").write_text(f"[core]\n\thooksPath = {tmp_path / 'all'}\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    result = run("hook", "install", "--project", root)
    assert result.code == 1
    assert "the global configuration of git, for every repository." in result.err
    assert not (tmp_path / "all").exists()


def test_without_a_repository_it_is_one_sentence(tmp_path: Path) -> None:
    result = run("hook", "install", "--project", blog(tmp_path, "tags"))
    assert result.code == 1
    assert result.err.startswith(f"Error: {tmp_path} is in no git repository.")


def test_the_python_that_the_hook_runs_is_this_one(root: Path) -> None:
    assert hook(root, "install") == 0
    assert f"{sys.executable} -P -m migtui".encode() in hooks_of(root)["post-merge"]
