"""The dialog in which a backup is chosen."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from migtui.core.backups import Manifest
from migtui.tui import keys
from migtui.tui.documents.database import backup_line
from migtui.tui.text import safe
from migtui.tui.widgets.key_line import KeyLine


class BackupList(ModalScreen[Manifest | None]):
    """Asks which backup is to be restored.

    Args:
        place: Directory of the backups.
        manifests: Oldest first.
    """

    HELP = """
    ## Backups

    The newest stands first. **Enter** restores the one under the cursor, after a question.
    """
    BINDINGS: ClassVar = [*keys.BACKUPS]

    def __init__(self, place: str, manifests: tuple[Manifest, ...]) -> None:
        super().__init__()
        self._place = place
        self._manifests = manifests[::-1]

    def compose(self) -> ComposeResult:
        """The backups, newest first."""
        with Vertical(classes="dialog") as box:
            box.border_title = "Backups"
            yield Static(Content(safe(f"In {self._place}")))
            texts = [backup_line(manifest) for manifest in self._manifests]
            yield OptionList(
                *(
                    Option(Content(safe(text)))
                    for text in texts or ["There are none yet: b makes one."]
                ),
                markup=False,
                compact=True,
            )
        yield KeyLine()

    def on_mount(self) -> None:
        """Give the list the keys."""
        self.query_one(OptionList).focus()

    @on(OptionList.OptionSelected)
    def _choose(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._manifests[event.option_index] if self._manifests else None)

    def action_close(self) -> None:
        """Choose none."""
        self.dismiss(None)
