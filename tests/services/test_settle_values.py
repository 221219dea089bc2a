"""Values that are typed in, or made of both: from a decision to databases that agree."""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import django
import pytest

from migtui.core.migration import MigrationKey
from migtui.core.questions import Decision
from migtui.errors import ResolutionError, UsageError
from migtui.services.explain import explain
from migtui.services.resolve import MERGE, ORDER, Choice, make_plan
from migtui.services.settle import value_of
from tests.support.databases import postgresql_database
from tests.support.settled import MODELS, NEITHER
from tests.support.settling import A, B, Case, finish, meta, project_of

CHAR = 'migrations.AlterField("post", "title", models.CharField(max_length={}))'
NOTE = 'migrations.AddField("post", "note", {})'
TOGETHER = 'migrations.AlterUniqueTogether("post", {{{}}})'
OPTIONS = 'migrations.AlterModelOptions("post", {{{}}})'
INDEX = 'migrations.AddIndex("post", models.Index(fields=["{}"], name="post_i"))'
CHECK = 'migrations.AddConstraint("post", models.UniqueConstraint(fields=["{}"], name="post_c"))'

FIELD = Case(
    "blog.post.title",
    (CHAR.format(30), CHAR.format(40)),
    title=("CharField(max_length=50, db_index=True)", ""),
)
ADDED = Case(
    "blog.post.note",
    (NOTE.format("models.IntegerField(default=0)"), NOTE.format("models.TextField(default='')")),
    ("note = models.CharField(max_length=7, default='')\n", ""),
)
BOTH_TOGETHER = Case(
    "blog.post:option:unique_together",
    (TOGETHER.format('("title", "body")'), TOGETHER.format('("title", "owner")')),
    (meta('unique_together = {("title", "body"), ("title", "owner")}'), ""),
)
BOTH_OPTIONS = Case(
    "blog.post:option:ordering",
    (OPTIONS.format('"ordering": ["title"]'), OPTIONS.format('"verbose_name": "text"')),
    (meta('ordering = ["title"]; verbose_name = "text"'), ""),
)
SET = {
    "a field by a merge": (FIELD, MERGE, "models.CharField(max_length=50, db_index=True)"),
    "a field by an order": (FIELD, ORDER, "models.CharField(max_length=50, db_index=True)"),
    "a field that both add": (ADDED, ORDER, "models.CharField(max_length=7, default='')"),
    "a field that one takes away": (
        replace(FIELD, operations=(CHAR.format(30), 'migrations.RemoveField("post", "title")')),
        ORDER,
        "models.CharField(max_length=50, db_index=True)",
    ),
    "unique_together": (
        replace(BOTH_TOGETHER, bodies=(meta('unique_together = {("body", "owner")}'), "")),
        MERGE,
        '{("body", "owner")}',
    ),
    "no unique_together": (replace(BOTH_TOGETHER, bodies=("", "")), ORDER, "set()"),
    "options": (
        replace(BOTH_OPTIONS, bodies=(meta('ordering = ["-body"]'), "")),
        MERGE,
        '{"ordering": ["-body"]}',
    ),
    "a table": (
        Case(
            "blog.post:option:db_table",
            (
                'migrations.AlterModelTable("post", "articles")',
                'migrations.AlterModelTable("post", "texts")',
            ),
            (meta('db_table = "prose"'), ""),
        ),
        MERGE,
        '"prose"',
    ),
    "an index": (
        Case(
            "blog.post:index:post_i",
            (INDEX.format("title"), INDEX.format("body")),
            (meta('indexes = [models.Index(fields=["title", "-body"], name="post_i")]'), ""),
        ),
        ORDER,
        'models.Index(fields=["title", "-body"], name="post_i")',
    ),
    "a constraint": (
        Case(
            "blog.post:constraint:post_c",
            (CHECK.format("title"), CHECK.format("body")),
            (
                meta(
                    "constraints = [models.CheckConstraint(name='post_c', "
                    "check=~models.Q(title='') | models.Q(body='x'))]"
                ),
                "",
            ),
        ),
        ORDER,
        "models.CheckConstraint(name='post_c', check=~models.Q(title='') | models.Q(body='x'))",
    ),
}


