from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.command_line import run
from tests.support.projects import migration, write, write_project
from tests.support.vendors import Site, site

POST = 'migrations.CreateModel("Post", [("id", models.BigAutoField(primary_key=True))])'
ADD = 'migrations.AddField("post", "{}", models.IntegerField(null=True))'
BASE = {"blog/migrations/0001_initial.py": migration(POST)}
PARENT = [("blog", "0001_initial")]


MOVED = {"blog/migrations/0002_b.py": migration(ADD.format("b"), dependencies=PARENT)}
OTHER = {"blog/migrations/0002_a.py": migration(ADD.format("a"), dependencies=PARENT)}
ORDER = ("resolve", "blog", "--order", "0002_a", "0002_b", "--noinput", "--project")
TIMES = "SELECT name, applied FROM django_migrations WHERE app = 'blog' ORDER BY id"
VENDORS = pytest.mark.parametrize("vendor", ["sqlite", "postgresql", "mysql"])


@contextmanager
def blog(root: Path, vendor: str, *, has_both: bool) -> Iterator[Site]:
    """Two branches, of which the database has applied the one that moves, or both."""
    with site(root, vendor, BASE | MOVED) as made:
        assert run("migrate", "--project", root, "-v0").code == 0
        write(root, OTHER)
        if has_both:
            (root / "blog/migrations/0002_b.py").rename(root / "kept")
            assert run("migrate", "--project", root, "-v0").code == 0
            (root / "kept").rename(root / "blog/migrations/0002_b.py")
        yield made


@VENDORS
def test_rows_follow_an_order_where_asked_and_keep_their_time(tmp_path: Path, vendor: str) -> None:
    with blog(tmp_path / "project", vendor, has_both=True) as made:
        before = dict(made.ask(TIMES))

        found = run(*ORDER, made.root, "--update-db")

        assert found.code == 0, found.err
        assert "Rows renamed in 'default': 1. Undo leaves them." in found.out
        before["0003_b"] = before.pop("0002_b")
        assert dict(made.ask(TIMES)) == before
        assert run("migrate", "--project", made.root, "--check").code == 0


@VENDORS
def test_where_what_comes_before_is_not_applied_the_whole_way_is_told(
    tmp_path: Path, vendor: str
) -> None:
    with blog(tmp_path / "project", vendor, has_both=False) as made:
        found = run(*ORDER, made.root, "--update-db")

        assert found.code == 1
        assert "default: no row was renamed, it lacks what comes before." in found.err
        assert made.applied() == ["0001_initial", "0002_b"]
        lines = [line.strip() for line in found.err.splitlines()]
        migrate = next(line for line in lines if line.startswith("migtui migrate"))
        assert migrate == "migtui migrate blog 0002_a --database default"
        assert run(*migrate.split()[1:], "--project", made.root).code == 0
        made.ask(next(line for line in lines if line.startswith("UPDATE")))
        assert run("migrate", "--project", made.root, "--check").code == 0
        assert "migtui.E101" not in run("check", "--project", made.root).out


@pytest.mark.parametrize("has", ["none", "the old name", "both names", "both branches"])
def test_with_a_shim_every_database_follows_by_itself(tmp_path: Path, has: str) -> None:
    with blog(tmp_path / "project", "sqlite", has_both=has == "both branches") as made:
        found = run(*ORDER, made.root, "--replaces-shim")
        assert found.code == 0, found.err
        assert "'default' follows at its next `migtui migrate`." in found.err
        assert "Once every database has recorded 0003_b, `migtui squash APP --fin" in found.err
        assert "left as they are" not in found.err
        first = "migrate blog 0002_a --database default"
        assert (first in found.err) == (has != "both branches")
        text = (made.root / "blog/migrations/0003_b.py").read_text()
        assert text.count('replaces = [("blog", "0002_b")]') == 1
        if has == "none":
            (made.root / "db.sqlite3").unlink()
        elif has == "both names":
            made.ask(
                "INSERT INTO django_migrations (app, name, applied) "
                "VALUES ('blog', '0002_a', ''), ('blog', '0003_b', '')"
            )
            made.ask("ALTER TABLE blog_post ADD COLUMN a int")

        elif has == "the old name":
            assert run(*first.split(), "--project", made.root, "-v0").code == 0
            assert made.applied()[-1] == "0003_b"

        assert run("migrate", "--project", made.root, "-v0").code == 0

        assert {"0002_a", "0002_b", "0003_b"} < {*made.applied()}
        assert {row[1] for row in made.ask("PRAGMA table_info(blog_post)")} == {"id", "a", "b"}
        assert run("migrate", "--project", made.root, "--check").code == 0
        assert "E101" not in run("check", "--project", made.root, "--database", "default").out

        finished = run("squash", "--project", made.root, "blog", "--finish", "--noinput")
        assert finished.code == 0, finished.err
        assert "replaces" not in (made.root / "blog/migrations/0003_b.py").read_text()
        assert run("migrate", "--project", made.root, "--check").code == 0


def test_a_shim_is_for_an_order_and_not_besides_renamed_rows(tmp_path: Path) -> None:
    root = write_project(tmp_path, ["blog"], BASE | MOVED | OTHER)
    merge = run("resolve", "blog", "--merge", "--replaces-shim", "--noinput", "--project", root)
    assert (merge.code, merge.out) == (2, "")
    assert "A merge renames nothing." in merge.err
    assert run(*ORDER, root, "--replaces-shim", "--update-db").code == 2


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
    with blog(tmp_path / "project", "sqlite", has_both=True) as made:
        assert run(*ORDER, made.root, "--update-db").code == 0
        undone = run("undo", "--project", made.root)
        assert "rows that were renamed in databases are as they were" in undone.err

        found = run("check", "--project", made.root, "--database", "default")

    assert "has applied blog.0003_b, which has no file. It was renamed to 0002_b" in found.out
    assert "UPDATE django_migrations SET name = '0002_b'" in found.out
