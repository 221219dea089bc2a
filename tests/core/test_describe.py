"""The words are compared with those of the Django that runs the tests."""

import django.contrib.postgres.operations
import django.db.migrations.operations.base
import pytest
from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models
from django.db.models.functions import Lower, Upper

from migtui.core.describe import describe, symbol
from migtui.core.signatures import PARAMETERS
from migtui.source.operations import read_operations

HEAD = """\
import django.contrib.postgres.operations as postgres
from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models
from django.db.models.functions import Lower, Upper

class Migration(migrations.Migration):
    operations = [
"""
NAMES = {
    "GinIndex": GinIndex,
    "Lower": Lower,
    "Upper": Upper,
    "Q": models.Q(a__gt=0),
    "migrations": migrations,
    "models": models,
    "postgres": django.contrib.postgres.operations,
}
SOURCES = [
    'migrations.AddConstraint("Post", models.UniqueConstraint(fields=["a"], name="only"))',
    'migrations.AddField("Post", "title", models.TextField())',
    'migrations.AddIndex("Post", models.Index(fields=["title", "-age"], name="by_title"))',
    'migrations.AddIndex("Post", GinIndex(name="gin", fields=["title"]))',
    'migrations.AddIndex("Post", models.Index(Lower("title"), name="lower"))',
    'migrations.AddIndex("Post", models.Index("title", models.F("age"), name="both"))',
    'migrations.AddIndex("Post", models.Index(models.F("age").desc(), name="down"))',
    'migrations.AddIndex("Post", models.Index(Upper(Lower("a")).asc(), name="up"))',
    'migrations.AddIndex("Post", models.Index(models.OrderBy(models.F("a")), name="o"))',
    'migrations.AlterField("Post", "title", models.TextField())',
    'migrations.AlterIndexTogether("Post", {("a", "b"), ("c", "d")})',
    'migrations.AlterIndexTogether(name="Post", index_together=set())',
    'migrations.AlterModelManagers("Post", [])',
    'migrations.AlterModelOptions("Post", {"ordering": ["title"]})',
    'migrations.AlterModelTable("Post", "posts")',
    'migrations.AlterModelTable("Post", None)',
    'migrations.AlterModelTableComment("Post", "All posts")',
    'migrations.AlterOrderWithRespectTo("Post", "blog")',
    'migrations.AlterOrderWithRespectTo("Post", None)',
    'migrations.AlterUniqueTogether("Post", [("a", "b"), ("a", "b"), ("c", "d")])',
    'migrations.AlterUniqueTogether("Post", ("a", "b"))',
    'migrations.AlterUniqueTogether("Post", None)',
    'migrations.AlterUniqueTogether(name="Post", unique_together=[["a", "b"]])',
    'migrations.CreateModel("Post", [("id", models.AutoField(primary_key=True))])',
    'migrations.CreateModel("Proxy", [], {"proxy": True}, bases=("blog.post",))',
    'migrations.CreateModel("Plain", [], options={"proxy": False})',
    'migrations.DeleteModel("Post")',
    'migrations.RemoveConstraint("Post", "only")',
    'migrations.RemoveField("Post", "title")',
    'migrations.RemoveIndex("Post", "by_title")',
    'migrations.RenameField("Post", "title", "name")',
    'migrations.RenameIndex("Post", "new", "old")',
    'migrations.RenameIndex("Post", new_name="new", old_fields=("a", "b"))',
    'migrations.RenameModel("Post", "Article")',
    "migrations.RunPython(migrations.RunPython.noop)",
    'migrations.RunSQL("select 1")',
    "migrations.SeparateDatabaseAndState()",
    'postgres.AddConstraintNotValid("Post", models.CheckConstraint(**{"name": "a", CONDITION: Q}))',
    'postgres.AddIndexConcurrently("Post", models.Index(fields=["a"], name="by_a"))',
    'postgres.AddIndexConcurrently("Post", models.Index(Lower("a"), name="by_lower"))',
    "postgres.BloomExtension()",
    "postgres.BtreeGinExtension()",
    "postgres.BtreeGistExtension()",
    "postgres.CITextExtension()",
    'postgres.CreateCollation("german", "de-u")',
    'postgres.CreateExtension("postgis")',
    "postgres.CryptoExtension()",
    "postgres.HStoreExtension()",
    'postgres.RemoveCollation("german", "de-u")',
    'postgres.RemoveIndexConcurrently("Post", "by_a")',
    "postgres.TrigramExtension()",
    "postgres.UnaccentExtension()",
    'postgres.ValidateConstraint("Post", "positive")',
]
if django.VERSION >= (6, 0):
    SOURCES.append(
        'migrations.AlterConstraint("Post", "a", models.UniqueConstraint(fields=["a"], name="a"))'
    )
CONDITION = '"condition"' if django.VERSION >= (5, 1) else '"check"'


@pytest.mark.parametrize("source", SOURCES)
def test_the_words_are_djangos(source: str) -> None:
    source = source.replace("CONDITION", CONDITION)
    expected = eval(source, NAMES)  # noqa: S307 - the list above
    (operation,) = read_operations(f"{HEAD}{source}]\n".encode())
    assert describe(operation) == expected.describe()
    if django.VERSION >= (5, 1):
        assert expected.formatted_description() == f"{symbol(operation)} {describe(operation)}"


def test_every_operation_of_django_is_compared() -> None:
    compared = {source.partition("(")[0].rpartition(".")[2] for source in SOURCES}
    missing = set(PARAMETERS) - compared
    assert missing <= ({"AlterConstraint"} if django.VERSION < (6, 0) else set())


def words(entry: str) -> tuple[str, str]:
    (operation,) = read_operations(f"{HEAD}{entry}]\n".encode())
    return describe(operation), symbol(operation)


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("tools.Vacuum('post', full=True)", "Vacuum('post', full=True)"),
        ("make_field(\n    'post',\n    'title',\n)", "make_field( 'post', 'title', )"),
        ("*[\n  migrations.DeleteModel(name)\n  for name in NAMES\n]",
         "[ migrations.DeleteModel(name) for name in NAMES ]"),
    ],
)  # fmt: skip
def test_other_operations_are_shown_as_they_stand_in_the_file(entry: str, expected: str) -> None:
    assert words(entry) == (expected, "?")


def test_long_source_is_cut() -> None:
    text, _ = words(f"tools.Vacuum({'x' * 200!r})")
    assert len(text) == 100
    assert text.endswith("…")


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("migrations.AddField(**options)", "Add field ? to ?"),
        ("migrations.AddField('Post', name(), models.TextField())", "Add field name() to Post"),
        ("migrations.AddIndex('Post', index)", "Create index ? on field(s) ? of model Post"),
        ("migrations.AlterUniqueTogether('Post', pairs())",
         "Alter unique_together for Post (? constraint(s))"),
    ],
)  # fmt: skip
def test_what_is_not_known_is_a_question_mark_or_its_source(entry: str, expected: str) -> None:
    assert words(entry)[0] == expected
