"""Files that Python can't parse are read as far as possible."""

import sys
import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migtui.core.migration import UNREADABLE, Migration, MigrationKey
from migtui.source.operations import read_operations
from migtui.source.read import read_migration

BEFORE = """\
from django.db import migrations

"""
CLASS = """\
class Migration(migrations.Migration):
    dependencies = [
        ("blog", "0001_initial"),
    ]
    operations = [
        migrations.RunPython(forwards),
        migrations.DeleteModel("Post"),
    ]
"""
FUNCTION = """\
def forwards(apps, schema_editor):
    {}

"""


def read(source: str) -> Migration:
    return read_migration(source.encode(), MigrationKey("blog", "0002_x"))


def parents(migration: Migration) -> list[tuple[str | None, str | None]]:
    return [(entry.app_label, entry.name) for entry in migration.dependencies]


def types(source: str) -> list[str]:
    return [operation.type for operation in read_operations(source.encode())]


PYTHON_2 = [
    'print "hello"',
    "exec code in scope",
    "x = `apps`",
    "mode = 0777",
    "name = ur'caf\xe9'",
    "raise ValueError, 'no'",
    "try:\n        pass\n    except ValueError, error:\n        pass",
    "if x <> 1:\n        pass",
]


@pytest.mark.parametrize("statement", PYTHON_2)
def test_python_2_in_a_function_hides_nothing_else(statement: str) -> None:
    source = BEFORE + FUNCTION.format(statement) + CLASS
    migration = read(source)
    assert migration.error is not None
    assert (migration.error.kind, migration.error.newer_python) == ("syntax", False)
    assert parents(migration) == [("blog", "0001_initial")]
    assert migration.line == source[: source.index("class Migration")].count("\n") + 1
    assert types(source) == ["RunPython", "DeleteModel"]


@pytest.mark.parametrize("statement", PYTHON_2[:5])
def test_a_function_that_does_not_parse_keeps_its_source(statement: str) -> None:
    source = BEFORE + FUNCTION.format(statement) + CLASS
    (function,) = read_operations(source.encode())[0].functions
    assert function.name == "forwards"
    assert function.line == 3
    assert function.source == FUNCTION.format(statement).rstrip()


def test_python_2_at_the_top_hides_nothing_else() -> None:
    migration = read(f'{BEFORE}print "migrating"\n{CLASS}')
    assert migration.error is not None
    assert migration.error.line == 3
    assert parents(migration) == [("blog", "0001_initial")]


def test_a_method_that_does_not_parse_hides_nothing_else() -> None:
    source = f'{BEFORE}{CLASS}\n    def apply(self, state):\n        print "applying"\n'
    migration = read(source)
    assert migration.error is not None
    assert migration.error.line == 13
    assert parents(migration) == [("blog", "0001_initial")]
    assert types(source) == ["RunPython", "DeleteModel"]


def test_an_operation_that_does_not_parse_hides_no_other() -> None:
    broken = "migrations.RunSQL('select' 1),\n        migrations.DeleteModel"
    source = BEFORE + CLASS.replace("migrations.DeleteModel", broken)
    first, second, third = read_operations(source.encode())
    assert first.type == "RunPython"
    assert (second.type, second.source) == (UNREADABLE, "migrations.RunSQL('select' 1)")
    assert (second.line, second.end_line) == (9, 9)
    assert (third.type, third.source, third.line) == (
        "DeleteModel", 'migrations.DeleteModel("Post")', 10
    )  # fmt: skip
    assert parents(read(source)) == [("blog", "0001_initial")]


def test_a_dependency_that_does_not_parse_is_unknown() -> None:
    source = BEFORE + CLASS.replace(
        '("blog", "0001_initial"),', '("blog", "0001_initial"), ("x" 1),'
    )
    migration = read(source)
    assert parents(migration) == [("blog", "0001_initial"), (None, None)]
    assert migration.dependencies[1].text == '("x" 1)'
    assert migration.dependencies[1].line == 5


def test_dependencies_that_cannot_be_found_are_unknown() -> None:
    migration = read(f"{BEFORE}class Migration(migrations.Migration):\n    dependencies := 1\n")
    assert migration.error is not None
    assert migration.has_unknown_dependencies


def test_a_list_that_ends_in_the_middle_leaves_a_doubt() -> None:
    migration = read(f"{BEFORE}{CLASS}"[: len(BEFORE) + CLASS.index("_initial")])
    assert migration.error is not None
    assert migration.has_unknown_dependencies


