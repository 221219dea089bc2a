"""An app's history, oldest migration first, with a cursor."""

from collections.abc import Collection, Sequence
from typing import ClassVar

from textual import events
from textual.message import Message
from textual.reactive import reactive

from migtui.core.migration import MigrationKey
from migtui.core.squash_plan import SquashChoice
from migtui.tui import keys
from migtui.tui.documents.lines import Line
from migtui.tui.documents.squash import timeline_lines
from migtui.tui.squashes import Step
from migtui.tui.widgets.lines_pane import LinesPane


class Timeline(LinesPane):
    """One line a migration; those in the range have a bar before them."""

    HELP = """
    ## The app's history

    Oldest first. `┃` is in the range, `●` is applied to the first database, `○` is not. `◆` has
    RunPython or RunSQL, `◇` has them left out, `≡` is a squash, `↻` would be in a cycle. **s**
    begins the range at the cursor, **e** ends it there. **i** leaves out the RunPython and RunSQL
    of that migration, **K** keeps them though they are elidable. The plan beside follows at once.
    """
    BINDINGS: ClassVar = [*keys.TIMELINE]

    cursor: reactive[int] = reactive(0)
    """Which migration, counted from 0."""

    class Moved(Message):
        """The cursor stands on another migration."""

    def __init__(self) -> None:
        super().__init__(id="timeline", empty="Reading…")
        self._steps: tuple[Step, ...] = ()

    @property
    def step(self) -> Step | None:
        """The migration that the cursor is on."""
        return self._steps[self.cursor] if self._steps else None

    def tell(
        self,
        steps: Sequence[Step],
        inside: Collection[MigrationKey],
        choice: SquashChoice,
        crossing: Collection[MigrationKey],
    ) -> None:
        """Show the history, and what of it is in the range."""
        self._steps = tuple(steps)
        self.cursor = min(self.cursor, max(len(self._steps) - 1, 0))
        self.show(timeline_lines(steps, inside, choice, crossing), keep_position=True)

    def kinds_of(self, number: int, line: Line) -> tuple[str, ...]:
        """Mark the cursor."""
        kinds = super().kinds_of(number, line)
        return (*kinds, "cursor") if number == self.cursor else kinds

    def watch_cursor(self) -> None:
        """Keep the cursor in view."""
        top = self.scroll_offset.y
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False)
        elif self.cursor >= top + self.size.height:
            self.scroll_to(y=self.cursor - self.size.height + 1, animate=False)
        self.refresh()
        self.post_message(self.Moved())

    def on_click(self, event: events.Click) -> None:
        """Put the cursor where the mouse is."""
        number = event.get_content_offset_capture(self).y + self.scroll_offset.y
        if number < len(self._steps):
            self.cursor = number

    def action_cursor(self, step: int) -> None:
        """Move the cursor."""
        self.cursor = min(max(self.cursor + step, 0), max(len(self._steps) - 1, 0))
