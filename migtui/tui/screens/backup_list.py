"""The dialog in which a backup is chosen."""

from typing import ClassVar

from migtui.core.backups import Manifest
from migtui.tui import keys
from migtui.tui.documents.database import backup_line
from migtui.tui.screens.choosing import ChoiceDialog


class BackupList(ChoiceDialog[Manifest]):
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
        super().__init__(
            "Backups",
            [(backup_line(manifest), manifest) for manifest in reversed(manifests)],
            note=f"In {place}",
            empty="There are none yet: b makes one.",
        )
