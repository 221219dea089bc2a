import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from migtui.engine.postgresql_lock import SIGNED
from tests.support.command_line import command, environment, run
from tests.support.poolers import pgbouncer
from tests.support.projects import migration
from tests.support.vendors import Site, site

FILES = {
    "blog/migrations/0001_initial.py": migration(
        'migrations.CreateModel("Post", [("id", models.BigAutoField(primary_key=True))])'
    )
}
HELD = (
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = "
    "(SELECT oid FROM pg_database WHERE datname = current_database())"
)


@pytest.fixture
def pooled(tmp_path: Path) -> Iterator[Site]:
    """A project that reaches its database through a pooler; the site itself does not."""
    with (
        site(tmp_path / "project", "postgresql", FILES) as made,
        pgbouncer(tmp_path, made.entry) as port,
    ):
        settings = made.root / "settings.py"
        straight = settings.read_text()
        (made.root / "straight.py").write_text(straight)
        settings.write_text(
            f'{straight}DATABASES["default"] |= {{"HOST": "127.0.0.1", "PORT": "{port}"}}\n'
        )
        yield made


def test_behind_a_pooler_the_lock_holds_and_none_is_left_behind(pooled: Site) -> None:
    arguments = [command("migrate", "--project", pooled.root)] * 2
    arguments.append([*arguments[0], "--settings", "straight"])
    processes = [
        subprocess.Popen(
            words, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for words in arguments
    ]
    answers = [process.communicate(timeout=200) for process in processes]

    assert [process.returncode for process in processes] == [0, 0, 0], answers
    assert sorted(out.count("... OK") for out, _ in answers) == [0, 0, 1]
    assert ["a pooler that gives each transaction another" in err for _, err in answers] == [
        True,
        True,
        False,
    ]
    assert pooled.ask(HELD) == [(0,)]


def test_behind_a_pooler_somebody_who_holds_the_lock_is_seen_and_time_outs_are_refused(
    pooled: Site,
) -> None:
    with pooled.connection() as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [SIGNED])
        found = run("migrate", "--project", pooled.root, "--lock-timeout", "0.1")
    assert found.code == 1
    assert "Somebody else is migrating 'default'" in found.err

    found = run("migrate", "--project", pooled.root, "--ddl-lock-timeout", "1")
    assert found.code == 1
    assert "Time-outs of a session do not hold behind a pooler" in found.err
    assert pooled.ask("SELECT to_regclass('django_migrations')") == [(None,)]
    assert pooled.ask(HELD) == [(0,)]
