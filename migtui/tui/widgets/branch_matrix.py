"""The matrix of git branches by apps: a row with a cursor for each branch, the apps on top."""

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from migtui.core.forecast import Forecast, GitBranch
from migtui.tui import keys
from migtui.tui.documents.forecast import matrix_header, matrix_lines
from migtui.tui.documents.lines import Line
from migtui.tui.widgets.lines_pane import LinesPane


class BranchMatrix(LinesPane):
    """Shows what each branch does in each app; the first row stays where it is."""

    HELP = """
    ## Branches by apps

    Every branch with commits of migrations that the default branch has not, the oldest first, `*`
    is checked out. `+2` adds two migrations, `~` changes or removes some; `!` will conflict with
    the default branch, `x` with another branch. **n** goes to the next that collides, **o** leaves
    out those that don't.
    """
    BINDINGS: ClassVar = [*keys.BRANCHES]
    GUTTER: ClassVar = ""

    class Moved(Message):
        """The cursor stands on another branch."""

        def __init__(self, branch: GitBranch | None) -> None:
            super().__init__()
            self.branch = branch

    cursor: reactive[int] = reactive(0)
    """Which branch, counted from 0."""

    def __init__(self) -> None:
        super().__init__(id="branches", empty="No branch brings migrations.")
        self._header = Line()
        self.branches: tuple[GitBranch, ...] = ()

    @property
    def branch(self) -> GitBranch | None:
        """What the cursor stands on."""
        return self.branches[self.cursor] if self.cursor < len(self.branches) else None

    def forecast(self, forecast: Forecast, branches: Sequence[GitBranch]) -> None:
        """Show these branches of a forecast; the cursor stays on its branch."""
        before = self.branch
        self.branches = tuple(branches)
        self._header = matrix_header(forecast, branches)
        self.show(matrix_lines(forecast, branches), keep_position=True)
        width = cell_len(self._header.gutter + self._header.text)
        self.virtual_size = Size(width + 1, len(self.branches) + 1)
        names = [branch.name for branch in self.branches]
        self.cursor = names.index(before.name) if before and before.name in names else 0
        self.post_message(self.Moved(self.branch))

    def render_line(self, y: int) -> Strip:
        """The apps in the first row, branches below."""
        if not self.branches:
            return super().render_line(y)
        if y:
            return super().render_line(y - 1)
        left, width = self.scroll_offset.x, self.size.width
        gutter = Strip([Segment(self._header.gutter, self._style("gutter"))])
        body = Strip([Segment(self._header.text, self._style("muted"))])
        room = max(width - gutter.cell_length, 0)
        return Strip.join([gutter, body.crop_extend(left, left + room, self._style("muted"))])

    def kinds_of(self, number: int, line: Line) -> tuple[str, ...]:
        """Mark the cursor."""
        kinds = super().kinds_of(number, line)
        return (
            (*kinds, "cursor" if self.has_focus else "marked") if number == self.cursor else kinds
        )

    def watch_cursor(self) -> None:
        """Keep the cursor in view and tell."""
        top, rows = self.scroll_offset.y, self.size.height - 1
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False)
        elif self.cursor >= top + rows:
            self.scroll_to(y=self.cursor - rows + 1, animate=False)
        self.refresh()
        self.post_message(self.Moved(self.branch))

    def on_click(self, event: events.Click) -> None:
        """Put the cursor where the mouse is."""
        number = event.get_content_offset_capture(self).y + self.scroll_offset.y - 1
        if 0 <= number < len(self.branches):
            self.cursor = number

    def action_cursor(self, step: int) -> None:
        """Move up or down."""
        self.cursor = min(max(self.cursor + step, 0), max(len(self.branches) - 1, 0))

    def action_page(self, direction: int) -> None:
        """Move by what is on the screen."""
        self.action_cursor(direction * max(self.size.height - 2, 1))

    def action_cursor_to(self, index: int) -> None:
        """Move to the first or the last branch."""
        self.cursor = index % max(len(self.branches), 1)
