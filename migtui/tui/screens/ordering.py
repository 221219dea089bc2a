"""The dialog in which leaves are put in an order."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, OptionList, Static
from textual.widgets.option_list import Option

from migtui.core.migration import MigrationKey
from migtui.tui import keys
from migtui.tui.text import safe
from migtui.tui.widgets.key_line import KeyLine


class Ordering(ModalScreen[tuple[MigrationKey, ...] | None]):
    """Asks for the order of the branches; the first one runs first.

    Args:
        order: The order to begin with.
        origins: What to say beside each leaf, such as its git branch.
    """

    HELP = """
    ## The order of the branches

    The branches run one after another, from top to bottom. **Shift+↑** and **Shift+↓** move the
    one that the cursor is on, a number moves it to that place. **Enter** previews the order.
    """
    BINDINGS: ClassVar = [*keys.ORDER]

    def __init__(self, order: tuple[MigrationKey, ...], origins: dict[MigrationKey, str]) -> None:
        super().__init__()
        self._order = list(order)
        self._origins = origins

    def compose(self) -> ComposeResult:
        """The leaves, buttons for the mouse, keys."""
        with Vertical(classes="dialog") as box:
            box.border_title = "Order of the branches"
            yield Static("Branches run from top to bottom; shift+↑ and shift+↓ move one.")
            yield OptionList(markup=False, compact=True)
            with Horizontal(classes="buttons"):
                yield Button("Preview ↵", variant="success", id="accept")
                yield Button("Cancel  esc", id="cancel")
        yield KeyLine()

    def on_mount(self) -> None:
        """Show the order."""
        for button in self.query(Button):
            button.can_focus = False
        self._show(0)

    def action_move(self, step: int) -> None:
        """Move the leaf that the cursor is on."""
        index = self.query_one(OptionList).highlighted or 0
        self._place(index, index + step)

    def action_place(self, number: int) -> None:
        """Move the leaf that the cursor is on to a place, counted from 1."""
        self._place(self.query_one(OptionList).highlighted or 0, number - 1)

    def action_accept(self) -> None:
        """Take this order."""
        self.dismiss(tuple(self._order))

    def action_dismiss_order(self) -> None:
        """Leave everything as it was."""
        self.dismiss(None)

    @on(Button.Pressed, "#accept")
    def _accepted(self) -> None:
        self.action_accept()

    @on(Button.Pressed, "#cancel")
    def _cancelled(self) -> None:
        self.action_dismiss_order()

    def _place(self, index: int, to: int) -> None:
        if 0 <= to < len(self._order):
            self._order.insert(to, self._order.pop(index))
            self._show(to)

    def _show(self, highlighted: int) -> None:
        leaves = self.query_one(OptionList)
        leaves.set_options(
            Option(
                Content.assemble(
                    (f"{number}  ", "$foreground 60%"),
                    (safe(leaf.name), "bold"),
                    (f"  {safe(self._origins.get(leaf, ''))}", "$foreground 60%"),
                )
            )
            for number, leaf in enumerate(self._order, 1)
        )
        leaves.highlighted = highlighted
