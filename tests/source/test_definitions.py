"""Functions and classes that move from migration files into another, with what they need."""

import textwrap

import pytest

from migtui.core.migration import MigrationKey
from migtui.errors import RewriteError
from migtui.source.carry import Import, render_imports
from migtui.source.definitions import CarriedFrom, Definitions, carry_definitions

OWN = (Import("django.db", "migrations"), Import("django.db", "models"))


def carried(*sources: str, names: str = "forwards") -> Definitions:
    files = [
        CarriedFrom(
            MigrationKey("blog", f"{number:04}_x"),
            textwrap.dedent(source).encode(),
            frozenset(names.split()),
        )
        for number, source in enumerate(sources, start=1)
    ]
    return carry_definitions(files, OWN)


def test_a_function_brings_its_helpers_constants_and_imports_and_nothing_else() -> None:
    found = carried("""\
        import os
        import re
        from django.db import migrations
        from . import tools as t

        WORD = re.compile("x")
        WORD_COUNT = 3
        UNUSED = os.sep


        # Makes a slug.
        def slug(text):
            return WORD.sub(t.DASH, text)


        @t.logged
        def forwards(apps, schema_editor, size=WORD_COUNT):
            re_local = 1
            return [slug(title) for title in apps]


        class Migration(migrations.Migration):
            operations = [migrations.RunPython(forwards)]
        """)
    assert found.text == textwrap.dedent("""\
        WORD = re.compile("x")


        WORD_COUNT = 3


        # Makes a slug.
        def slug(text):
            return WORD.sub(t.DASH, text)


        @t.logged
        def forwards(apps, schema_editor, size=WORD_COUNT):
            re_local = 1
            return [slug(title) for title in apps]""")
    assert render_imports(found.imports) == (
        "import re\nfrom . import tools as t\nfrom django.db import migrations, models"
    )


def test_two_functions_of_one_name_are_told_apart_and_so_are_their_helpers() -> None:
    source = """\
        def helper(x):
            return x + {0}

        def forwards(apps, schema_editor):
            helper_text = "helper"
            def inner(helper):
                return helper
            return helper({0}) or forwards
        """
    found = carried(source.format(1), source.format(2))
    first, second = MigrationKey("blog", "0001_x"), MigrationKey("blog", "0002_x")
    assert found.names == {(first, "forwards"): "forwards", (second, "forwards"): "forwards_0002"}
    assert "def helper_0002(x):\n    return x + 2" in found.text
    assert "return helper_0002(2) or forwards_0002" in found.text
    assert (
        found.text.count('helper_text = "helper"\n    def inner(helper):\n        return helper')
        == 2
    )


def test_an_import_that_means_something_else_gets_another_name() -> None:
    found = carried("""\
        from shop import models

        def forwards(apps, schema_editor):
            models.fill()
        """)
    assert "models_0001.fill()" in found.text
    assert Import("shop", "models", "models_0001") in found.imports


def test_what_changes_a_constant_comes_along() -> None:
    found = carried("""\
        SEEN = {}
        SEEN["x"] = 1
        SEEN.update(y=2)
        OTHER = {}
        OTHER["x"] = 1

        def forwards(apps, schema_editor):
            return SEEN
        """)
    assert found.text.startswith('SEEN = {}\n\n\nSEEN["x"] = 1\n\n\nSEEN.update(y=2)')
    assert "OTHER" not in found.text


def test_a_global_statement_is_followed() -> None:
    found = carried(
        "COUNT = 0\n\ndef forwards(apps, e):\n    global COUNT\n    COUNT += 1\n",
        "COUNT = 5\n\ndef forwards(apps, e):\n    global COUNT\n    COUNT += 1\n",
    )
    assert "global COUNT_0002\n    COUNT_0002 += 1" in found.text


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("from shop.tools import *\n\ndef forwards(a, e):\n    go()\n", "may come from `from shop"),
        ("def forwards(a, e)\n    go()\n", "could not be read whole"),
    ],
)
def test_what_can_not_be_followed_is_refused(source: str, message: str) -> None:
    with pytest.raises(RewriteError, match=message):
        carried(source)


def test_a_function_inside_the_class_is_refused() -> None:
    with pytest.raises(RewriteError, match="stands inside its class Migration"):
        carried("class Migration:\n    def forwards(a, e):\n        pass\n", names="Migration")


def test_an_operation_is_taken_as_it_is_written_with_its_names_followed() -> None:
    source = """\
        from django.db import migrations
        from shop import models

        def make(x):
            return x

        class Migration(migrations.Migration):
            operations = [
                migrations.RunSQL("x"),
                migrations.RunPython(make(models), lambda apps, make: make),
            ]
        """
    key = MigrationKey("blog", "0001_x")
    file = CarriedFrom(
        key,
        textwrap.dedent(source).encode(),
        operations=frozenset({(1, 2, "RunPython")}),
    )
    found = carry_definitions([file], OWN)
    assert found.operations == {
        (key, 1): "migrations.RunPython(make(models_0001), lambda apps, make: make)"
    }
    assert found.text == "def make(x):\n    return x"
    with pytest.raises(RewriteError, match="not one plain list"):
        carry_definitions(
            [CarriedFrom(key, file.content, operations=frozenset({(0, 2, "RunPython")}))], OWN
        )


def test_an_operation_that_uses_what_stands_in_its_class_is_refused() -> None:
    source = """\
        from django.db import migrations

        class Migration(migrations.Migration):
            def forwards(apps, e):
                pass

            operations = [migrations.RunPython(forwards)]
        """
    key = MigrationKey("blog", "0001_x")
    asked = frozenset({(0, 1, "RunPython")})
    file = CarriedFrom(key, textwrap.dedent(source).encode(), operations=asked)
    with pytest.raises(RewriteError, match="uses forwards, which stands inside its class"):
        carry_definitions([file], OWN)
