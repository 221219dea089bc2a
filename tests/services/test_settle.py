"""From a conflict and a decision to databases that agree with each other and with the models."""

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from migtui.core.branch_facts import BranchFacts
from migtui.core.migration import MigrationKey
from migtui.core.questions import Decision
from migtui.core.settle import settling
from migtui.engine.protocol.project import AppliedMigrations
from migtui.errors import ResolutionError, UsageError
from migtui.services.engines import open_engine
from migtui.services.explain import explain
from migtui.services.project import open_project
from migtui.services.resolve import MERGE, ORDER, SETTLE, Choice, Plan, make_plan
from migtui.services.witness import witness
from tests.support.databases import postgresql_database
from tests.support.projects import migration, write
from tests.support.settled import MODELS, NEITHER
from tests.support.settling import ID, A, B, Case, finish, meta, project_of, settle

FRIENDS = """migrations.AddField(
            "post", "friends", models.ManyToManyField("blog.{}", related_name="+")
        )"""


def tag(*fields: str, options: str = "") -> str:
    """A CreateModel."""
    listed = ", ".join([ID, *fields])
    return f'migrations.CreateModel("Tag", [{listed}]{options and f", options={options}"})'


def tag_model(*lines: str) -> str:
    """The class."""
    return "\n    ".join(
        ["class Tag(models.Model):", "id = models.BigAutoField(primary_key=True)", *lines]
    )


DIVERGENT = {
    "a field": Case(
        "blog.post.title",
        (
            'migrations.AlterField("post", "title", models.CharField(max_length=30))',
            'migrations.AlterField("post", "title", models.TextField(default="", db_index=True))',
        ),
        ("", ""),
        ("CharField(max_length=30)", 'TextField(default="", db_index=True)'),
    ),
    "options": Case(
        "blog.post:option:ordering",
        (
            'migrations.AlterModelOptions("post", {"ordering": ["title"], "verbose_name": "x"})',
            'migrations.AlterModelOptions("post", {"ordering": ["-title"]})',
        ),
        (meta('ordering = ["title"]; verbose_name = "x"'), meta('ordering = ["-title"]')),
    ),
    "unique_together": Case(
        "blog.post:option:unique_together",
        (
            'migrations.AlterUniqueTogether("post", {("title", "body")})',
            'migrations.AlterUniqueTogether("post", {("title", "owner"), ("body", "owner")})',
        ),
        (
            meta('unique_together = {("title", "body")}'),
            meta('unique_together = {("title", "owner"), ("body", "owner")}'),
        ),
    ),
    "a table": Case(
        "blog.post:option:db_table",
        (
            'migrations.AlterModelTable("post", "articles")',
            'migrations.AlterModelTable("post", "texts")',
        ),
        (meta('db_table = "articles"'), meta('db_table = "texts"')),
    ),
    "a table's comment": Case(
        "blog.post:option:db_table_comment",
        (
            'migrations.AlterModelTableComment("post", "Articles")',
            'migrations.AlterModelTableComment("post", "Texts")',
        ),
        (meta('db_table_comment = "Articles"'), meta('db_table_comment = "Texts"')),
    ),
    "managers": Case(
        "blog.post:option:managers",
        (
            'migrations.AlterModelManagers("post", [("objects", blog.managers.First())])',
            'migrations.AlterModelManagers("post", [("objects", Other())])',
        ),
        ("objects = blog.managers.First()\n", "objects = blog.managers.Second()\n"),
        headers=("import blog.managers", "from blog.managers import Second as Other"),
    ),
    "order_with_respect_to": Case(
        "blog.post:option:order_with_respect_to",
        (
            'migrations.AlterOrderWithRespectTo("post", "owner")',
            'migrations.AlterOrderWithRespectTo("post", None)',
        ),
        (meta('order_with_respect_to = "owner"'), ""),
    ),
}


