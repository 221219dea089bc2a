"""A pane of styled lines: only the lines on the screen are rendered, however many there are."""

from collections.abc import Iterable
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style as RichStyle
from textual.events import Resize
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip
from textual.style import Style

from migtui.tui import keys
from migtui.tui.documents.lines import Line, fitted
from migtui.tui.widgets.line_styles import STYLES

SCROLLBAR = 2
"""Columns that a scroll bar takes."""


class LinesPane(ScrollView, can_focus=True):
    """Shows lines; scrolls both ways, keeps the gutter in view, lets text be selected."""

    BINDINGS: ClassVar = [*keys.SCROLL]
    GUTTER: ClassVar = "gutter"
    """The style of the gutters."""

    def __init__(self, *, id: str | None = None, empty: str = "") -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._given: tuple[Line, ...] = ()
        self._lines: tuple[Line, ...] = ()
        self._empty = empty
        self._rich_styles: dict[tuple[object, ...], RichStyle] = {}

    @property
    def lines(self) -> tuple[Line, ...]:
        """What is shown, broken for the pane's width."""
        return self._lines

    @property
    def text(self) -> str:
        """All of it as text, without gutters."""
        return "\n".join(line.text for line in self._lines)

    def show(self, lines: Iterable[Line], *, keep_position: bool = False) -> None:
        """Show other lines, from the top unless the position is to be kept."""
        self._given = tuple(lines)
        self._fit()
        if not keep_position:
            self.scroll_to(0, 0, animate=False, immediate=True)

    def on_resize(self, event: Resize) -> None:
        """Break lines anew."""
        if event.size.width and any(line.hang for line in self._given):
            self._fit()

    def _fit(self) -> None:
        room = self.size.width - SCROLLBAR
        self._lines = tuple(fitted(self._given, room)) if room > 0 else self._given
        width = max((cell_len(line.gutter + line.text) for line in self._lines), default=0)
        self.virtual_size = Size(width + 1, len(self._lines))
        self.refresh()

    def show_line(self, number: int) -> None:
        """Scroll so that a line, counted from 0, stands in the upper third."""
        self.scroll_to(0, max(0, number - self.size.height // 3), animate=False)

    def render_line(self, y: int) -> Strip:
        """The strip at row ``y`` of the visible part."""
        left, top = self.scroll_offset
        width = self.size.width
        number = top + y
        if number >= len(self._lines):
            return self._placeholder(y, width)
        line = self._lines[number]
        kinds = self.kinds_of(number, line)
        gutter = Strip(
            [Segment(line.gutter, self._style(*kinds, self.GUTTER))] if line.gutter else []
        )
        base = self._style(*kinds)
        body = Strip([Segment(text, self._style(*kinds, name)) for name, text in line.spans])
        body = self._with_selection(body, number)
        room = max(width - gutter.cell_length, 0)
        shown = body.crop_extend(left, left + room, base).apply_offsets(left, number)
        return Strip.join([gutter, shown])

    def kinds_of(self, number: int, line: Line) -> tuple[str, ...]:  # noqa: ARG002 - for subclasses
        """The styles of a whole line; a subclass adds its cursor."""
        return (line.kind,) if line.kind else ()

    def _placeholder(self, y: int, width: int) -> Strip:
        style = self._style("muted")
        if y or self._lines or not self._empty:
            return Strip.blank(width, style)
        return Strip([Segment(f" {self._empty}", style)]).crop_extend(0, width, style)

    def _style(self, *names: str) -> RichStyle:
        key = (self.app.theme, self.visual_style, *names)
        found = self._rich_styles.get(key)
        if found is None:
            parts = (Style.parse(STYLES[name]) for name in names if name)
            found = sum(parts, self.visual_style).rich_style
            self._rich_styles[key] = found
        return found

    def _with_selection(self, body: Strip, number: int) -> Strip:
        selection = self.text_selection
        span = selection.get_span(number) if selection is not None else None
        if span is None:
            return body
        start, end = span
        end = body.cell_length if end == -1 else end
        before, chosen, after = (
            body.crop(0, start),
            body.crop(start, end),
            body.crop(end, body.cell_length),
        )
        return Strip.join([before, chosen.apply_style(self._style("selection")), after])

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The text under the mouse's selection."""
        return selection.extract(self.text), "\n"

    def selection_updated(self, selection: Selection | None) -> None:  # noqa: ARG002 - Textual's signature
        """Paint the selection."""
        self.refresh()

    def action_copy(self) -> None:
        """Copy everything that the pane holds."""
        self.app.copy_to_clipboard(self.text)
        self.notify(f"Copied {len(self._lines)} lines.", markup=False)
