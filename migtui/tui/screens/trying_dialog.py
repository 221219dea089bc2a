"""The dialog that says how a verdict is known, and on what the orders shall be tried."""

from dataclasses import dataclass
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Footer, SelectionList
from textual.widgets.selection_list import Selection

from migtui.services.places import VENDORS, Place
from migtui.tui import keys
from migtui.tui.documents.lines import Line
from migtui.tui.text import safe
from migtui.tui.widgets.lines_pane import LinesPane

RUN_PYTHON = "run_python"


@dataclass(frozen=True, slots=True)
class Trying:
    """What the developer wants tried: on which vendors, and whether RunPython runs there."""

    vendors: tuple[str, ...]
    run_python: bool


class TryDialog(ModalScreen[Trying | None]):
    """Shows the evidence so far, and asks for more.

    Args:
        lines: The evidence so far.
        places: Where orders can be tried.
    """

    HELP = """
    ## How the verdict is known

    Every order of the branches is replayed on Django's own state, then run on scratch databases,
    which are made for it and dropped afterwards. **Space** chooses where, **Enter** tries. The
    worst that is found stands.

    RunPython functions run there only if you choose it: they are the project's own code and may do
    more than change a database, such as send mail. There are no rows in scratch databases.
    """
    BINDINGS: ClassVar = [*keys.TRY]

    def __init__(self, lines: tuple[Line, ...], places: tuple[Place, ...]) -> None:
        super().__init__()
        self._lines = lines
        self._places = places

    def compose(self) -> ComposeResult:
        """The evidence, what can be chosen, buttons for the mouse, keys."""
        with Vertical(classes="dialog") as box:
            box.border_title = "How the verdict is known"
            yield LinesPane()
            yield SelectionList[str](*self._selections(), compact=True)
            with Horizontal(classes="buttons"):
                yield Button("Try ↵", variant="success", id="accept")
                yield Button("Close  esc", id="cancel")
        yield Footer(show_command_palette=False)

    def _selections(self) -> list[Selection[str]]:
        found = [
            Selection(
                Content.assemble(
                    f"{VENDORS[place.vendor]}  ", (safe(place.where), "$foreground 60%")
                ),
                place.vendor,
                place.is_there,
                disabled=not place.is_there,
            )
            for place in self._places
        ]
        consent = Content.assemble(
            "run RunPython functions as well  ",
            ("the project's code, which may do more than change a database", "$foreground 60%"),
        )
        return [*found, Selection(consent, RUN_PYTHON)]

    def on_mount(self) -> None:
        """Show the evidence; the list has the keys."""
        self.query_one(LinesPane).show(self._lines)
        self.query_one(SelectionList).focus()
        for button in self.query(Button):
            button.can_focus = False

    def on_resize(self, event: events.Resize) -> None:
        """As high as the lines are, as long as all else has its place."""
        room = event.size.height - len(self._places) - 10
        self.query_one(LinesPane).styles.height = max(min(len(self._lines) + 1, room), 2)

    def action_accept(self) -> None:
        """Try what is chosen."""
        chosen = self.query_one(SelectionList).selected
        vendors = tuple(place.vendor for place in self._places if place.vendor in chosen)
        self.dismiss(Trying(vendors, run_python=RUN_PYTHON in chosen))

    def action_close(self) -> None:
        """Try nothing."""
        self.dismiss(None)

    @on(Button.Pressed, "#accept")
    def _accepted(self) -> None:
        self.action_accept()

    @on(Button.Pressed, "#cancel")
    def _cancelled(self) -> None:
        self.action_close()
