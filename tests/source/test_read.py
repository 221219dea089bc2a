import textwrap
import warnings

import pytest

from migtui.core.migration import Dependency, Migration, MigrationKey
from migtui.source.read import read_migration

KEY = MigrationKey("blog", "0002_title")
HEAD = "from django.db import migrations, models\n"


def read(source: str | bytes) -> Migration:
    content = source if isinstance(source, bytes) else textwrap.dedent(source).encode()
    return read_migration(content, KEY, "blog/migrations/0002_title.py")


def body(source: str, before: str = "") -> Migration:
    inner = textwrap.indent(textwrap.dedent(source), "    ")
    return read(f"{HEAD}{textwrap.dedent(before)}\nclass Migration(migrations.Migration):\n{inner}")


def named(dependencies: tuple[Dependency, ...]) -> list[tuple[str | None, str | None]]:
    return [(entry.app_label, entry.name) for entry in dependencies]


def test_the_head_of_a_migration_is_read() -> None:
    migration = body("""\
        initial = True
        atomic = False
        replaces = [("blog", "0001_a"), ("blog", "0002_b")]
        run_before = [("shop", "0003_c")]
        dependencies = [
            ("blog", "0001_initial"),
            ("auth", "__first__"),
            ("sites", "__latest__"),
        ]
        """)
    assert migration.key == KEY
    assert migration.path == "blog/migrations/0002_title.py"
    assert len(migration.sha256) == 64
    assert named(migration.dependencies) == [
        ("blog", "0001_initial"), ("auth", "__first__"), ("sites", "__latest__")
    ]  # fmt: skip
    assert [entry.line for entry in migration.dependencies] == [9, 10, 11]
    assert named(migration.run_before) == [("shop", "0003_c")]
    assert named(migration.replaces) == [("blog", "0001_a"), ("blog", "0002_b")]
    assert (migration.initial, migration.atomic) == (True, False)
    assert (migration.line, migration.error, migration.writable) == (3, None, True)


def test_what_is_not_written_is_none() -> None:
    migration = body("operations = []")
    assert migration.dependencies == ()
    assert (migration.initial, migration.atomic) == (None, None)


def test_a_class_without_any_body_is_a_migration() -> None:
    migration = body("pass")
    assert migration.dependencies == ()
    assert migration.error is None


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("migrations.swappable_dependency(settings.AUTH_USER_MODEL)", "AUTH_USER_MODEL"),
        ("swappable(settings.SHOP_ORDER_MODEL)", "SHOP_ORDER_MODEL"),
        ("(settings.AUTH_USER_MODEL.split('.')[0], '__first__')", "AUTH_USER_MODEL"),
        ("migrations.migration.SwappableDependency(('auth', '__first__'), 'AUTH_USER_MODEL')",
         "AUTH_USER_MODEL"),
    ],
)  # fmt: skip
def test_a_swappable_dependency_names_its_setting(entry: str, expected: str) -> None:
    imports = (
        "from django.conf import settings\n"
        "from django.db.migrations import swappable_dependency as swappable\n"
    )
    (dependency,) = body(f"dependencies = [{entry}]", imports).dependencies
    assert dependency.setting == expected
    assert dependency.name == "__first__"
    assert not dependency.is_unknown
    assert dependency.key is None


def test_a_swappable_dependency_on_a_literal_model_names_its_app() -> None:
    migration = body('dependencies = [migrations.swappable_dependency("accounts.User")]')
    assert named(migration.dependencies) == [("accounts", "__first__")]


def test_labels_in_bytes_are_labels() -> None:
    assert named(body('dependencies = [(b"blog", b"0001_initial")]').dependencies) == [
        ("blog", "0001_initial")
    ]


@pytest.mark.parametrize(
    "source",
    [
        'dependencies = (("blog", "0001"), ("shop", "0002"))',
        'dependencies = [["blog", "0001"], ["shop", "0002"]]',
        'dependencies = [("blog", "0001")] + [("shop", "0002")]',
        'dependencies = [("blog", "0001"), *OTHERS]',
        'dependencies = [("blog", "0001")]\ndependencies += OTHERS',
        'dependencies = [("blog", "0001")]\ndependencies.append(("shop", "0002"))',
        'dependencies = [("blog", "0001")]\ndependencies.extend(OTHERS)',
        'first = ("blog", "0001")\ndependencies = [first, *list(OTHERS)]',
        'dependencies: list[tuple[str, str]] = [("blog", "0001"), ("shop", "0002")]',
        'dependencies, initial = [("blog", "0001"), ("shop", "0002")], True',
        'dependencies = [(APP, "0001"), ("shop", f"{2:04}" if False else "000%d" % 2)][:]',
        'dependencies = [(APP, "0001"), ("shop", "{:04}".format(2))]',
        'dependencies = [(APP, f"00{ONE}"), ("shop", "0002")]',
        'dependencies = [(APP, "".join(["00", ONE])), OTHERS[0]]',
        'dependencies = [(NAMES["app"], "0001"), ("shop", "000" + "2")]',
    ],
)
def test_lists_are_put_together_from_what_the_file_names(source: str) -> None:
    before = """\
        APP = "blog"
        ONE = "01"
        NAMES = {"app": APP}
        OTHERS = [("shop", "0002")]
        """
    found = named(body(source, before).dependencies)
    if source.endswith("[:]"):  # a slice is only known when it runs
        assert found == [(None, None)]
    else:
        assert found == [("blog", "0001"), ("shop", "0002")]


