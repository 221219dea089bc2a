"""The forecast: git's branches by apps, and with whom the one under the cursor collides."""

import time
import traceback
from collections.abc import Callable
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.content import Content
from textual.screen import Screen
from textual.worker import Worker, WorkerState, get_current_worker

from migtui.core.forecast import Forecast, GitBranch
from migtui.errors import MigtuiError
from migtui.reports.forecast import headline
from migtui.tui import keys
from migtui.tui.documents.forecast import branch_lines
from migtui.tui.documents.lines import Line, error_lines, plain_lines
from migtui.tui.screens.dialog import Report
from migtui.tui.session import Session
from migtui.tui.text import safe
from migtui.tui.widgets.branch_matrix import BranchMatrix
from migtui.tui.widgets.key_line import KeyLine
from migtui.tui.widgets.lines_pane import LinesPane
from migtui.tui.widgets.title_bar import TitleBar

PAUSE = 0.15
"""Seconds between two paints of a forecast that is under way."""


class _EnoughError(Exception):
    """Ends a forecast that nobody waits for any more."""


class ForecastScreen(Screen[None]):
    """Reads the branches at once, shows them as they come, lets that be ended.

    Args:
        session: Answers the question.
    """

    BINDINGS: ClassVar = [*keys.FORECAST]
    HELP = """
    ## Forecast

    Which git branches will conflict once they are merged: with the default branch and with each
    other, told from what differs. Nothing is checked out and none of their code is run.
    """

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._forecast: Forecast | None = None
        self._is_filtered = False
        self._shown_branch = ""

    def compose(self) -> ComposeResult:
        """The matrix above, the branch under the cursor below."""
        yield TitleBar()
        yield BranchMatrix()
        yield LinesPane(id="branch", empty="Nothing is known yet.")
        yield KeyLine()

    def on_mount(self) -> None:
        """Begin to read."""
        matrix = self.query_one(BranchMatrix)
        matrix.border_title = "Branches"
        matrix.focus()
        self.query_one(TitleBar).project = str(self._session.project.root)
        self.read_branches()

    @work(thread=True, exclusive=True, exit_on_error=False)
    def read_branches(self) -> None:
        """Read the branches and show what is known, again and again."""
        worker = get_current_worker()
        shown = 0.0

        def progress(known: Callable[[], Forecast], done: int, total: int) -> None:
            nonlocal shown
            if worker.is_cancelled:
                raise _EnoughError
            if time.monotonic() - shown > PAUSE:
                self.app.call_from_thread(self._show, known(), f"{done} of {total}")
                shown = time.monotonic()

        self.app.call_from_thread(self._say, "reading the branches")
        try:
            found = self._session.forecast(progress)
        except _EnoughError:
            return
        if not worker.is_cancelled:
            self.app.call_from_thread(self._show, found, "")

    def _say(self, activity: str) -> None:
        self.query_one(TitleBar).activity = activity

    def _show(self, forecast: Forecast, step: str) -> None:
        self._forecast = forecast
        self._say(f"reading the branches: {step}" if step else "")
        self._list()

    def _list(self) -> None:
        forecast = self._forecast
        if forecast is None:
            return
        collides = self._colliding()
        shown = [
            branch
            for branch in forecast.branches
            if branch.name in collides
            or (not self._is_filtered and (branch.name in forecast.changes or branch.unknown))
        ]
        matrix = self.query_one(BranchMatrix)
        matrix.border_title = Content(headline(forecast))
        certain = len(forecast.problems())
        unsure = "" if forecast.is_complete else ", not all are read"
        matrix.border_subtitle = f"{certain} collision{'s' * (certain != 1)}{unsure}"
        matrix.forecast(forecast, shown)
        self.refresh_bindings()

    def _colliding(self) -> frozenset[str]:
        collisions = self._forecast.collisions if self._forecast else ()
        return frozenset(name for entry in collisions for name in (entry.first, entry.second))

    @on(BranchMatrix.Moved)
    def _follow(self, event: BranchMatrix.Moved) -> None:
        self._show_branch(event.branch)

    def on_resize(self) -> None:
        """Wrap to the new width."""
        self._show_branch(self.query_one(BranchMatrix).branch)

    def _show_branch(self, branch: GitBranch | None) -> None:
        pane = self.query_one("#branch", LinesPane)
        lines: tuple[Line, ...] = ()
        name = branch.name if branch is not None else ""
        is_same = name == self._shown_branch
        self._shown_branch = name
        pane.border_title = Content(safe(name))
        if branch is not None and self._forecast is not None:
            lines = branch_lines(self._forecast, branch, self.size.width - 3)
        pane.show(lines, keep_position=is_same)

    def action_next_collision(self, step: int) -> None:
        """Go to the next or previous branch that collides."""
        matrix = self.query_one(BranchMatrix)
        collides = self._colliding()
        found = [n for n, branch in enumerate(matrix.branches) if branch.name in collides]
        if not found:
            self.notify("No branch collides.", markup=False)
            return
        beyond = [n for n in found if (n - matrix.cursor) * step > 0]
        matrix.cursor = (beyond or found)[0 if step > 0 else -1]

    def action_only_colliding(self) -> None:
        """Leave out the branches that collide with nobody, or show them again."""
        self._is_filtered = not self._is_filtered
        self._list()

    def action_reload(self) -> None:
        """Read the branches again."""
        self.read_branches()

    def action_leave(self) -> None:
        """End the reading; where there is none, go back."""
        is_reading = any(worker.is_running for worker in self.workers if worker.node is self)
        self.workers.cancel_node(self)
        if not is_reading or self._forecast is None:
            self.dismiss(None)
            return
        self._say("")
        self.notify("Cancelled; what was read is shown.", markup=False)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Show what failed."""
        error = event.worker.error
        if event.state is not WorkerState.ERROR or error is None:
            return
        self._say("")
        if isinstance(error, MigtuiError):
            self.app.push_screen(Report("There is no forecast", error_lines(error)))
        else:
            text = "".join(traceback.format_exception(error))
            self.app.push_screen(Report("A defect of migtui: please report it", plain_lines(text)))