def test_a_list_whose_indentation_is_wrong_is_read() -> None:
    source = BEFORE + CLASS.replace("    dependencies", "        dependencies")
    assert parents(read(source)) == [("blog", "0001_initial")]


JUNK = ["", '"""', "'", "(", ")", "[", "]", "\n", "\t", "    ", "\0", "\\", "#", "`", "class X:\n",
        "<<<<<<< HEAD\n", "=======\n", ">>>>>>> x\n", "print 'x'\n", "except A, B:\n"]  # fmt: skip
WHOLE = BEFORE + FUNCTION.format("pass") + CLASS


@given(
    edits=st.lists(
        st.tuples(st.integers(0, len(WHOLE)), st.integers(0, 40), st.sampled_from(JUNK)),
        min_size=1,
        max_size=4,
    )
)
def test_no_edit_makes_the_reader_fail(edits: list[tuple[int, int, str]]) -> None:
    source = WHOLE
    for position, length, junk in edits:
        source = source[:position] + junk + source[position + length :]
    migration = read(source)
    lines = source.count("\n") + 1
    assert all(1 <= entry.line <= lines for entry in migration.dependencies)
    assert migration.error is None or 1 <= migration.error.line <= lines + 1
    for operation in read_operations(source.encode()):
        assert 1 <= operation.line <= operation.end_line <= lines


def test_garbage_before_and_after_hides_nothing() -> None:
    migration = read(f")] }} garbage here\n{BEFORE}{CLASS}\n)))\n")
    assert migration.error is not None
    assert migration.error.line == 1
    assert parents(migration) == [("blog", "0001_initial")]


def test_text_in_strings_is_not_taken_for_statements() -> None:
    source = (
        f'{BEFORE}SQL = """\nclass Migration(x):\n    dependencies = []\n"""\nprint "x"\n{CLASS}'
    )
    assert parents(read(source)) == [("blog", "0001_initial")]


def test_entries_at_the_margin_belong_to_their_list() -> None:
    source = BEFORE + CLASS.replace('        ("blog"', '("blog"') + 'print "x"\n'
    migration = read(source)
    assert parents(migration) == [("blog", "0001_initial")]


def test_a_class_whose_header_takes_several_lines_is_found() -> None:
    header = "class Migration(\n    migrations.Migration,\n):"
    source = BEFORE + CLASS.replace("class Migration(migrations.Migration):", header)
    migration = read(source + '\n    print "x"\n')
    assert parents(migration) == [("blog", "0001_initial")]
    assert migration.line == 3


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_lines_count_in_broken_files_too(ending: str) -> None:
    source = (BEFORE + FUNCTION.format('print "x"') + CLASS).replace("\n", ending)
    migration = read(source)
    assert [entry.line for entry in migration.dependencies] == [8]


def test_an_expression_nested_too_deeply_is_an_error_not_a_crash() -> None:
    deep = "(" * 5_000 + ")" * 5_000
    source = BEFORE + CLASS.replace("forwards", deep)
    migration = read(source)
    assert migration.error is not None
    assert migration.error.kind == "syntax"
    assert parents(migration) == [("blog", "0001_initial")]
    assert types(source) == [UNREADABLE, "DeleteModel"]


def test_an_expression_too_long_to_evaluate_is_unreadable() -> None:
    long = "+".join(["x"] * 3_000)
    source = BEFORE + CLASS.replace("forwards", long)
    assert parents(read(source)) == [("blog", "0001_initial")]
    assert types(source) == [UNREADABLE, "DeleteModel"]


NEWER = {
    (3, 14): [
        "try:\n        pass\n    except ValueError, TypeError:\n        pass",
        "try:\n        pass\n    except db.Error, KeyError, OSError:\n        pass",
        "greeting = t'hello {apps}'",
        'greeting = rt"hello {apps}"',
    ],
    (3, 12): [
        "type Pair[T] = tuple[T, T]",
        "def first[T](items: list[T]) -> T:\n        return items[0]",
        'name = f"{"x" + "y"}"',
        'name = f"{"\\n".join(apps)}"',
    ],
    (3, 15): ["pairs = [*item for item in apps]"],
}


