"""Whole screens, as text; the first row, which names the version of Django, is left out."""

import re
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.support.forks import blog
from tests.support.screens import (
    AppPilot,
    conflict_shown,
    django_answered,
    main_screen,
    running,
    see,
    seen,
    wait_for,
)


def picture(pilot: AppPilot) -> str:
    """What is to be seen below the first row, whatever the version of SQLite."""
    return re.sub(r"SQLite [\d.]+( *)", "SQLite", seen(pilot).partition("\n")[2])


async def all_is_known(pilot: AppPilot) -> None:
    """Wait until Django has tried the orders."""
    await django_answered(pilot)
    screen = main_screen(pilot)
    await wait_for(
        pilot,
        lambda: (
            screen.explanation is not None
            and len(screen.explanation.verdict.evidence) > 1
            and not screen.is_asking
        ),
    )


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_a_conflict(
    tmp_path: Path, size: tuple[int, int], snapshot: SnapshotAssertion
) -> None:
    async with running(blog(tmp_path, "tags", "views"), size=size) as pilot:
        await conflict_shown(pilot, "blog")
        await all_is_known(pilot)
        await see(pilot, "not applied")
        await see(pilot, "q Quit")
        assert picture(pilot) == snapshot


async def test_a_confirmation(tmp_path: Path, snapshot: SnapshotAssertion) -> None:
    async with running(blog(tmp_path, "a", "b", "c")) as pilot:
        await conflict_shown(pilot, "blog")
        await all_is_known(pilot)
        await see(pilot, "not applied")
        await pilot.press("o", "enter")
        await see(pilot, "was 0002_b")
        await pilot.press("w")
        await see(pilot, "2 files will change")
        assert picture(pilot) == snapshot
