import textwrap

import pytest

from migtui.core.expressions import Call, Collection, Constant, Dictionary, Reference, Unreadable
from migtui.core.migration import UNREADABLE, Function, Operation
from migtui.source.operations import read_operations

HEAD = """\
from django.contrib.postgres.operations import AddIndexConcurrently, CreateExtension
from django.db import migrations, models
import django.db.models.deletion
from django.utils import timezone as tz
from tools.operations import Vacuum, make

"""


def read(*entries: str, before: str = "", inside: str = "") -> tuple[Operation, ...]:
    listed = "".join(f"        {entry},\n" for entry in entries)
    source = f"{HEAD}{textwrap.dedent(before)}\n\nclass Migration(migrations.Migration):\n"
    source += textwrap.indent(textwrap.dedent(inside), "    ")
    return read_operations(f"{source}    operations = [\n{listed}    ]\n".encode())


def read_class(inside: str, before: str = "") -> tuple[Operation, ...]:
    source = f"{HEAD}{before}\nclass Migration(migrations.Migration):\n"
    return read_operations((source + textwrap.indent(textwrap.dedent(inside), "    ")).encode())


def argument(source: str, before: str = "") -> object:
    (operation,) = read(f"migrations.RunSQL({source})", before=before)
    return operation.argument("sql")


def test_an_operation_has_its_class_arguments_and_place() -> None:
    (operation,) = read(
        'migrations.AddField(\n            model_name="post",\n            name="tags",\n'
        "            field=models.TextField(default=tz.now),\n        )"
    )
    assert operation.type == "AddField"
    assert operation.path == "django.db.migrations.AddField"
    assert operation.is_django
    assert operation.string("model_name") == "post"
    assert operation.argument("field") == Call(
        "django.db.models.TextField",
        keywords=(("default", Reference("django.utils.timezone.now")),),
    )
    assert (operation.line, operation.end_line) == (11, 15)
    assert operation.source.startswith("migrations.AddField(\n")
    assert operation.source.endswith("        )")


def test_positional_arguments_get_djangos_names() -> None:
    (operation,) = read('migrations.RenameField("post", "title", new_name="name")')
    assert [(name, value) for name, value in operation.arguments] == [
        ("model_name", Constant("post")),
        ("old_name", Constant("title")),
        ("new_name", Constant("name")),
    ]


def test_positional_arguments_of_other_operations_are_counted() -> None:
    (operation,) = read('Vacuum("post", full=True)')
    assert operation.path == "tools.operations.Vacuum"
    assert not operation.is_django
    assert [name for name, _ in operation.arguments] == ["0", "full"]


def test_operations_of_postgres_are_djangos() -> None:
    first, second = read(
        'AddIndexConcurrently("post", models.Index(fields=["x"]))', 'CreateExtension("hstore")'
    )
    assert first.path == "django.contrib.postgres.operations.AddIndexConcurrently"
    assert first.string("model_name") == "post"
    assert second.string("name") == "hstore"


def test_an_operation_of_the_file_has_no_path() -> None:
    (operation,) = read("Check()", before="class Check(migrations.RunSQL):\n    pass\n")
    assert (operation.type, operation.path) == ("Check", "")


@pytest.mark.parametrize(
    "entry",
    [
        "make('post')",
        "*more()",
        "*[migrations.DeleteModel(name) for name in NAMES]",
        "EXTRA",
        "migrations.DeleteModel(*args)",
        "migrations.DeleteModel('a') if x else None",
    ],
)
def test_what_only_running_would_tell_is_unreadable_with_its_source(entry: str) -> None:
    before, unreadable = read("migrations.DeleteModel('Post')", entry)
    assert before.type == "DeleteModel"
    assert unreadable.type == UNREADABLE
    assert unreadable.source == entry.removeprefix("*")
    assert unreadable.line == 12


@pytest.mark.parametrize(
    "inside",
    [
        "operations = more()",
        "operations = [migrations.DeleteModel(name) for name in NAMES]",
        "operations = []\nfor name in NAMES:\n    operations.append(migrations.DeleteModel(name))",
        "if settings.SHOP:\n    operations = [migrations.DeleteModel('Post')]",
    ],
)
def test_lists_that_only_running_would_make_are_unreadable(inside: str) -> None:
    assert [operation.type for operation in read_class(inside)] == [UNREADABLE]


