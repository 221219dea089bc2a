"""The dialog that says how a verdict is known, and on what the orders shall be tried."""

from dataclasses import dataclass
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, OptionList
from textual.widgets.option_list import Option

from migtui.services.places import VENDORS, Place
from migtui.tui import keys
from migtui.tui.documents.lines import Line
from migtui.tui.text import safe
from migtui.tui.widgets.key_line import KeyLine
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
        self._chosen = {place.vendor for place in places if place.is_there}

    def compose(self) -> ComposeResult:
        """The evidence, what can be chosen, buttons for the mouse, keys."""
        with Vertical(classes="dialog") as box:
            box.border_title = "How the verdict is known"
            yield LinesPane()
            yield OptionList(markup=False, compact=True)
            with Horizontal(classes="buttons"):
                yield Button("Try ↵", variant="success", id="accept")
                yield Button("Close  esc", id="cancel")
        yield KeyLine()

    @property
    def chosen(self) -> frozenset[str]:
        """The vendors that are chosen, and ``run_python``."""
        return frozenset(self._chosen)

    def _list(self) -> None:
        entries = [
            (place.vendor, VENDORS[place.vendor], place.where, place.is_there)
            for place in self._places
        ]
        consent = "the project's code, which may do more than change a database"
        entries.append((RUN_PYTHON, "run RunPython functions as well", consent, True))
        listed = self.query_one(OptionList)
        at = listed.highlighted
        listed.set_options(
            Option(
                Content.assemble(
                    ("[✓] " if name in self._chosen else "[ ] ", "bold"),
                    text,
                    (f"  {safe(detail)}", "$foreground 60%"),
                ),
                id=name,
                disabled=not is_there,
            )
            for name, text, detail, is_there in entries
        )
        listed.highlighted = at if at is not None else 0

    def action_choose(self) -> None:
        """Choose what the cursor is on, or leave it out."""
        listed = self.query_one(OptionList)
        if listed.highlighted is not None:
            name = listed.get_option_at_index(listed.highlighted).id or ""
            self._chosen ^= {name}
            self._list()

    @on(OptionList.OptionSelected)
    def _clicked(self) -> None:
        self.action_choose()

    def on_mount(self) -> None:
        """Show the evidence; the list has the keys."""
        self.query_one(LinesPane).show(self._lines)
        self._list()
        self.query_one(OptionList).focus()
        for button in self.query(Button):
            button.can_focus = False

    def on_resize(self, event: events.Resize) -> None:
        """As high as the lines are, as long as all else has its place."""
        room = event.size.height - len(self._places) - 10
        self.query_one(LinesPane).styles.height = max(min(len(self._lines) + 1, room), 2)

    def action_accept(self) -> None:
        """Try what is chosen."""
        vendors = tuple(place.vendor for place in self._places if place.vendor in self._chosen)
        self.dismiss(Trying(vendors, run_python=RUN_PYTHON in self._chosen))

    def action_close(self) -> None:
        """Try nothing."""
        self.dismiss(None)

    @on(Button.Pressed, "#accept")
    def _accepted(self) -> None:
        self.action_accept()

    @on(Button.Pressed, "#cancel")
    def _cancelled(self) -> None:
        self.action_close()
