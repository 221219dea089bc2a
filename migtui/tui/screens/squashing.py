"""Squashing on the screen: the range on a time line, the plan beside it, proof, write, finish."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.containers import Horizontal
from textual.widgets import TabbedContent, TabPane, Tabs

from migtui.errors import EngineCancelledError, MigtuiError
from migtui.tui import keys
from migtui.tui.documents.diff import diff_lines
from migtui.tui.documents.files import file_lines
from migtui.tui.documents.lines import Line, error_lines, line, wrapped
from migtui.tui.documents.outcome import outcome_lines
from migtui.tui.documents.squash import data_lines, plan_lines
from migtui.tui.screens import proving
from migtui.tui.screens.dialog import SCROLLBAR, Confirm, Report
from migtui.tui.screens.finishing import confirmed_finish
from migtui.tui.screens.range_choosing import RangeScreen
from migtui.tui.squashes import Squashes
from migtui.tui.text import safe
from migtui.tui.widgets.key_line import KeyLine
from migtui.tui.widgets.lines_pane import LinesPane
from migtui.tui.widgets.timeline import Timeline
from migtui.tui.widgets.title_bar import TitleBar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Sequence

    from textual.app import ComposeResult

    from migtui.core.changes import ChangeSet
    from migtui.core.migration import MigrationKey
    from migtui.core.squash_plan import Collapse, SquashPlan
    from migtui.services.write_verified import Written
    from migtui.tui.session import Session

PLAN, DATA, FILE, PROOF = "plan", "data", "file", "proof"
_TITLES = {PLAN: "1 Plan", DATA: "2 Data work", FILE: "3 Files", PROOF: "4 Proof"}
_EMPTY = {
    PLAN: "What the squash would be.",
    DATA: "There is no RunPython and no RunSQL in the range.",
    FILE: "The files that would be written.",
    PROOF: "w tries the squash on scratch databases before it is written.",
}
_CHOOSING = ("start", "end", "elide", "keep", "propose", "collapse", "write", "finish")
"""Actions that wait while something is proved or written."""


class SquashScreen(RangeScreen):
    """One app: its history, a range of it, and what a squash of that would be.

    Args:
        session: The open project.
        app_label: The app.
        alone: Asks what writes while nothing else is written.
        part: The range to begin with; the whole history where it is empty.

    Attributes:
        has_written: Whether the project, or a database, is other than it was.
        wants_all: Whether every app is to be shown next.
    """

    HELP = """
    ## Squash

    **s** and **e** choose the range on the time line, **i** leaves out the RunPython and RunSQL of
    the migration under the cursor, **K** keeps them though they are elidable; the plan follows.
    Where it would make a cycle, **p** takes the next range that does not. **w** proves the squash
    on scratch databases, then asks and writes. **f** finishes a squash that every database has.
    **C** lets the old files go at once, for work that the default branch does not have: what a
    database has applied of it is rolled back first, if you say so. **a** shows every app.
    """
    BINDINGS: ClassVar = [*keys.SQUASH]
    AUTO_FOCUS = "Timeline"

    def __init__(
        self,
        session: Session,
        app_label: str,
        alone: Callable[..., Awaitable[Any]],
        *,
        part: Sequence[MigrationKey] = (),
    ) -> None:
        super().__init__(session, app_label)
        self._alone = alone
        self._squashes = Squashes(session, app_label)
        self._first_part = tuple(part)
        self._collapses = False
        self._found: Collapse | None = None
        self._places: dict[str, int] = {}
        self._proved: list[tuple[MigrationKey, ...]] = []
        self._is_busy = False
        self.has_written = False
        self.wants_all = False

    @property
    def _plan(self) -> SquashPlan | None:
        return self._found.plan if self._found is not None else None

    @property
    def crossing(self) -> tuple[MigrationKey, ...]:
        """How a squash of the range would depend on itself."""
        return self._plan.crossing if self._plan is not None else ()

    def compose(self) -> ComposeResult:
        """The time line at the left, tabs at the right."""
        yield TitleBar()
        with Horizontal(id="squash"):
            yield Timeline()
            with TabbedContent(id="squash-tabs", initial=PLAN):
                for name, title in _TITLES.items():
                    with TabPane(title, id=name):
                        yield LinesPane(id=f"squash-{name}", empty=_EMPTY[name])
        yield KeyLine()

    def on_mount(self) -> None:
        """Read the history, then plan."""
        self._show_title()
        timeline = self.query_one(Timeline)
        timeline.border_title = "History"
        timeline.border_subtitle = "a  every app"
        self.query_one(Tabs).can_focus = False
        self.read_history()

    @work(exit_on_error=False)
    async def read_history(self) -> None:
        """Read the app's migrations."""
        try:
            self.steps = await self.ask("reading the history", self._squashes.steps)
        except MigtuiError as error:
            self._show_error(error)
            return
        self.take(self._first_part)

    @work(exit_on_error=False, exclusive=True, group="preview")
    async def make_plan(self) -> None:
        """Plan what is chosen; a plan that is being made is given up."""
        self._found, self._proved = None, []
        self.refresh_bindings()
        await asyncio.to_thread(self.session.cancel)
        choice, collapses = self.choice, self._collapses
        question = partial(self._squashes.plan, choice, collapses=collapses, progress=self.report)
        try:
            found = await self.ask("planning", question)
        except EngineCancelledError:
            return
        except MigtuiError as error:
            if (choice, collapses) == (self.choice, self._collapses):
                self._show_error(error)
            return
        if (choice, collapses) == (self.choice, self._collapses):
            self._found = found
            self._show_plan(found.plan)

    def _show_plan(self, plan: SquashPlan) -> None:
        pane = self._pane(PLAN)
        pane.show(plan_lines(plan, pane.size.width))
        lines, self._places = data_lines(plan)
        self._pane(DATA).show(lines)
        self._pane(FILE).show(diff_lines(plan.changes) if plan.changes is not None else ())
        self.show_range()
        self._follow_cursor()
        self.refresh_bindings()

    def _show_error(self, error: MigtuiError) -> None:
        hints = []
        if any(step.is_squash for step in self.steps):
            hints.append("f looks whether the squash can be finished.")
        if self._collapses:
            hints.append("C squashes instead of collapsing.")
        pane = self._pane(PLAN)
        lines = wrapped(
            (*error_lines(error), *(Line() for _ in hints[:1]), *map(line, hints)),
            pane.size.width - SCROLLBAR,
        )
        indented = (Line((("", " "), *entry.spans)) for entry in lines)
        pane.show(indented)
        self._pane(DATA).show(())
        self._pane(FILE).show(())
        self._places = {}
        self.show_range()

    def _show_title(self) -> None:
        verb = "collapse" if self._collapses else "squash"
        self.query_one(TitleBar).project = safe(f"{verb} {self._squashes.app_label}")

    @on(Timeline.Moved)
    def _follow_cursor(self) -> None:
        """Show the data work of the migration that the cursor is on."""
        step = self.query_one(Timeline).step
        place = self._places.get(step.key.name) if step is not None else None
        if place is not None:
            self._pane(DATA).scroll_to(0, place, animate=False)

    def on_resize(self) -> None:
        """Wrap the plan anew."""
        if self._found is not None:
            self.call_after_refresh(self._show_plan, self._found.plan)

    def why_not(self, action: str) -> str:
        """Why an action can't be done now."""
        if action in _CHOOSING and self._is_busy:
            return "The squash is being proved or written: a moment."
        if action == "write" and self._plan is None:
            return "The plan is not ready yet."
        if action == "write" and self._plan is not None and self._plan.changes is None:
            return self._plan.refusals[0] if self._plan.refusals else "There is nothing to write."
        if action == "finish" and not any(step.is_squash for step in self.steps):
            return f"{self._squashes.app_label} has no squash to finish."
        if action == "propose" and not self._proposals:
            return "No other range is proposed."
        return super().why_not(action)

    @property
    def _proposals(self) -> list[tuple[MigrationKey, ...]]:
        """The parts of the range that can be squashed, where all of it can't."""
        plan = self._plan
        if plan is None or not plan.crossing:
            return self._proved
        return [part for part in plan.parts if len(part) > 1]

    def _offer(self, plans: Sequence[SquashPlan]) -> None:
        """Propose the parts of the range that are proved."""
        self._proved = [plan.replaces for plan in plans]
        self.refresh_bindings()

    def action_propose(self) -> None:
        """Take the first range that makes no cycle."""
        if self._proposals:
            self.query_one(TabbedContent).active = PLAN
            self.take(self._proposals[0])

    def action_collapse(self) -> None:
        """Collapse instead of squashing, or squash again."""
        self._collapses = not self._collapses
        self._show_title()
        self.query_one(TabbedContent).active = PLAN
        self.make_plan()

    @work(exit_on_error=False)
    async def action_write(self) -> None:
        """Prove the plan, then write it once it is confirmed."""
        found = self._found
        if found is None or found.plan.changes is None:
            return
        changes = found.plan.changes
        with self._busy():
            self.action_tab(PROOF)
            pane = self._pane(PROOF)
            pane.show((line(" The old migrations and the squash run on scratch databases…"),))
            offer = None if self._collapses else self._offer
            proof = await proving.prove(self, self._squashes, found.squash, offer)
            if proof is None:
                pane.show((line(" Nothing was written."),))
                return
            pane.show(wrapped(proof, pane.size.width - SCROLLBAR))
            question = Confirm(changes.title, (*file_lines(changes), Line(), *proof), verb="Write")
            if not await self.app.push_screen_wait(question):
                return
            rollbacks = await proving.confirm_rollbacks(self, self._squashes, found.unapplied)
            if rollbacks is None:
                return
            told = await proving.run_rollbacks(self, self._squashes, self._alone, rollbacks)
            self.has_written = bool(rollbacks)
            if told is None:
                return
            written = await self._alone("writing", self._squashes.write, found.plan)
            self.has_written = True
        hint = "Commit it with the old files; f finishes it once every database has it."
        await self._tell_written(changes, written, told, "" if self._collapses else hint)

    @work(exit_on_error=False)
    async def action_finish(self) -> None:
        """Finish the squash under the cursor, or the only one, once it is confirmed."""
        step = self.query_one(Timeline).step
        key = step.key if step is not None and step.is_squash else None
        with self._busy():
            plan = await confirmed_finish(self, self._squashes, key)
            if plan is None or plan.changes is None:
                return
            written = await self._alone("writing", self._squashes.finish, plan)
            self.has_written = True
        await self._tell_written(plan.changes, written)

    async def _tell_written(
        self, changes: ChangeSet, written: Written, told: tuple[Line, ...] = (), hint: str = ""
    ) -> None:
        """Show what was written and what came of it, then leave."""
        outcome = outcome_lines(self._squashes.app_label, written.verification)
        back = line(f"u on the main screen takes it back. {hint}".rstrip(), "muted")
        lines = (*outcome, Line(), *file_lines(changes), *told, Line(), back)
        await self.app.push_screen_wait(Report(f"Written: {changes.title}", lines))
        self.dismiss()

    def action_all(self) -> None:
        """Show what can be squashed of every app."""
        self.wants_all = True
        self.dismiss()

    @contextmanager
    def _busy(self) -> Iterator[None]:
        """Keys that choose or write are greyed while the squash is proved or written."""
        self._is_busy = True
        self.refresh_bindings()
        try:
            yield
        finally:
            self._is_busy = False
            self.refresh_bindings()

    async def action_back(self) -> None:
        """End what is asked; where nothing is, go back."""
        if self.is_asking or self._is_busy:
            await self.action_cancel()
        else:
            self.dismiss()

    def action_tab(self, name: str) -> None:
        """Go to a tab."""
        self.query_one(TabbedContent).active = name
        self._pane(name).focus()

    def action_details(self) -> None:
        """Say which Django it is."""
        said = self.session.consultation
        if said is not None:
            self.tell(f"Django {said.facts.django_version}, {said.facts.settings}")

    def _pane(self, name: str) -> LinesPane:
        return self.query_one(f"#squash-{name}", LinesPane)
