"""Small projects whose one app forks, for what is asked of a conflict."""

from collections.abc import Mapping
from pathlib import Path

from tests.support.projects import migration, write_project

POST = 'migrations.CreateModel("Post", [("id", models.BigAutoField(primary_key=True))])'


def added_field(name: str, *parents: str) -> str:
    """Source of a migration of ``blog`` that adds a field to its Post."""
    return migration(
        f'migrations.AddField("post", "{name}", models.IntegerField(default=0))',
        dependencies=[("blog", parent) for parent in parents],
    )


def blog(root: Path, *leaves: str, files: Mapping[str, str | bytes] | None = None) -> Path:
    """A project whose ``blog`` forks after ``0001_initial`` to one branch a leaf.

    Args:
        root: Where; made if it is not there.
        leaves: Names without a number, each also that of a new field.
        files: More files, by path relative to ``root``.
    """
    branches = {
        f"blog/migrations/0002_{name}.py": added_field(name, "0001_initial") for name in leaves
    }
    initial = {"blog/migrations/0001_initial.py": migration(POST)}
    return write_project(root, ["blog"], {**initial, **branches, **(files or {})})
