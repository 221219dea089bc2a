"""The dialogs in which it is chosen where a rollback leads."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.suggester import SuggestFromList
from textual.widgets import Input, Static

from migtui.services.rollback_targets import Choice
from migtui.tui import keys
from migtui.tui.screens.choosing import ChoiceDialog
from migtui.tui.widgets.key_line import KeyLine


class TargetList(ChoiceDialog[Choice]):
    """Asks where a rollback leads.

    Args:
        choices: What is possible.
    """

    HELP = """
    ## Where to

    **Enter** plans the way that the cursor is on. Nothing is changed before you confirm the plan.
    """
    BINDINGS: ClassVar = [*keys.TARGETS]

    def __init__(self, choices: tuple[Choice, ...]) -> None:
        super().__init__("Roll back", [(choice.text, choice) for choice in choices])


class RefPrompt(ModalScreen[str | None]):
    """Asks for a branch, a tag or a commit.

    Args:
        names: Of branches and tags, which are completed.
    """

    HELP = """
    ## A git ref

    A branch, a tag, a SHA, `HEAD~3`, `origin/main`. **→** completes what is suggested.
    """
    BINDINGS: ClassVar = [*keys.REF]

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__()
        self._names = names

    def compose(self) -> ComposeResult:
        """A line to type."""
        with Vertical(classes="dialog") as box:
            box.border_title = "Unapply what a ref does not have"
            yield Static("A branch, a tag or a commit:")
            yield Input(suggester=SuggestFromList(self._names))
        yield KeyLine()

    def on_mount(self) -> None:
        """Give the line the keys."""
        self.query_one(Input).focus()

    def action_accept(self) -> None:
        """Take what is typed."""
        self.dismiss(self.query_one(Input).value.strip() or None)

    def action_close(self) -> None:
        """Choose none."""
        self.dismiss(None)
