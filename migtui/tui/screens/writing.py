"""Writing what the preview shows, and taking it back."""

from __future__ import annotations

import asyncio
import shlex
from typing import TYPE_CHECKING, TypeVar

from textual import work

from migtui.errors import MigtuiError
from migtui.tui.documents.files import file_lines, record_lines
from migtui.tui.documents.lines import Line, line
from migtui.tui.documents.order import remark_lines
from migtui.tui.documents.outcome import outcome_lines
from migtui.tui.screens.dialog import Confirm, Report
from migtui.tui.screens.previewing import PreviewingScreen
from migtui.tui.widgets.preview import Preview

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from migtui.core.journal import Entry, FileRecord
    from migtui.core.squash_plan import Collapse
    from migtui.services.resolve import Plan
    from migtui.tui.session import Session

AnswerT = TypeVar("AnswerT")


class WritingScreen(PreviewingScreen):
    """Writes, undoes and redoes: one at a time, each after a confirmation, all or nothing."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._writing = asyncio.Lock()
        self._quits_after = False

    def why_not(self, action: str) -> str:
        """Why an action of this part can't be done now."""
        if action in ("write", "undo", "redo", "stage", "repair") and self._writing.locked():
            return "Files are being written: a moment."
        if action == "write" and self.plan is None:
            return self.why_no_plan
        if action == "write" and self.session.is_starting:
            return "Django is still starting, and has to be asked first."
        if action == "undo" and self.session.history.undoable is None:
            return "migtui has written nothing here that could be undone."
        if action == "redo" and self.session.history.redoable is None:
            return "Nothing was undone here that could be written again."
        if action == "stage":
            return self._why_not_stage()
        return super().why_not(action)

    def _why_not_stage(self) -> str:
        entry = self.session.history.undoable
        if entry is None:
            return "migtui has written nothing here that could be staged."
        if entry.index is not None:
            return f"“{entry.title}” is staged already."
        return ""

    @work(exit_on_error=False)
    async def action_write(self) -> None:
        """Write the plan, once it is confirmed."""
        plan = self.plan
        if plan is None or self.explanation is None:
            return
        app_label = self.explanation.conflict.app_label
        if plan.collapses is not None:
            await self._write_collapse(app_label, plan, plan.collapses)
            return
        files = file_lines(plan.changes)
        way = self.previewed
        doubt = [way.why] if way is not None and way.why and not way.recommended else []
        ways = await asyncio.to_thread(self.session.plans.ways_to_follow, plan)
        about = remark_lines(plan, *doubt, *ways)
        remarks = (*about, Line(), self._promise())
        if not await self._is_confirmed(plan.changes.title, files, remarks, "Write"):
            return
        await self._write_confirmed(app_label, plan)

    async def _write_collapse(self, app_label: str, plan: Plan, collapse: Collapse) -> None:
        """Prove it, ask, roll back what a database has of it, write."""
        from migtui.tui.screens import proving  # noqa: PLC0415 - not before the first paint
        from migtui.tui.squashes import Squashes  # noqa: PLC0415 - as above

        squashes = Squashes(self.session, app_label)
        proof = await proving.prove(self, squashes, collapse.squash)
        if proof is None:
            return
        remarks = (Line(), *proof, *remark_lines(plan), Line(), self._promise())
        files = file_lines(plan.changes)
        if not await self._is_confirmed(plan.changes.title, files, remarks, "Write"):
            return
        rollbacks = await proving.confirm_rollbacks(self, squashes, collapse.unapplied)
        if rollbacks is None:
            return
        told = await proving.run_rollbacks(self, squashes, self.alone, rollbacks)
        if told is not None:
            await self._write_confirmed(app_label, plan, *told)

    async def _write_confirmed(self, app_label: str, plan: Plan, *told: Line) -> None:
        """Write what was confirmed, and say what came of it."""
        files = file_lines(plan.changes)
        written = await self.alone("writing", self.session.plans.write, plan)
        self.log_command(plan.changes.command)
        outcome = outcome_lines(app_label, written.verification)
        staging = " A stages it; committing is yours." if self.session.is_in_git else ""
        undo = "Undo takes the files back, not the database." if told else "Undo takes it back."
        hint = line(f"{undo}{staging}", "muted")
        await self._finish(
            f"Written: {plan.changes.title}", (*outcome, Line(), *files, *told, Line(), hint)
        )

    @work(exit_on_error=False)
    async def action_stage(self) -> None:
        """Put what was written last into git's index; nothing is committed."""
        entry = self.session.history.undoable
        if entry is not None:
            await self.alone("staging", self.session.stage, entry)
            names = [record.path for record in entry.files]
            self.log_command(shlex.join(["git", "add", "--", *names]))
            self.tell(f"Staged, not committed: {entry.title}")

    @work(exit_on_error=False)
    async def action_undo(self) -> None:
        """Take back what was written last, once it is confirmed."""
        entry = self.session.history.undoable
        if entry is not None:
            turned = [record.turned for record in entry.files]
            await self._turn("Undo", entry, turned, self.session.undo)

    @work(exit_on_error=False)
    async def action_redo(self) -> None:
        """Write again what was undone last, once it is confirmed."""
        entry = self.session.history.redoable
        if entry is not None:
            await self._turn("Redo", entry, entry.files, self.session.redo)

    async def _turn(
        self,
        verb: str,
        entry: Entry,
        records: Iterable[FileRecord],
        turn: Callable[[], str | None],
    ) -> None:
        files = record_lines(records)
        promise = (Line(), line("A file that was changed since stops it.", "muted"))
        if await self._is_confirmed(f"{verb}: {entry.title}", files, promise, verb):
            remark = await self.alone(verb.lower(), turn)
            self.log_command(f"migtui {verb.lower()}")
            self.tell(" ".join(filter(None, (f"{verb} is done: {entry.title}.", remark))))
            await self.reread()

    async def _is_confirmed(
        self, title: str, files: tuple[Line, ...], remarks: tuple[Line, ...], verb: str
    ) -> bool:
        count = f"{len(files)} file{'s' * (len(files) != 1)} will change:"
        lines = (line(count, "strong"), *files, *remarks)
        return await self.app.push_screen_wait(Confirm(title, lines, verb=verb))

    def _promise(self) -> Line:
        if self.session.why_no_engine:
            return line("Django can't be asked: what is written is only read again.", "warning")
        return line(
            "Unless Django loads the result and sees one leaf, nothing is written.", "muted"
        )

    async def alone(
        self, activity: str, question: Callable[..., AnswerT], *arguments: object
    ) -> AnswerT:
        """Write while nothing else is written; quitting waits for it."""
        async with self._writing:
            self.refresh_bindings()
            try:
                return await self.ask(activity, question, *arguments)
            except MigtuiError:
                self._quits_after = False  # the developer has to see what went wrong
                raise
            finally:
                self.call_later(self._after_writing)

    async def action_cancel(self) -> None:
        """End what can be ended, which writing can't."""
        if self._writing.locked():
            self.tell("Files are being written, all of them or none: a moment.", severity="warning")
        else:
            await super().action_cancel()

    def _after_writing(self) -> None:
        self.refresh_bindings()
        if self._quits_after:
            self.app.exit()

    async def _finish(self, title: str, lines: tuple[Line, ...]) -> None:
        """Say what came of it, then go to the next conflict."""
        if self._quits_after:
            return
        await self.app.push_screen_wait(Report(title, lines))
        await self.reread()

    def log_command(self, command: str) -> None:
        """Keep the command that amounts to what was done."""
        self.query_one(Preview).add_to_log(line(f"$ {command}", "strong"))

    def quit_when_written(self) -> bool:
        """Whether files are being written; then the application ends after that."""
        if self._writing.locked():
            self._quits_after = True
            self.tell("Files are being written: migtui quits right after.", severity="warning")
        return self._quits_after
