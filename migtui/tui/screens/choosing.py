"""A dialog in which one of several things is chosen."""

from collections.abc import Sequence
from typing import TypeVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Footer, OptionList, Static
from textual.widgets.option_list import Option

from migtui.tui.text import safe

ChoiceT = TypeVar("ChoiceT")


class ChoiceDialog(ModalScreen[ChoiceT | None]):
    """Asks which; the answer is None where none is chosen.

    Args:
        title: Of the box.
        choices: What there is, each with its text.
        note: A line above them; empty for none.
        empty: What stands in their place where there are none.
    """

    def __init__(
        self, title: str, choices: Sequence[tuple[str, ChoiceT]], *, note: str = "", empty: str = ""
    ) -> None:
        super().__init__()
        self._title = title
        self._choices = choices
        self._note = note
        self._empty = empty

    def compose(self) -> ComposeResult:
        """The note, what can be chosen, keys."""
        with Vertical(classes="dialog") as box:
            box.border_title = self._title
            if self._note:
                yield Static(Content(safe(self._note)))
            texts = [text for text, _ in self._choices] or [self._empty]
            yield OptionList(
                *(Option(Content(safe(text))) for text in texts), markup=False, compact=True
            )
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Give the list the keys."""
        self.query_one(OptionList).focus()

    @on(OptionList.OptionSelected)
    def _choose(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._choices[event.option_index][1] if self._choices else None)

    def action_close(self) -> None:
        """Choose none."""
        self.dismiss(None)
