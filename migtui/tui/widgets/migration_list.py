"""The migrations of a database in a list, app by app."""

from collections.abc import Sequence
from itertools import groupby
from typing import ClassVar

from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from migtui.tui import keys
from migtui.tui.documents.database import APPLIED, LOST, Row
from migtui.tui.text import safe

_STYLES = {APPLIED: "$text-success", LOST: "$text-error"}


class MigrationList(OptionList):
    """The list at the left."""

    BINDINGS: ClassVar = [binding for binding in keys.LIST if binding.action != "select"]

    def __init__(self) -> None:
        super().__init__(id="migrations", markup=False, compact=True)
        self._rows: list[Row | None] = []

    @property
    def row(self) -> Row | None:
        """What the cursor is on."""
        index = self.highlighted
        return self._rows[index] if index is not None and index < len(self._rows) else None

    def show(self, rows: Sequence[Row]) -> None:
        """Show these; stay where the cursor was if that is still there."""
        before = self.row
        self._rows = []
        options = []
        for app_label, entries in groupby(rows, key=lambda row: row.key.app_label):
            self._rows.append(None)
            options.append(Option(Content.styled(safe(app_label), "bold"), disabled=True))
            for row in entries:
                self._rows.append(row)
                style = _STYLES.get(row.mark, "$foreground 60%")
                text = safe(row.text)
                options.append(Option(Content.assemble("  ", (text[:1], style), text[1:])))
        self.set_options(options)
        keys_of = [None if row is None else row.key for row in self._rows]
        if before is not None and before.key in keys_of:
            self.highlighted = keys_of.index(before.key)
        elif len(self._rows) > 1:
            self.highlighted = 1
