"""The tabs below: what a way out would do, before anything is written."""

from typing import ClassVar

from textual.widgets import TabbedContent, TabPane, Tabs

from migtui.tui import keys
from migtui.tui.documents.lines import Line, plain_lines
from migtui.tui.widgets.lines_pane import LinesPane

ORDER, DIFF, FORWARDS, BACKWARDS, SOURCE, LOG = (
    "order",
    "diff",
    "forwards",
    "backwards",
    "source",
    "log",
)
_TITLES = {
    ORDER: "1 Order",
    DIFF: "2 Diff",
    FORWARDS: "3 SQL",
    BACKWARDS: "4 SQL back",
    SOURCE: "5 Source",
    LOG: "6 Log",
}
_EMPTY = {
    ORDER: "Choose a way out to see the order in which everything would run.",
    DIFF: "Choose a way out to see which files would change, and how.",
    FORWARDS: "Choose a way out to see the SQL that would be executed.",
    BACKWARDS: "Choose a way out to see the SQL that would take it back.",
    SOURCE: "Enter on an operation shows its source.",
    LOG: "Commands that amount to what is done here, and what Django prints.",
}


class SqlPane(LinesPane):
    """A pane of SQL, which has more keys."""

    HELP = """
    ## SQL

    What would be executed, and what is known of each statement. **f** lays statements out over
    several lines, **x** compares with other orders and with single branches, **v** writes for
    another vendor, **p** saves it as a file, **c** copies it.
    """
    BINDINGS: ClassVar = [*keys.SQL]


class Preview(TabbedContent):
    """One tab a question; each is a pane of lines."""

    HELP = """
    ## Preview

    What the chosen way out would do. **1** the order in which everything would run, **2** the
    files, **3** the SQL, **4** the SQL that takes it back, **5** the source of a migration,
    **6** commands that amount to what was done, and what the project printed. **c** copies a
    pane, **z** gives it the whole screen.
    """

    def __init__(self) -> None:
        super().__init__(id="preview", initial=ORDER)
        for name, title in _TITLES.items():
            kind = SqlPane if name in (FORWARDS, BACKWARDS) else LinesPane
            pane = kind(id=f"pane-{name}", empty=_EMPTY[name])
            self.compose_add_child(TabPane(title, pane, id=name))

    def on_mount(self) -> None:
        """Tabs are reached by their numbers and the mouse; the pane takes the focus."""
        self.query_one(Tabs).can_focus = False

    def pane(self, name: str) -> LinesPane:
        """The pane of a tab."""
        return self.query_one(f"#pane-{name}", LinesPane)

    def open(self, name: str) -> None:
        """Go to a tab."""
        self.active = name
        self.pane(name).focus()

    def show(self, name: str, lines: tuple[Line, ...]) -> None:
        """Show lines in a pane."""
        self.pane(name).show(lines)

    def clear(self, reason: str = "") -> None:
        """Empty what shows a way out; say why where there is a reason."""
        for name in (ORDER, DIFF, FORWARDS, BACKWARDS):
            self.show(name, plain_lines(f" {reason}", "muted") if reason else ())

    def add_to_log(self, *lines: Line) -> None:
        """Add lines to the log."""
        pane = self.pane(LOG)
        pane.show((*pane.lines, *lines), keep_position=True)
        pane.scroll_end(animate=False)
