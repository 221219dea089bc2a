"""What each database has applied; rolls back, makes and restores backups."""

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Input, OptionList

from migtui.errors import DatabaseError, MigtuiError
from migtui.reports.halfway import halfway_text
from migtui.services.rollback import Rollback
from migtui.services.rollback_targets import Target, choices_at
from migtui.tui import keys
from migtui.tui.database_session import DatabaseSession
from migtui.tui.documents.database import DatabaseView, database_lines, row_lines
from migtui.tui.documents.lines import Line, error_lines, line, plain_lines, wrapped
from migtui.tui.screens.backup_list import BackupList
from migtui.tui.screens.changing import ChangingScreen
from migtui.tui.screens.dialog import Report
from migtui.tui.screens.rolling_back import RollbackScreen
from migtui.tui.screens.targets import RefPrompt, TargetList
from migtui.tui.text import safe
from migtui.tui.widgets.key_line import KeyLine
from migtui.tui.widgets.lines_pane import LinesPane
from migtui.tui.widgets.migration_list import MigrationList
from migtui.tui.widgets.title_bar import TitleBar


class DatabasesScreen(ChangingScreen[None]):
    """One database at a time; what changes it is planned, confirmed, and never cut off.

    Args:
        session: Answers the questions.
    """

    HELP = """
    ## Databases

    What is applied (`✓`), what is not (`·`), what is applied and has no file (`✗`), and what a
    squash stands for now (`»`). **/** leaves those that have all words typed, such as `blog no
    file`. **B** asks where to roll back, to the migration under the cursor or elsewhere: a plan is
    shown first, a backup is made before. **b** makes a backup, **R** lists them to restore one.
    **H** looks where the migration under the cursor has stopped, if it failed half-way, and writes
    the SQL that leads back and onward; it runs none of it.
    """
    BINDINGS: ClassVar = [*keys.DATABASES]
    WAITING = keys.DATABASE_ACTIONS

    def __init__(self, session: DatabaseSession) -> None:
        super().__init__(session)
        self._view: DatabaseView | None = None
        self._error: MigtuiError | None = None
        self._index = 0

    def compose(self) -> ComposeResult:
        """The migrations at the left, what is known of one at the right."""
        yield TitleBar()
        with Horizontal(id="databases"):
            with Vertical(id="listed"):
                yield Input(id="find", placeholder="words of names, states, times, files")
                yield MigrationList()
            yield LinesPane(id="facts", empty="The database is being asked.")
        yield KeyLine()

    def on_mount(self) -> None:
        """Ask."""
        self.query_one(TitleBar).project = safe(self.session.title)
        self.query_one("#find", Input).display = False
        self.query_one(MigrationList).focus()
        self.action_reload()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide what leads to no other database, and the search while it is typed."""
        if action == "find" and self.focused is not None and self.focused.id == "find":
            return False
        if action == "database" and len(self.session.aliases) == 1:
            return False
        return super().check_action(action, parameters)

    @work(exclusive=True, exit_on_error=False, group="read")
    async def action_reload(self) -> None:
        """Ask the database again."""
        await self._read()

    async def _read(self) -> None:
        aliases = self.session.aliases
        alias = aliases[self._index % len(aliases)]
        listed = self.query_one(MigrationList)
        listed.border_title = safe(f"{alias} ({self._index % len(aliases) + 1} of {len(aliases)})")
        try:
            self._view = await self.ask(f"asking {alias}", self.session.view, alias)
        except MigtuiError as error:
            self._view, self._error = None, error
            listed.show([])
            self._show_facts()
            raise
        self._error = None
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
        """End the search, or go back."""
        field = self.query_one("#find", Input)
        if field.display:
            field.value = ""
            field.display = False
            self.query_one(MigrationList).focus()
        else:
            self.dismiss(None)

    @on(OptionList.OptionHighlighted)
    def _show_facts(self) -> None:
        view, row = self._view, self.query_one(MigrationList).row
        pane = self.query_one("#facts", LinesPane)
        width = pane.size.width - 1
        if self._error is not None:
            pane.show(tuple(wrapped(error_lines(self._error), width)))
        elif view is not None:
            lines = database_lines(view, width) if row is None else row_lines(view, row, width)
            pane.show(lines)

    def on_resize(self) -> None:
        """Wrap the lines anew."""
        self.call_after_refresh(self._show_facts)

    @work(exit_on_error=False)
    async def action_roll_back(self) -> None:
        """Ask where to, plan the way, and show it on a screen of its own."""
        view, row = self._view, self.query_one(MigrationList).row
        if view is None or row is None:
            return
        if not view.state.history.is_local:
            raise DatabaseError(
                f"{view.alias} is not on this machine: its name has to be typed for that.",
                help=f"In a shell: migtui rollback {row.key.app_label} {row.key.name} "
                f"--database {view.alias}",
            )
        choice = await self.app.push_screen_wait(TargetList(choices_at(view.state, row.key)))
        if choice is None:
            return
        target = choice.target or await self._ref()
        if target is None:
            return
        rollback = await self.ask("planning", self.session.plan_rollback, view.alias, target)
        if not rollback.keys:
            notes = (line(note, "muted") for note in rollback.plan.notes)
            nothing = (line("The database is there already."), *notes)
            await self.app.push_screen_wait(Report("Nothing to roll back", nothing))
            return
        if rollback.lost and not await self._allows_code(rollback):
            return
        rollback = await self.ask("planning", self.session.inspect_rollback, rollback)
        where = f"to {target.ref}" if target.ref else choice.where
        screen = RollbackScreen(self.session, rollback, f"Roll back {where}")
        if await self.app.push_screen_wait(screen):
            await self._read()

    async def _ref(self) -> Target | None:
        names = await self.ask("asking git", self.session.ref_names)
        ref = await self.app.push_screen_wait(RefPrompt(names))
        return None if ref is None else Target(ref=ref)

    async def _allows_code(self, rollback: Rollback) -> bool:
        listed = [line(f"{name} of commit {sha[:12]}") for name, sha in rollback.plan.sources]
        question = (*listed, Line(), line("Unapplying these runs their code.", "warning"))
        return await self.is_confirmed("Run code that only git has?", question, "Run it")

    @work(exit_on_error=False)
    async def action_halfway(self) -> None:
        """Look where the migration under the cursor has stopped; show the SQL that leads out."""
        view, row = self._view, self.query_one(MigrationList).row
        if view is None or row is None:
            return
        found = await self.change("comparing", self.session.find_halfway, view.alias, row.key)
        command = f"migtui sql {row.key.app_label} {row.key.name} --halfway --database {view.alias}"
        lines = (line(f"In a shell: {command}", "muted"), Line())
        title = f"Where {row.key} has stopped"
        text = plain_lines(halfway_text(found).rstrip())
        await self.app.push_screen_wait(Report(title, (*lines, *text)))

    @work(exit_on_error=False)
    async def action_back_up(self) -> None:
        """Make a backup."""
        if self._view is not None:
            path = await self.change("backing up", self.session.back_up, self._view.alias)
            self.tell(f"Backup {path.name} is made and verified.")

    @work(exit_on_error=False)
    async def action_backups(self) -> None:
        """List the backups, and restore the one that is chosen."""
        view = self._view
        if view is None:
            return
        place, manifests = await self.ask("reading backups", self.session.backups)
        chosen = await self.app.push_screen_wait(BackupList(place, manifests))
        if chosen is None:
            return
        if await self.restore(chosen.id):
            await self._read()