def choice(case: Case, strategy: str, *leaves: MigrationKey, value: str = "") -> Choice:
    *before, leaf = leaves or (None,)
    keep = Decision(case.resource, leaf, tuple(filter(None, before)), value)
    return Choice(strategy, (A, B) if strategy == ORDER else (), keep=(keep,))


def settle(
    root: Path, case: Case, chosen: Choice, entries: Mapping[str, object] | None = None
) -> str:
    plan = finish(project_of(root, case, 0), (A, B), chosen, entries)
    return plan.changes.command


@pytest.mark.parametrize(("case", "strategy", "value"), SET.values(), ids=SET)
def test_a_value_of_neither_branch_is_where_databases_end(
    tmp_path: Path, case: Case, strategy: str, value: str
) -> None:
    if "CheckConstraint" in value and django.VERSION >= (5, 1):
        value = value.replace("check=", "condition=")
        case = replace(case, bodies=(case.bodies[0].replace("check=", "condition="), ""))
    settle(tmp_path, case, choice(case, strategy, value=value))


@pytest.mark.parametrize("strategy", [MERGE, ORDER])
@pytest.mark.parametrize("case", [BOTH_TOGETHER, BOTH_OPTIONS], ids=["together", "options"])
def test_what_both_branches_have_is_joined(tmp_path: Path, case: Case, strategy: str) -> None:
    command = settle(tmp_path, case, choice(case, strategy, A, B))
    assert command.endswith(f"--keep {case.resource}=0002_a,0002_b")


def test_of_one_option_in_both_the_last_word_counts(tmp_path: Path) -> None:
    operations = (OPTIONS.format('"ordering": ["title"]'), OPTIONS.format('"ordering": ["body"]'))
    case = replace(BOTH_OPTIONS, operations=operations, bodies=(meta('ordering = ["title"]'), ""))
    settle(tmp_path, case, choice(case, MERGE, B, A))


@pytest.mark.parametrize("name", ["a field by a merge", "a field that both add", "an index"])
def test_databases_on_postgresql_end_alike(tmp_path: Path, name: str) -> None:
    case, strategy, value = SET[name]
    with ExitStack() as stack:
        aliases = (A.name, B.name, NEITHER, MODELS)
        entries = {alias: stack.enter_context(postgresql_database()) for alias in aliases}
        settle(tmp_path, case, choice(case, strategy, value=value), entries)


def test_a_file_gets_the_import_that_a_value_needs(tmp_path: Path) -> None:
    case = replace(FIELD, operations=(CHAR.format(30), 'migrations.RemoveField("post", "title")'))
    project = project_of(tmp_path, case, 0)
    path = tmp_path / "blog/migrations/0002_b.py"
    path.write_text(path.read_text().replace("import migrations, models", "import migrations"))
    value = "models.CharField(max_length=50)"
    plan = make_plan(project.reload(), "blog", choice(case, ORDER, value=value))
    (content,) = [text for text in plan.changes.files_after().values() if text]
    assert b"from django.db import migrations\nfrom django.db import models\n" in content
    assert b"field=models.CharField(max_length=50),\n" in content


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("models.CharField(", "is no Python expression: '(' was never closed."),
        ("lambda: 1", "does more than say a value: Lambda is not possible there."),
        ("models.CharField(**x)", "does more than say a value: keyword is not possible there."),
        ("[x for x in y]", "does more than say a value: ListComp is not possible there."),
        ("x.y[0]", "does more than say a value: Subscript is not possible there."),
        ("f'{x}'", "does more than say a value: JoinedStr is not possible there."),
        ("'text'", "is not a field, such as models.CharField(max_length=80)."),
        ("__import__('os')", "is not a field, such as models.CharField(max_length=80)."),
        ("os.Path()", "uses os, which no file of the branches imports."),
        ("(" * 400, "is no Python expression"),
    ],
)
def test_what_is_no_value_is_refused_and_never_run(
    tmp_path: Path, value: str, message: str
) -> None:
    project = project_of(tmp_path, FIELD, 0)
    with pytest.raises(UsageError) as caught:
        make_plan(project, "blog", choice(FIELD, MERGE, value=value))
    assert message in caught.value.message


