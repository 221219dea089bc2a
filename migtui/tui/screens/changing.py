"""A screen that changes databases: one thing at a time, never cut off, what failed is shown."""

import asyncio
import traceback
from collections.abc import Callable
from typing import ClassVar, TypeVar

from textual.screen import Screen
from textual.worker import Worker, WorkerState

from migtui.engine.protocol.base import Progress
from migtui.errors import DatabaseError, MigtuiError
from migtui.tui.database_session import DatabaseSession
from migtui.tui.documents.lines import Line, error_lines, line, plain_lines
from migtui.tui.screens.dialog import Confirm, Report
from migtui.tui.text import safe
from migtui.tui.widgets.title_bar import TitleBar

AnswerT = TypeVar("AnswerT")
ResultT = TypeVar("ResultT")


class ChangingScreen(Screen[ResultT]):
    """Asks and changes in threads; quitting has to wait for a change.

    Args:
        session: Answers the questions.
    """

    WAITING: ClassVar[tuple[str, ...]] = ()
    """Actions that can't be used while a database is changed."""

    def __init__(self, session: DatabaseSession) -> None:
        super().__init__()
        self.session = session
        self._is_changing = False

    @property
    def why_not_quit(self) -> str:
        """Why the application can't end now; empty where it can."""
        return "The database is being changed: wait until that is done." * self._is_changing

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Grey what can't be done while a database is changed."""
        del parameters
        return None if self._is_changing and action in self.WAITING else True

    async def ask(
        self, activity: str, question: Callable[..., AnswerT], *arguments: object
    ) -> AnswerT:
        """The answer to a question that blocks; ``activity`` says meanwhile what is done."""
        title = self.query_one(TitleBar)
        title.can_cancel = False
        title.activity = activity
        try:
            return await asyncio.to_thread(question, *arguments)
        finally:
            title.activity = ""

    async def change(
        self, activity: str, question: Callable[..., AnswerT], *arguments: object
    ) -> AnswerT:
        """The answer to something that changes a database; what it reports meanwhile is shown.

        Raises:
            DatabaseError: Something else is changing it.
        """
        if self._is_changing:
            raise DatabaseError("The database is being changed: a moment.")
        self._is_changing = True
        self.refresh_bindings()
        try:
            return await self.ask(activity, question, *arguments, self._progress)
        finally:
            self._is_changing = False
            self.refresh_bindings()

    def _progress(self, progress: Progress) -> None:
        """Show how far it is, from the thread that asks."""
        self.app.call_from_thread(self.show_progress, progress.text)

    def show_progress(self, text: str) -> None:
        """Say how far it is."""
        self.query_one(TitleBar).activity = safe(text)

    async def is_confirmed(self, title: str, lines: tuple[Line, ...], verb: str) -> bool:
        """Whether the developer wants it."""
        return await self.app.push_screen_wait(Confirm(title, lines, verb=verb))

    async def restore(self, name: str) -> bool:
        """Put back a backup, if the developer confirms it; whether it was.

        Args:
            name: Of the backup.
        """
        restoration = await self.ask("verifying", self.session.prepare_restore, name)
        target, manifest = restoration.target.place, restoration.manifest
        if not restoration.is_own or not restoration.target.is_local:
            raise DatabaseError(
                f"{target} is not the database of the backup, or not on this machine: its name has "
                "to be typed for that.",
                help=f"In a shell: migtui restore {name}",
            )
        question = (
            line(f"All that is in {target} is replaced by what was there at {manifest.created}."),
            line(f"{len(manifest.applied)} migrations, {len(manifest.rows)} tables.", "muted"),
        )
        if not await self.is_confirmed(f"Restore {name}", question, "Restore"):
            return False
        await self.change("restoring", self.session.restore, restoration)
        self.tell(f"{target} is as it was at {manifest.created}.")
        return True

    def tell(self, text: str) -> None:
        """Say one sentence in a corner."""
        self.notify(safe(text), markup=False)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Show what failed."""
        error = event.worker.error
        if event.state is not WorkerState.ERROR or error is None:
            return
        if isinstance(error, MigtuiError):
            self.app.push_screen(Report("That could not be done", error_lines(error)))
        else:
            text = "".join(traceback.format_exception(error))
            self.app.push_screen(Report("A defect of migtui: please report it", plain_lines(text)))