COLLIDING = {
    "a field": Case(
        "blog.post.note",
        (
            'migrations.AddField("post", "note", models.CharField(max_length=9, default=""))',
            'migrations.AddField("post", "note", models.TextField(default="", db_index=True))',
        ),
        (
            'note = models.CharField(max_length=9, default="")\n',
            'note = models.TextField(default="", db_index=True)\n',
        ),
    ),
    "the same field": Case(
        "blog.post.note",
        (
            'migrations.AddField("post", "note", models.TextField(default=""))',
            'migrations.AddField("post", "note", field=models.TextField(default=""))',
        ),
        ('note = models.TextField(default="")\n',) * 2,
    ),
    "a field with rows of its own": Case(
        "blog.post.friends",
        (
            FRIENDS.format("post"),
            FRIENDS.format("author"),
        ),
        (
            'friends = models.ManyToManyField("blog.post", related_name="+")\n',
            'friends = models.ManyToManyField("blog.author", related_name="+")\n',
        ),
    ),
    "an index": Case(
        "blog.post:index:post_i",
        (
            'migrations.AddIndex("post", models.Index(fields=["title"], name="post_i"))',
            'migrations.AddIndex("post", models.Index(fields=["body"], name="post_i"))',
        ),
        (
            meta('indexes = [models.Index(fields=["title"], name="post_i")]'),
            meta('indexes = [models.Index(fields=["body"], name="post_i")]'),
        ),
    ),
    "a constraint": Case(
        "blog.post:constraint:post_c",
        (
            (
                'migrations.AddConstraint("post", '
                'models.UniqueConstraint(fields=["title"], name="post_c"))'
            ),
            (
                'migrations.AddConstraint("post", '
                'models.UniqueConstraint(fields=["body"], name="post_c"))'
            ),
        ),
        (
            meta('constraints = [models.UniqueConstraint(fields=["title"], name="post_c")]'),
            meta('constraints = [models.UniqueConstraint(fields=["body"], name="post_c")]'),
        ),
    ),
    "a model": Case(
        "blog.tag",
        (
            tag(
                '("name", models.CharField(max_length=9))',
                '("posts", models.ManyToManyField("blog.post"))',
                '("old", models.IntegerField(default=0))',
                options='{"ordering": ["old"], "db_table": "tags", "indexes": ['
                'models.Index(fields=["old"], name="tag_a"), '
                'models.Index(fields=["name"], name="tag_b")]}',
            ),
            tag(
                '("name", models.TextField())',
                '("posts", models.ManyToManyField("blog.author"))',
                '("new", models.IntegerField(default=0))',
                options='{"verbose_name": "a tag", "unique_together": {("name", "new")}, '
                '"indexes": [models.Index(fields=["new"], name="tag_b")], "constraints": ['
                'models.UniqueConstraint(fields=["new"], name="tag_c")]}',
            ),
        ),
        (
            tag_model(
                "name = models.CharField(max_length=9)",
                "posts = models.ManyToManyField(Post)",
                "old = models.IntegerField(default=0)",
                "class Meta:",
                '    ordering = ["old"]',
                '    db_table = "tags"',
                '    indexes = [models.Index(fields=["old"], name="tag_a"),',
                '        models.Index(fields=["name"], name="tag_b")]',
            ),
            tag_model(
                "name = models.TextField()",
                "posts = models.ManyToManyField(Author)",
                "new = models.IntegerField(default=0)",
                "class Meta:",
                '    verbose_name = "a tag"',
                '    unique_together = {("name", "new")}',
                '    indexes = [models.Index(fields=["new"], name="tag_b")]',
                '    constraints = [models.UniqueConstraint(fields=["new"], name="tag_c")]',
            ),
        ),
    ),
    "two removals": Case(
        "blog.post.title",
        ('migrations.RemoveField("post", "title")',) * 2,
        ("", ""),
        ("", ""),
    ),
}
ORDERED = {
    "an altered field that is removed": Case(
        "blog.post.title",
        (
            'migrations.AlterField("post", "title", models.CharField(max_length=30))',
            'migrations.RemoveField("post", "title")',
        ),
        ("", ""),
        ("CharField(max_length=30)", ""),
    ),
}


@pytest.mark.parametrize("kept", [A, B], ids=str)
@pytest.mark.parametrize("case", DIVERGENT.values(), ids=DIVERGENT)
def test_a_merge_has_the_last_word_where_branches_diverge(
    tmp_path: Path, case: Case, kept: MigrationKey
) -> None:
    settle(tmp_path, case, Choice(MERGE, keep=(Decision(case.resource, kept),)))


@pytest.mark.parametrize("kept", [A, B], ids=str)
@pytest.mark.parametrize(
    "case", [*COLLIDING.values(), *ORDERED.values()], ids=[*COLLIDING, *ORDERED]
)
def test_a_branch_is_edited_to_follow_another(
    tmp_path: Path, case: Case, kept: MigrationKey
) -> None:
    settle(tmp_path, case, Choice(ORDER, (A, B), keep=(Decision(case.resource, kept),)))


def test_in_an_order_a_branch_gives_up_what_the_one_before_keeps(tmp_path: Path) -> None:
    case = DIVERGENT["a field"]
    settle(tmp_path, case, Choice(ORDER, (B, A), keep=(Decision(case.resource, B),)))


C = MigrationKey("blog", "0003_c")
THIRD = {
    "blog/migrations/0002_c.py": migration(
        'migrations.AddField("post", "note", models.IntegerField(default=0))',
        dependencies=[("blog", "0001_initial")],
    ),
    "blog/migrations/0003_c.py": migration(
        'migrations.AlterField("post", "note", models.IntegerField(default=1))',
        'migrations.AddField("post", "more", models.IntegerField(default=0))',
        dependencies=[("blog", "0002_c")],
    ),
}
MORE = "more = models.IntegerField(default=0)\n"


