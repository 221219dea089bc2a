import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from migtui.core.halfway import Effect
from migtui.core.migration import MigrationKey
from migtui.engine.protocol.lock import LockOrder
from migtui.engine.protocol.migrate import RunMigrate
from migtui.services.halfway import find_halfway
from tests.support.command_line import Result, run
from tests.support.engines import engine_for
from tests.support.halfway import BEFORE, CHANGES, FAILING, empty
from tests.support.projects import migration
from tests.support.vendors import Site, picture, site

HALF = "blog/migrations/0002_half.py"
PARENT = [("blog", "0001_initial")]
NOT_ATOMIC = "\n    atomic = False\n"


@contextmanager
def project(root: Path, vendor: str, *operations: str, header: str = "") -> Iterator[Site]:
    """A project with its first migration applied, whose second one runs in no transaction."""
    half = migration(*operations, dependencies=PARENT, header=header).rstrip() + NOT_ATOMIC
    files = {"blog/migrations/0001_initial.py": BEFORE, HALF: half}
    with site(root, vendor, files) as made:
        settings = root / "settings.py"
        settings.write_text(settings.read_text() + FAILING)
        assert run("migrate", "--project", root, "blog", "0001").code == 0
        yield made


def fail(made: Site, number: int, *arguments: str) -> Result:
    """Migrate, and fail at a statement, counted from 0."""
    place = made.root / "fail_at"
    place.write_text(str(number))
    try:
        return run("migrate", "--project", made.root, *arguments)
    finally:
        place.unlink()


def ask(made: Site) -> dict[str, Any]:
    found = run("sql", "--project", made.root, "blog", "0002", "--halfway", "--format", "json")
    assert found.code == 0, found
    answer: dict[str, Any] = json.loads(found.out)
    return answer


def execute(made: Site, statements: Sequence[str]) -> None:
    with made.connection() as connection:
        for sql in statements:
            connection.cursor().execute(sql)


def schema(made: Site) -> list[list[Any]]:
    """What the catalogue of the database says, whatever the order of columns and indexes."""
    if made.vendor == "sqlite":
        tables = made.ask("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1")
        asked = ("table_info", "foreign_key_list", "index_list")
        return [
            sorted(row[1:] if kind == "table_info" else row[2:] for row in rows)
            for (table,) in tables
            for kind in asked
            for rows in [made.ask(f"PRAGMA {kind}('{table}')")]
        ]
    lines = picture(made)["schema"]
    assert isinstance(lines, list)
    return sorted([re.sub(r" AUTO_INCREMENT=\d+|,$", "", line)] for line in lines)


@pytest.mark.parametrize(
    ("vendor", "numbers"),
    [("mysql", [0, 3, 5, 8]), ("postgresql", [4]), ("sqlite", [9])],
)
def test_the_sql_back_and_onward_leads_exactly_there_from_where_it_stopped(
    tmp_path: Path, vendor: str, numbers: list[int]
) -> None:
    def migrate(*arguments: str) -> bool:
        answer = engine.ask(RunMigrate("default", arguments, 0, LockOrder("a test", 60)))
        return answer.trouble is None

    def stop_at(number: int) -> None:
        empty(made)
        assert migrate("blog", "0001")
        place = made.root / "fail_at"
        place.write_text(str(number))
        assert not migrate()
        place.unlink()

    root = tmp_path / "project"
    with project(root, vendor, *CHANGES) as made, engine_for(root) as engine:
        empty(made)
        assert migrate("blog", "0001")
        before = schema(made)
        assert migrate()
        after = schema(made)
        for number in numbers:
            stop_at(number)
            found = find_halfway(engine, MigrationKey("blog", "0002_half"), "default")
            effects = [step.effect for step in found.steps]
            done = effects.count(Effect.DONE)
            assert done <= number <= done + effects.count(Effect.UNKNOWN)
            execute(made, found.back.statements)
            assert schema(made) == before

            if Effect.UNKNOWN in effects and vendor != "sqlite":
                assert "may not have run" in found.onward.error
                continue
            stop_at(number)
            execute(made, found.onward.statements)
            assert schema(made) == after
            assert made.applied() == ["0001_initial", "0002_half"]


def test_a_table_that_was_being_made_anew_keeps_its_rows_on_the_way_back(tmp_path: Path) -> None:
    change = 'migrations.AlterField("post", "title", models.TextField(unique=True))'
    with project(tmp_path / "project", "sqlite", change) as made:
        made.ask("INSERT INTO blog_author (id, name) VALUES (1, 'Ann')")
        made.ask("INSERT INTO blog_post (id, title, author_id) VALUES (7, 'One', 1)")
        fail(made, 3)
        assert made.ask("SELECT name FROM sqlite_master WHERE name = 'blog_post'") == []

        execute(made, ask(made)["back"]["statements"])

        assert made.ask("SELECT id, title, author_id FROM blog_post") == [(7, "One", 1)]


def test_rows_that_may_not_have_been_copied_yet_survive_the_way_onward(tmp_path: Path) -> None:
    change = 'migrations.AlterField("post", "title", models.TextField(unique=True))'
    with project(tmp_path / "project", "sqlite", change) as made:
        made.ask("INSERT INTO blog_author (id, name) VALUES (1, 'Ann')")
        made.ask("INSERT INTO blog_post (id, title, author_id) VALUES (7, 'One', 1)")
        fail(made, 1)

        found = ask(made)
        assert [step["effect"] for step in found["steps"]][:3] == ["done", "unknown", "missing"]
        execute(made, found["onward"]["statements"])

        assert made.ask("SELECT id, title, author_id FROM blog_post") == [(7, "One", 1)]


