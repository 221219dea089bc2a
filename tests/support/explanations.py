"""A conflict of two branches with all that can be known of one, for reports and screens."""

from migtui.core.branch_facts import BranchFacts
from migtui.core.conflict import Branch, Conflict
from migtui.core.explanation import Explanation
from migtui.core.expressions import Constant
from migtui.core.migration import Migration, MigrationKey, Operation
from migtui.core.resolution import Resolution
from migtui.core.verdict import (
    EndDifference,
    Evidence,
    Kind,
    OperationRef,
    Overlap,
    Trial,
    Verdict,
)

BODY = MigrationKey("blog", "0002_body")
TAGS = MigrationKey("blog", "0003_tags")
TITLE = MigrationKey("blog", "0003_title")
MORE = MigrationKey("blog", "0004_more")


def operation(kind: str, line: int, **arguments: str) -> Operation:
    """An operation of Django with literal strings as its arguments."""
    return Operation(
        kind,
        path=f"django.db.migrations.{kind}",
        arguments=tuple((name, Constant(value)) for name, value in arguments.items()),
        line=line,
        end_line=line,
    )


def migration(key: MigrationKey) -> Migration:
    """The head of a migration, where its name says."""
    return Migration(key, path=f"{key.app_label}/migrations/{key.name}.py")


def divergent() -> Explanation:
    """Two branches that set one field differently, and a RunPython that nobody has read."""
    alter = OperationRef(TAGS, "AlterField", 12)
    other = OperationRef(TITLE, "AlterField", 9)
    opaque = OperationRef(MORE, "RunPython", 15)
    return Explanation(
        conflict=Conflict(
            "blog", (Branch(TAGS, (TAGS,)), Branch(MORE, (TITLE, MORE))), fork=(BODY,)
        ),
        migrations={key: migration(key) for key in (TAGS, TITLE, MORE)},
        operations={
            TAGS: (
                operation("AddField", 9, model_name="post", name="tags"),
                operation("AlterField", 12, model_name="post", name="title"),
            ),
            TITLE: (operation("AlterField", 9, model_name="post", name="title"),),
            MORE: (operation("RunPython", 15),),
        },
        facts={
            TAGS: BranchFacts(
                published=True,
                author="Ada",
                git_branch="main",
                applied=(("default", True), ("replica", None)),
                mine=False,
            ),
            MORE: BranchFacts(),
        },
        verdict=Verdict(
            Kind.OPAQUE,
            Kind.DIVERGENT,
            orders=((TAGS, MORE), (MORE, TAGS)),
            overlaps=(
                Overlap(
                    "blog.post.title",
                    Kind.DIVERGENT,
                    "0003_tags and 0003_title both set blog.post.title: the later one wins.",
                    (alter, other),
                ),
            ),
            opaque=(opaque,),
            evidence=(
                Evidence("footprint", Kind.OPAQUE, note="RunPython was not read"),
                Evidence(
                    "scratch",
                    Kind.ORDERED,
                    vendor="sqlite",
                    note="one order fails",
                    server="SQLite 3.40.1",
                    trials=(
                        Trial((TAGS, MORE), 0),
                        Trial((MORE, TAGS), None, "no such table"),
                    ),
                    differences=(EndDifference("blog_post.title", "a", ""),),
                ),
                Evidence("scratch", None, vendor="postgresql", note="no server"),
            ),
        ),
        resolutions=(
            Resolution("order", (TAGS, MORE), possible=True, recommended=True, why="It runs."),
            Resolution("merge", (TAGS, MORE), possible=True, recommended=False, why="Or so."),
            Resolution("order", (MORE, TAGS), possible=False, recommended=False, why="A cycle."),
        ),
        notices=("Read from the files alone.",),
    )
