from collections.abc import Iterator

import pytest

from migtui.core.migration import MigrationKey
from migtui.core.sql import SqlScript
from migtui.engine.client import Engine
from migtui.errors import NotFoundError
from migtui.services.engines import open_engine
from migtui.services.project import Project, open_project
from migtui.services.resolve import Choice, make_plan
from migtui.services.sql import migration_sql, order_sql, plan_sql
from tests.support.projects import migration, write_project

FIRST = MigrationKey("blog", "0001_initial")
TAGS = MigrationKey("blog", "0002_tags")
VIEWS = MigrationKey("blog", "0003_views")
SELECT = "migrations.RunSQL('SELECT {0}', 'SELECT -{0}')"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    parent = [("blog", "0001_initial")]
    files = {
        "0001_initial": migration(SELECT.format(1)),
        "0002_tags": migration(SELECT.format(2), dependencies=parent),
        "0002_views": migration(SELECT.format(3), dependencies=parent),
        "0003_views": migration(SELECT.format(4), dependencies=[("blog", "0002_views")]),
    }
    root = write_project(
        tmp_path_factory.mktemp("project"),
        ["blog"],
        {f"blog/migrations/{name}.py": source for name, source in files.items()},
    )
    return open_project(root)


@pytest.fixture(scope="module")
def engine(project: Project) -> Iterator[Engine]:
    with open_engine(project) as running:
        yield running


def told(script: SqlScript) -> list[tuple[str, str]]:
    assert all(entry.error == "" for entry in script.migrations)
    return [(entry.migration, s.sql) for entry in script.migrations for s in entry.statements]


def test_one_migration_has_its_sql_both_ways(project: Project, engine: Engine) -> None:
    forwards = migration_sql(project, engine, TAGS)
    backwards = migration_sql(project, engine, TAGS, backwards=True)

    assert told(forwards) == [("0002_tags", "SELECT 2")]
    assert told(backwards) == [("0002_tags", "SELECT -2")]
    assert forwards.vendor == "sqlite"


@pytest.mark.parametrize(
    ("key", "message"),
    [
        (MigrationKey("blog", "0009_gone"), "blog has no migration '0009_gone'."),
        (MigrationKey("blgo", "0001_initial"), "No app with the label 'blgo'"),
    ],
)
def test_a_migration_that_is_not_there_is_not_found(
    project: Project, engine: Engine, key: MigrationKey, message: str
) -> None:
    with pytest.raises(NotFoundError, match=message):
        migration_sql(project, engine, key)


def test_a_database_that_is_not_there_is_not_found(project: Project, engine: Engine) -> None:
    with pytest.raises(NotFoundError, match="no database 'replica'") as caught:
        migration_sql(project, engine, TAGS, alias="replica")

    assert caught.value.help == "They have default."


def test_branches_follow_one_another_as_ordered_and_go_back_the_other_way(
    project: Project, engine: Engine
) -> None:
    order = [VIEWS, TAGS]
    forwards = told(order_sql(project, engine, "blog", order))

    assert forwards == [
        ("0002_views", "SELECT 3"),
        ("0003_views", "SELECT 4"),
        ("0002_tags", "SELECT 2"),
    ]
    assert told(order_sql(project, engine, "blog", order, backwards=True)) == [
        (name, sql.replace("SELECT ", "SELECT -")) for name, sql in reversed(forwards)
    ]


def test_one_branch_alone_can_be_asked_for(project: Project, engine: Engine) -> None:
    assert told(order_sql(project, engine, "blog", [TAGS])) == [("0002_tags", "SELECT 2")]


def test_a_leaf_that_is_none_is_not_found(project: Project, engine: Engine) -> None:
    with pytest.raises(NotFoundError, match="blog has no leaf '0001_initial'"):
        order_sql(project, engine, "blog", [FIRST])


def test_a_plan_is_written_as_it_would_be_on_disk(project: Project, engine: Engine) -> None:
    plan = make_plan(project, "blog", Choice("order", (TAGS, VIEWS)))
    forwards = told(plan_sql(project, engine, plan))

    assert [sql for _, sql in forwards] == ["SELECT 2", "SELECT 3", "SELECT 4"]
    assert [name for name, _ in forwards] == [key.name for key in plan.sequence]
    assert [name for name, _ in forwards] != ["0002_tags", "0002_views", "0003_views"]
    backwards = told(plan_sql(project, engine, plan, backwards=True))
    assert [sql for _, sql in backwards] == ["SELECT -4", "SELECT -3", "SELECT -2"]
