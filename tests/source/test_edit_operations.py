"""Operations that go, or become others, while every other byte stays."""

import pytest

from migtui.core.migration import MigrationKey
from migtui.core.operation_edits import (
    EmptySet,
    NewOperation,
    OperationEdit,
    Taken,
    TakenOptions,
)
from migtui.errors import RewriteError
from migtui.source.edit_operations import edit_operations

KEY = MigrationKey("blog", "0002_b")
A, B, C = (f'        migrations.RunSQL("{name}")' for name in "abc")
HEAD = """\
from django.db import migrations, models


class Migration(migrations.Migration):
"""


def drop(index: int, name: str = "RunSQL") -> OperationEdit:
    return OperationEdit(KEY, index, name)


@pytest.mark.parametrize(
    ("before", "indexes", "after"),
    [
        (
            f"""{A},  # a
        migrations.RunSQL(
            "b",
        ),
        # c
{C},
""",
            [1],
            f"{A},  # a\n        # c\n{C},\n",
        ),
        (f"{A},\n", [0], ""),
        (
            f"{A},\n{B}\n",
            [0, 1],
            "",
        ),
        (
            f"{A},\n{B}\n",
            [1],
            f"{A},\n",
        ),
        (
            f"{A},  # why\n{B},\n",
            [0],
            f"        # why\n{B},\n",
        ),
    ],
    ids=["in the middle", "the only one", "all", "the last without a comma", "with a comment"],
)
@pytest.mark.parametrize("ending", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_takes_operations_out(before: str, indexes: list[int], after: str, ending: str) -> None:
    def file(inner: str) -> bytes:
        text = f"{HEAD}    operations = [\n{inner}    ]\n\n# the end"
        return text.replace("\n", ending).encode()

    assert edit_operations(file(before), KEY, [drop(index) for index in indexes]) == file(after)


def test_takes_operations_out_of_one_line() -> None:
    before = f'{HEAD}    operations = [migrations.RunSQL("a"), migrations.RunSQL("b")]\n'
    after = f'{HEAD}    operations = [migrations.RunSQL("b")]\n'
    assert edit_operations(before.encode(), KEY, [drop(0)]) == after.encode()


def test_puts_others_in_their_place_with_arguments_as_they_were_written() -> None:
    before = f"""{HEAD}    operations = [
        migrations.CreateModel(
            "Tag",
            fields=[
                ("name", models.CharField(  # short
                    max_length=0x9)),
            ],
            options={{"verbose_name": "tag", 'db_table': "tags"}},
        ),
    ]
"""
    model = ("model_name", "Tag")
    new = (
        NewOperation("AlterField", (model, ("name", "name"), ("field", Taken(("fields", "name"))))),
        NewOperation(
            "AlterModelTable", (("name", "Tag"), ("table", Taken(("options", "db_table"))))
        ),
        NewOperation("AlterUniqueTogether", (("name", "Tag"), ("unique_together", EmptySet()))),
        NewOperation(
            "AlterModelOptions", (("name", "Tag"), ("options", TakenOptions(("verbose_name",))))
        ),
    )
    after = edit_operations(before.encode(), KEY, [OperationEdit(KEY, 0, "CreateModel", new)])
    assert (
        after.decode()
        == f"""{HEAD}    operations = [
        migrations.AlterField(
            model_name='Tag',
            name='name',
            field=models.CharField(  # short
                    max_length=0x9),
        ),
        migrations.AlterModelTable(
            name='Tag',
            table="tags",
        ),
        migrations.AlterUniqueTogether(
            name='Tag',
            unique_together=set(),
        ),
        migrations.AlterModelOptions(
            name='Tag',
            options={{'verbose_name': "tag"}},
        ),
    ]
"""
    )


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("    operations = [*MORE]\n", "is not an entry of a list"),
        ("    if X:\n        operations = []\n", "not one plain list"),
        ("    operations = [\n", "could not be read whole"),
    ],
)
def test_refuses_what_it_can_not_edit_safely_and_says_what_to_do(body: str, why: str) -> None:
    with pytest.raises(RewriteError, match=why) as caught:
        edit_operations((HEAD + body).encode(), KEY, [drop(0)])
    assert caught.value.help == "By hand: take out RunSQL (number 1 of its operations)."


def test_says_where_a_replacement_has_no_import_to_stand_on() -> None:
    text = f"from django.db.migrations import AddField\n{HEAD}".replace(
        "migrations, models", "models"
    )
    text = text.replace("migrations.Migration", "Base")
    body = '    operations = [\n        AddField("post", "x", models.TextField()),\n    ]\n'
    new = (NewOperation("AlterField", (("field", Taken(("field",))),)),)
    with pytest.raises(RewriteError, match=r"does not import django\.db\.migrations"):
        edit_operations((text + body).encode(), KEY, [OperationEdit(KEY, 0, "AddField", new)])