def test_what_the_file_does_to_the_class_afterwards_counts() -> None:
    migration = read(f"""\
{HEAD}
class Migration(migrations.Migration):
    dependencies = [("blog", "0001")]

Migration.dependencies.append(("shop", "0002"))
Migration.atomic = False
""")
    assert named(migration.dependencies) == [("blog", "0001"), ("shop", "0002")]
    assert migration.atomic is False


@pytest.mark.parametrize(
    "entry",
    [
        "latest()",
        "*helpers.dependencies",
        "*[('shop', name) for name in NAMES]",
        "('blog', NAMES[0])",
        "('blog',)",
        "...",
    ],
)
def test_what_only_running_would_tell_is_kept_as_unknown(entry: str) -> None:
    migration = body(f"dependencies = [('blog', '0001'), {entry}]", "from x import NAMES, helpers")
    known, unknown = migration.dependencies
    assert named((known,)) == [("blog", "0001")]
    assert unknown.is_unknown
    assert unknown.text == entry.removeprefix("*")
    assert migration.has_unknown_dependencies


def test_dependencies_computed_by_a_helper_are_unknown() -> None:
    (entry,) = body("dependencies = find_dependencies('blog')").dependencies
    assert (entry.is_unknown, entry.text) == (True, "find_dependencies('blog')")


def test_dependencies_that_are_set_when_it_is_made_are_unknown() -> None:
    migration = body("""\
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            self.dependencies = [("blog", "0001_initial")]

        operations = []
        """)
    assert named(migration.dependencies) == [(None, None)]
    assert migration.has_unknown_dependencies


def test_an_imported_list_is_unknown() -> None:
    (entry,) = body("dependencies = PARENTS", "from x import PARENTS").dependencies
    assert (entry.is_unknown, entry.text, entry.line) == (True, "PARENTS", 4)


@pytest.mark.parametrize(
    "change", ["dependencies.pop()", "del dependencies[0]", "dependencies *= 2"]
)
def test_a_list_that_is_changed_in_another_way_leaves_a_doubt(change: str) -> None:
    known, unknown = body(f"dependencies = [('blog', '0001')]\n{change}").dependencies
    assert named((known,)) == [("blog", "0001")]
    assert (unknown.is_unknown, unknown.line) == (True, 5)


def test_entries_under_a_condition_are_all_read() -> None:
    migration = body("""\
        dependencies = [("blog", "0001")]
        if settings.SHOP:
            dependencies.append(("shop", "0002"))
        """)
    assert named(migration.dependencies) == [("blog", "0001"), ("shop", "0002")]


def test_a_parent_under_a_condition_leaves_a_doubt() -> None:
    migration = body("""\
        if settings.SHOP:
            dependencies = [("blog", "0001"), ("shop", "0002")]
        else:
            dependencies = [("blog", "0001_b")]
        """)
    assert named(migration.dependencies) == [
        ("blog", "0001"), ("shop", "0002"), ("blog", "0001_b"), (None, None)
    ]  # fmt: skip


def test_the_same_parent_in_both_branches_leaves_none() -> None:
    migration = body("""\
        if settings.SHOP:
            dependencies = [("blog", "0001"), ("shop", "0002")]
        elif settings.CMS:
            dependencies = [("blog", "0001"), ("cms", "0003")]
        else:
            dependencies = [("blog", "0001")]
        """)
    assert named(migration.dependencies) == [("blog", "0001"), ("shop", "0002"), ("cms", "0003")]


def test_a_constant_condition_is_decided() -> None:
    migration = body(
        """\
        dependencies = [("blog", "0001")]
        if NEW:
            dependencies = [("blog", "0002")]
        if not NEW:
            dependencies = [("blog", "0003")]
        """,
        "NEW = True",
    )
    assert named(migration.dependencies) == [("blog", "0002")]


def test_a_loop_that_appends_leaves_a_doubt() -> None:
    migration = body("""\
        dependencies = []
        for name in names():
            dependencies.append(("blog", name))
        """)
    assert named(migration.dependencies)[0] == ("blog", None)


def test_names_that_name_each_other_do_no_harm() -> None:
    migration = body("a = b\nb = a\ndependencies = a")
    assert migration.has_unknown_dependencies


def test_a_base_class_of_the_file_brings_its_attributes() -> None:
    migration = read(f"""\
{HEAD}
class Base(migrations.Migration):
    atomic = False
    dependencies = [("blog", "0001")]

class Migration(Base):
    def __init__(self, name, app_label):
        super().__init__(name, app_label)
""")
    assert named(migration.dependencies) == [("blog", "0001")]
    assert migration.atomic is False


