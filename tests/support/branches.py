"""Projects with one conflict in the app ``blog``, written from the operations of its branches."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

from migtui.core.evidence import orders_to_try
from migtui.core.explanation import Explanation
from migtui.engine.client import Engine
from migtui.engine.protocol.orders import ReplayOrders, TryOrders
from migtui.services.explain import explain
from migtui.services.project import open_project
from tests.support.engines import engine_for
from tests.support.projects import SQLITE, migration, write, write_project

ID = "('id', models.BigAutoField(primary_key=True))"
POST = f"""migrations.CreateModel('Post', [{ID}, ('title', models.CharField(max_length=100)),
    ('views', models.IntegerField(default=0))])"""


ADD = "migrations.AddField('post', '{0}', models.TextField(default=''))"
ALTER = "migrations.AlterField('post', 'title', models.CharField(max_length={0}))"
REMOVE = "migrations.RemoveField('post', 'title')"
INDEX = "migrations.AddIndex('post', models.Index(fields=['title'], name='by_title'))"
TAG = f"migrations.CreateModel('Tag', [{ID}])"
CUSTOM = """\
from django.db.migrations.operations.base import Operation

class Custom(Operation):
    def state_forwards(self, app_label, state):
        pass

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        {0}
"""
"""An operation of the project's own, whose work on the database is to be put in."""

Blog: TypeAlias = tuple[Path, Engine]
"""A project of ``workshop``, and its engine."""


def write_conflict(
    root: Path,
    *branches: str | Sequence[str],
    base: Sequence[str] = (POST,),
    header: str = "",
    database: str = SQLITE,
    files: Mapping[str, str | bytes] | None = None,
) -> Path:
    """A project whose migrations ``0002_a``, ``0002_b`` and so on follow one ``0001_initial``.

    Args:
        root: Where.
        branches: The operations of each branch.
        base: The operations before the fork.
        header: Of the branches' files.
        database: Source of the ``default`` entry of DATABASES.
        files: More files.
    """
    write_project(root, ["blog"], files, database=database)
    return write_branches(root, *branches, base=base, header=header)


def write_branches(
    root: Path, *branches: str | Sequence[str], base: Sequence[str] = (POST,), header: str = ""
) -> Path:
    """Give the project's app other migrations; an engine that runs goes on running."""
    for path in root.glob("blog/migrations/0*.py"):
        path.unlink()
    written: dict[str, str | bytes] = {"blog/migrations/0001_initial.py": migration(*base)}
    for letter, operations in zip("abcdefgh", branches, strict=False):
        listed = [operations] if isinstance(operations, str) else operations
        written[f"blog/migrations/0002_{letter}.py"] = migration(
            *listed, dependencies=[("blog", "0001_initial")], header=header
        )
    return write(root, written)


def explain_blog(root: Path) -> Explanation:
    """The conflict as it is read."""
    return explain(open_project(root), "blog", with_git=False)


def replay(root: Path) -> ReplayOrders:
    """The question what Django's state makes of the orders."""
    explanation = explain_blog(root)
    orders = orders_to_try(explanation.conflict, explanation.verdict)
    return ReplayOrders(tuple(sorted(explanation.conflict.migrations)), orders)


def trying(
    root: Path,
    vendor: str = "sqlite",
    *,
    alias: str = "",
    uri: str = "",
    run_python: bool = False,
    python_seconds: float = 10.0,
) -> TryOrders:
    """The question what a database makes of the orders."""
    asked = replay(root)
    return TryOrders(asked.migrations, asked.orders, vendor, alias, uri, run_python, python_seconds)


@contextmanager
def workshop(root: Path, database: str = SQLITE, settings: str = "") -> Iterator[Engine]:
    """A running engine on a project whose branches are written with ``write_branches``."""
    write_conflict(root, (), (), database=database)
    write(root, {"settings.py": settings + (root / "settings.py").read_text()})
    with engine_for(root) as engine:
        yield engine
