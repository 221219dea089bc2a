"""From a conflict and a decision to databases that agree with each other and with the models."""

import re
import shlex
import textwrap
from dataclasses import dataclass
from pathlib import Path

import pytest

from migtui.core.migration import MigrationKey
from migtui.core.questions import Decision
from migtui.services.engines import open_engine
from migtui.services.project import Project, open_project
from migtui.services.resolve import MERGE, ORDER, Choice, Plan, make_plan, write_plan
from tests.support.projects import migration, write_project
from tests.support.settled import MODELS, NEITHER, Databases

A, B = MigrationKey("blog", "0002_a"), MigrationKey("blog", "0002_b")
ID = '("id", models.BigAutoField(primary_key=True, serialize=False))'
POST = f"""migrations.CreateModel("Post", [
            {ID},
            ("title", models.CharField(max_length=20)),
            ("body", models.CharField(max_length=20)),
            ("owner", models.ForeignKey("blog.author", models.CASCADE)),
        ])"""
FRIENDS = """migrations.AddField(
            "post", "friends", models.ManyToManyField("blog.{}", related_name="+")
        )"""
AUTHOR = f'migrations.CreateModel("Author", [{ID}])'
POST_MODEL = """\
    from django.db import models

    import blog.managers


    class Author(models.Model):
        id = models.BigAutoField(primary_key=True)


    class Post(models.Model):
        id = models.BigAutoField(primary_key=True)
        title = models.CharField(max_length=20)
        body = models.CharField(max_length=20)
        owner = models.ForeignKey(Author, models.CASCADE)
"""


MANAGERS = """\
    from django.db import models


    class First(models.Manager):
        use_in_migrations = True


    class Second(models.Manager):
        use_in_migrations = True
"""


@dataclass(frozen=True)
class Case:
    """Two branches that make different things of one resource.

    Attributes:
        resource: What is to be decided.
        operations: Of the branches.
        bodies: For each branch, how models.py ends where that branch is kept: more lines of
            ``Post``, or the model ``Tag``.
        title: The same, for the field ``title``.
        headers: What the branches' files import.
    """

    resource: str
    operations: tuple[str, str]
    bodies: tuple[str, str] = ("", "")
    title: tuple[str, str] = ("CharField(max_length=20)", "CharField(max_length=20)")
    headers: tuple[str, str] = ("", "")

    def models(self, index: int) -> str:
        source = textwrap.dedent(POST_MODEL)
        line = "    title = models.CharField(max_length=20)\n"
        new = f"    title = models.{self.title[index]}\n" if self.title[index] else ""
        is_model = self.bodies[index].startswith("class Tag")
        body = textwrap.indent(self.bodies[index], "" if is_model else "    ")
        return source.replace(line, new) + body


def meta(text: str) -> str:
    return f"\nclass Meta:\n    {text}\n"


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
                options='{"ordering": ["old"], "db_table": "tags"}',
            ),
            tag(
                '("name", models.TextField())',
                '("posts", models.ManyToManyField("blog.author"))',
                '("new", models.IntegerField(default=0))',
                options='{"verbose_name": "a tag", "unique_together": {("name", "new")}}',
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
            ),
            tag_model(
                "name = models.TextField()",
                "posts = models.ManyToManyField(Author)",
                "new = models.IntegerField(default=0)",
                "class Meta:",
                '    verbose_name = "a tag"',
                '    unique_together = {("name", "new")}',
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


def project_of(root: Path, case: Case, kept: int) -> Project:
    parent = [("blog", "0001_initial")]
    write_project(
        root,
        ["blog"],
        {
            "blog/models.py": case.models(kept),
            "blog/managers.py": MANAGERS,
            "blog/migrations/0001_initial.py": migration(AUTHOR, POST),
            **{
                f"blog/migrations/{leaf.name}.py": migration(
                    operation, dependencies=parent, header=header
                )
                for leaf, operation, header in zip(
                    (A, B), case.operations, case.headers, strict=True
                )
            },
        },
    )
    return open_project(root)


def instructions(plan: Plan) -> dict[str, list[str]]:
    """The commands that the plan tells to run on databases that can't follow, by leaf."""
    found = {}
    for remark in plan.remarks:
        match = re.search(r"has run (\w+) alone .*`python manage\.py (.+)`", remark)
        assert match, remark
        found[match[1]] = shlex.split(match[2])
    return found


def settle(
    root: Path, case: Case, choice: Choice, entries: dict[str, object] | None = None
) -> None:
    """Write a resolution; every database that may be there has to end alike."""
    kept = (A, B).index(choice.keep[0].leaf)
    project = project_of(root, case, kept)
    databases = Databases(root, (A.name, B.name))
    databases.prepare(entries)
    with open_engine(project) as engine:
        plan = make_plan(project, "blog", choice)
        written = write_plan(project, plan, engine=engine)
    assert written.verification.changes_after == {}
    schemas = databases.migrate(instructions(plan))
    assert schemas[A.name] == schemas[NEITHER]
    assert schemas[B.name] == schemas[NEITHER]
    assert schemas[NEITHER] == schemas[MODELS]


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
