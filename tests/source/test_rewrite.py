"""What an edit does to a file, shown before and after."""

import textwrap
from collections.abc import Callable

import pytest

from migtui.core.edits import MigrationEdit
from migtui.core.migration import MigrationKey
from migtui.errors import RewriteError
from migtui.source.rewrite import rewrite

OWN = MigrationKey("blog", "0003_views")
TAGS = MigrationKey("blog", "0003_tags")
BEHIND_TAGS = MigrationEdit(OWN, parent=TAGS)
RENAMED = MigrationEdit(
    OWN,
    renamed={
        MigrationKey("blog", "0002_body"): MigrationKey("blog", "0005_body"),
        MigrationKey("shop", "0001_initial"): MigrationKey("shop", "0002_initial"),
    },
)


def source(text: str) -> bytes:
    return textwrap.dedent(text).encode()


def migration(attributes: str, head: str = "from django.db import migrations") -> str:
    """A file whose class holds these attributes."""
    body = textwrap.indent(textwrap.dedent(attributes).strip("\n"), "    ")
    return f"{head}\n\n\nclass Migration(migrations.Migration):\n{body}\n"


REPARENTED = {
    "one dependency": (
        """
        dependencies = [
            ('blog', '0002_body'),
        ]
        """,
        """
        dependencies = [
            ('blog', '0003_tags'),
        ]
        """,
    ),
    "quotes, one line, no trailing comma, comments": (
        """
        dependencies = [("shop", "0001_initial"), ("blog", "0002_body")]  # both
        operations = []  # nothing
        """,
        """
        dependencies = [("shop", "0001_initial"), ("blog", "0003_tags")]  # both
        operations = []  # nothing
        """,
    ),
    "other apps and swappable dependencies stay": (
        """
        dependencies = [
            migrations.swappable_dependency(settings.AUTH_USER_MODEL),
            ("blog", "0002_body"),
            ("contenttypes", "__first__"),
        ]
        """,
        """
        dependencies = [
            migrations.swappable_dependency(settings.AUTH_USER_MODEL),
            ("blog", "0003_tags"),
            ("contenttypes", "__first__"),
        ]
        """,
    ),
    "tuples, lists and prefixes": (
        """
        dependencies = (
            [u'blog', u'0002_body'],
        )
        """,
        """
        dependencies = (
            [u'blog', u'0003_tags'],
        )
        """,
    ),
    "bytes": (
        """
        dependencies = [(b"blog", b"0002_body")]
        """,
        """
        dependencies = [(b"blog", b"0003_tags")]
        """,
    ),
    "a name in two pieces": (
        """
        dependencies = [("blog", "0002" "_body")]
        """,
        """
        dependencies = [("blog", "0003_tags")]
        """,
    ),
    "several dependencies on the own app become one": (
        """
        dependencies = [
            ("blog", "0002_body"),
            ("shop", "0001_initial"),
            ("blog", "0002_author"),
            ("blog", "0002_title"),
        ]
        """,
        """
        dependencies = [
            ("blog", "0003_tags"),
            ("shop", "0001_initial"),
        ]
        """,
    ),
    "comments beside an entry that goes stay": (
        """
        dependencies = [
            # the text
            ("blog", "0002_body"),  # body
            # the author
            ("blog", "0002_author"),  # who wrote it
            # the shop
            ("shop", "0001_initial")
        ]
        """,
        """
        dependencies = [
            # the text
            ("blog", "0003_tags"),  # body
            # the author
            # who wrote it
            # the shop
            ("shop", "0001_initial")
        ]
        """,
    ),
    "entries of one line go with the comma before them": (
        """
        dependencies = [("blog", "0002_body"), ("blog", "0002_author"), ("blog", "0002_title")]
        """,
        """
        dependencies = [("blog", "0003_tags")]
        """,
    ),
    "a tuple of two becomes a tuple of one": (
        """
        dependencies = (("blog", "0002_body"), ("blog", "0002_author"))
        """,
        """
        dependencies = (("blog", "0003_tags"),)
        """,
    ),
    "the last line of a list without a trailing comma goes": (
        """
        dependencies = [
            ("blog", "0002_body"),
            ("blog", "0002_author")
        ]
        """,
        """
        dependencies = [
            ("blog", "0003_tags"),
        ]
        """,
    ),
    "an empty list": (
        """
        dependencies = []
        """,
        """
        dependencies = [("blog", "0003_tags")]
        """,
    ),
    "an empty tuple": (
        """
        dependencies = ()
        """,
        """
        dependencies = (("blog", "0003_tags"),)
        """,
    ),
    "an empty list of two lines, in a file that prefers single quotes": (
        """
        dependencies = [
        ]

        operations = [migrations.RunSQL('')]
        """,
        """
        dependencies = [
            ('blog', '0003_tags'),
        ]

        operations = [migrations.RunSQL('')]
        """,
    ),
    "an empty list that holds a comment": (
        """
        dependencies = [
            # none yet
        ]
        """,
        """
        dependencies = [
            # none yet
            ("blog", "0003_tags"),
        ]
        """,
    ),
    "a list of other apps alone": (
        """
        dependencies = [
            ("shop", "0001_initial"),  # for the price
        ]
        """,
        """
        dependencies = [
            ("shop", "0001_initial"),  # for the price
            ("blog", "0003_tags"),
        ]
        """,
    ),
    "a list of other apps without a trailing comma": (
        """
        dependencies = [
            ('shop', '0001_initial')  # for the price
        ]
        """,
        """
        dependencies = [
            ('shop', '0001_initial'),  # for the price
            ('blog', '0003_tags')
        ]
        """,
    ),
    "a list whose last entry ends its line": (
        """
        dependencies = [
            ('shop', '0001_initial')
        ]
        """,
        """
        dependencies = [
            ('shop', '0001_initial'),
            ('blog', '0003_tags')
        ]
        """,
    ),
    "a list that closes on the line of its last entry": (
        """
        dependencies = [
            ('shop', '0001_initial')]
        """,
        """
        dependencies = [
            ('shop', '0001_initial'),
            ('blog', '0003_tags')]
        """,
    ),
    "a list of one line": (
        """
        dependencies = [("shop", "0001_initial")]
        """,
        """
        dependencies = [("shop", "0001_initial"), ("blog", "0003_tags")]
        """,
    ),
    "a list of one line with a trailing comma": (
        """
        dependencies = [("shop", "0001_initial"),]
        """,
        """
        dependencies = [("shop", "0001_initial"), ("blog", "0003_tags"),]
        """,
    ),
    "computed dependencies on other apps": (
        """
        dependencies = [
            ("blog", "0002_body"),
            helpers.latest_of("shop"),
        ]
        """,
        """
        dependencies = [
            ("blog", "0003_tags"),
            helpers.latest_of("shop"),
        ]
        """,
    ),
    "two lists added up": (
        """
        dependencies = [("shop", "0001_initial")] + [("blog", "0002_body")]
        """,
        """
        dependencies = [("shop", "0001_initial")] + [("blog", "0003_tags")]
        """,
    ),
    "no dependencies": (
        '''
        """Counts."""

        initial = True

        # Nothing to do yet.
        operations = []
        ''',
        '''
        """Counts."""

        initial = True

        dependencies = [
            ("blog", "0003_tags"),
        ]

        # Nothing to do yet.
        operations = []
        ''',
    ),
    "nothing but a mark": (
        """
        initial = True
        """,
        """
        initial = True

        dependencies = [
            ("blog", "0003_tags"),
        ]
        """,
    ),
}


