"""Squashing by keys: the range, the plan, the proof, the file; later the end of it."""

import sys
from pathlib import Path

from migtui.tui.screens.dialog import Confirm
from migtui.tui.screens.finishing import FinishDialog, PathDialog
from migtui.tui.screens.squash_all import AllScreen
from migtui.tui.screens.squashing import SquashScreen
from migtui.tui.widgets.sidebar import HealthyApp, Sidebar
from tests.support.command_line import run
from tests.support.projects import read_tree
from tests.support.screens import AppPilot, django_answered, main_screen, running, see, wait_for
from tests.support.squashes import make_sly, manage, write_blog, write_branch

NAME = "0001_squashed_0005_title"


async def open_squash(pilot: AppPilot) -> None:
    """Go to the blog in the list and press the key."""
    await see(pilot, "Every app has one leaf")
    await django_answered(pilot)
    await pilot.press("a", "enter")
    sidebar = main_screen(pilot).query_one(Sidebar)
    while not (isinstance(sidebar.entry, HealthyApp) and sidebar.app_label == "blog"):
        await pilot.press("down")
    await pilot.press("S")
    await wait_for(pilot, lambda: isinstance(pilot.app.screen, SquashScreen))


async def add_listing(pilot: AppPilot, name: str) -> None:
    """Tell the end of a squash what another database has applied."""
    await wait_for(pilot, lambda: isinstance(pilot.app.screen, FinishDialog))
    await pilot.press("a")
    await wait_for(pilot, lambda: isinstance(pilot.app.screen, PathDialog))
    await pilot.press(*name, "enter")
    await see(pilot, f"{name}:")


async def test_a_range_is_planned_proved_written_and_finished(tmp_path: Path) -> None:
    root = write_blog(tmp_path / "project")
    async with running(root, size=(160, 45)) as pilot:
        await open_squash(pilot)
        await see(pilot, "5 migrations with 6 operations become one with 5.")
        await pilot.press("home", "down", "s")
        await see(pilot, "0002_body_squashed_0005_title")
        await pilot.press("down", "down", "e")
        await see(pilot, "0002_body_squashed_0004_length")
        await see(pilot, "3 migrations with 4 operations become one with 4.")
        await pilot.press("i")
        await see(pilot, "Left out, being elidable")
        await see(pilot, "RunPython, left out")
        await pilot.press("2")
        await see(pilot, "forwards · left out: a new database will not run it")
        await see(pilot, "for post in Post.objects.all():")
        await pilot.press("K")
        await see(pilot, "RunPython, kept")
        await pilot.press("1", "shift+tab", "K", "end", "e", "home", "s")
        await see(pilot, f"blog.{NAME}")
        await see(pilot, "5 migrations with 6 operations")
        await pilot.press("3")
        await see(pilot, "create blog/migrations/0001_squashed")
        before = read_tree(root)
        await pilot.press("w")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        await see(pilot, "Proved on sqlite")
        assert read_tree(root) == before
        await pilot.press("enter")
        await see(pilot, "✓ Django loads the project and sees one leaf of blog")
        assert (root / f"blog/migrations/{NAME}.py").is_file()
        await pilot.press("enter")
        await wait_for(pilot, lambda: pilot.app.screen is main_screen(pilot))


async def test_a_squash_is_finished_once_every_database_that_was_told_of_has_it(
    tmp_path: Path,
) -> None:
    root = write_blog(tmp_path / "project")
    words = ["--project", root, "--python", sys.executable, "--noinput", "--no-proof"]
    assert run("squash", "blog", *words).code == 0
    manage(root, "migrate")
    (root / "part.txt").write_text("blog\n [X] 0001_initial\n")
    (root / "all.json").write_text(f'{{"blog": ["{NAME}"]}}')
    async with running(root, size=(160, 45)) as pilot:
        await open_squash(pilot)
        await see(pilot, f"{NAME}  squash")
        await pilot.press("f")
        await see(pilot, "5 files go, 1 others name")
        await add_listing(pilot, "part.txt")
        await see(pilot, "Not yet:")
        await pilot.press("enter")  # greyed: nothing is finished
        await pilot.press("escape")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, SquashScreen))
        await pilot.press("f")
        await add_listing(pilot, "all.json")
        await pilot.press("enter")
        await see(pilot, "makemigrations")
        assert [path.stem for path in (root / "blog/migrations").glob("0*.py")] == [NAME]


async def test_what_can_not_be_squashed_says_why_and_stays_unwritten(tmp_path: Path) -> None:
    root = write_blog(tmp_path / "project")
    path = root / "blog/migrations/0005_title.py"
    own = "('blog', '0004_length')"
    path.write_text(path.read_text().replace(own, f"{own}, ('shop', '0001_initial')"))
    before = read_tree(root)
    async with running(root, size=(80, 24)) as pilot:
        await open_squash(pilot)
        await see(pilot, "itself through shop: blog.0005_title")
        await see(pilot, "p takes 0001_initial to 0004_length")
        await pilot.press("f")
        await see(pilot, "blog has no squash to finish.")
        await pilot.press("p")
        await see(pilot, "blog.0001_squashed_0004_length")
        await pilot.press("p")
        await see(pilot, "No other range is proposed")
        await pilot.press("escape")
        await wait_for(pilot, lambda: pilot.app.screen is main_screen(pilot))
    assert read_tree(root) == before


async def test_what_is_not_proved_is_not_written_and_a_part_that_is_can_be_taken(
    tmp_path: Path,
) -> None:
    root = write_blog(tmp_path / "project")
    make_sly(root)
    before = read_tree(root)
    async with running(root, size=(80, 24)) as pilot:
        await open_squash(pilot)
        await see(pilot, "5 migrations with 6 operations")
        await pilot.press("w")
        await see(pilot, "Not the same on sqlite:")
        await see(pilot, "p takes the first of them.")
        assert read_tree(root) == before
        await pilot.press("enter")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, SquashScreen))
        await pilot.press("p")
        await see(pilot, "blog.0001_squashed_0003_fill")


async def test_work_in_progress_is_collapsed_from_the_list_of_every_app(tmp_path: Path) -> None:
    root = write_branch(tmp_path / "project")
    manage(root, "migrate")
    async with running(root, size=(80, 24)) as pilot:
        await see(pilot, "Every app has one leaf")
        await django_answered(pilot)
        await pilot.press("S")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, AllScreen))
        await see(pilot, "All of it can be squashed as one.")
        await pilot.press("enter")
        await see(pilot, "5 migrations with 6 operations")
        await pilot.press("C")
        await see(pilot, "The default branch has 0001_initial,")
        await pilot.press("home", "down", "down", "s")
        await see(pilot, "blog.0003_title")
        await see(pilot, "it has to be rolled")
        await pilot.press("w")
        await see(pilot, "delete blog/migrations/0003_fill.py")
        await pilot.press("enter")
        await see(pilot, "Roll back default first")
        await pilot.press("enter")
        await see(pilot, "Unapplied in default: shop.0001_initial,")
        assert not (root / "blog/migrations/0005_title.py").exists()
        await pilot.press("enter")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, AllScreen))
        await see(pilot, "3 migrations.")
        await pilot.press("escape")
        await wait_for(pilot, lambda: pilot.app.screen is main_screen(pilot))
        await wait_for(pilot, lambda: not main_screen(pilot).is_asking)
        await pilot.press("u")
        await see(pilot, "Undo: blog: collapse 0003_fill to 0005_title")