@pytest.mark.parametrize(
    "inside",
    [
        "first = migrations.DeleteModel('A')\noperations = [first, migrations.DeleteModel('B')]",
        "rest = [migrations.DeleteModel('B')]\noperations = [migrations.DeleteModel('A')] + rest",
        "rest = [migrations.DeleteModel('B')]\noperations = [migrations.DeleteModel('A'), *rest]",
        "operations = [migrations.DeleteModel('A')]\noperations += [migrations.DeleteModel('B')]",
        "operations = list()\noperations.append(A)\noperations.extend([B])",
    ],
)
def test_lists_are_put_together_from_what_the_class_names(inside: str) -> None:
    before = "A, B = migrations.DeleteModel('A'), migrations.DeleteModel('B')\n"
    found = read_class(inside, before)
    assert [operation.string("name") for operation in found] == ["A", "B"]


def test_what_stands_in_every_branch_is_known() -> None:
    found = read_class("""\
        operations = [migrations.DeleteModel("A")]
        if settings.SHOP:
            operations += [migrations.DeleteModel("B")]
        """)
    assert [operation.type for operation in found] == ["DeleteModel", UNREADABLE]


def test_a_class_without_operations_has_none() -> None:
    assert read_class("dependencies = []") == ()


def test_a_file_without_the_class_has_none() -> None:
    assert read_operations(b"from tools import Migration\n") == ()


def test_nested_operations_are_read() -> None:
    (operation,) = read(
        "migrations.SeparateDatabaseAndState(database_operations, state_operations=[\n"
        "            migrations.DeleteModel('State'),\n"
        "            migrations.SeparateDatabaseAndState(\n"
        "                state_operations=[migrations.DeleteModel('Inner')],\n"
        "            ),\n"
        "        ])",
        inside="""\
        database_operations = [
            migrations.RunSQL("drop", state_operations=[migrations.DeleteModel("Sql")]),
        ]
        """,
    )
    assert [item.type for item in operation.database_operations] == ["RunSQL"]
    assert [item.string("name") for item in operation.walk() if item.type == "DeleteModel"] == [
        "Sql", "State", "Inner"
    ]  # fmt: skip
    assert operation.arguments == ()


def test_functions_of_run_python_are_shown_with_their_source() -> None:
    (operation,) = read(
        "migrations.RunPython(forwards, reverse_code=migrations.RunPython.noop, elidable=True)",
        before="""\
        def forwards(apps, schema_editor):
            apps.get_model("blog", "Post")
        """,
    )
    assert operation.functions == (
        Function(
            "forwards",
            'def forwards(apps, schema_editor):\n    apps.get_model("blog", "Post")',
            7,
        ),
        Function("noop"),
    )
    assert operation.argument("elidable") == Constant(value=True)


def test_functions_from_elsewhere_are_shown_by_name() -> None:
    first, second, third = read(
        "migrations.RunPython(tz.activate)",
        "migrations.RunPython(lambda apps, editor: None, migrations.RunPython.noop)",
        "migrations.RunPython(functools.partial(tz.activate, 1))",
    )
    assert first.functions == (Function("django.utils.timezone.activate"),)
    assert second.functions[0] == Function("lambda", "lambda apps, editor: None", 12)
    assert [function.source for function in third.functions] == [None]


