"""A screen that asks blocking questions in threads, and says why a key can't be used now."""

from __future__ import annotations

import asyncio
import traceback
from typing import TYPE_CHECKING, TypeVar

from textual.screen import Screen
from textual.worker import Worker, WorkerState

from migtui.errors import MigtuiError
from migtui.tui.documents.lines import error_lines, plain_lines
from migtui.tui.screens.dialog import Report
from migtui.tui.text import safe
from migtui.tui.widgets.title_bar import TitleBar

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual import events

    from migtui.engine.protocol.base import Progress
    from migtui.tui.session import Session

AnswerT = TypeVar("AnswerT")

CANCELLABLE = ("explain", "preview", "sql", "evidence")
"""Groups of workers that escape ends; what writes is never among them."""
PATIENCE = 3.0
"""Seconds that what is gathered may still take before an answer that somebody waits for."""


class AskingScreen(Screen[None]):
    """Shows what is being asked, lets it be cancelled, shows what failed.

    Args:
        session: Answers the questions.

    Attributes:
        urgent: How many answers somebody waits for.
    """

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self._asked: list[str] = []
        self.urgent = 0

    async def ask(
        self, activity: str, question: Callable[..., AnswerT], *arguments: object
    ) -> AnswerT:
        """The answer to a question that blocks; ``activity`` says meanwhile what is done."""
        self._asked.append(activity)
        self._show_activity()
        try:
            return await asyncio.to_thread(question, *arguments)
        finally:
            self._asked.remove(activity)
            self._show_activity()

    async def ask_first(
        self, activity: str, question: Callable[..., AnswerT], *arguments: object
    ) -> AnswerT:
        """The same of a question that somebody waits for: what is gathered meanwhile waits."""
        self.urgent += 1
        try:
            await self.stop_gathering(PATIENCE)
            return await self.ask(activity, question, *arguments)
        finally:
            self.urgent -= 1
            self.gather_again()

    @property
    def is_asking(self) -> bool:
        """Whether an answer is awaited."""
        return bool(self._asked)

    def _show_activity(self) -> None:
        for title in self.query(TitleBar):
            title.activity = self._asked[-1] if self._asked else ""

    def show_progress(self, text: str) -> None:
        """Say how far the question is that was asked last."""
        if self._asked:
            for title in self.query(TitleBar):
                title.activity = safe(text)

    def report(self, progress: Progress) -> None:
        """Say how far an answer is, from the thread that asks."""
        counted = f" {progress.done}/{progress.total}" if progress.total else ""
        self.app.call_later(self.show_progress, f"{progress.text}{counted}")

    async def stop_gathering(self, patience: float = 0.0) -> None:
        """Let something that cannot wait, or that so many seconds, ask the engine first."""

    def gather_again(self) -> None:
        """Go on with what was stopped, as the engine is free."""

    def why_not(self, action: str) -> str:  # noqa: ARG002 - each screen knows its own
        """Why an action can't be done now, one sentence; empty where it can."""
        return ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Grey the keys that can't be used now."""
        del parameters
        return None if self.why_not(action) else True

    def on_key(self, event: events.Key) -> None:
        """Say why a greyed key does nothing."""
        active = self.active_bindings.get(event.key)
        if active is not None and active.node is self and not active.enabled:
            event.stop()
            self.tell(self.why_not(active.binding.action), severity="warning")

    def tell(self, text: str, *, severity: str = "information") -> None:
        """Say one sentence in a corner."""
        level = severity if severity in ("warning", "error") else "information"
        self.notify(safe(text), severity=level, markup=False)  # type: ignore[arg-type]

    async def action_cancel(self) -> None:
        """End what can be ended."""
        for worker in list(self.workers):
            if worker.group in CANCELLABLE and worker.is_running:
                worker.cancel()
                self.tell("Cancelled.")
        if self.is_asking:
            await asyncio.to_thread(self.session.cancel)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Show what failed, as a sentence or with all that is known."""
        error = event.worker.error
        if event.state is not WorkerState.ERROR or error is None:
            return
        if isinstance(error, MigtuiError):
            self.show_error(error)
        else:
            text = "".join(traceback.format_exception(error))
            self.app.push_screen(Report("A defect of migtui: please report it", plain_lines(text)))

    def show_error(self, error: MigtuiError) -> None:
        """Show what could not be done, and what to do."""
        self.app.push_screen(Report("That could not be done", error_lines(error)))