def test_a_comment_behind_a_value_takes_nothing_along(tmp_path: Path) -> None:
    value = "models.CharField(max_length=5) # x\n"
    chosen = choice(FIELD, MERGE, value=value)
    plan = make_plan(project_of(tmp_path, FIELD, 0), "blog", chosen)
    (content,) = plan.changes.files_after().values()
    assert content is not None
    assert b"max_length=5" in content
    assert b"#" not in content.partition(b"operations")[2]


@pytest.mark.parametrize(
    ("case", "value", "wanted"),
    [
        (BOTH_TOGETHER, '{"title"}', "a set of tuples of field names"),
        (BOTH_OPTIONS, '["title"]', 'a dict of options, such as {"ordering": ["title"]}'),
        (SET["an index"][0], "models.Index(name='other')", "an index with the same name"),
        (SET["a table"][0], "1", "a string or None"),
    ],
)
def test_a_value_has_to_be_of_the_kind_that_is_set(
    tmp_path: Path, case: Case, value: str, wanted: str
) -> None:
    project = project_of(tmp_path, case, 0)
    with pytest.raises(UsageError) as caught:
        make_plan(project, "blog", choice(case, ORDER, value=value))
    assert caught.value.message == f"{value!r} is not {wanted}."


def test_two_definitions_of_a_field_can_not_both_be(tmp_path: Path) -> None:
    project = project_of(tmp_path, FIELD, 0)
    with pytest.raises(ResolutionError, match="can't be as 0002_a and 0002_b have it: ") as caught:
        make_plan(project, "blog", choice(FIELD, MERGE, A, B))
    assert caught.value.help == "Keep one of them, or give a value with --set."


def test_what_a_branch_has_is_told_as_its_file_has_it(tmp_path: Path) -> None:
    (question,) = explain(project_of(tmp_path, FIELD, 0), "blog", with_git=False).questions
    assert value_of(question, A) == "models.CharField(max_length=30)"
    assert value_of(question, B) == "models.CharField(max_length=40)"


def test_django_has_to_load_a_value_before_it_is_written(tmp_path: Path) -> None:
    case = replace(FIELD, bodies=("", ""))
    with pytest.raises(ResolutionError, match="Django does not load it: "):
        settle(tmp_path, case, choice(case, MERGE, value="models.NoSuchField()"))
    assert {path.stem for path in (tmp_path / "blog/migrations").glob("0*.py")} == {
        "0001_initial",
        "0002_a",
        "0002_b",
    }


def test_what_is_altered_beside_a_collision_is_asked_too(tmp_path: Path) -> None:
    project = project_of(tmp_path, replace(ADDED, title=FIELD.title), 0)
    for leaf, alter in ((A, FIELD.operations[0]), (B, FIELD.operations[1])):
        path = tmp_path / f"blog/migrations/{leaf.name}.py"
        path.write_text(
            path.read_text().replace("operations = [", f"operations = [\n        {alter},")
        )
    project = project.reload()
    questions = explain(project, "blog", with_git=False).questions
    assert [(entry.resource, str(entry.kind)) for entry in questions] == [
        ("blog.post.note", "colliding"),
        ("blog.post.title", "divergent"),
    ]
    note, title = (
        Decision(case.resource, None, value=SET[name][2])
        for case, name in ((ADDED, "a field that both add"), (FIELD, "a field by an order"))
    )
    finish(project, (A, B), Choice(ORDER, (A, B), keep=(note, title)))