@pytest.mark.parametrize(("before", "after"), REPARENTED.values(), ids=REPARENTED)
def test_puts_a_migration_behind_another(before: str, after: str) -> None:
    assert rewrite(migration(before).encode(), BEHIND_TAGS).decode() == migration(after)


def test_follows_renames_in_dependencies_run_before_and_replaces() -> None:
    before = """
        replaces = [('blog', '0002_body'), ('blog', '0002_bodyguard')]

        run_before = [
            ("shop", "0001_initial"),
        ]
        dependencies = [
            ("shop", '0001_initial'), ("blog",
                "0002_body"),
        ]
        """
    after = """
        replaces = [('blog', '0005_body'), ('blog', '0002_bodyguard')]

        run_before = [
            ("shop", "0002_initial"),
        ]
        dependencies = [
            ("shop", '0002_initial'), ("blog",
                "0005_body"),
        ]
        """
    assert rewrite(migration(before).encode(), RENAMED).decode() == migration(after)


def test_renames_the_new_parent_and_the_other_references_at_once() -> None:
    edit = MigrationEdit(
        OWN,
        parent=TAGS,
        renamed={
            TAGS: MigrationKey("blog", "0004_tags"),
            OWN: MigrationKey("blog", "0005_views"),
        },
    )
    before = migration("dependencies = [('blog', '0002_body')]\nreplaces = [('blog', '0003_tags')]")
    after = migration("dependencies = [('blog', '0004_tags')]\nreplaces = [('blog', '0004_tags')]")
    assert rewrite(before.encode(), edit).decode() == after


def test_edits_a_constant_that_is_used_once() -> None:
    head = 'from django.db import migrations\n\nBEFORE = "{}"  # keep in step'
    before = migration('dependencies = [("blog", BEFORE)]', head.format("0002_body"))
    after = migration('dependencies = [("blog", BEFORE)]', head.format("0003_tags"))
    assert rewrite(before.encode(), BEHIND_TAGS).decode() == after


