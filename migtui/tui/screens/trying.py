"""Evidence from Django: gathered beside what is read, and on more databases where it is wanted."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from textual import work

from migtui.engine.protocol.orders import GatherEvidence, ReplayOrders, TryOrders
from migtui.errors import EngineCancelledError, EngineError, MigtuiError
from migtui.tui.documents.evidence import evidence_lines
from migtui.tui.screens.dialog import Report
from migtui.tui.screens.writing import WritingScreen

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


AnswerT = TypeVar("AnswerT")
SOON = ("sqlite",)
"""What orders are tried on without being asked: it costs little, and needs no server."""
GATHERING = (GatherEvidence, ReplayOrders, TryOrders)
TURN = 0.1
"""Seconds after which a question that was waiting its turn is cancelled once more."""


class TryingScreen(WritingScreen):
    """Has orders tried in the background; what is found counts at once."""

    _gathering: str | None = None
    """The app whose orders are being tried."""
    _gathered: asyncio.Event
    """Set once they are."""

    def why_not(self, action: str) -> str:
        """Why an action of this part can't be done now."""
        if action == "try":
            if self.explanation is None:
                return "No conflict is shown."
            if self.session.why_no_engine:
                return self.session.why_no_engine
        return super().why_not(action)

    def gather_soon(self, app_label: str) -> None:
        """Have Django look at a conflict, unless it has already, or can't be asked."""
        is_wanted = self.session.lacks_evidence(app_label) and self._gathering != app_label
        if is_wanted and not self.urgent:
            self.gather(app_label, SOON)

    @work(exit_on_error=False, exclusive=True, group="evidence")
    async def gather(
        self, app_label: str, vendors: Sequence[str], *, run_python: bool = False
    ) -> None:
        """Ask Django what the orders come to; show what that makes of the verdict."""
        if not self.urgent:
            await self._gather(app_label, vendors, run_python=run_python)

    async def _gather(self, app_label: str, vendors: Sequence[str], *, run_python: bool) -> bool:
        def question() -> object:
            return self.session.gather(app_label, vendors, self.report, run_python=run_python)

        self._gathering = app_label
        self._gathered = gathered = asyncio.Event()
        try:
            await self.ask("Django is trying the orders", question)
        except EngineCancelledError:
            return False
        except EngineError as error:
            self.session.decline_evidence(app_label)
            self.tell(f"No evidence from Django: {error.message}", severity="warning")
            return False
        except MigtuiError:  # the files have changed, and whoever reads them next tells it
            return False
        finally:
            gathered.set()
            if self._gathering == app_label:
                self._gathering = None
        is_shown = await self.show_more(app_label)
        if is_shown:
            self.gather_soon(app_label)  # where the files have changed meanwhile
        return is_shown

    @work(exit_on_error=False)
    async def action_try(self) -> None:
        """Say how the verdict is known, and try more."""
        explanation = self.explanation
        if explanation is None:
            return
        app_label = explanation.conflict.app_label
        lines = evidence_lines(explanation.verdict)
        from migtui.tui.screens.trying_dialog import (  # noqa: PLC0415 - not before the first paint
            TryDialog,
        )

        wanted = await self.app.push_screen_wait(TryDialog(lines, self.session.places()))
        if wanted is None:
            return
        await self.stop_gathering()
        words = f" --on {','.join(wanted.vendors)}" if wanted.vendors else ""
        words += " --run-python" if wanted.run_python else ""
        self.log_command(f"migtui explain {app_label}{words}")
        if await self._gather(app_label, wanted.vendors, run_python=wanted.run_python):
            found = self.explanation
            if found is not None and found.conflict.app_label == app_label:
                self.app.push_screen(Report("What was found", evidence_lines(found.verdict)))

    async def stop_gathering(self, patience: float = 0.0) -> None:
        """Let something that cannot wait, or that so many seconds, ask the engine first."""
        while self._gathering is not None:
            if not patience:
                await asyncio.to_thread(self.session.cancel, *GATHERING)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._gathered.wait(), patience or TURN)
            patience = 0.0

    def gather_again(self) -> None:
        """Go on with what was stopped, as the engine is free."""
        if self.explanation is not None:
            self.gather_soon(self.explanation.conflict.app_label)

    async def action_cancel(self) -> None:
        """End what can be ended; evidence that was cancelled is not asked for again by itself."""
        if self._gathering is not None:
            self.session.decline_evidence(self._gathering)
            self.tell("Cancelled: t tries the orders again.")
        await super().action_cancel()

    async def alone(
        self, activity: str, question: Callable[..., AnswerT], *arguments: object
    ) -> AnswerT:
        """Write without waiting for evidence."""
        await self.stop_gathering()
        return await super().alone(activity, question, *arguments)

    async def show_more(self, app_label: str) -> bool:
        """Show what has come to be known; whether the conflict is still there to be shown."""
        raise NotImplementedError
