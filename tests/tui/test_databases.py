import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from migtui.tui.widgets.lines_pane import LinesPane
from tests.support.command_line import run
from tests.support.projects import migration, write_project
from tests.support.repositories import commit, git, init
from tests.support.screens import AppPilot, django_answered, running, see, seen, wait_for
from tests.support.vendors import Site, copy_of

POST = (
    'migrations.CreateModel("Post", '
    '[("id", models.BigAutoField(primary_key=True, serialize=False))])'
)
ADD = 'migrations.AddField("post", "{}", models.IntegerField(null=True))'


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = write_project(
        tmp_path_factory.mktemp("migrated") / "project",
        ["blog"],
        {
            "blog/models.py": "from django.db import models\n\nclass Post(models.Model):\n"
            "    id = models.BigAutoField(primary_key=True)\n"
            "    views = models.IntegerField(null=True)\n"
            "    stars = models.IntegerField(null=True)\n",
            "blog/migrations/0001_initial.py": migration(POST),
            "blog/migrations/0002_views.py": migration(
                ADD.format("views"), dependencies=[("blog", "0001_initial")]
            ),
            "blog/migrations/0003_stars.py": migration(
                ADD.format("stars"), dependencies=[("blog", "0002_views")]
            ),
        },
    )
    assert run("migrate", "--project", root, "-v0").code == 0
    with closing(sqlite3.connect(root / "db.sqlite3")) as database:
        database.execute("INSERT INTO blog_post (views, stars) VALUES (1, 5)")
        database.commit()
    return root


@pytest.fixture
def blog(migrated: Path, tmp_path: Path) -> Site:
    return copy_of(migrated, tmp_path / "project")


@asynccontextmanager
async def databases(blog: Site, *, size: tuple[int, int] = (120, 40)) -> AsyncIterator[AppPilot]:
    async with running(blog.root, size=size) as pilot:
        await django_answered(pilot)
        await pilot.press("D")
        await see(pilot, "✓ 0003_stars")
        yield pilot


async def test_a_rollback_is_planned_confirmed_and_restored_by_keys(blog: Site) -> None:
    async with databases(blog, size=(80, 24)) as pilot:
        await pilot.press("down", "B")
        await see(pilot, "To blog.0002_views: what comes after it goes")
        await pilot.press("enter")
        await see(pilot, "· blog.0003_stars")
        assert blog.applied() == ["0001_initial", "0002_views", "0003_stars"]

        await pilot.press("w")
        await see(pilot, "1 migration is unapplied from default")
        await pilot.press("enter")
        await see(pilot, "✓ Rolled back: 1 unapplied.")
        assert blog.applied() == ["0001_initial", "0002_views"]
        await pilot.press("R")
        await see(pilot, "Restore default-")
        await pilot.press("enter")
        await see(pilot, "✓ 0003_stars")
        assert blog.applied() == ["0001_initial", "0002_views", "0003_stars"]

        await pilot.press("R")
        await see(pilot, "blog.0003_stars")
        await pilot.press("enter")
        await see(pilot, "Restore default-")
        await pilot.press("enter")
        await see(pilot, "is as it was at")
    assert blog.ask("SELECT views, stars FROM blog_post") == [(1, 5)]


async def test_the_plan_shows_what_goes_what_breaks_and_what_is_locked(blog: Site) -> None:
    async with databases(blog, size=(160, 45)) as pilot:
        await see(pilot, "Files, models and this database agree.")
        assert "3 applied, 0 not applied." in seen(pilot)
        assert "default (1 of 1)" in seen(pilot)
        await pilot.press("B", "down", "enter")
        await see(pilot, "table blog_post (blog.post): 1 rows")
        await pilot.press("escape")
        await see(pilot, "default (1 of 1)")
        await pilot.press("B", "enter")
        await see(pilot, "column blog_post.stars (blog.post.stars): 1 values")
        text = seen(pilot)
        assert "blog.post.stars: its column blog_post.stars goes" in text
        assert 'ALTER TABLE "blog_post" DROP COLUMN "stars"' in text
        assert "migtui.H002" in text
        await pilot.press("w")
        await see(pilot, "A backup is made before")
        await pilot.press("escape")
        await wait_for(pilot, lambda: "A backup is made before" not in seen(pilot))
        await pilot.press("escape")
        await see(pilot, "default (1 of 1)")
        await pilot.press("escape")
        await see(pilot, "Every app has one leaf")
    assert blog.applied() == ["0001_initial", "0002_views", "0003_stars"]


