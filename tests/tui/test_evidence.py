"""Evidence from Django on the screen: in the background, and on more databases by a key."""

import sqlite3
from pathlib import Path

from migtui.tui.screens.dialog import Report
from migtui.tui.screens.trying_dialog import TryDialog
from tests.support.branches import ALTER, CUSTOM, TAG, write_conflict
from tests.support.projects import write
from tests.support.screens import AppPilot, main_screen, running, see, seen, wait_for

SQLITE = f"tried on SQLite {sqlite3.sqlite_version}"
DROP = CUSTOM.format('schema_editor.execute("ALTER TABLE blog_post DROP COLUMN views")')
RENAME = "migrations.RenameField('post', 'views', 'visits')"


def methods(pilot: AppPilot) -> list[str]:
    explanation = main_screen(pilot).explanation
    return [] if explanation is None else [e.method for e in explanation.verdict.evidence]


async def evidence_found(pilot: AppPilot) -> None:
    screen = main_screen(pilot)
    await wait_for(pilot, lambda: "scratch" in methods(pilot) and not screen.is_asking)


async def test_orders_are_tried_beside_what_is_read_and_said_to_be(tmp_path: Path) -> None:
    root = write_conflict(tmp_path, ALTER.format(9), ALTER.format(8))
    async with running(root, size=(160, 45)) as pilot:
        await see(pilot, "DIVERGENT")
        await evidence_found(pilot)
        await see(pilot, "read from the files · replayed on Django's state (ends differ in")
        await see(pilot, SQLITE)


async def test_what_contradicts_the_reading_is_said_and_the_worse_stands(tmp_path: Path) -> None:
    root = write_conflict(tmp_path, "Custom()", RENAME, header=DROP)
    async with running(root, size=(160, 45)) as pilot:
        await evidence_found(pilot)
        await see(pilot, f"but {SQLITE} it is colliding: colliding stands.")


async def test_what_takes_long_is_cancelled_and_not_begun_again(tmp_path: Path) -> None:
    pipe = tmp_path / "told"
    body = f'open({str(pipe)!r}, "a").close()\n        import threading; threading.Event().wait()'
    root = write_conflict(tmp_path / "p", "Custom()", TAG, header=CUSTOM.format(body))
    async with running(root, size=(160, 45)) as pilot:
        await wait_for(pilot, pipe.exists)
        await see(pilot, "trying orders on SQLite")
        await pilot.press("escape")
        screen = main_screen(pilot)
        await wait_for(pilot, lambda: not screen.is_asking)
        assert methods(pilot) == ["footprint"]
        assert not screen.session.lacks_evidence("blog")


async def test_a_key_shows_all_evidence_and_tries_where_it_is_told(tmp_path: Path) -> None:
    header = "def forwards(apps, schema_editor):\n    raise ValueError('it ran')"
    root = write_conflict(tmp_path, "migrations.RunPython(forwards)", TAG, header=header)
    async with running(root, size=(120, 45)) as pilot:
        await evidence_found(pilot)
        await see(pilot, "was not run)")
        await pilot.press("t")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, TryDialog))
        await see(pilot, "0002_a → 0002_b  runs, end A")
        dialog = pilot.app.screen
        assert isinstance(dialog, TryDialog)
        assert "run_python" not in dialog.chosen
        if "postgresql" in dialog.chosen:
            await pilot.press("down", "space")
        await pilot.press("end", "space")
        assert dialog.chosen == {"sqlite", "run_python"}
        await pilot.press("enter")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, Report))
        await see(pilot, "ValueError: it ran")
        await pilot.press("escape", "6")
        await see(pilot, "$ migtui explain blog --on sqlite --run-python")


async def test_a_source_that_is_looked_at_stays_while_evidence_comes(tmp_path: Path) -> None:
    root = write_conflict(tmp_path, ALTER.format(9), TAG)
    async with running(root, size=(160, 45)) as pilot:
        await see(pilot, "Create model Tag")
        await wait_for(pilot, lambda: main_screen(pilot).location is not None)
        await pilot.press("shift+tab", "enter")
        await see(pilot, "blog/migrations/0002_b.py")
        await evidence_found(pilot)
        assert "blog/migrations/0002_b.py" in seen(pilot)


async def test_no_evidence_is_asked_for_where_django_does_not_start(tmp_path: Path) -> None:
    root = write_conflict(tmp_path, ALTER.format(9), TAG)
    write(root, {"settings.py": "raise RuntimeError('no')\n"})
    async with running(root, size=(160, 45)) as pilot:
        await see(pilot, "What is read goes on working")
        await pilot.press("t")
        await see(pilot, "Django can't be asked: ")
        assert methods(pilot) == ["footprint"]
