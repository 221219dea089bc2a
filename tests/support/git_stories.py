"""A Django project in git whose branches are told in a few words."""

from collections.abc import Sequence
from pathlib import Path

from tests.support.projects import migration, write, write_project
from tests.support.repositories import commit, git, init, switch

ID = '("id", models.BigAutoField(primary_key=True))'
POST = f'migrations.CreateModel("Post", [{ID}, ("title", models.TextField())])'


def adds(field: str) -> str:
    """The operation that adds a field to a post."""
    return f'migrations.AddField("post", "{field}", models.IntegerField(default=0))'


class Story:
    """A project ``blog`` and ``shop``, with ``0001_initial`` each on ``main``.

    Args:
        root: Where.
    """

    def __init__(self, root: Path) -> None:
        first = {f"{app}/migrations/0001_initial.py": migration(POST) for app in ("blog", "shop")}
        self.root = init(write_project(root, ["blog", "shop"], first))
        commit(self.root, "initial")

    def on(self, branch: str, start: str | None = None) -> "Story":
        """Check out a branch; with ``start``, a new one from there."""
        switch(self.root, branch, start)
        return self

    def migration(
        self,
        name: str,
        *parents: str,
        app: str = "blog",
        operations: Sequence[str] | None = None,
        also: Sequence[tuple[str, str]] = (),
    ) -> "Story":
        """Commit a migration that follows others of its app; it adds a field, if nothing else."""
        field = name.partition("_")[2] or name
        text = migration(
            *(operations or [adds(field)]),
            dependencies=[*((app, parent) for parent in parents), *also],
        )
        return self.file(f"{app}/migrations/{name}.py", text)

    def file(self, path: str, content: str) -> "Story":
        """Commit a file."""
        write(self.root, {path: content.encode()})
        commit(self.root, path)
        return self

    def git(self, *arguments: str) -> str:
        """Run git."""
        return git(self.root, *arguments)
