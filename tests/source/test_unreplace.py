"""A squash's file becomes that of a plain migration."""

import textwrap

import pytest

from migtui.core.migration import MigrationKey
from migtui.errors import RewriteError
from migtui.source.unreplace import drop_repeated, drop_replaces

KEY = MigrationKey("blog", "0001_squashed")
SQUASH = """\
    from django.db import migrations

    class Migration(migrations.Migration):
        # Kept.

        replaces = [
            ("blog", "0001_initial"),  # gone
        ]

        initial = True

        dependencies = [("shop", "0001_initial"), ("shop", "0001_initial")]
    """


def test_replaces_goes_with_its_lines_and_all_else_stays() -> None:
    before = textwrap.dedent(SQUASH)
    start, end = before.index("    replaces"), before.index("    initial")
    after = drop_replaces(before.encode(), KEY)
    assert after.decode() == before[:start] + before[end:]


def test_windows_line_ends_stay() -> None:
    before = textwrap.dedent(SQUASH).replace("\n", "\r\n").encode()
    assert drop_replaces(before, KEY).count(b"\n") == drop_replaces(before, KEY).count(b"\r\n")


@pytest.mark.parametrize(
    "line", ["replaces = []; initial = True", "for x in y: replaces = [('a', 'b')]"]
)
def test_what_is_not_plain_is_refused(line: str) -> None:
    text = f"from django.db import migrations\nclass Migration(migrations.Migration):\n    {line}\n"
    with pytest.raises(RewriteError, match="can't be taken out safely"):
        drop_replaces(text.encode(), KEY)


def test_an_entry_that_stands_twice_is_dropped_once() -> None:
    after = drop_repeated(textwrap.dedent(SQUASH).encode()).decode()
    assert 'dependencies = [("shop", "0001_initial")]' in after
