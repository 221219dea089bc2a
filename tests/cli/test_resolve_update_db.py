from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command_line import run
from tests.support.projects import migration
from tests.support.vendors import Site, site

POST = 'migrations.CreateModel("Post", [("id", models.BigAutoField(primary_key=True))])'
ADD = 'migrations.AddField("post", "{}", models.IntegerField(null=True))'
BASE = {"blog/migrations/0001_initial.py": migration(POST)}
PARENT = [("blog", "0001_initial")]


@pytest.fixture(params=["sqlite", "postgresql"])
def blog(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """Two branches, of which the database has applied the one that moves."""
    files = BASE | {
        "blog/migrations/0002_b.py": migration(ADD.format("b"), dependencies=PARENT),
    }
    with site(tmp_path / "project", request.param, files) as made:
        assert run("migrate", "--project", made.root, "-v0").code == 0
        (made.root / "blog/migrations/0002_a.py").write_text(
            migration(ADD.format("a"), dependencies=PARENT)
        )
        yield made


ORDER = ("resolve", "blog", "--order", "0002_a", "0002_b", "--noinput", "--project")
TIMES = "SELECT applied FROM django_migrations WHERE app = 'blog' ORDER BY id"


def test_rows_follow_an_order_where_asked_and_keep_their_time(blog: Site) -> None:
    before = blog.ask(TIMES)

    found = run(*ORDER, blog.root, "--update-db")

    assert found.code == 0, found.err
    assert "Rows renamed in 'default': 1. Undo leaves them." in found.out
    assert blog.applied() == ["0001_initial", "0003_b"]
    assert blog.ask(TIMES) == before


def test_else_the_statement_is_told(tmp_path: Path) -> None:
    files = BASE | {
        "blog/migrations/0002_a.py": migration(ADD.format("a"), dependencies=PARENT),
        "blog/migrations/0002_b.py": migration(ADD.format("b"), dependencies=PARENT),
    }
    with site(tmp_path, "sqlite", BASE) as made:
        assert run("migrate", "--project", made.root, "-v0").code == 0
        for name, content in files.items():
            (made.root / name).write_text(content)
        made.ask("INSERT INTO django_migrations (app, name, applied) VALUES ('blog', '0002_b', '')")

        found = run(*ORDER, made.root)

    assert found.code == 0
    assert (
        "    UPDATE django_migrations SET name = '0003_b' WHERE app = 'blog' AND name = '0002_b';"
        in found.err
    )
    assert made.applied() == ["0001_initial", "0002_b"]


def test_after_undo_check_tells_the_statement_that_renames_back(tmp_path: Path) -> None:
    files = BASE | {"blog/migrations/0002_b.py": migration(ADD.format("b"), dependencies=PARENT)}
    with site(tmp_path, "sqlite", files) as made:
        assert run("migrate", "--project", made.root, "-v0").code == 0
        (made.root / "blog/migrations/0002_a.py").write_text(
            migration(ADD.format("a"), dependencies=PARENT)
        )
        assert run(*ORDER, made.root, "--update-db").code == 0
        undone = run("undo", "--project", made.root)
        assert "rows that were renamed in databases are as they were" in undone.err

        found = run("check", "--project", made.root, "--database", "default")

    assert "has applied blog.0003_b, which has no file. It was renamed to 0002_b" in found.out
    assert "UPDATE django_migrations SET name = '0002_b'" in found.out
