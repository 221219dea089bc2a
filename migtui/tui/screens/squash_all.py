"""What can be squashed of every app, in an order that works; each is squashed on its own screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from migtui.errors import MigtuiError
from migtui.tui import keys
from migtui.tui.documents.lines import error_lines, line
from migtui.tui.documents.squash import outline_lines
from migtui.tui.screens.asking import AskingScreen
from migtui.tui.screens.squashing import SquashScreen
from migtui.tui.squashes import outline
from migtui.tui.text import safe
from migtui.tui.widgets.key_line import KeyLine
from migtui.tui.widgets.lines_pane import LinesPane
from migtui.tui.widgets.title_bar import TitleBar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.app import ComposeResult

    from migtui.core.squash_all import Outline
    from migtui.tui.session import Session


class AppList(OptionList):
    """The apps at the left."""

    BINDINGS: ClassVar = [*keys.LIST]

    def __init__(self) -> None:
        super().__init__(id="outlines", markup=False, compact=True)
        self.border_title = "Every app"


class AllScreen(AskingScreen):
    """Every app that has two migrations at least.

    Args:
        session: The open project.
        alone: Asks what writes while nothing else is written.

    Attributes:
        has_written: Whether the project is other than it was.
    """

    HELP = """
    ## Every app

    Apps stand in the order in which their squashes work: each was looked at with those before it
    in place. `✓` can be squashed as one, `≈` in several parts because of a cycle, `✗` not.
    **Enter** goes to the app's history, with the first range chosen; nothing is written before it
    is proved and confirmed there.
    """
    BINDINGS: ClassVar = [*keys.ALL_APPS]

    def __init__(self, session: Session, alone: Callable[..., Awaitable[Any]]) -> None:
        super().__init__(session)
        self._alone = alone
        self._outlines: tuple[Outline, ...] = ()
        self.has_written = False

    def compose(self) -> ComposeResult:
        """The apps at the left, one of them at the right."""
        yield TitleBar()
        with Horizontal(id="squash-all"):
            yield AppList()
            yield LinesPane(id="outline", empty="Planning every app…")
        yield KeyLine()

    def on_mount(self) -> None:
        """Plan."""
        self.query_one(TitleBar).project = "squash: every app"
        self.query_one(AppList).focus()
        self.plan_all()

    @work(exit_on_error=False)
    async def plan_all(self) -> None:
        """Look at every app."""
        listed = self.query_one(AppList)
        at = listed.highlighted or 0
        try:
            self._outlines = await self.ask("planning every app", outline, self.session)
        except MigtuiError as error:
            self.query_one("#outline", LinesPane).show(error_lines(error))
            return
        listed.set_options(Option(_prompt(entry)) for entry in self._outlines)
        if self._outlines:
            listed.highlighted = min(at, len(self._outlines) - 1)
        else:
            pane = self.query_one("#outline", LinesPane)
            pane.border_title = ""
            pane.show((line(" No app of this project has anything left to squash."),))

    @on(OptionList.OptionHighlighted)
    def _show_app(self) -> None:
        entry = self._entry
        if entry is not None:
            pane = self.query_one("#outline", LinesPane)
            pane.border_title = safe(entry.app_label)
            pane.show(outline_lines(entry, pane.size.width))

    @property
    def _entry(self) -> Outline | None:
        index = self.query_one(AppList).highlighted
        is_there = index is not None and index < len(self._outlines)
        return self._outlines[index] if is_there and index is not None else None

    def on_resize(self) -> None:
        """Wrap the lines anew."""
        self.call_after_refresh(self._show_app)

    @on(OptionList.OptionSelected)
    def _open(self) -> None:
        entry = self._entry
        if entry is None:
            return
        part = entry.parts[0] if entry.parts else ()
        screen = SquashScreen(self.session, entry.app_label, self._alone, part=part)

        def read_again(_: None) -> None:
            if screen.has_written:
                self.has_written = True
                self.reread()

        self.app.push_screen(screen, read_again)

    @work(exit_on_error=False)
    async def reread(self) -> None:
        """Read the files again, and plan anew with what was written."""
        await self.ask("reading the migrations", self.session.reload)
        self.plan_all()

    async def action_back(self) -> None:
        """Go back."""
        self.dismiss()


def _prompt(entry: Outline) -> Content:
    if entry.refusal or not entry.parts:
        mark, style = "✗", "$text-error"
    elif entry.crossing:
        mark, style = "≈", "$text-warning"
    else:
        mark, style = "✓", "$text-success"
    count = len(entry.migrations)
    note = f"  {count} migrations" if count else ""
    return Content.assemble((f"{mark} ", style), safe(entry.app_label), (note, "$foreground 60%"))
