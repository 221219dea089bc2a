"""``migtui sql``."""

import json
import sys
from pathlib import Path

import pytest

from tests.support.command_line import run
from tests.support.projects import migration


def test_one_migration_forwards_and_backwards(root: Path) -> None:
    words = ["sql", "blog", "0002_t", "--project", root, "--python", sys.executable]
    forwards = run(*words)
    assert (forwards.code, forwards.err) == (0, "")
    assert forwards.out.startswith("-- For SQLite ")
    assert "\n-- blog.0002_tags\nBEGIN;\n-- AddField, line " in forwards.out
    assert '"tags" text' in forwards.out
    backwards = run(*words, "--backwards")
    assert "\n-- blog.0002_tags, backwards\n" in backwards.out


def test_the_branches_of_a_conflict_in_an_order_as_json(root: Path) -> None:
    words = ["sql", "blog", "--order", "0002_views", "0002_tags", "--format", "json"]
    result = run(*words, "--project", root, "--python", sys.executable)
    document = json.loads(result.out)
    assert document["vendor"] == "sqlite"
    assert [item["migration"] for item in document["migrations"]] == ["0002_views", "0002_tags"]
    assert not (root / "db.sqlite3").exists()


def test_what_a_default_asks_for_is_answered_where_functions_may_run(root: Path) -> None:
    (root / "blog/migrations/0003_count.py").write_text(
        migration(
            "migrations.AddField('post', 'n', models.IntegerField(default=count))",
            dependencies=[("blog", "0002_tags")],
            header="import blog.models\ndef count():\n    return blog.models.Post.objects.count()",
        )
    )
    words = ["sql", "blog", "0003", "--project", root, "--python", sys.executable]
    untold, told = run(*words), run(*words, "--run-python")
    assert (untold.code, told.code) == (0, 0)
    assert "--run-python" in untold.out
    assert "Predicted: the default of n asks the database" in told.out


def test_two_orders_and_a_branch_alone_are_compared(root: Path) -> None:
    words = ["sql", "blog", "--project", root, "--python", sys.executable]
    views, tags = "0002_views", "0002_tags"
    turned = run(*words, "--order", views, tags, "--compare", tags, views)
    assert (turned.code, turned.err) == (0, "")
    note, old, new, *rest = turned.out.splitlines()
    assert note.startswith("-- For SQLite ")
    assert (old, new) == (f"--- {tags} → {views}", f"+++ {views} → {tags}")
    assert {line[:1] for line in rest} >= {"@", "-", "+"}

    same = run(*words, "--order", views, tags, "--compare", views, tags)
    assert same.out.splitlines()[3:] == ["They execute the same statements in the same order."]

    alone = run(*words, "--order", tags, views, "--compare", tags, "--format", "json")
    document = json.loads(alone.out)
    comparison = document["comparison"]
    assert [item["migration"] for item in document["migrations"]] == [tags, views]
    assert (comparison["order"], comparison["error"]) == ([tags], None)
    assert {entry["migration"] for entry in comparison["changes"]} == {views}
    assert {entry["change"] for entry in comparison["changes"]} == {"added"}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["blog", "0002"], "'0002' is short for several of blog: 0002_tags, 0002_views."),
        (["blog", "0002_tag", "--order", "0002_tags"], "Give a migration or --order, not both."),
        (["blog", "0002_tag", "--compare", "0002_tags"], "--compare is about the branches"),
        (["blog", "--compare", "0003_x"], "blog has no leaf '0003_x'"),
        (["blog", "0009_views"], "blog has no migration '0009_views'."),
        (["blag"], "No app with the label 'blag'"),
        (["shop"], "shop has no conflict, so a migration has to be named."),
        (["blog", "0001", "--database", "other"], "The settings have no database 'other'."),
    ],
)
def test_what_is_not_there_is_2_and_said(root: Path, words: list[str], message: str) -> None:
    result = run("sql", *words, "--project", root, "--python", sys.executable)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(f"Error: {message}")
