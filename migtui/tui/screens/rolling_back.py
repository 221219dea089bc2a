"""The screen of one rollback: its plan and SQL, then its progress, then what came of it."""

from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.containers import Horizontal

from migtui.errors import DatabaseError
from migtui.services.rollback import Rollback
from migtui.tui import keys
from migtui.tui.database_session import DatabaseSession
from migtui.tui.documents.lines import line
from migtui.tui.documents.rollback import plan_lines
from migtui.tui.documents.sql import sql_lines
from migtui.tui.screens.changing import ChangingScreen
from migtui.tui.text import safe
from migtui.tui.widgets.key_line import KeyLine
from migtui.tui.widgets.lines_pane import LinesPane
from migtui.tui.widgets.title_bar import TitleBar

if TYPE_CHECKING:
    from migtui.core.runs import RunOutcome

UNAPPLYING = "Unapplying "
"""How the engine's word for a step begins."""
SCROLLBAR = 2


class RollbackScreen(ChangingScreen[bool]):
    """Shows a rollback before, while and after it is run; answers whether anything was changed.

    Args:
        session: Answers the questions.
        rollback: What was planned and looked at.
        title: Where it leads.
    """

    HELP = """
    ## Rolling back

    At the left the steps in their order, what they destroy, and what the models of the working tree
    would not find any more; at the right the SQL, with what each statement locks. **w** makes a
    backup and unapplies, after a question. A failure stops there and says where the database
    stands; **R** then restores the backup.
    """
    BINDINGS: ClassVar = [*keys.ROLLBACK]
    WAITING = ("roll_back", "restore", "leave")

    def __init__(self, session: DatabaseSession, rollback: Rollback, title: str) -> None:
        super().__init__(session)
        self._rollback = rollback
        self._heading = title
        self._step = ""
        self._outcome: RunOutcome | None = None
        self._is_changed = False

    def compose(self) -> ComposeResult:
        """The plan at the left, its SQL at the right."""
        yield TitleBar()
        with Horizontal(id="rollback"):
            yield LinesPane(id="plan")
            yield LinesPane(id="rollback-sql", empty="The SQL is not known.")
        yield KeyLine()

    def on_mount(self) -> None:
        """Show the plan."""
        self.query_one(TitleBar).project = safe(self.session.title)
        plan = self.query_one("#plan", LinesPane)
        plan.border_title = safe(self._heading)
        plan.focus()
        script = self._rollback.plan.script
        if script is not None:
            pane = self.query_one("#rollback-sql", LinesPane)
            pane.border_title = "SQL"
            pane.show(sql_lines(script, self._rollback.plan.judgements))

    def on_resize(self) -> None:
        """Wrap the lines anew."""
        self.call_after_refresh(self._show)

    def _show(self) -> None:
        pane = self.query_one("#plan", LinesPane)
        lines = plan_lines(
            self._rollback.plan,
            pane.size.width - SCROLLBAR,
            outcome=self._outcome,
            running=self._step,
        )
        pane.show(lines, keep_position=self._outcome is None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what can be done: before the run to run it, after it to restore."""
        if action == "roll_back" and (self._outcome is not None or self._rollback.plan.blockers):
            return False
        if action == "restore" and not (self._outcome is not None and self._outcome.backup):
            return False
        return super().check_action(action, parameters)

    @work(exit_on_error=False)
    async def action_roll_back(self) -> None:
        """Run it, once it is confirmed."""
        plan = self._rollback.plan
        count = len(plan.steps)
        what = "1 migration is" if count == 1 else f"{count} migrations are"
        question = [line(f"{what} unapplied from {plan.alias} ({plan.place}).")]
        if plan.destroyed:
            question.append(line(f"{len(plan.destroyed)} tables and columns go.", "error"))
        question.append(line("A backup is made before; it is named in the end.", "muted"))
        if not await self.is_confirmed(self._heading, tuple(question), "Roll back"):
            return
        self._is_changed = True
        try:
            self._outcome = await self.change(
                "rolling back", self.session.run_rollback, self._rollback
            )
        finally:
            self._step = ""
            self._show()
            self.refresh_bindings()
        if self._rollback.checkout and self._outcome.trouble is None:
            self.tell(f"Now check it out: git checkout {self._rollback.checkout}")

    def show_progress(self, text: str) -> None:
        """Mark the step that is under way."""
        super().show_progress(text)
        if text.startswith(UNAPPLYING):
            self._step = text.removeprefix(UNAPPLYING).partition(" ")[0]
            self._show()

    @work(exit_on_error=False)
    async def action_restore(self) -> None:
        """Put back the backup that was made before the run."""
        if self._outcome is None or not self._outcome.backup:
            raise DatabaseError("No backup was made.")
        if await self.restore(self._outcome.backup):
            self.dismiss(self._is_changed)

    def action_leave(self) -> None:
        """Go back."""
        self.dismiss(self._is_changed)
