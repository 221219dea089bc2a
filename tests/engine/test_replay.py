from pathlib import Path

import pytest

from migtui.core.verdict import Evidence, Kind
from tests.support.branches import (
    ADD,
    ALTER,
    ID,
    INDEX,
    POST,
    REMOVE,
    TAG,
    Blog,
    replay,
    write_branches,
    write_conflict,
)
from tests.support.engines import engine_for
from tests.support.projects import migration


def ask(root: Path) -> Evidence:
    with engine_for(root) as engine:
        return engine.ask(replay(root))


@pytest.mark.parametrize(
    ("first", "second", "kind"),
    [
        (ADD.format("body"), TAG, Kind.INDEPENDENT),
        (ADD.format("body"), ADD.format("lead"), Kind.INDEPENDENT),
        (ALTER.format(9), ALTER.format(9), Kind.INDEPENDENT),
        (ALTER.format(9), ALTER.format(8), Kind.DIVERGENT),
        (ALTER.format(9), REMOVE, Kind.ORDERED),
        (INDEX, REMOVE, Kind.ORDERED),
        (INDEX, "migrations.RenameField('post', 'title', 'name')", Kind.ORDERED),
        (ALTER.format(9), "migrations.DeleteModel('Post')", Kind.ORDERED),
        (ADD.format("body"), "migrations.RenameModel('Post', 'Story')", Kind.ORDERED),
        (ADD.format("body"), ADD.format("body"), Kind.COLLIDING),
        (TAG, TAG, Kind.COLLIDING),
        (TAG, "migrations.RenameModel('Post', 'Tag')", Kind.COLLIDING),
        (
            f"""migrations.CreateModel('Tag', [{ID},
                ('post', models.ForeignKey('blog.Post', models.CASCADE))])""",
            "migrations.RenameModel('Post', 'Story')",
            Kind.ORDERED,
        ),
        (
            "migrations.AddField('post', 'parent', models.ForeignKey('self', models.CASCADE))",
            "migrations.RenameField('post', 'views', 'visits')",
            Kind.INDEPENDENT,
        ),
        (INDEX, INDEX, Kind.COLLIDING),
        (
            "migrations.AlterModelOptions('post', {'ordering': ['title']})",
            "migrations.AlterModelOptions('post', {'ordering': ['-title']})",
            Kind.DIVERGENT,
        ),
        (
            "migrations.AlterModelOptions('post', {'verbose_name': 'a'})",
            "migrations.AlterUniqueTogether('post', {('title', 'views')})",
            Kind.INDEPENDENT,
        ),
        (
            "migrations.AlterModelManagers('post', [('objects', models.Manager())])",
            "migrations.AlterModelManagers('post', [('all', models.Manager())])",
            Kind.DIVERGENT,
        ),
        (
            f"migrations.RunSQL('', state_operations=[{ALTER.format(9)}])",
            ALTER.format(8),
            Kind.DIVERGENT,
        ),
        ("migrations.RunPython(migrations.RunPython.noop)", ALTER.format(8), Kind.INDEPENDENT),
    ],
)  # fmt: skip
def test_the_states_of_both_orders_say_the_kind(
    blog: Blog, first: str, second: str, kind: Kind
) -> None:
    root, engine = blog
    evidence = engine.ask(replay(write_branches(root, first, second)))
    assert (evidence.method, evidence.vendor, evidence.kind) == ("state", None, kind)


def test_what_differs_is_told_value_by_value(tmp_path: Path) -> None:
    evidence = ask(write_conflict(tmp_path, ALTER.format(9), ALTER.format(8)))
    (difference,) = evidence.differences
    assert difference.resource == "blog.post.title"
    assert difference.first == "models.CharField(max_length=8)"
    assert difference.second == "models.CharField(max_length=9)"
    assert [trial.end for trial in evidence.trials] == [0, 1]


def test_an_order_that_does_not_run_says_what_was_raised(tmp_path: Path) -> None:
    evidence = ask(write_conflict(tmp_path, ALTER.format(9), REMOVE))
    runs, fails = evidence.trials
    assert (runs.end, runs.error) == (0, "")
    assert [leaf.name for leaf in fails.order] == ["0002_b", "0002_a"]
    assert fails.error == "0002_a: FieldDoesNotExist: blog.post has no field 'title'"
    assert "0002_b, 0002_a does not run: 0002_a: FieldDoesNotExist" in evidence.note


def test_the_order_of_fields_is_noted_and_does_not_count(tmp_path: Path) -> None:
    evidence = ask(write_conflict(tmp_path, ADD.format("body"), ADD.format("lead")))
    assert evidence.note == "not counted: order of the fields of blog.post"


def test_functions_of_one_name_are_not_taken_for_one(tmp_path: Path) -> None:
    alter = "migrations.AlterField('post', 'views', models.IntegerField(default=lambda: {0}))"
    evidence = ask(write_conflict(tmp_path, alter.format(1), alter.format(2)))
    assert evidence.kind is Kind.DIVERGENT


def test_three_branches_are_replayed_in_all_six_orders(tmp_path: Path) -> None:
    root = write_conflict(tmp_path, ADD.format("body"), ALTER.format(9), REMOVE)
    evidence = ask(root)
    assert len(evidence.trials) == 6
    assert [trial.end is None for trial in evidence.trials] == [
        False, True, False, False, True, True,
    ]  # fmt: skip
    assert evidence.kind is Kind.ORDERED


def test_another_app_that_depends_on_one_branch_runs_with_the_other(tmp_path: Path) -> None:
    root = write_conflict(
        tmp_path,
        TAG,
        "migrations.AlterModelTable('post', 'posts')",
        files={
            "shop/__init__.py": "",
            "shop/models.py": "",
            "shop/migrations/__init__.py": "",
            "shop/migrations/0001_initial.py": migration(
                f"""migrations.CreateModel('Item', [{ID},
                ('tag', models.ForeignKey('blog.Tag', models.CASCADE))])""",
                dependencies=[("blog", "0002_a")],
            ),
            "blog/migrations/0003_b.py": migration(
                "migrations.AddField('post', 'item', models.ForeignKey('shop.Item',"
                " models.CASCADE, null=True))",
                dependencies=[("blog", "0002_b"), ("shop", "0001_initial")],
            ),
        },
    )
    settings = root / "settings.py"
    settings.write_text(settings.read_text().replace("['blog']", "['blog', 'shop']"))
    evidence = ask(root)
    assert evidence.kind is Kind.INDEPENDENT
    assert [trial.end for trial in evidence.trials] == [0, 0]


@pytest.mark.parametrize(
    ("base", "header", "message"),
    [
        ([POST, "migrations.RemoveField('post', 'nothing')"], "", "the fork can't be loaded"),
        ([POST], "raise ValueError('not today')", "ValueError: not today"),
    ],
)
def test_a_fork_that_can_not_be_had_leaves_the_kind_open(
    tmp_path: Path, base: list[str], header: str, message: str
) -> None:
    evidence = ask(write_conflict(tmp_path, TAG, REMOVE, base=base, header=header))
    assert (evidence.kind, evidence.trials) == (None, ())
    assert message in evidence.note


def test_a_branch_that_fails_even_alone_proves_nothing(tmp_path: Path) -> None:
    evidence = ask(write_conflict(tmp_path, "migrations.RemoveField('post', 'x')", REMOVE))
    assert evidence.kind is None
    assert evidence.note == "0002_a does not run from the fork alone: 0002_a: KeyError: 'x'"