async def test_a_failure_says_where_the_database_stands_and_offers_the_backup(blog: Site) -> None:
    blog.ask(
        "CREATE TRIGGER refuse BEFORE DELETE ON django_migrations WHEN OLD.name = '0002_views' "
        "BEGIN SELECT RAISE(ABORT, 'not now'); END"
    )
    async with databases(blog) as pilot:
        await pilot.press("B", "enter")
        await see(pilot, "· blog.0003_stars")
        await pilot.press("w", "enter")
        await see(pilot, "✗ It stopped.")
        text = " ".join(pilot.app.screen.query_one("#plan", LinesPane).text.split())
        assert "IntegrityError: not now" in text
        assert "Unapplied before that: blog.0003_stars." in text
        assert "✓ blog.0003_stars" in text
        assert "· blog.0002_views" in text
        assert "R restores the backup of before" in text


async def test_a_ref_is_typed_and_a_migration_not_applied_is_no_way_back(blog: Site) -> None:
    (blog.root / ".gitignore").write_text("*.sqlite3\n__pycache__\n")
    stars = blog.root / "blog/migrations/0003_stars.py"
    kept = stars.read_text()
    stars.unlink()
    commit(init(blog.root), "Before")
    git(blog.root, "tag", "v1")
    stars.write_text(kept)
    commit(blog.root, "Stars")
    (blog.root / "blog/migrations/0004_later.py").write_text(
        migration(dependencies=[("blog", "0003_stars")])
    )
    async with databases(blog) as pilot:
        await pilot.press("end", "B")
        await see(pilot, "To a git ref")
        assert "0004_later" not in seen(pilot).partition("Roll back")[2]
        await pilot.press("down", "enter")
        await see(pilot, "A branch, a tag or a commit:")
        await pilot.press("v", "1", "enter")
        await see(pilot, "· blog.0003_stars")
        assert "Roll back to v1" in seen(pilot)


async def test_rows_without_a_file_are_marked_and_explained(blog: Site) -> None:
    (blog.root / "blog/migrations/0003_stars.py").unlink()
    async with running(blog.root) as pilot:
        await django_answered(pilot)
        await pilot.press("D")
        await see(pilot, "✗ 0003_stars")
        await pilot.press("end")
        await see(pilot, "migtui.E102")


async def test_words_that_are_typed_leave_the_migrations_that_have_them(blog: Site) -> None:
    async with databases(blog, size=(80, 24)) as pilot:
        await pilot.press("slash", *"blog", "space", *"Iews")
        await wait_for(pilot, lambda: "0003_stars" not in seen(pilot))
        assert "✓ 0002_views" in seen(pilot)
        await pilot.press("enter", "B")
        await see(pilot, "To blog.0002_views: what comes after it goes")
        await pilot.press("escape", "escape")
        await see(pilot, "✓ 0003_stars")


async def test_where_a_migration_has_stopped_is_told_or_why_it_has_not(blog: Site) -> None:
    half = blog.root / "blog/migrations/0004_half.py"
    add = migration(ADD.format("more"), dependencies=[("blog", "0003_stars")]).rstrip()
    half.write_text(f"{add}\n    atomic = False\n")
    async with databases(blog) as pilot:
        await pilot.press("H")
        await see(pilot, "is applied, which is built upon blog.0001_initial")
        await pilot.press("escape")
        await pilot.press("end", "H")
        await see(pilot, "1. · not done")
        await see(pilot, 'ALTER TABLE "blog_post" ADD COLUMN "more" integer NULL;')


async def test_a_database_that_is_gone_is_not_shown_as_it_was(blog: Site) -> None:
    async with databases(blog, size=(80, 24)) as pilot:
        (blog.root / "db.sqlite3").unlink()
        await pilot.press("r")
        await see(pilot, "That could not be done")
        await pilot.press("enter")
        await wait_for(pilot, lambda: "Close" not in seen(pilot))
        told = pilot.app.screen.query_one("#facts", LinesPane)
        assert max(len(line.text) for line in told.lines) < told.size.width
        assert "does not exist" in " ".join(line.text for line in told.lines)
        assert "0003_stars" not in seen(pilot)