def test_edits_a_list_that_is_named_before() -> None:
    before = migration("needs = [('blog', '0002_body')]\ndependencies = needs\noperations = []")
    after = migration("needs = [('blog', '0003_tags')]\ndependencies = needs\noperations = []")
    assert rewrite(before.encode(), BEHIND_TAGS).decode() == after


LAYOUTS: dict[str, Callable[[str], bytes]] = {
    "CRLF": lambda text: text.replace("\n", "\r\n").encode(),
    "CR": lambda text: text.replace("\n", "\r").encode(),
    "BOM": lambda text: b"\xef\xbb\xbf" + text.encode(),
    "latin-1": lambda text: f"# coding: latin-1\n# caf\xe9\n{text}".encode("latin-1"),
    "mixed line endings": lambda text: text.replace("\n", "\r\n", 3).encode(),
    "tabs": lambda text: text.replace("    ", "\t").encode(),
    "form feed": lambda text: text.replace("\n\n", "\n\x0c\n").encode(),
    "no newline at the end": lambda text: text.rstrip("\n").encode(),
    "wide characters before the name": lambda text: text.replace(
        "operations = []", "operations = []  # 中文 \U0001f600"
    ).encode(),
    "newer syntax elsewhere": lambda text: (
        f"{text}\n\ndef forwards():\n    try:\n        pass\n    except ValueError, KeyError:\n"
        "        pass\n"
    ).encode(),
}


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('dependencies = [("é", "é"), ("blog", "0002_body")]; operations = []',) * 2,
        ('dependencies = [\n    ("blog", "0002_body"),\n]\noperations = []',) * 2,
    ],
    ids=["behind a wide character", "of several lines"],
)
def test_keeps_every_other_byte(layout: Callable[[str], bytes], before: str, after: str) -> None:
    expected = after.replace("0002_body", "0003_tags")
    assert rewrite(layout(migration(before)), BEHIND_TAGS) == layout(migration(expected))


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_adds_lines_with_the_line_endings_of_the_file(ending: str) -> None:
    before = migration("operations = [\n]")
    after = migration('dependencies = [\n    ("blog", "0003_tags"),\n]\n\noperations = [\n]')
    content = before.replace("\n", ending).encode()
    assert rewrite(content, BEHIND_TAGS) == after.replace("\n", ending).encode()


UNSAFE = {
    "a constant used elsewhere": (
        migration(
            'dependencies = [("blog", BEFORE)]\noperations = [note(BEFORE)]',
            'from django.db import migrations\nBEFORE = "0002_body"',
        ),
        "BEFORE is used in more than one place",
    ),
    "a tuple without parentheses": (
        migration('dependencies = ("shop", "0001_initial"),'),
        "tuple without parentheses",
    ),
    "a list made by a function": (
        migration("dependencies = needs()"),
        "is not an entry of a list",
    ),
    "a condition": (
        migration(
            "if DEBUG:\n    dependencies = [('blog', '0002_body')]\n"
            "else:\n    dependencies = [('blog', '0001_initial')]"
        ),
        "depend on a condition",
    ),
    "a syntax error": (migration("dependencies = [('blog', '0002_body')"), "can't parse it"),
    "conflict markers": (
        "<<<<<<< HEAD\n" + migration("dependencies = []") + "=======\n>>>>>>> topic\n",
        "conflict markers",
    ),
    "a class that is imported": ("from other import Migration\n", "not in the file"),
    "a class on one line": (
        "from django.db import migrations\nclass Migration(migrations.Migration): initial = True\n",
        "stands on one line",
    ),
    "a base class of the project's own": (
        "from shop import Base\nclass Migration(Base):\n    operations = []\n",
        "may inherit dependencies",
    ),
    "a coding line that is wrong": ("# coding: nonsense\n" + migration(""), "nonsense"),
}


@pytest.mark.parametrize(("content", "reason"), UNSAFE.values(), ids=UNSAFE)
def test_refuses_what_it_cannot_edit_safely(content: str, reason: str) -> None:
    with pytest.raises(RewriteError) as caught:
        rewrite(content.encode(), BEHIND_TAGS)
    assert "blog.0003_views can't be edited safely" in caught.value.message
    assert reason in caught.value.message
    assert "blog.0003_tags" in caught.value.help


def test_leaves_a_file_alone_that_says_already_what_it_should() -> None:
    content = source(
        "from django.db import migrations\nclass Migration(migrations.Migration): pass"
    )
    assert rewrite(content, RENAMED) == content
