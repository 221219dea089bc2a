"""Quitting waits for what is being written, and says so."""

from pathlib import Path

from migtui.storage.journal import journal_directory, open_journal
from migtui.storage.lock import write_lock
from tests.support.forks import blog
from tests.support.screens import conflict_shown, django_answered, running, see, wait_for


async def test_quitting_waits_for_a_write_and_then_ends(tmp_path: Path) -> None:
    root = blog(tmp_path, "tags", "views")
    directory = journal_directory(root)
    open_journal(directory)
    async with running(root) as pilot:
        await conflict_shown(pilot, "blog")
        await django_answered(pilot)
        with write_lock(directory, timeout=1):
            await pilot.press("w")
            await see(pilot, "Leave it")
            await pilot.press("enter")
            await see(pilot, "writing")
            await pilot.press("q")
            await see(pilot, "migtui quits right after")
            await pilot.press("escape")
            await see(pilot, "all of them or none")
            assert pilot.app.is_running
        await wait_for(pilot, lambda: pilot.app.return_code == 0)
    assert list((root / "blog/migrations").glob("0003_merge_*.py"))


async def test_quitting_ends_a_django_that_is_still_starting(tmp_path: Path) -> None:
    root = blog(tmp_path, "tags", "views")
    (root / "settings.py").write_text("import time\ntime.sleep(3600)\n")
    async with running(root) as pilot:
        await conflict_shown(pilot, "blog")
        await see(pilot, "Django is starting")
        await pilot.press("q")
    assert pilot.app.return_code == 0
