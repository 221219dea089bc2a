"""Prose where no conflict is shown: reading, nothing wrong, a problem, an app."""

from textual import events

from migtui.tui.documents.lines import Line
from migtui.tui.text import wrapped
from migtui.tui.widgets.lines_pane import LinesPane


class Notice(LinesPane):
    """Paragraphs, wrapped to the pane's width."""

    HELP = """
    ## What is the case

    The problem that the list's cursor is on, where it is, and what to do about it. **e** opens
    the file in your editor, **r** reads the project again.
    """

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._paragraphs: tuple[tuple[str, str], ...] = ()

    def say(self, title: str, *paragraphs: tuple[str, str] | str) -> None:
        """Show paragraphs, each a text or a style and a text."""
        self.border_title = title
        self._paragraphs = tuple(
            ("", entry) if isinstance(entry, str) else entry for entry in paragraphs
        )
        self._wrap()

    def on_resize(self, event: events.Resize) -> None:
        """Wrap to the new width."""
        if event.size.width:
            self._wrap()

    def _wrap(self) -> None:
        lines: list[Line] = []
        for style, text in self._paragraphs:
            lines.append(Line())
            for part in text.splitlines() or [""]:
                lines += [
                    Line(((style, f"  {entry}"),)) for entry in wrapped(part, self.size.width - 4)
                ]
        self.show(lines, keep_position=True)
