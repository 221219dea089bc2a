"""Repositories in which git stopped: merges, rebases, cherry-picks of branches that collide."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.support.projects import migration, write, write_project
from tests.support.repositories import commit, git, init, switch

CREATE = """migrations.CreateModel("Post", [("id", models.BigAutoField(\
auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))])"""
ADD = 'migrations.AddField("post", "{0}", models.IntegerField(default=0))'
MODELS = """\
from django.db import models


class Post(models.Model):
"""


def add(field: str, parent: str = "0001_initial", app: str = "blog") -> str:
    """A migration that adds a field to a post."""
    return migration(ADD.format(field), dependencies=[(app, parent)])


def begin(root: Path, files: Mapping[str, str | bytes] | None = None) -> Path:
    """A repository with a project whose app blog has one migration, on main."""
    write_project(
        init(root), ["blog", "shop"], {"blog/migrations/0001_initial.py": migration(CREATE)}
    )
    write(root, {".gitignore": "__pycache__/\n*.sqlite3\n"} | dict(files or {}))
    commit(root, "Begin")
    return root


PATH = "blog/migrations/0002_more.py"
"""What both branches of ``both_added`` have added."""


def both_added(root: Path) -> Path:
    """A repository with two branches that have added one file; tags is checked out."""
    begin(root)
    branch(root, "main", {PATH: add("views")})
    branch(root, "tags", {PATH: add("tags")}, start="main~1")
    return root


def branch(root: Path, name: str, files: Mapping[str, str | bytes], *, start: str = "main") -> None:
    """A commit with these files on a branch, which is made where it is not there."""
    exists = git(root, "branch", "--list", name).strip()
    switch(root, name, None if exists else start)
    write(root, files)
    commit(root, f"Work on {name}")


def stop(root: Path, *arguments: str) -> None:
    """A command of git that has to stop at a conflict."""
    with pytest.raises(subprocess.CalledProcessError):
        git(root, *arguments)