@pytest.mark.parametrize(
    ("kept", "note"),
    [(B, 'TextField(default="", db_index=True)'), (C, "IntegerField(default=1)")],
    ids=str,
)
def test_one_of_three_branches_is_kept(tmp_path: Path, kept: MigrationKey, note: str) -> None:
    body = f"note = models.{note}\n{MORE}"
    project_of(tmp_path, replace(COLLIDING["a field"], bodies=(body, body)), 0)
    write(tmp_path, THIRD)
    keep = (Decision("blog.post.note", kept),)
    finish(open_project(tmp_path), (A, B, C), Choice(SETTLE, (A, B, C), keep=keep))


@pytest.mark.parametrize(
    ("case", "choice"),
    [
        (DIVERGENT["a field"], Choice(MERGE, keep=(Decision("blog.post.title", A),))),
        (COLLIDING["a field"], Choice(ORDER, (A, B), keep=(Decision("blog.post.note", B),))),
        (COLLIDING["a model"], Choice(ORDER, (A, B), keep=(Decision("blog.tag", B),))),
    ],
    ids=["a merge", "a field", "a model"],
)
def test_databases_on_postgresql_end_alike(tmp_path: Path, case: Case, choice: Choice) -> None:
    with ExitStack() as stack:
        aliases = (A.name, B.name, NEITHER, MODELS)
        entries = {alias: stack.enter_context(postgresql_database()) for alias in aliases}
        settle(tmp_path, case, choice, entries)


def keeping(
    root: Path, *keep: Decision, order: tuple[MigrationKey, ...] = (), **facts: bool
) -> Plan:
    """A plan of a collision; ``facts`` say of leaves whether they are published."""
    project = project_of(root, COLLIDING["a field"], 0)
    known = explain(project, "blog", with_git=False)
    known = replace(
        known,
        facts={
            leaf: BranchFacts(published=facts.get(leaf.name.removeprefix("0002_")))
            for leaf in (A, B)
        },
    )
    return make_plan(project, "blog", Choice(SETTLE, order, keep=keep), explanation=known)


EITHER = "--keep blog.post.note=0002_a or --keep blog.post.note=0002_b"
NOTE_A, NOTE_B = Decision("blog.post.note", A), Decision("blog.post.note", B)


def test_a_published_branch_is_never_edited(tmp_path: Path) -> None:
    with pytest.raises(ResolutionError, match="0002_b would have to change, but") as caught:
        keeping(tmp_path, NOTE_A, order=(A, B), b=True)
    assert caught.value.help == "Put it first: --order 0002_b 0002_a."
    plan = keeping(tmp_path, NOTE_A, order=(B, A), b=True)
    assert [change.path for change in plan.changes.changes] == ["blog/migrations/0002_a.py"]


def test_a_branch_that_is_applied_has_to_be_taken_back_first(tmp_path: Path) -> None:
    project = project_of(tmp_path, COLLIDING["a field"], 0)
    applied = AppliedMigrations("default", (("blog", "0001_initial"), ("blog", "0002_b")))
    known = explain(project, "blog", with_git=False, applied=[applied])
    choice = Choice(ORDER, (A, B), keep=(NOTE_A,))
    with pytest.raises(ResolutionError, match="0002_b is applied in the database default") as error:
        make_plan(project, "blog", choice, explanation=known)
    assert "`python manage.py migrate blog 0001_initial`" in error.value.help


def test_two_published_branches_that_collide_are_not_settled(tmp_path: Path) -> None:
    project = project_of(tmp_path, COLLIDING["a field"], 0)
    known = explain(project, "blog", with_git=False)
    facts = {leaf: BranchFacts(published=True) for leaf in (A, B)}
    way = settling(known.conflict, known.operations, known.verdict, facts)
    assert way is not None
    assert not way.possible
    assert way.why.startswith("0002_a and 0002_b are published or applied")


def test_what_is_missing_is_named_with_what_to_type(tmp_path: Path) -> None:
    with pytest.raises(
        ResolutionError, match=r"A decision is needed in blog: blog\.post\.note"
    ) as e:
        keeping(tmp_path, order=(A, B))
    assert e.value.help == f"Give {EITHER}."


def test_a_merge_does_not_settle_a_collision(tmp_path: Path) -> None:
    with pytest.raises(ResolutionError, match=r"A merge can't settle blog\.post\.note: ") as caught:
        keeping(tmp_path, NOTE_A)
    assert "--order 0002_a 0002_b, with --keep blog.post.note=0002_a" in caught.value.help


