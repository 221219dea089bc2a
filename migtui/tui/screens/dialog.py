"""Dialogs over the main screen: lines to read, and an answer."""

from typing import ClassVar, TypeVar

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button

from migtui.tui import keys
from migtui.tui.documents.lines import Line, wrapped
from migtui.tui.text import safe
from migtui.tui.widgets.key_line import KeyLine
from migtui.tui.widgets.lines_pane import LinesPane

ResultT = TypeVar("ResultT")

SCROLLBAR = 3
"""Columns that a line leaves free: its end, and the bar for scrolling."""


class LinesDialog(ModalScreen[ResultT]):
    """A box with a title and lines that can be scrolled and copied."""

    def __init__(self, title: str, lines: tuple[Line, ...]) -> None:
        super().__init__()
        self._title = title
        self._lines = lines

    def compose(self) -> ComposeResult:
        """The lines, buttons for the mouse, keys."""
        with Vertical(classes="dialog") as box:
            box.border_title = safe(self._title)
            yield LinesPane()
            with Horizontal(classes="buttons"):
                yield from self.buttons()
        yield KeyLine()

    def on_mount(self) -> None:
        """Show the lines."""
        self.query_one(LinesPane).show(self._lines)
        for button in self.query(Button):
            button.can_focus = False

    def on_resize(self, event: events.Resize) -> None:
        """As high as the lines are, as long as the buttons have their place."""
        pane = self.query_one(LinesPane)
        pane.show(wrapped(self._lines, pane.size.width - SCROLLBAR), keep_position=True)
        rows = len(pane.lines) + (pane.virtual_size.width > pane.size.width)
        pane.styles.height = max(min(rows + 1, event.size.height - 8), 1)

    def buttons(self) -> ComposeResult:
        """What the mouse can press."""
        raise NotImplementedError


class Confirm(LinesDialog[bool]):
    """Asks before files are changed; each of them is named.

    Args:
        title: What is about to be done.
        lines: What it changes.
        verb: What the button says.
    """

    HELP = """
    ## Are you sure?

    **Enter** does what the title says to the files that are listed, all of them or none.
    **Esc** leaves everything as it is.
    """
    BINDINGS: ClassVar = [*keys.CONFIRM]

    def __init__(self, title: str, lines: tuple[Line, ...], *, verb: str) -> None:
        super().__init__(title, lines)
        self._verb = verb

    def buttons(self) -> ComposeResult:
        """Do it, or leave it."""
        yield Button(f"{self._verb} ↵", variant="success", id="yes")
        yield Button("Leave it  esc", id="no")

    def action_confirm(self, answer: bool) -> None:  # noqa: FBT001 - an action's parameter
        """Answer."""
        self.dismiss(answer)

    @on(Button.Pressed, "#yes")
    def _confirmed(self) -> None:
        self.dismiss(True)  # noqa: FBT003 - the answer

    @on(Button.Pressed, "#no")
    def _declined(self) -> None:
        self.dismiss(False)  # noqa: FBT003 - the answer


class Report(LinesDialog[None]):
    """Tells something that the developer should read; ``c`` copies it."""

    HELP = """
    ## To be read

    **c** copies all of it, **Enter** or **Esc** closes it.
    """
    BINDINGS: ClassVar = [*keys.CLOSE]

    def buttons(self) -> ComposeResult:
        """Close it."""
        yield Button("Close ↵", id="close")

    def action_close(self) -> None:
        """Close it."""
        self.dismiss(None)

    @on(Button.Pressed)
    def _close_pressed(self) -> None:
        self.dismiss(None)
