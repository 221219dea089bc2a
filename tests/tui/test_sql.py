"""The SQL tabs by keys: laid out, for another vendor, compared, saved."""

from pathlib import Path

import pytest

from migtui.tui.widgets.preview import Preview
from tests.support.forks import blog
from tests.support.screens import (
    AppPilot,
    conflict_shown,
    django_answered,
    main_screen,
    running,
    see,
    wait_for,
)


def text(pilot: AppPilot, name: str = "forwards") -> str:
    return main_screen(pilot).query_one(Preview).pane(name).text


async def shown(pilot: AppPilot) -> None:
    await conflict_shown(pilot, "blog")
    await django_answered(pilot)
    await pilot.press("3")
    await wait_for(pilot, lambda: "COMMIT;" in text(pilot))


async def test_statements_are_laid_out_over_several_lines_and_back(tmp_path: Path) -> None:
    async with running(blog(tmp_path, "tags", "views"), size=(160, 45)) as pilot:
        await shown(pilot)
        assert "BEGIN;" in text(pilot)
        assert 'CREATE TABLE "new__blog_post" ("id"' in text(pilot)
        await see(pilot, "f Format")

        await pilot.press("f")
        await wait_for(pilot, lambda: 'TABLE "new__blog_post" (\n    "id"' in text(pilot))
        await pilot.press("f")
        await wait_for(pilot, lambda: 'TABLE "new__blog_post" ("id"' in text(pilot))


async def test_another_vendor_is_a_key_away(tmp_path: Path) -> None:
    async with running(blog(tmp_path, "tags", "views"), size=(160, 45)) as pilot:
        await shown(pilot)
        await pilot.press("v", "v")
        await wait_for(pilot, lambda: "-- For PostgreSQL" in text(pilot))

        assert 'ADD COLUMN "tags" integer DEFAULT 0 NOT NULL' in text(pilot)


async def test_an_order_is_compared_with_the_other_one_and_with_one_branch_alone(
    tmp_path: Path,
) -> None:
    async with running(blog(tmp_path, "tags", "views"), size=(160, 45)) as pilot:
        await shown(pilot)
        before = text(pilot)
        await pilot.press("x")
        await wait_for(pilot, lambda: "+ what the preview shows" in text(pilot))
        assert "- 0002_views → 0002_tags" in text(pilot) or "- 0002_tags → 0002_views" in text(
            pilot
        )
        await pilot.press("x")
        await wait_for(pilot, lambda: " alone\n" in text(pilot))
        await pilot.press("x", "x")
        await wait_for(pilot, lambda: text(pilot) == before)


async def test_the_sql_is_saved_as_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DOWNLOAD_DIR", str(tmp_path / "saved"))
    async with running(blog(tmp_path / "shop", "tags", "views"), size=(160, 45)) as pilot:
        await shown(pilot)
        await pilot.press("p")
        saved = tmp_path / "saved" / "blog-forwards-sqlite.sql"
        await wait_for(pilot, saved.is_file)

    assert "BEGIN;" in saved.read_text()


async def test_rows_are_counted_where_somebody_asks(tmp_path: Path) -> None:
    async with running(blog(tmp_path, "tags", "views"), size=(160, 45)) as pilot:
        await shown(pilot)
        assert "rows" not in text(pilot).splitlines()[0]
        await pilot.press("number_sign")
        await wait_for(pilot, lambda: text(pilot).startswith("-- blog_post: "))


async def test_without_sql_there_is_nothing_to_count(tmp_path: Path) -> None:
    async with running(blog(tmp_path, "tags"), size=(160, 45)) as pilot:
        await see(pilot, "Every app has one leaf")
        await django_answered(pilot)
        await pilot.press("3", "number_sign")
        await see(pilot, "There is no SQL yet whose tables could be counted.")