def test_nothing_is_dropped_where_it_is_not_known_whether_rows_were_moved(tmp_path: Path) -> None:
    move = 'migrations.RunSQL("UPDATE blog_post SET body = lead", migrations.RunSQL.noop)'
    drop = 'migrations.RemoveField("post", "lead")'
    with project(tmp_path / "project", "mysql", CHANGES[0], move, drop) as made:
        fail(made, 2)

        found = run("sql", "--project", made.root, "blog", "0002", "--halfway")

        assert found.code == 1
        assert "may not have run. Look at the rows; or go back, and migrate again." in found.out
        assert "DROP COLUMN `lead`;" not in found.out
        assert "DROP COLUMN `views`" in found.out


def test_a_migration_that_was_being_unapplied_leads_to_both_ends_too(tmp_path: Path) -> None:
    with project(tmp_path / "project", "mysql", *CHANGES[:3]) as made:
        before = schema(made)
        assert run("migrate", "--project", made.root).code == 0
        after = schema(made)
        fail(made, 1, "blog", "0001")

        found = ask(made)
        assert found["is_recorded"]
        execute(made, found["back"]["statements"])
        assert schema(made) == after
        fail(made, 1, "blog", "0001")
        execute(made, found["onward"]["statements"])

        assert schema(made) == before
        assert made.applied() == ["0001_initial"]


def test_an_index_that_was_not_built_to_its_end_is_found_and_dropped_first(tmp_path: Path) -> None:
    index = (
        'AddIndexConcurrently("post", models.Index(fields=["lead"], name="by_word"))',
        'migrations.RunSQL("CREATE UNIQUE INDEX CONCURRENTLY once ON blog_post (body)")',
    )
    header = "from django.contrib.postgres.operations import AddIndexConcurrently"
    with project(tmp_path / "project", "postgresql", *index, header=header) as made:
        before = schema(made)
        made.ask("INSERT INTO blog_author (name) VALUES ('Ann')")
        made.ask(
            "INSERT INTO blog_post (title, body, author_id) VALUES ('A', 'x', 1), ('B', 'x', 1)"
        )
        assert run("migrate", "--project", made.root).code == 1

        found = ask(made)

        assert [step["effect"] for step in found["steps"]] == ["done", "half"]
        assert found["steps"][1]["evidence"] == "the index once is there, and INVALID"
        made.ask("UPDATE blog_post SET body = title")
        execute(made, found["onward"]["statements"])
        assert made.ask("SELECT indisvalid FROM pg_index WHERE indexrelid = 'once'::regclass") == [
            (True,)
        ]
        made.ask("DELETE FROM django_migrations WHERE name = '0002_half'")
        execute(made, ask(made)["back"]["statements"])
        assert schema(made) == before


def test_a_migration_that_can_not_run_to_its_end_has_a_way_back_alone(tmp_path: Path) -> None:
    broken = 'migrations.RunSQL("ALTER TABLE nowhere ADD COLUMN x int")'
    with project(tmp_path / "project", "mysql", CHANGES[0], broken, CHANGES[2]) as made:
        before = schema(made)
        said = run("migrate", "--project", made.root)
        assert "`migtui sql blog 0002_half --halfway --database default` looks" in said.err

        found = run("sql", "--project", made.root, "blog", "0002", "--halfway")

        assert found.code == 1
        assert "-- 3. · not done: it fails on a scratch database, too" in found.out
        assert "(NOT PROVED)\n-- The migration itself does not run to its end" in found.out
        back = [line for line in found.out.splitlines() if not line.startswith("--")]
        execute(made, [line for line in back if line])
        assert schema(made) == before


def test_what_fits_no_point_of_the_migration_is_said_and_no_sql_written(tmp_path: Path) -> None:
    with project(tmp_path / "project", "mysql", *CHANGES[:2]) as made:
        fail(made, 1)
        made.ask("ALTER TABLE blog_post MODIFY views varchar(9)")

        found = run("sql", "--project", made.root, "blog", "0002", "--halfway")

        assert found.code == 1
        assert "blog_post.views is varchar(9) DEFAULT NULL; after statement 0 it" in found.out
        assert "ALTER" not in found.out


def test_what_can_not_have_stopped_half_way_is_one_sentence(tmp_path: Path) -> None:
    with project(tmp_path / "project", "postgresql", *CHANGES[:1]) as made:
        asked = ("sql", "--project", made.root, "blog")
        found = run(*asked, "0001", "--halfway")
        assert found.code == 1
        assert "blog.0001_initial runs in a transaction on postgresql" in found.err
        assert run(*asked, "--halfway").code == 2
        assert run(*asked, "0002", "--halfway", "--backwards").code == 2
        assert run(*asked, "0002", "--halfway", "--database", "other").code == 2
        settings = made.root / "settings.py"
        settings.write_text(
            settings.read_text() + '\nDATABASES["default"]["USER"] = "nobody_of_ours"\n'
        )
        found = run(*asked, "0002", "--halfway")
        assert found.code == 1
        assert "The database 'default' can't be reached" in found.err
        assert "Traceback" not in found.err
