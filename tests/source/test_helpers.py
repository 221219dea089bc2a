"""Functions of other files that a data migration calls: read from the disk, never imported."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from migtui.core.reach import Access, Reach
from migtui.source.helpers import Helpers
from migtui.source.operations import read_operations
from tests.support.projects import write

MIGRATION = """
from django.db import migrations
{imports}

def forwards(apps, schema_editor):
    {call}

class Migration(migrations.Migration):
    operations = [migrations.RunPython(forwards)]
"""
PACKAGES = ("", "/migrations")
"""Where the app ``blog`` needs an ``__init__.py``."""


def reach(root: Path, imports: str, call: str, files: Mapping[str, str]) -> Reach:
    """The reach of a migration of ``blog`` in a project with these files."""
    written: dict[str, str | bytes] = {f"blog{name}/__init__.py": "" for name in PACKAGES}
    written["blog/migrations/0002_fill.py"] = MIGRATION.format(imports=imports, call=call)
    write(root, written | dict(files))
    path = root / "blog/migrations/0002_fill.py"
    (found,) = read_operations(path.read_bytes(), Helpers((root,)).of(path))
    assert found.reach is not None
    return found.reach


MEND = """
from django.db.models import F
def mend(apps, name, field="title"):
    apps.get_model("blog", name).objects.update(**{field: F("body")})
"""


@pytest.mark.parametrize(
    ("imports", "call"),
    [
        ("from blog.tools import mend", "mend(apps, 'Post')"),
        ("from ..tools import mend", "mend(apps, 'Post')"),
        ("from blog import tools", "tools.mend(apps, 'Post')"),
        ("from .. import tools", "tools.mend(apps, 'Post')"),
        ("import blog.tools", "blog.tools.mend(apps, name='Post')"),
        ("import blog.tools as t", "t.mend(apps, **{'name': 'Post'})"),
    ],
)
def test_a_function_of_another_file_is_followed(tmp_path: Path, imports: str, call: str) -> None:
    found = reach(tmp_path, imports, call, {"blog/tools.py": MEND})
    assert found.unread == ()
    assert ("blog.post", ("title",), Access.WRITE) in {
        (use.model, use.path, use.access) for use in found.uses
    }


def test_a_function_is_followed_through_a_file_that_passes_it_on(tmp_path: Path) -> None:
    files = {"blog/tools/mending.py": MEND, "blog/tools/__init__.py": "from .mending import mend"}
    found = reach(tmp_path, "from blog.tools import mend", "mend(apps, 'Post')", files)
    assert found.unread == ()
    assert {use.model for use in found.uses} == {"blog.post"}


def test_constants_of_another_file_are_known_and_what_it_computes_is_not(tmp_path: Path) -> None:
    tools = """
import logging
logger = logging.getLogger(__name__)
NAMES = ["Post", "Tag"]
Current = get_user_model()
def mend(apps):
    logger.info("mending")
    for name in NAMES:
        apps.get_model("blog", name).objects.update(title="x")
def other(apps):
    Current.objects.update(x=1)
"""
    imports = "from blog.tools import mend, other"
    found = reach(tmp_path, imports, "mend(apps)", {"blog/tools.py": tools})
    assert ({use.model for use in found.uses}, found.unread) == ({"blog.post", "blog.tag"}, ())
    (unread,) = reach(tmp_path, imports, "other(apps)", {"blog/tools.py": tools}).unread
    assert unread.why.startswith("calls blog.tools.Current.objects.update, which is not in this")
    assert unread.why.endswith(", in blog.tools:11")


@pytest.mark.parametrize(
    "tools",
    [
        "from blog.models import Post\ndef mend(apps): Post.objects.update(title='x')",
        "class mend:\n    def __init__(self, apps): pass",
        "from celery import task\n@task\ndef mend(apps): pass",
        "from .other import mend",
        "from .tools import mend",
        "def mend(apps:",
        "mend = make()",
    ],
)
def test_what_another_file_hides_stays_unread(tmp_path: Path, tools: str) -> None:
    found = reach(tmp_path, "from blog.tools import mend", "mend(apps)", {"blog/tools.py": tools})
    assert found.unread


def test_a_task_that_is_put_off_is_not_followed(tmp_path: Path) -> None:
    found = reach(
        tmp_path, "from blog.tools import mend", "mend.delay(apps)", {"blog/tools.py": MEND}
    )
    assert found.unread


def test_code_in_another_file_is_not_run(tmp_path: Path) -> None:
    tools = "open(__file__ + '.ran', 'w')\ndef mend(apps): pass\n"
    reach(tmp_path, "from blog.tools import mend", "mend(apps)", {"blog/tools.py": tools})
    assert not list(tmp_path.rglob("*.ran"))
