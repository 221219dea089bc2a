"""Projects that the commands are tried on."""

from pathlib import Path

import pytest

from tests.support.projects import migration, write_project

ADD = 'migrations.AddField("post", "{0}", models.TextField(default=""))'
CREATE = """migrations.CreateModel("Post", [("id", models.BigAutoField(\
auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))])"""
MODELS = """\
    from django.db import models

    class Post(models.Model):
        tags = models.TextField(default="")
        views = models.TextField(default="")
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with two apps: blog has two leaves, shop has one."""
    parent = [("blog", "0001_initial")]
    return write_project(
        tmp_path / "project",
        ["blog", "shop"],
        {
            "blog/models.py": MODELS,
            "blog/migrations/0001_initial.py": migration(CREATE),
            "blog/migrations/0002_tags.py": migration(ADD.format("tags"), dependencies=parent),
            "blog/migrations/0002_views.py": migration(ADD.format("views"), dependencies=parent),
            "shop/migrations/0001_initial.py": migration(),
        },
    )
