"""Whole screens, as text; the first row, which names the version of Django, is left out."""

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.support.forks import blog
from tests.support.screens import conflict_shown, django_answered, running, see, seen


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_a_conflict(
    tmp_path: Path, size: tuple[int, int], snapshot: SnapshotAssertion
) -> None:
    async with running(blog(tmp_path, "tags", "views"), size=size) as pilot:
        await conflict_shown(pilot, "blog")
        await django_answered(pilot)
        await see(pilot, "not applied")
        await see(pilot, "q Quit")
        assert seen(pilot).partition("\n")[2] == snapshot


async def test_a_confirmation(tmp_path: Path, snapshot: SnapshotAssertion) -> None:
    async with running(blog(tmp_path, "a", "b", "c")) as pilot:
        await conflict_shown(pilot, "blog")
        await django_answered(pilot)
        await see(pilot, "not applied")
        await pilot.press("o", "enter")
        await see(pilot, "was 0002_b")
        await pilot.press("w")
        await see(pilot, "2 files will change")
        assert seen(pilot).partition("\n")[2] == snapshot
