"""Squashing on the screen: the range on a time line, the plan beside it, proof, write, finish."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from textual import work
from textual.containers import Horizontal
from textual.widgets import Footer, TabbedContent, TabPane, Tabs

from migtui.core.squash_plan import SquashChoice, SquashPlan
from migtui.errors import EngineCancelledError, MigtuiError
from migtui.tui import keys
from migtui.tui.documents.diff import diff_lines
from migtui.tui.documents.files import file_lines
from migtui.tui.documents.lines import Line, error_lines, line
from migtui.tui.documents.outcome import outcome_lines
from migtui.tui.documents.squash import finish_lines, plan_lines, proof_lines
from migtui.tui.screens.asking import AskingScreen
from migtui.tui.screens.dialog import Confirm, Report
from migtui.tui.squashes import Squashes, Step
from migtui.tui.widgets.lines_pane import LinesPane
from migtui.tui.widgets.timeline import Timeline
from migtui.tui.widgets.title_bar import TitleBar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.app import ComposeResult

    from migtui.core.migration import MigrationKey
    from migtui.tui.session import Session

PLAN, FILE, PROOF = "plan", "file", "proof"
_TITLES = {PLAN: "1 Plan", FILE: "2 File", PROOF: "3 Proof"}
_EMPTY = {
    PLAN: "What the squash would be.",
    FILE: "The file that would be written.",
    PROOF: "w tries the squash on scratch databases before it is written.",
}


class SquashScreen(AskingScreen):
    """One app: its history, a range of it, and what a squash of that would be.

    Args:
        session: The open project.
        app_label: The app.
        alone: Asks what writes while nothing else is written.

    Attributes:
        has_written: Whether the project is other than it was.
    """

    HELP = """
    ## Squash

    **s** and **e** choose the range on the time line, **i** leaves out the RunPython and RunSQL of
    the migration under the cursor; the plan follows. **w** proves the squash on scratch
    databases, then asks and writes. **f** finishes a squash that every database has.
    """
    BINDINGS: ClassVar = [*keys.SQUASH]
    AUTO_FOCUS = "Timeline"

    def __init__(
        self, session: Session, app_label: str, alone: Callable[..., Awaitable[Any]]
    ) -> None:
        super().__init__(session)
        self._alone = alone
        self._squashes = Squashes(session, app_label)
        self._steps: tuple[Step, ...] = ()
        self._choice = SquashChoice(app_label)
        self._plan: SquashPlan | None = None
        self._is_busy = False
        self.has_written = False

    def compose(self) -> ComposeResult:
        """The time line at the left, tabs at the right."""
        yield TitleBar()
        with Horizontal(id="squash"):
            yield Timeline()
            with TabbedContent(id="squash-tabs", initial=PLAN):
                for name, title in _TITLES.items():
                    with TabPane(title, id=name):
                        yield LinesPane(id=f"squash-{name}", empty=_EMPTY[name])
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Read the history, then plan."""
        self.query_one(TitleBar).project = f"squash {self._squashes.app_label}"
        self.query_one(Timeline).border_title = "History"
        self.query_one(Tabs).can_focus = False
        self.read_history()

    @work(exit_on_error=False)
    async def read_history(self) -> None:
        """Read the app's migrations."""
        try:
            self._steps = await self.ask("reading the history", self._squashes.steps)
        except MigtuiError as error:
            self._pane(PLAN).show(error_lines(error))
            return
        self._show_range()
        self.make_plan()

    @work(exit_on_error=False, exclusive=True, group="preview")
    async def make_plan(self) -> None:
        """Plan what is chosen; a plan that is being made is given up."""
        self._plan = None
        self.refresh_bindings()
        await asyncio.to_thread(self.session.cancel)
        choice = self._choice
        try:
            plan = await self.ask("planning", self._squashes.plan, choice, self.report)
        except EngineCancelledError:
            return
        except MigtuiError as error:
            squashes = any(step.is_squash for step in self._steps)
            hint = (Line(), line("f looks whether the squash can be finished.")) * squashes
            self._pane(PLAN).show((*error_lines(error), *hint))
            self._pane(FILE).show(())
            return
        if choice == self._choice:
            self._plan = plan
            pane = self._pane(PLAN)
            pane.show(plan_lines(plan, pane.size.width))
            self._pane(FILE).show(diff_lines(plan.changes) if plan.changes is not None else ())
            self.refresh_bindings()

    def why_not(self, action: str) -> str:
        """Why an action can't be done now."""
        if action in ("start", "end", "elide", "write", "finish") and self._is_busy:
            return "The squash is being proved or written: a moment."
        if action == "write" and self._plan is None:
            return "The plan is not ready yet."
        if action == "write" and self._plan is not None and self._plan.changes is None:
            return self._plan.refusals[0] if self._plan.refusals else "There is nothing to write."
        if action == "finish" and not any(step.is_squash for step in self._steps):
            return f"{self._squashes.app_label} has no squash to finish."
        return super().why_not(action)

    def action_start(self) -> None:
        """Begin the range at the cursor."""
        self._choose_end("start")

    def action_end(self) -> None:
        """End the range at the cursor."""
        self._choose_end("end")

    def _choose_end(self, end: str) -> None:
        step = self.query_one(Timeline).step
        if step is None:
            return
        last = {"start": self._steps[0].key, "end": self._steps[-1].key}[end]
        key = None if step.key == last else step.key
        self._choose(
            replace(self._choice, start=key) if end == "start" else replace(self._choice, end=key)
        )

    def action_elide(self) -> None:
        """Leave out the data work of the migration under the cursor, or take it in again."""
        step = self.query_one(Timeline).step
        if step is None or not step.data:
            self.tell("There is no RunPython and no RunSQL in it.", severity="warning")
            return
        elided = set(self._choice.elide) ^ {step.key}
        self._choose(replace(self._choice, elide=tuple(sorted(elided))))

    def _choose(self, choice: SquashChoice) -> None:
        inside = self._inside(choice)
        kept = tuple(key for key in choice.elide if key in inside)
        self._choice = replace(choice, elide=kept)
        self._show_range()
        self.make_plan()

    def _inside(self, choice: SquashChoice) -> list[MigrationKey]:
        line_of_keys = [step.key for step in self._steps]
        start = line_of_keys.index(choice.start) if choice.start in line_of_keys else 0
        end = (
            line_of_keys.index(choice.end) if choice.end in line_of_keys else len(line_of_keys) - 1
        )
        return line_of_keys[start : end + 1]

    def _show_range(self) -> None:
        inside = self._inside(self._choice)
        self.query_one(Timeline).tell(self._steps, inside, self._choice.elide)

    @work(exit_on_error=False)
    async def action_write(self) -> None:
        """Prove the plan, then write it once it is confirmed."""
        plan = self._plan
        if plan is None or plan.changes is None:
            return
        with _Busy(self):
            self.action_tab(PROOF)
            pane = self._pane(PROOF)
            pane.show((line(" The old migrations and the squash run on scratch databases…"),))
            try:
                proofs, is_good = await self.ask("proving", self._squashes.prove, plan, self.report)
            except EngineCancelledError:
                pane.show((line(" Cancelled: nothing was proved, nothing was written."),))
                return
            lines = proof_lines(proofs, pane.size.width)
            pane.show(lines)
            if not is_good:
                hint = line("Nothing was written. Try another range.", "warning")
                await self.app.push_screen_wait(Report("Not proved", (*lines, Line(), hint)))
                return
            files = file_lines(plan.changes)
            question = Confirm(plan.changes.title, (*lines, Line(), *files), verb="Write")
            if not await self.app.push_screen_wait(question):
                return
            written = await self._alone("writing", self._squashes.write, plan)
            self.has_written = True
        outcome = outcome_lines(plan.key.app_label, written.verification)
        hint = line("u on the main screen takes it back. Commit it with the old files.", "muted")
        await self.app.push_screen_wait(
            Report(f"Written: {plan.changes.title}", (*outcome, Line(), *files, Line(), hint))
        )
        self.dismiss()

    @work(exit_on_error=False)
    async def action_finish(self) -> None:
        """Finish the squash under the cursor, or the only one, once it is confirmed."""
        step = self.query_one(Timeline).step
        key = step.key if step is not None and step.is_squash else None
        with _Busy(self):
            plan = await self.ask("looking at databases", self._squashes.finish_plan, key)
            lines = finish_lines(plan, self.size.width * 3 // 4)
            if plan.changes is None:
                await self.app.push_screen_wait(Report("Not yet", lines))
                return
            files = file_lines(plan.changes)
            question = Confirm(plan.changes.title, (*lines, Line(), *files), verb="Finish")
            if not await self.app.push_screen_wait(question):
                return
            written = await self._alone("writing", self._squashes.finish, plan)
            self.has_written = True
        outcome = outcome_lines(self._squashes.app_label, written.verification)
        title = f"Written: {plan.changes.title}"
        await self.app.push_screen_wait(Report(title, (*outcome, Line(), *files)))
        self.dismiss()

    def busy(self, *, now: bool) -> None:
        """Note that the squash is being proved or written, or no longer."""
        self._is_busy = now
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


class _Busy:
    """Keys that choose or write are greyed as long as the context lasts."""

    def __init__(self, screen: SquashScreen) -> None:
        self._tell: Callable[..., None] = screen.busy

    def __enter__(self) -> None:
        self._tell(now=True)

    def __exit__(self, *_: object) -> None:
        self._tell(now=False)