@pytest.mark.parametrize(
    ("decisions", "message", "help_text"),
    [
        (
            (Decision("blog.post.title", A),),
            "There is nothing to decide about 'blog.post.title'.",
            "To decide: blog.post.note.",
        ),
        (
            (Decision("blog.post.note", MigrationKey("blog", "0002_c")),),
            "0002_c does nothing about blog.post.note.",
            f"It can be kept as one of these has it: {EITHER}.",
        ),
        (
            (NOTE_A, NOTE_B),
            "blog.post.note can't be both as 0002_a has it and as 0002_b has it.",
            "One decision goes for all of blog.post.note.",
        ),
    ],
)
def test_decisions_that_make_no_sense(
    tmp_path: Path, decisions: tuple[Decision, ...], message: str, help_text: str
) -> None:
    with pytest.raises(UsageError) as caught:
        keeping(tmp_path, *decisions, order=(A, B))
    assert (caught.value.message, caught.value.help) == (message, help_text)


@pytest.mark.parametrize("kept", [A, B], ids=str)
@pytest.mark.parametrize(
    ("case", "order"),
    [(DIVERGENT["a field"], ()), (COLLIDING["a field"], (A, B))],
    ids=["a merge", "an order"],
)
def test_models_py_is_the_witness(
    tmp_path: Path, case: Case, order: tuple[MigrationKey, ...], kept: MigrationKey
) -> None:
    project = project_of(tmp_path, case, (A, B).index(kept))
    known = explain(project, "blog", with_git=False)
    with open_engine(project) as engine:
        assert witness(project, engine, known, order) == {case.resource: kept}


def test_models_py_that_says_something_else_is_no_witness(tmp_path: Path) -> None:
    case = replace(DIVERGENT["a field"], title=("TextField()", "TextField()"))
    project = project_of(tmp_path, case, 0)
    known = explain(project, "blog", with_git=False)
    with open_engine(project) as engine:
        assert witness(project, engine, known) == {}


def test_a_plain_merge_says_what_it_leaves_open(tmp_path: Path) -> None:
    diverging = make_plan(project_of(tmp_path, DIVERGENT["a field"], 0), "blog", Choice(MERGE))
    (remark,) = diverging.remarks
    assert remark == (
        "The branches diverge in blog.post.title, and the file names decide: a new database ends "
        "with one value, one that has run a branch may end with another. --keep decides."
    )


def test_a_plain_merge_of_colliding_branches_is_refused(tmp_path: Path) -> None:
    project = project_of(tmp_path, COLLIDING["a field"], 0)
    with pytest.raises(ResolutionError) as caught:
        make_plan(project, "blog", Choice(MERGE))
    assert caught.value.message == (
        "A merge, which runs 0002_b first, does not run. "
        "AddField in 0002_b and AddField in 0002_a both make field note of blog.post."
    )


def test_what_is_lost_with_a_field_that_has_to_be_made_anew_is_said(tmp_path: Path) -> None:
    project = project_of(tmp_path, COLLIDING["a field with rows of its own"], 1)
    keep = (Decision("blog.post.friends", B),)
    plan = make_plan(project, "blog", Choice(ORDER, (A, B), keep=keep))
    assert plan.remarks[0] == (
        "0002_b takes away the field friends of post that another branch has made, with its data."
    )


def test_a_branch_that_has_to_run_last_is_not_kept_by_running_first(tmp_path: Path) -> None:
    project = project_of(tmp_path, ORDERED["an altered field that is removed"], 0)
    keep = (Decision("blog.post.title", A),)
    with pytest.raises(ResolutionError, match="0002_a can't be kept in this order: ") as caught:
        make_plan(project, "blog", Choice(ORDER, (B, A), keep=keep))
    assert caught.value.help == "Give --order 0002_a 0002_b."


def test_what_django_has_no_operation_for_is_left_to_the_developer(tmp_path: Path) -> None:
    case = Case("blog.tag", (tag(), f"{tag()[:-1]}, bases=(blog.models.Base, models.Model))"))
    project = project_of(tmp_path, case, 0)
    keep = (Decision("blog.tag", B),)
    with pytest.raises(ResolutionError, match="differ in their bases"):
        make_plan(project, "blog", Choice(ORDER, (A, B), keep=keep))


def test_an_order_that_does_not_run_is_refused(tmp_path: Path) -> None:
    project = project_of(tmp_path, ORDERED["an altered field that is removed"], 0)
    with pytest.raises(ResolutionError) as caught:
        make_plan(project, "blog", Choice(ORDER, (B, A)))
    assert caught.value.message.startswith(
        "This order does not run. RemoveField in 0002_b takes away field "
    )
    assert caught.value.help.startswith("--order 0002_a 0002_b runs.")
    assert make_plan(project, "blog", Choice(ORDER, (A, B))).remarks == ()
