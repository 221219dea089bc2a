"""Runs the interface without a terminal, and tells what is to be seen on it."""

import asyncio
import html
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from textual.pilot import Pilot

from migtui.config import Config, load_config
from migtui.errors import MigtuiError
from migtui.tui.app import MigtuiApp
from migtui.tui.screens.main import MainScreen

AppPilot = Pilot[MigtuiError | None]

_TEXT = re.compile(r'<text [^>]*\bx="([\d.]+)" y="([\d.]+)" textLength[^>]*>(.*?)</text>')
_CELL = 12.2
"""Width of a character in a screenshot, where what is blank is left out."""


async def wait_for(pilot: AppPilot, predicate: Callable[[], object], seconds: float = 60) -> None:
    """Let the application go on until something is the case, at most for some seconds."""
    try:
        async with asyncio.timeout(seconds):
            while not predicate():
                await pilot.pause()
    except TimeoutError:
        raise AssertionError(f"It never happened; to be seen was:\n{seen(pilot)}") from None


def seen(pilot: AppPilot) -> str:
    """The text on the screen, line by line."""
    rows: dict[float, str] = {}
    for x, y, text in _TEXT.findall(pilot.app.export_screenshot()):
        row = rows.get(float(y), "").ljust(round(float(x) / _CELL))
        rows[float(y)] = row + html.unescape(text).replace("\N{NO-BREAK SPACE}", " ")
    return "\n".join(rows[y].rstrip() for y in sorted(rows))


async def see(pilot: AppPilot, text: str) -> None:
    """Wait until a text is to be seen."""
    await wait_for(pilot, lambda: text in seen(pilot))


def main_screen(pilot: AppPilot) -> MainScreen:
    """The screen below any dialog."""
    assert isinstance(pilot.app, MigtuiApp)
    return pilot.app.main


@asynccontextmanager
async def running(
    directory: Path, *, size: tuple[int, int] = (120, 40), config: Config | None = None
) -> AsyncIterator[AppPilot]:
    """The interface on a project, from before its first paint on."""
    app = MigtuiApp(directory, config or load_config(directory))
    async with app.run_test(size=size, notifications=True) as pilot:
        yield pilot


async def conflict_shown(pilot: AppPilot, app_label: str) -> None:
    """Wait until a conflict is shown, as read, and its preview is ready."""
    screen = main_screen(pilot)
    await wait_for(
        pilot,
        lambda: (
            screen.explanation is not None
            and screen.explanation.conflict.app_label == app_label
            and screen.plan is not None
            and not screen.is_asking
        ),
    )


async def django_answered(pilot: AppPilot) -> None:
    """Wait until Django loads the project, and what that changes is on the screen."""

    def is_quiet() -> bool:
        is_working = any(worker.is_running for worker in pilot.app.workers)
        return main_screen(pilot).session.consultation is not None and not is_working

    await wait_for(pilot, is_quiet)
    await pilot.pause()  # the last worker may have left a message that starts another
    await wait_for(pilot, is_quiet)
