"""One branch of a conflict: its migrations and operations, with a cursor."""

from typing import ClassVar

from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive

from migtui.core.conflict import Branch
from migtui.core.explanation import Explanation
from migtui.tui import keys
from migtui.tui.documents.branch import BranchLine, branch_lines
from migtui.tui.documents.lines import Line
from migtui.tui.text import safe
from migtui.tui.widgets.lines_pane import LinesPane


class Lane(LinesPane):
    """One branch: its migrations and operations, with a cursor that stops at each of them."""

    HELP = """
    ## A branch

    Its migrations, oldest first, with their operations as Django writes them: `+` creates,
    `-` removes, `~` alters, `p` runs Python, `s` runs SQL. An operation that touches what another
    branch touches too has a sign and a word: `≠` differs, `»` the order matters, `✗` collides,
    `?` can't be seen. **n** goes to the next of them; **Enter** shows the operation's source.
    """
    BINDINGS: ClassVar = [*keys.LANE]

    class Moved(Message):
        """The cursor stands on another migration or operation."""

        def __init__(self, lane: "Lane", place: BranchLine) -> None:
            super().__init__()
            self.lane = lane
            self.place = place

    class SourceWanted(Message):
        """The source of what the cursor stands on is to be shown."""

    cursor: reactive[int] = reactive(0)
    """Which of the places that the cursor can stand on, counted from 0."""
    overlap: reactive[int | None] = reactive(None)
    """The overlap that is looked at."""

    def __init__(self, explanation: Explanation, branch: Branch) -> None:
        super().__init__()
        self.branch = branch
        self._explanation = explanation
        self._branch_lines: tuple[BranchLine, ...] = ()
        self._stops: list[int] = []
        self.border_title = Content(safe(branch.leaf.name))
        count = len(branch.migrations)
        self.border_subtitle = f"{count} migration{'s' * (count != 1)}"

    @property
    def place(self) -> BranchLine | None:
        """What the cursor stands on."""
        if not self._stops:
            return None
        return self._branch_lines[self._stops[min(self.cursor, len(self._stops) - 1)]]

    def explain(self, explanation: Explanation) -> None:
        """Show the same branch with more known about it."""
        self._explanation = explanation
        self._layout_lines()

    def on_resize(self, event: events.Resize) -> None:
        """Wrap to the new width."""
        if event.size.width:
            self._layout_lines()

    def _layout_lines(self) -> None:
        branch = next(
            (
                entry
                for entry in self._explanation.conflict.branches
                if entry.leaf == self.branch.leaf
            ),
            self.branch,
        )
        self._branch_lines = branch_lines(self._explanation, branch, max(self.size.width, 12))
        self._stops = [number for number, entry in enumerate(self._branch_lines) if entry.is_first]
        self.show((entry.line for entry in self._branch_lines), keep_position=True)

    def kinds_of(self, number: int, line: Line) -> tuple[str, ...]:
        """Mark the cursor, and the operations of the overlap that is looked at."""
        kinds = super().kinds_of(number, line)
        entry = self._branch_lines[number]
        if self.overlap is not None and self.overlap in entry.overlaps:
            kinds = (*kinds, "marked")
        place = self.place
        is_here = place is not None and _same_place(place, entry)
        return (*kinds, "cursor") if is_here and self.has_focus else kinds

    def watch_cursor(self) -> None:
        """Keep the cursor in view and tell."""
        place = self.place
        if place is None:
            return
        line = self._stops[min(self.cursor, len(self._stops) - 1)]
        top = self.scroll_offset.y
        if line < top + 1:
            self.scroll_to(y=0 if self.cursor == 0 else line - 1, animate=False)
        elif line > top + self.size.height - 3:
            self.scroll_to(y=line - self.size.height + 3, animate=False)
        self.refresh()
        self.post_message(self.Moved(self, place))

    def watch_overlap(self, index: int | None) -> None:
        """Go to the first operation of this branch that takes part."""
        for number, stop in enumerate(self._stops):
            if index is not None and index in self._branch_lines[stop].overlaps:
                self.cursor = number
                break
        self.refresh()

    def on_focus(self) -> None:
        """Tell what the cursor stands on."""
        self.refresh()
        if self.place is not None:
            self.post_message(self.Moved(self, self.place))

    def on_click(self, event: events.Click) -> None:
        """Put the cursor where the mouse is."""
        number = event.get_content_offset_capture(self).y + self.scroll_offset.y
        stops = [index for index, stop in enumerate(self._stops) if stop <= number]
        if stops and number < len(self._branch_lines):
            self.cursor = stops[-1]

    def action_cursor(self, step: int) -> None:
        """Move to the next or previous place."""
        self.cursor = min(max(self.cursor + step, 0), max(len(self._stops) - 1, 0))

    def action_cursor_to(self, index: int) -> None:
        """Move to the first or the last place."""
        self.cursor = index % max(len(self._stops), 1)

    def action_lane(self, step: int) -> None:
        """Go to the branch at the side."""
        lanes = list(self.screen.query(Lane))
        lanes[(lanes.index(self) + step) % len(lanes)].focus()

    def action_show_source(self) -> None:
        """Show the source of what the cursor stands on."""
        self.post_message(self.SourceWanted())


def _same_place(one: BranchLine, other: BranchLine) -> bool:
    return one.migration == other.migration and one.operation is other.operation
