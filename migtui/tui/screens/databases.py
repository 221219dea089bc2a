"""What each database has applied; rolls back, makes and restores backups."""

import asyncio
import traceback
from collections.abc import Callable
from typing import ClassVar, TypeVar

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import Footer, Input, OptionList
from textual.worker import Worker, WorkerState

from migtui.engine.protocol import Progress
from migtui.errors import DatabaseError, MigtuiError
from migtui.reports.halfway import halfway_text
from migtui.reports.rollback import rollback_text
from migtui.reports.runs import where_it_stands
from migtui.tui import keys
from migtui.tui.database_session import DatabaseSession
from migtui.tui.documents.database import (
    APPLIED,
    DatabaseView,
    Row,
    database_lines,
    row_lines,
)
from migtui.tui.documents.lines import Line, error_lines, line, plain_lines
from migtui.tui.screens.backup_list import BackupList
from migtui.tui.screens.dialog import Confirm, Report
from migtui.tui.text import safe
from migtui.tui.widgets.lines_pane import LinesPane
from migtui.tui.widgets.migration_list import MigrationList
from migtui.tui.widgets.title_bar import TitleBar

AnswerT = TypeVar("AnswerT")


class DatabasesScreen(Screen[None]):
    """One database at a time; what changes it is planned, confirmed, and never cut off.

    Args:
        session: Answers the questions.
    """

    HELP = """
    ## Databases

    What is applied (`✓`), what is not (`·`), what is applied and has no file (`✗`), and what a
    squash stands for now (`»`). **/** leaves those that have all words typed, such as `blog no
    file`. **B** rolls back to the migration under the cursor, which stays applied: a plan is shown
    first, a backup is made before. **b** makes a backup, **R** lists them to restore one. **H**
    looks where the migration under the cursor has stopped, if it failed half-way, and writes the
    SQL that leads back and onward; it runs none of it.
    """
    BINDINGS: ClassVar = [*keys.DATABASES]

    def __init__(self, session: DatabaseSession) -> None:
        super().__init__()
        self._session = session
        self._view: DatabaseView | None = None
        self._index = 0
        self._is_changing = False

    def compose(self) -> ComposeResult:
        """The migrations at the left, what is known of one at the right."""
        yield TitleBar()
        with Horizontal(id="databases"):
            with Vertical(id="listed"):
                yield Input(id="find", placeholder="words of names, states, times, files")
                yield MigrationList()
            yield LinesPane(id="facts", empty="The database is being asked.")
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Ask."""
        self.query_one(TitleBar).project = safe(self._session.title)
        self.query_one("#find", Input).display = False
        self.query_one(MigrationList).focus()
        self.action_reload()

    @property
    def why_not_quit(self) -> str:
        """Why the application can't end now; empty where it can."""
        return "The database is being changed: wait until that is done." * self._is_changing

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Grey what can't be done while a database is changed; hide what leads to no other one."""
        del parameters
        if action == "find" and self.focused is not None and self.focused.id == "find":
            return False
        if action == "database" and len(self._session.aliases) == 1:
            return False
        return None if self._is_changing and action in keys.DATABASE_ACTIONS else True

    @work(exclusive=True, exit_on_error=False, group="read")
    async def action_reload(self) -> None:
        """Ask the database again."""
        await self._read()

    async def _read(self) -> None:
        aliases = self._session.aliases
        alias = aliases[self._index % len(aliases)]
        self._view = await self._ask(f"asking {alias}", self._session.view, alias)
        listed = self.query_one(MigrationList)
        listed.border_title = safe(f"{alias} ({self._index % len(aliases) + 1} of {len(aliases)})")
        self._show_rows()

    @on(Input.Changed, "#find")
    def _show_rows(self) -> None:
        """Show what the search leaves, which is all where nothing is searched."""
        if self._view is not None:
            wanted = self.query_one("#find", Input).value
            rows = [row for row in self._view.rows if row.matches(wanted)]
            self.query_one(MigrationList).show(rows)
            self._show_facts()

    def action_find(self) -> None:
        """Let words be typed."""
        field = self.query_one("#find", Input)
        field.display = True
        self.set_focus(field)

    @on(Input.Submitted, "#find")
    def _leave_search(self) -> None:
        self.query_one(MigrationList).focus()

    def action_database(self, step: int) -> None:
        """Go to another database."""
        self._index += step
        self.action_reload()

    def action_leave(self) -> None:
        """End the search, or go back, unless a database is being changed."""
        field = self.query_one("#find", Input)
        if field.display:
            field.value = ""
            field.display = False
            self.query_one(MigrationList).focus()
        elif not self._is_changing:
            self.dismiss(None)

    @on(OptionList.OptionHighlighted)
    def _show_facts(self) -> None:
        view, row = self._view, self.query_one(MigrationList).row
        if view is not None:
            pane = self.query_one("#facts", LinesPane)
            width = pane.size.width - 1
            lines = database_lines(view, width) if row is None else row_lines(view, row, width)
            pane.show(lines)

    def on_resize(self) -> None:
        """Wrap the lines anew."""
        self.call_after_refresh(self._show_facts)

    @work(exit_on_error=False)
    async def action_roll_back(self) -> None:
        """Plan the way back to the migration under the cursor, ask, and go it."""
        view, row = self._view, self.query_one(MigrationList).row
        if view is None or row is None:
            return
        self._require_possible(view, row)
        session = self._session
        rollback = await self._ask("planning", session.plan_rollback, view.alias, row.key)
        if not rollback.keys:
            self._tell(f"Nothing is applied after {row.key}.")
            return
        if rollback.lost:
            listed = [line(f"{name} of commit {sha[:12]}") for name, sha in rollback.plan.sources]
            question = (*listed, Line(), line("Unapplying these runs their code.", "warning"))
            if not await self._is_confirmed("Run code that only git has?", question, "Run it"):
                return
        rollback = await self._ask("planning", session.inspect_rollback, rollback)
        lines = plain_lines(rollback_text(rollback.plan).rstrip())
        if rollback.plan.blockers:
            await self.app.push_screen_wait(Report("This can't be rolled back", lines))
            return
        remark = (line("A backup is made before; it is named in the end.", "muted"), Line(), *lines)
        if not await self._is_confirmed(f"Roll back to {row.key}", remark, "Roll back"):
            return
        outcome = await self._change("rolling back", session.run_rollback, rollback)
        names = ", ".join(f"{app_label}.{name}" for app_label, name in outcome.unapplied)
        told = [line(f"Unapplied: {names}." if names else "Nothing was unapplied.")]
        if outcome.trouble is not None:
            told = [
                *plain_lines(outcome.trouble.message, "error"),
                *plain_lines(where_it_stands(outcome)),
            ]
        if outcome.backup:
            told += [Line(), line(f"migtui restore {outcome.backup}", "strong")]
            told.append(line("brings back what was there before.", "muted"))
        title = "It stopped" if outcome.trouble is not None else f"Rolled back to {row.key}"
        await self.app.push_screen_wait(Report(title, tuple(told)))
        await self._read()

    def _require_possible(self, view: DatabaseView, row: Row) -> None:
        if row.mark != APPLIED:
            raise DatabaseError(
                f"{row.key} is not applied, or has no file: there is no way back to it.",
                help="Choose the migration that is to stay, one with a ✓.",
            )
        self._require_local(view, f"rollback {row.key.app_label} {row.key.name}")

    def _require_local(self, view: DatabaseView, command: str) -> None:
        if not view.state.history.is_local:
            raise DatabaseError(
                f"{view.alias} is not on this machine: its name has to be typed for that.",
                help=f"In a shell: migtui {command} --database {view.alias}",
            )

    @work(exit_on_error=False)
    async def action_halfway(self) -> None:
        """Look where the migration under the cursor has stopped; show the SQL that leads out."""
        view, row = self._view, self.query_one(MigrationList).row
        if view is None or row is None:
            return
        found = await self._change("comparing", self._session.find_halfway, view.alias, row.key)
        command = f"migtui sql {row.key.app_label} {row.key.name} --halfway --database {view.alias}"
        lines = (line(f"In a shell: {command}", "muted"), Line())
        title = f"Where {row.key} has stopped"
        text = plain_lines(halfway_text(found).rstrip())
        await self.app.push_screen_wait(Report(title, (*lines, *text)))

    @work(exit_on_error=False)
    async def action_back_up(self) -> None:
        """Make a backup."""
        if self._view is not None:
            path = await self._change("backing up", self._session.back_up, self._view.alias)
            self._tell(f"Backup {path.name} is made and verified.")

    @work(exit_on_error=False)
    async def action_backups(self) -> None:
        """List the backups, and restore the one that is chosen."""
        view = self._view
        if view is None:
            return
        place, manifests = await self._ask("reading backups", self._session.backups)
        chosen = await self.app.push_screen_wait(BackupList(place, manifests))
        if chosen is None:
            return
        restoration = await self._ask("verifying", self._session.prepare_restore, chosen.id)
        target = restoration.target.place
        if not restoration.is_own or not restoration.target.is_local:
            raise DatabaseError(
                f"{target} is not the database of the backup, or not on this machine: its name has "
                "to be typed for that.",
                help=f"In a shell: migtui restore {chosen.id}",
            )
        question = (
            line(f"All that is in {target} is replaced by what was there at {chosen.created}."),
            line(f"{len(chosen.applied)} migrations, {len(chosen.rows)} tables.", "muted"),
        )
        if await self._is_confirmed(f"Restore {chosen.id}", question, "Restore"):
            await self._change("restoring", self._session.restore, restoration)
            self._tell(f"{target} is as it was at {chosen.created}.")
            await self._read()

    async def _is_confirmed(self, title: str, lines: tuple[Line, ...], verb: str) -> bool:
        return await self.app.push_screen_wait(Confirm(title, lines, verb=verb))

    async def _ask(
        self, activity: str, question: Callable[..., AnswerT], *arguments: object
    ) -> AnswerT:
        title = self.query_one(TitleBar)
        title.activity = activity
        try:
            return await asyncio.to_thread(question, *arguments)
        finally:
            title.activity = ""

    async def _change(
        self, activity: str, question: Callable[..., AnswerT], *arguments: object
    ) -> AnswerT:
        """Ask something that changes a database: one at a time, and quitting has to wait."""
        if self._is_changing:
            raise DatabaseError("The database is being changed: a moment.")
        self._is_changing = True
        self.refresh_bindings()
        try:
            return await self._ask(activity, question, *arguments, self._progress)
        finally:
            self._is_changing = False
            self.refresh_bindings()

    def _progress(self, progress: Progress) -> None:
        """Show how far it is, from the thread that asks."""
        self.app.call_from_thread(self._show_progress, progress.text)

    def _show_progress(self, text: str) -> None:
        for title in self.query(TitleBar):
            title.activity = safe(text)

    def _tell(self, text: str) -> None:
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