def test_a_base_class_from_elsewhere_is_fine_where_dependencies_are_written() -> None:
    migration = read("""\
        from tools import CheckedMigration
        class Migration(CheckedMigration):
            dependencies = [("blog", "0001")]
            def apply(self, *args, **kwargs):
                return super().apply(*args, **kwargs)
        """)
    assert named(migration.dependencies) == [("blog", "0001")]
    assert migration.error is None


def test_a_base_class_from_elsewhere_may_bring_dependencies() -> None:
    migration = read("""\
        from tools import CheckedMigration
        class Migration(CheckedMigration):
            operations = []
        """)
    assert [entry.text for entry in migration.dependencies] == ["CheckedMigration"]
    assert migration.has_unknown_dependencies


@pytest.mark.parametrize(
    "source",
    [
        "from tools import Migration",
        "from tools import *",
        "from tools import make\nMigration = make('blog')",
        "try:\n    from a import Migration\nexcept ImportError:\n    Migration = None",
    ],
)
def test_a_class_from_elsewhere_is_a_migration_of_unknown_dependencies(source: str) -> None:
    migration = read(source)
    assert migration.error is None
    assert migration.has_unknown_dependencies


def test_a_class_under_another_name_is_followed() -> None:
    migration = read(f"""\
{HEAD}
class AddTitle(migrations.Migration):
    dependencies = [("blog", "0001")]

Migration = AddTitle
""")
    assert named(migration.dependencies) == [("blog", "0001")]
    assert migration.line == 3


def test_a_class_under_a_condition_is_found() -> None:
    migration = read(f"""\
{HEAD}
try:
    import x
except ImportError:
    x = None
if x:
    class Migration(migrations.Migration):
        dependencies = [("blog", "0001")]
""")
    assert named(migration.dependencies) == [("blog", "0001")]


@pytest.mark.parametrize("source", ["", "\n\n", "# nothing\n", "def helper():\n    pass\n"])
def test_a_file_without_the_class_is_none(source: str) -> None:
    migration = read(source)
    assert migration.error is not None
    assert migration.error.kind == "no-migration"


MIGRATION = f"""\
{HEAD}
class Migration(migrations.Migration):
    dependencies = [
        ("blog", "0001_initial"),
    ]
    operations = []
"""


@pytest.mark.parametrize(
    "content",
    [
        MIGRATION.replace("\n", "\r\n").encode(),
        MIGRATION.replace("\n", "\r").encode(),
        b"\xef\xbb\xbf" + MIGRATION.encode(),
        MIGRATION.replace("    ", "\t").encode(),
        MIGRATION.replace("\n\nclass", "\n\x0c\nclass").encode(),
        MIGRATION.encode().rstrip(b"\n"),
    ],
    ids=["crlf", "cr", "bom", "tabs", "form-feed", "no-newline-at-end"],
)
def test_lines_are_counted_as_editors_do(content: bytes) -> None:
    migration = read(content)
    assert named(migration.dependencies) == [("blog", "0001_initial")]
    assert [entry.line for entry in migration.dependencies] == [5]
    assert migration.line == 3
    assert migration.error is None


@pytest.mark.parametrize("line", ["# -*- coding: latin-1 -*-", "# vim: set fileencoding=cp1252 :"])
def test_a_coding_line_is_obeyed(line: str) -> None:
    source = f"{line}\n{HEAD}class Migration(migrations.Migration):\n    NAME = 'caf\xe9'\n"
    source += "    dependencies = [('blog', NAME)]\n"
    migration = read(source.encode("latin-1"))
    assert named(migration.dependencies) == [("blog", "caf\xe9")]
    assert migration.error is None


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (MIGRATION.encode() + b"# caf\xe9\n", 8),
        (b"# coding: klingon\n" + MIGRATION.encode(), 1),
        (MIGRATION.replace("operations", "\0operations").encode(), 7),
        (MIGRATION.encode("utf-16"), 1),
    ],
    ids=["latin-1", "unknown coding", "null bytes", "utf-16"],
)
def test_a_file_that_python_cannot_decode_is_an_error_but_read(content: bytes, line: int) -> None:
    migration = read(content)
    assert migration.error is not None
    assert (migration.error.kind, migration.error.line) == ("encoding", line)
    if line != 1 or b"klingon" in content:
        assert named(migration.dependencies) == [("blog", "0001_initial")]


def test_invalid_escapes_print_no_warnings() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        migration = read(MIGRATION + 'PATTERN = "\\d"\n')
    assert caught == []
    assert migration.error is None


def test_a_hundred_thousand_lines_are_read() -> None:
    data = "".join(f'    ("{number}", "city"),\n' for number in range(100_000))
    migration = read(f"CITIES = [\n{data}]\n{MIGRATION}")
    assert named(migration.dependencies) == [("blog", "0001_initial")]
    assert migration.dependencies[0].line == 100_007


def test_reading_the_head_does_not_look_at_operations() -> None:
    """An expression so deep that evaluating it would fail does no harm."""
    deep = " + ".join(["'x'"] * 900)
    migration = read(MIGRATION.replace("operations = []", f"operations = [{deep}]"))
    assert named(migration.dependencies) == [("blog", "0001_initial")]
    assert migration.error is None
