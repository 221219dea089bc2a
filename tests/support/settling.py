"""Conflicts of two branches in the app ``blog``, from a decision to databases that agree."""

import re
import shlex
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from migtui.core.migration import MigrationKey
from migtui.services.engines import open_engine
from migtui.services.project import Project, open_project
from migtui.services.resolve import Choice, Plan, make_plan
from migtui.services.write_verified import write_plan
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
        if match:
            found[match[1]] = shlex.split(match[2])
    return found


def settle(
    root: Path, case: Case, choice: Choice, entries: Mapping[str, object] | None = None
) -> Plan:
    """As ``finish``, of a case with the models of the branch that is kept."""
    kept = (A, B).index(choice.keep[0].leaf)
    return finish(project_of(root, case, kept), (A, B), choice, entries)


def finish(
    project: Project,
    leaves: tuple[MigrationKey, ...],
    choice: Choice,
    entries: Mapping[str, object] | None = None,
) -> Plan:
    """Write a resolution; every database that may be there has to end alike."""
    databases = Databases(project.root, tuple(leaf.name for leaf in leaves))
    databases.prepare(entries)
    with open_engine(project) as engine:
        plan = make_plan(project, "blog", choice)
        written = write_plan(project, plan, engine=engine)
    assert written.verification.changes_after == {}
    schemas = databases.migrate(instructions(plan))
    for leaf in leaves:
        assert schemas[leaf.name] == schemas[NEITHER]
    assert schemas[NEITHER] == schemas[MODELS]
    return plan
