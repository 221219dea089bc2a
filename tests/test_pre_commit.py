"""The hook that .pre-commit-hooks.yaml offers, as pre-commit itself runs it."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

import migtui
from tests.support.forks import added_field, blog
from tests.support.projects import write
from tests.support.repositories import IDENTITY, commit, git, init

REPOSITORY = Path(migtui.__file__).parents[1]


@pytest.fixture(scope="module")
def hook() -> dict[str, Any]:
    (entry,) = yaml.safe_load((REPOSITORY / ".pre-commit-hooks.yaml").read_text())
    assert isinstance(entry, dict)
    return entry


def test_the_hook_runs_check_once_whatever_the_files(hook: dict[str, Any]) -> None:
    assert (hook["id"], hook["entry"], hook["language"]) == (
        "migtui-check",
        "migtui check",
        "python",
    )
    assert hook["pass_filenames"] is False


@pytest.mark.parametrize(
    ("path", "runs"),
    [
        ("blog/migrations/0001_initial.py", True),
        ("apps/blog/migrations/0001_initial.py", True),
        ("blog/db_migrations/0001_initial.py", True),
        ("blog/migrations/max_migration.txt", True),
        ("migrations_lockfile.txt", True),
        ("blog/models.py", False),
        ("docs/migrations.md", False),
    ],
)
def test_the_hook_runs_where_migrations_or_their_lock_files_change(
    hook: dict[str, Any], path: str, *, runs: bool
) -> None:
    assert (re.search(hook["files"], path) is not None) is runs


def test_pre_commit_refuses_a_commit_that_makes_a_conflict(tmp_path: Path) -> None:
    root = init(blog(tmp_path / "project", "tags"))
    commit(root, "tags")
    write(root, {"blog/migrations/0002_views.py": added_field("views", "0001_initial")})
    git(root, "add", "--all")
    source = _clone_of_what_is_tested(tmp_path / "migtui")
    process = subprocess.run(
        [
            sys.executable,
            "-m",
            "pre_commit",
            "try-repo",
            str(source),
            "migtui-check",
            "--color=never",
        ],
        cwd=root,
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
            **IDENTITY,
            "PRE_COMMIT_HOME": str(tmp_path / "pre-commit"),
            "PIP_NO_DEPS": "1",  # checking needs none of them
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 1, process.stdout + process.stderr
    assert "migtui check....." in process.stdout
    assert "blog/migrations/0002_tags.py:5: error migtui.E001: " in process.stdout


def _clone_of_what_is_tested(target: Path) -> Path:
    """The package as it lies here, committed: pre-commit clones from git."""
    listed = git(REPOSITORY, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    for name in filter(None, listed.split("\0")):
        if name.startswith(("migtui/", ".pre-commit", "pyproject", "README", "LICENSE")):
            write(target, {name: (REPOSITORY / name).read_bytes()})
    commit(init(target), "migtui")
    return target
