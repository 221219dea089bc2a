"""The story that migtui is for, with a real git: two clones, a bare server, two migrations."""

from pathlib import Path

import pytest

from tests.support.command_line import run
from tests.support.merges import add, begin, stop
from tests.support.projects import write
from tests.support.repositories import commit, git, switch

MODELS = """\
from django.db import models


class Post(models.Model):
    id = models.BigAutoField(auto_created=True, primary_key=True, serialize=False)
    views = models.IntegerField(default=0)
    tags = models.IntegerField(default=0)
"""
VIEWS = {
    "blog/migrations/0002_more.py": add("views"),
    "blog/migrations/max_migration.txt": "0002_more\n",
}
TAGS = {
    "blog/migrations/0002_more.py": add("tags"),
    "blog/migrations/max_migration.txt": "0002_more\n",
}


@pytest.fixture
def grace(tmp_path: Path) -> Path:
    """The clone of Grace, whose branch tags is pushed; Mary's views are on the server's main."""
    seed = begin(
        tmp_path / "seed",
        {"blog/migrations/max_migration.txt": "0001_initial\n", "blog/models.py": MODELS},
    )
    server = tmp_path / "server.git"
    git(tmp_path, "clone", "--quiet", "--bare", str(seed), str(server))
    for name in ("mary", "grace"):
        git(tmp_path, "clone", "--quiet", str(server), str(tmp_path / name))
    mary, found = tmp_path / "mary", tmp_path / "grace"
    write(mary, VIEWS)
    commit(mary, "Count views", author="Mary")
    git(mary, "push", "--quiet", "origin", "main")
    switch(found, "tags", "main")
    write(found, TAGS)
    commit(found, "Add tags", author="Grace")
    git(found, "push", "--quiet", "origin", "tags")
    assert run("check", "--project", mary).code == 0
    assert run("check", "--project", found).code == 0
    git(found, "fetch", "--quiet")
    return found


def the_merge_is_told_before_it_is_made(root: Path) -> None:
    result = run("check", "--project", root, "--base", "origin/main")
    assert result.code == 1
    assert "migtui.E006: blog.0002_more was added on origin/main and on tags" in result.out
    assert "Verdict: independent" in result.out


def the_conflict_is_ended(root: Path) -> None:
    lanes = run("explain", "blog", "--project", root)
    assert "Mary" in lanes.out
    assert "Grace" in lanes.out
    assert "0002_more_tags" in lanes.out
    result = run("resolve", "blog", "--recommended", "--noinput", "--stage", "--project", root)
    assert (result.code, "Django loads the project and sees one leaf" in result.out) == (0, True)
    names = {path.name for path in (root / "blog/migrations").glob("0*.py")}
    assert names == {"0001_initial.py", "0002_more.py", "0003_more_tags.py"}
    assert (root / "blog/migrations/0002_more.py").read_text() == add("views")
    assert (root / "blog/migrations/max_migration.txt").read_text() == "0003_more_tags\n"


def test_a_merge(grace: Path) -> None:
    the_merge_is_told_before_it_is_made(grace)
    stop(grace, "merge", "origin/main")
    the_conflict_is_ended(grace)
    git(grace, "commit", "--quiet", "--no-edit")
    assert run("check", "--project", grace, "--base", "origin/main").code == 0
    git(grace, "push", "--quiet", "origin", "tags:main")


def test_a_rebase(grace: Path) -> None:
    the_merge_is_told_before_it_is_made(grace)
    stop(grace, "rebase", "origin/main")
    the_conflict_is_ended(grace)
    git(grace, "-c", "core.editor=true", "rebase", "--continue")
    assert run("check", "--project", grace, "--base", "origin/main").code == 0
    git(grace, "push", "--quiet", "origin", "tags:main")
    log = git(grace, "log", "--format=%an", "origin/main").split()
    assert log == ["Grace", "Mary", "Ada"]
