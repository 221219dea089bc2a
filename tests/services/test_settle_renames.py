"""Renames on one side or both: from a decision to databases that agree with the models."""

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from migtui.core.migration import MigrationKey
from migtui.core.questions import Decision
from migtui.errors import ResolutionError
from migtui.services.project import Project, open_project
from migtui.services.resolve import ORDER, Choice, make_plan
from tests.support.databases import postgresql_database
from tests.support.projects import migration, write
from tests.support.settled import MODELS, NEITHER
from tests.support.settling import A, B, Case, finish, project_of

Keys = tuple[MigrationKey, ...]


def rename(old: str, new: str) -> str:
    return f'migrations.RenameField("post", "{old}", "{new}")'


def rename_model(old: str, new: str) -> str:
    return f'migrations.RenameModel("{old}", "{new}")'


def alter(name: str, length: int = 30, model: str = "post") -> str:
    return f'migrations.AlterField("{model}", "{name}", models.CharField(max_length={length}))'


def line(name: str, length: int = 20) -> str:
    return f"{name} = models.CharField(max_length={length})\n"


MORE = 'migrations.AddField("{}", "more", models.IntegerField(default=0))'
MORE_LINE = "more = models.IntegerField(default=0)\n"
REMOVE = 'migrations.RemoveField("post", "title")'
ADD = 'migrations.AddField("post", "name", models.IntegerField(default=0))'
INDEX = 'migrations.AddIndex("post", models.Index(fields=["title"], name="post_i"))'


@dataclass(frozen=True)
class Renamed:
    """Two branches, a decision, and what the models are then.

    Attributes:
        a: Operations of one branch.
        b: Operations of the other.
        kept: The branches that are kept, the last one with the last word.
        fields: What ``Post`` has instead of its title.
        order: In which the branches are put.
        resource: What is decided.
        model: What ``Post`` is called in the end.
    """

    a: tuple[str, ...]
    b: tuple[str, ...]
    kept: Keys
    fields: str
    order: Keys = (A, B)
    resource: str = "blog.post.title"
    model: str = "Post"

    @property
    def choice(self) -> Choice:
        *before, leaf = self.kept
        return Choice(ORDER, self.order, keep=(Decision(self.resource, leaf, tuple(before)),))


def written(root: Path, case: Renamed) -> Project:
    project_of(root, Case("", ("", ""), (case.fields, ""), ("", "")), 0)
    models = (root / "blog/models.py").read_text().replace("class Post(", f"class {case.model}(")
    parent = [("blog", "0001_initial")]
    write(
        root,
        {
            "blog/models.py": models,
            "blog/migrations/0002_a.py": migration(*case.a, dependencies=parent),
            "blog/migrations/0002_b.py": migration(*case.b, dependencies=parent),
        },
    )
    return open_project(root)


NAME = (rename("title", "name"),)
LABEL = (rename("title", "label"),)
ARTICLE = (rename_model("Post", "Article"),)
TEXT = (rename_model("Post", "Text"),)
CASES = {
    "one name, the first": Renamed(NAME, NAME, (A,), line("name")),
    "two names, the first": Renamed(NAME, LABEL, (A,), line("name")),
    "two names, the second": Renamed(NAME, LABEL, (B,), line("label")),
    "what the second does besides goes on under the first's name": Renamed(
        NAME, (*LABEL, MORE.format("post")), (A,), f"{line('name')}{MORE_LINE}"
    ),
    "the second alters what it has renamed": Renamed(
        NAME, (*LABEL, alter("label")), (B,), line("label", 30), resource="blog.post.label"
    ),
    "renamed twice": Renamed((*NAME, rename("name", "head")), LABEL, (B,), line("label")),
    "renamed, then altered": Renamed(NAME, (alter("title"),), (A, B), line("name", 30)),
    "altered, then renamed": Renamed(
        NAME, (alter("title"),), (B, A), line("name", 30), order=(B, A)
    ),
    "altered, not renamed": Renamed(NAME, (alter("title"),), (B,), line("title", 30), order=(B, A)),
    "renamed, not removed": Renamed(NAME, (REMOVE,), (A,), line("name")),
    "removed after it was renamed": Renamed(NAME, (REMOVE,), (B,), ""),
    "a field of the new name": Renamed(
        NAME,
        (ADD,),
        (B,),
        f"{line('title')}name = models.IntegerField(default=0)\n",
        order=(B, A),
        resource="blog.post.name",
    ),
    "two model names, the first": Renamed(
        ARTICLE, TEXT, (A,), line("title"), resource="blog.post", model="Article"
    ),
    "what the second does goes on on the first's model": Renamed(
        ARTICLE,
        (*TEXT, MORE.format("text")),
        (A,),
        f"{line('title')}{MORE_LINE}",
        resource="blog.post",
        model="Article",
    ),
    "a renamed model gets a field": Renamed(
        ARTICLE,
        (MORE.format("post"), alter("title")),
        (A, B),
        f"{line('title', 30)}{MORE_LINE}",
        resource="blog.post",
        model="Article",
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_databases_end_alike_whatever_they_had_renamed(tmp_path: Path, case: Renamed) -> None:
    finish(written(tmp_path, case), (A, B), case.choice)


@pytest.mark.parametrize("name", ["two names, the second", "renamed, then altered"])
def test_databases_on_postgresql_end_alike(tmp_path: Path, name: str) -> None:
    case = CASES[name]
    with ExitStack() as stack:
        aliases = (A.name, B.name, NEITHER, MODELS)
        entries = {alias: stack.enter_context(postgresql_database()) for alias in aliases}
        finish(written(tmp_path, case), (A, B), case.choice, entries)


@pytest.mark.parametrize(
    ("case", "message"),
    [
        (
            Renamed(NAME, (INDEX,), (A, B), ""),
            "AddIndex names title, which is to be called name",
        ),
        (
            Renamed(NAME, (alter("title"),), (B,), ""),
            "0002_b can't be kept alone: 0002_a runs first, and renames.",
        ),
        (
            Renamed(NAME, (ADD,), (B,), "", resource="blog.post.name"),
            "0002_b can't be kept alone: 0002_a runs first, and renames.",
        ),
        (
            Renamed(NAME, (ADD,), (A, B), "", resource="blog.post.name"),
            "0002_b can't have its way behind 0002_a: ",
        ),
        (
            Renamed(NAME, LABEL, (B, A), ""),
            "In this order 0002_a has its way first.",
        ),
        (
            Renamed(
                NAME, (*LABEL, 'migrations.RunSQL("UPDATE blog_post SET label = 1")'), (A,), ""
            ),
            "RunSQL names label, which is to be called name",
        ),
    ],
    ids=["an index", "altered alone", "added alone", "added", "the other order", "SQL"],
)
def test_what_can_not_follow_a_rename_is_refused(
    tmp_path: Path, case: Renamed, message: str
) -> None:
    project = written(tmp_path, case)
    with pytest.raises(ResolutionError) as caught:
        make_plan(project, "blog", case.choice)
    assert caught.value.message.startswith(message)
