from textual.app import App, ComposeResult

from migtui.tui.documents.lines import Line, line, numbered
from migtui.tui.widgets.lines_pane import LinesPane


class Pane(App[None]):
    """A pane alone on the screen."""

    def compose(self) -> ComposeResult:
        """The pane."""
        yield LinesPane(empty="nothing yet")


def rows(pane: LinesPane) -> list[str]:
    return [pane.render_line(y).text.rstrip() for y in range(pane.size.height)]


async def test_a_hundred_thousand_lines_are_rendered_where_they_are_seen() -> None:
    app = Pane()
    async with app.run_test(size=(40, 10)) as pilot:
        pane = app.query_one(LinesPane)
        pane.show(numbered((("", f"line {number}"),) for number in range(1, 100_001)))
        pane.focus()
        await pilot.press("end")
        await pilot.pause()
        assert rows(pane)[-1] == " 100000 line 100000"
        await pilot.press("home", "down")
        await pilot.pause()
        assert rows(pane)[0].split() == ["2", "line", "2"]


async def test_the_gutter_stays_when_a_long_line_is_scrolled() -> None:
    app = Pane()
    async with app.run_test(size=(20, 5)) as pilot:
        pane = app.query_one(LinesPane)
        pane.show([Line((("", "abc" * 30),), gutter=" 7 ")])
        pane.focus()
        await pilot.press("right", "right")
        await pilot.pause()
        assert rows(pane)[0].startswith(" 7 ")
        assert not rows(pane)[0].startswith(" 7 abca")


async def test_an_empty_pane_says_what_it_is_for() -> None:
    app = Pane()
    async with app.run_test(size=(40, 5)):
        pane = app.query_one(LinesPane)
        assert rows(pane)[0] == " nothing yet"
        pane.show([line("[/x] now")])
        assert rows(pane)[0] == "[/x] now"


async def test_wide_characters_keep_their_width() -> None:
    app = Pane()
    async with app.run_test(size=(20, 5)):
        pane = app.query_one(LinesPane)
        pane.show([line("漢字" * 20)])
        assert {pane.render_line(y).cell_length for y in range(3)} == {20}


async def test_what_is_selected_with_the_mouse_can_be_copied() -> None:
    app = Pane()
    async with app.run_test(size=(40, 5)) as pilot:
        app.query_one(LinesPane).show([line("first line"), line("second line")])
        await pilot.mouse_down(LinesPane, offset=(6, 0))
        await pilot.hover(LinesPane, offset=(6, 1))
        await pilot.mouse_up(LinesPane, offset=(6, 1))
        assert (app.screen.get_selected_text() or "").startswith("line\nsecond")


async def test_a_line_that_asks_for_it_is_broken_for_the_pane_and_anew_when_that_changes() -> None:
    app = Pane()
    async with app.run_test(size=(22, 6)) as pilot:
        pane = app.query_one(LinesPane)
        pane.show(
            [line("-- one two three four five", hang="--   "), line("SELECT 1, 2, 3, 4, 5, 6")]
        )
        await pilot.pause()
        assert rows(pane)[:3] == ["-- one two three", "--   four five", "SELECT 1, 2, 3, 4, 5,"]
        await pilot.resize_terminal(40, 6)
        await pilot.pause()
        assert rows(pane)[:2] == ["-- one two three four five", "SELECT 1, 2, 3, 4, 5, 6"]
