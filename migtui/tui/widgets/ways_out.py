"""The ways out of a conflict: what is possible, what is recommended, and why."""

from typing import ClassVar

from textual import events
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from migtui.core.migration import MigrationKey
from migtui.core.resolution import Resolution
from migtui.tui import keys
from migtui.tui.documents.words import way_out
from migtui.tui.text import safe, wrapped

_TALL = 34
"""Rows of a terminal that has room for every reason."""

_MARGIN = 10
"""Cells of a line that are not for a reason: border, padding, indentation, scroll bar."""


class WaysOut(OptionList):
    """One entry a resolution; those that are not possible say why, and can't be written."""

    HELP = """
    ## Ways out

    Moving to one previews it in the tabs below: the order in which everything would run, the
    files that would change, the SQL. `★` is recommended, `✗` is not possible; both say why.
    **Enter** goes to the preview, **w** writes it, **o** puts the branches in an order of your own.
    Collapse makes one migration of what the last branch has alone; it is proved before it is
    written, and what a database has of it is rolled back first, if you say so.
    """
    BINDINGS: ClassVar = [*keys.LIST]

    def __init__(self) -> None:
        self._resolutions: tuple[Resolution, ...] = ()
        self._width = 80
        self._folds = False
        self._unfolded: int | None = None
        super().__init__(id="ways", markup=False, compact=True)
        self.border_title = "Ways out"

    @property
    def resolutions(self) -> tuple[Resolution, ...]:
        """What is listed."""
        return self._resolutions

    @property
    def resolution(self) -> Resolution | None:
        """The one that the cursor is on."""
        index = self.highlighted
        return self._resolutions[index] if index is not None else None

    def show(self, resolutions: tuple[Resolution, ...], *, is_all: bool = True) -> None:
        """List resolutions; the cursor stands on the recommended one, or where it was put.

        Args:
            resolutions: What to list.
            is_all: Whether all is known that a recommendation rests on; until then the cursor
                waits, so that nothing is recommended that will not be a moment later.
        """
        self.border_subtitle = "" if is_all else "git is being asked…"
        if resolutions == self._resolutions and (self.highlighted is not None or not is_all):
            return
        chosen = self.resolution
        self._resolutions = resolutions
        self._list()
        best = next((index for index, entry in enumerate(resolutions) if entry.recommended), 0)
        self.highlighted = best if is_all else None
        if chosen is not None and not chosen.recommended:
            self.choose(chosen.strategy, chosen.order)

    def on_resize(self, event: events.Resize) -> None:
        """Wrap the reasons to the new width; where there is little room, show one of them."""
        folds = self.app.size.height < _TALL
        if (event.size.width, folds) != (self._width, self._folds):
            self._width, self._folds = event.size.width, folds
            for index in range(self.option_count):
                self._tell(index)

    def watch_highlighted(self, highlighted: int | None) -> None:
        """Unfold the reason of what the cursor is on, fold the one before."""
        before, self._unfolded = self._unfolded, highlighted
        if self._folds:
            for index in (before, highlighted):
                if index is not None and index < self.option_count:
                    self._tell(index)
        super().watch_highlighted(highlighted)

    def _list(self) -> None:
        self._unfolded = None
        self.set_options(Option("") for _ in self._resolutions)
        for index in range(self.option_count):
            self._tell(index)

    def _tell(self, index: int) -> None:
        resolution = self._resolutions[index]
        has_reason = not self._folds or index == self.highlighted
        self.replace_option_prompt_at_index(
            index, _prompt(resolution, self._width if has_reason else 0)
        )

    def choose(self, strategy: str, order: tuple[MigrationKey, ...] | None = None) -> bool:
        """Put the cursor on a resolution; False where it is not listed."""
        for index, entry in enumerate(self._resolutions):
            if entry.strategy == strategy and order in (None, entry.order):
                self.highlighted = index
                return True
        return False


def _prompt(resolution: Resolution, width: int) -> Content:
    """A resolution's name and, wrapped to a width other than 0, the reason for it or against it."""
    name = safe(way_out(resolution))
    if not resolution.possible:
        mark, style, label = "✗", "$foreground 45%", "not possible"
    elif resolution.recommended:
        mark, style, label = "★", "bold $text-success", "recommended"
    else:
        mark, style, label = " ", "", ""
    why = f"{label}: {resolution.why}" if label else resolution.why
    reason = wrapped(why, width - _MARGIN) if width else ()
    return Content.assemble(
        (f"{mark} {name}", style), *((f"\n    {part}", "$foreground 60%") for part in reason)
    )