def test_a_function_of_the_class_is_found() -> None:
    (operation,) = read(
        "migrations.RunPython(forwards)",
        inside="def forwards(apps, schema_editor):\n    pass\n",
    )
    assert operation.functions[0].source == "def forwards(apps, schema_editor):\n        pass"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("-1", Constant(-1)),
        ("60 * 60 * 24", Constant(86400)),
        ("2 ** 31 - 1", Constant(2147483647)),
        ("1 << 4", Constant(16)),
        ("not False", Constant(value=True)),
        ("'a' 'b' + 'c'", Constant("abc")),
        ("'-' * 3", Constant("---")),
        ("b'x' + b'y'", Constant(b"xy")),
        ("'%s-%d' % ('a', 2)", Constant("a-2")),
        ("'{0}{x}'.format('a', x='b')", Constant("ab")),
        ("', '.join(['a', 'b'])", Constant("a, b")),
        ("'A'.lower()", Constant("a")),
        ("f'{1}{name}'", Constant("1x")),
        ("f'{name!r}'", None),
        ("('a', *PAIR)", Collection("tuple", (Constant("a"), Constant(1), Constant(2)))),
        ("{'a', 'b'}", Collection("set", (Constant("a"), Constant("b")))),
        ("set()", Collection("set", ())),
        ("list((1,))", Collection("list", (Constant(1),))),
        ("{'a': 1, **EXTRA}", Dictionary(
            ((Constant("a"), Constant(1)), (Constant("b"), Constant(2))))),
        ("dict(a=1)", Dictionary(((Constant("a"), Constant(1)),))),
        ("PAIR[-1]", Constant(2)),
        ("EXTRA['b']", Constant(2)),
        ("PAIR[9]", None),
        ("1 / 0", None),
        ("9 ** 9 ** 9", None),
        ("'x' * 10 ** 9", None),
        ("'%099999d' % 1", None),
        ("'{:>99999}'.format(1)", None),
        ("'{x}'.format()", None),
        ("~5", Constant(-6)),
        ("-'a'", None),
        ("models.Model.objects", Reference("django.db.models.Model.objects")),
        ("models.CASCADE", Reference("django.db.models.CASCADE")),
        ("django.db.models.deletion.CASCADE", Reference("django.db.models.deletion.CASCADE")),
        ("lambda: 1", None),
        ("x if y else z", None),
        ("[n for n in PAIR]", None),
    ],
)  # fmt: skip
def test_arguments_are_worked_out(source: str, expected: object) -> None:
    before = "name = 'x'\nPAIR = [1, 2]\nEXTRA = {'b': 2}\n"
    assert argument(source, before) == (Unreadable(source) if expected is None else expected)


def test_conditions_keep_their_shape() -> None:
    found = argument("models.Q(a=1) | ~models.Q(b=models.F('c') + 1)")
    assert found == Call(
        "operator.or_",
        (
            Call("django.db.models.Q", (), (("a", Constant(1)),)),
            Call(
                "operator.invert",
                (
                    Call(
                        "django.db.models.Q",
                        (),
                        (
                            (
                                "b",
                                Call(
                                    "operator.add",
                                    (Call("django.db.models.F", (Constant("c"),)), Constant(1)),
                                ),
                            ),
                        ),
                    ),
                ),
            ),
        ),
    )


def test_an_order_by_method_is_an_order_by() -> None:
    found = argument("models.F('a').desc(nulls_last=True)")
    assert found == Call(
        "django.db.models.OrderBy",
        (Call("django.db.models.F", (Constant("a"),)),),
        (("descending", Constant(value=True)), ("nulls_last", Constant(value=True))),
    )


def test_keyword_spreads_are_read_where_they_are_known() -> None:
    before = "OPTIONS = {'max_length': 10}\n"
    known = argument("models.CharField(**OPTIONS, **more)", before)
    assert known == Call(
        "django.db.models.CharField",
        (),
        (("max_length", Constant(10)), ("**", Unreadable("more"))),
    )


def test_a_name_that_is_assigned_twice_has_its_value_at_that_place() -> None:
    found = read_class("""\
        name = "A"
        first = migrations.DeleteModel(name)
        name = "B"
        operations = [first, migrations.DeleteModel(name)]
        """)
    assert [operation.string("name") for operation in found] == ["A", "B"]


def test_a_function_that_cannot_be_parsed_is_not_taken_for_one_that_does_nothing() -> None:
    [found] = read_operations(
        textwrap.dedent("""\
            from django.db import migrations

            def fill(apps, schema_editor):
                for post in apps.get_model("blog", "Post").objects.all():
                    post.title = `post.title`
                    post.delete()

            class Migration(migrations.Migration):
                operations = [migrations.RunPython(fill)]
            """).encode()
    )
    assert found.reach is not None
    assert [entry.line for entry in found.reach.unread] == [3]