@pytest.mark.parametrize(
    ("version", "statement"),
    [(version, statement) for version, found in NEWER.items() for statement in found],
)
def test_syntax_of_a_newer_python_is_told_from_an_error(
    version: tuple[int, int], statement: str
) -> None:
    source = BEFORE + FUNCTION.format(statement) + CLASS
    migration = read(source)
    if sys.version_info >= version:
        assert migration.error is None
    else:
        assert migration.error is not None
        assert migration.error.newer_python
        assert f"of Python {version[0]}.{version[1]}" in migration.error.message
    assert parents(migration) == [("blog", "0001_initial")]
    (function,) = read_operations(source.encode())[0].functions
    assert function.source == FUNCTION.format(statement).rstrip()


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="Python 3.14 reads it")
def test_python_2s_except_is_an_error_that_says_what_it_may_be() -> None:
    clause = "try:\n        pass\n    except ValueError, error:\n        pass"
    error = read(BEFORE + FUNCTION.format(clause) + CLASS).error
    assert error is not None
    assert "Python 2 bound the exception to error" in error.message
    assert (error.line, error.newer_python) == (6, False)


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="Python 3.14 reads one of them")
def test_newer_syntax_beside_an_error_is_an_error() -> None:
    clause = "try:\n        pass\n    except ValueError, TypeError:\n        pass"
    error = read(BEFORE + FUNCTION.format(clause) + 'print "x"\n\n' + CLASS).error
    assert error is not None
    assert not error.newer_python


CONFLICT = """\
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
<<<<<<< HEAD
        ("blog", "0002_title"),
||||||| 1234567
        ("blog", "0001_initial"),
=======
        ("blog", "0002_tags"),
        ("shop", "0001_initial"),
>>>>>>> feature
    ]
    operations = [
        migrations.DeleteModel("Post"),
<<<<<<< HEAD
        migrations.DeleteModel("Title"),
=======
        migrations.DeleteModel("Tag"),
>>>>>>> feature
    ]
"""


def test_both_sides_of_conflict_markers_are_read() -> None:
    migration = read(CONFLICT)
    assert migration.error is not None
    assert (migration.error.kind, migration.error.line) == ("markers", 6)
    assert parents(migration) == [
        ("blog", "0002_title"), ("blog", "0002_tags"), ("shop", "0001_initial")
    ]  # fmt: skip
    assert [entry.line for entry in migration.dependencies] == [7, 11, 12]
    found = read_operations(CONFLICT.encode())
    assert [(item.string("name"), item.line) for item in found] == [
        ("Post", 16), ("Title", 18), ("Tag", 20)
    ]  # fmt: skip


def test_markers_are_found_with_windows_line_endings() -> None:
    error = read(CONFLICT.replace("\n", "\r\n")).error
    assert error is not None
    assert error.kind == "markers"


def test_markers_in_a_string_are_markers_all_the_same() -> None:
    """Git puts them there; Python would load the file and the database would see them."""
    source = f'{BEFORE}SQL = """\n<<<<<<< HEAD\na\n=======\nb\n>>>>>>> x\n"""\n{CLASS}'
    error = read(source).error
    assert error is not None
    assert error.kind == "markers"


def test_a_line_of_equals_signs_alone_is_no_conflict() -> None:
    source = f'"""\nTitle\n=======\n"""\n{BEFORE}{CLASS}'
    assert read(source).error is None


def test_a_file_that_is_no_python_is_an_error() -> None:
    error = read(
        textwrap.dedent("""\
        {"dependencies": [["blog", "0001"]]
        """)
    ).error
    assert error is not None
    assert error.kind in ("syntax", "no-migration")


@pytest.mark.parametrize(
    ("statement", "reads"),
    [
        ('print "updating", post', "rank"),
        ("if post.title: print post.rank", "title"),
        ("try:\n        post.title\n    except (KeyError, OSError), e:\n        raise", "title"),
        ('if not post.title:\n        raise ValueError, "no title"', "title"),
        ("post.title.split(ur'L256', 256L)", "title"),
        ("post.title <> 0755", "title"),
    ],
)  # fmt: skip
def test_what_only_python_2_could_run_is_read_and_still_an_error(
    statement: str, reads: str
) -> None:
    body = f'for post in apps.get_model("blog.Post").objects.filter(rank=1):\n    {statement}'
    source = BEFORE + FUNCTION.format(body.replace("\n", "\n    ")) + CLASS
    operation = read_operations(source.encode())[0]
    assert operation.reach is not None
    assert not operation.reach.unread
    assert reads in {name for use in operation.reach.uses for name in use.path}
    assert operation.functions[0].source == FUNCTION.format(body.replace("\n", "\n    ")).rstrip()
    error = read(source).error
    assert error is not None
    assert not error.newer_python


def test_an_operation_with_numbers_of_python_2_is_read() -> None:
    adding = 'migrations.AddField("post", "a", models.CharField(max_length=256L)),\n        '
    source = BEFORE + CLASS.replace("migrations.DeleteModel", f"{adding}migrations.DeleteModel")
    assert [entry.type for entry in read_operations(source.encode())][1] == "AddField"
