"""Where Django can't be set up, everything that is read goes on working, and the screen says so."""

import asyncio
import os
from pathlib import Path

from tests.support.forks import blog
from tests.support.screens import (
    conflict_shown,
    django_answered,
    main_screen,
    running,
    see,
    seen,
    wait_for,
)


async def test_the_reason_is_shown_and_its_details_can_be_copied(tmp_path: Path) -> None:
    root = blog(tmp_path, "tags", "views")
    (root / "settings.py").write_text("raise ValueError('no database tonight')\n")
    async with running(root, size=(160, 45)) as pilot:
        await conflict_shown(pilot, "blog")
        await see(pilot, "no database tonight")
        await pilot.press("d")
        await see(pilot, "Traceback")
        await pilot.press("c")
        await see(pilot, "Copied")
        assert "no database tonight" in pilot.app.clipboard


async def test_sql_says_why_there_is_none_and_the_rest_is_written_by_reading(
    tmp_path: Path,
) -> None:
    root = blog(tmp_path, "tags", "views")
    (root / "settings.py").write_text("import nothing_that_is_there\n")
    async with running(root, size=(160, 45)) as pilot:
        await conflict_shown(pilot, "blog")
        await wait_for(pilot, lambda: "starting" not in main_screen(pilot).session.why_no_engine)
        await pilot.press("3")
        await see(pilot, "Django can't be asked")
        await pilot.press("w")
        await see(pilot, "what is written is only read again")
        await pilot.press("enter")
        await see(pilot, "Django was not asked: whether it agrees is not known.")
        assert "✓ Django" not in seen(pilot)
    assert len(list((root / "blog/migrations").glob("0003_merge_*.py"))) == 1


async def test_nothing_is_written_before_it_is_known_whether_django_can_be_asked(
    tmp_path: Path,
) -> None:
    root = blog(tmp_path, "tags", "views")
    go_on = tmp_path / "go on"
    os.mkfifo(go_on)
    settings = root / "settings.py"
    settings.write_text(f"open({str(go_on)!r}).read()\n{settings.read_text()}")
    async with running(root, size=(160, 45)) as pilot:
        await conflict_shown(pilot, "blog")
        await wait_for(pilot, lambda: main_screen(pilot).plan is not None)
        await pilot.press("w")
        await see(pilot, "Django is still starting, and has to be asked first.")
        await asyncio.to_thread(go_on.write_text, "")
        await django_answered(pilot)
        await pilot.press("w")
        await see(pilot, "Unless Django loads the result and sees one leaf")


async def test_what_the_project_prints_ends_in_the_log(tmp_path: Path) -> None:
    root = blog(tmp_path, "tags", "views")
    with (root / "settings.py").open("a") as settings:
        settings.write("print('settings say hello')\n")
    async with running(root, size=(160, 45)) as pilot:
        await conflict_shown(pilot, "blog")
        await pilot.press("6")
        await see(pilot, "settings say hello")
