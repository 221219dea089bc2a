"""The end of a squash: what each database has of it, those elsewhere too, and what goes then."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from migtui.errors import MigtuiError
from migtui.tui import keys
from migtui.tui.documents.files import file_lines
from migtui.tui.documents.lines import UNBROKEN, Line, error_lines, line
from migtui.tui.documents.squash import finish_lines
from migtui.tui.screens.dialog import LinesDialog, Report
from migtui.tui.text import safe
from migtui.tui.widgets.key_line import KeyLine

if TYPE_CHECKING:
    from pathlib import Path

    from textual.app import ComposeResult

    from migtui.core.migration import MigrationKey
    from migtui.core.squash_finish import FinishPlan
    from migtui.tui.screens.asking import AskingScreen
    from migtui.tui.squashes import Squashes

FINISH, ADD = "finish", "add"


async def confirmed_finish(
    screen: AskingScreen, squashes: Squashes, key: MigrationKey | None
) -> FinishPlan | None:
    """The plan that finishes a squash, once it is confirmed; None where it is not.

    Raises:
        MigtuiError: It can't be planned.
    """
    files: list[Path] = []
    while True:
        plan = await screen.ask("looking at databases", squashes.finish_plan, key, tuple(files))
        answer = await screen.app.push_screen_wait(FinishDialog(plan))
        if answer == FINISH and plan.changes is not None:
            return plan
        if answer != ADD:
            return None
        path = await screen.app.push_screen_wait(PathDialog())
        if path:
            added = squashes.file(path)
            try:
                await screen.ask("reading", squashes.finish_plan, key, (added,))
            except MigtuiError as error:
                await screen.app.push_screen_wait(Report("It does not tell", error_lines(error)))
            else:
                files.append(added)


class FinishDialog(LinesDialog[str]):
    """Asks whether a squash is to be finished, and for what other databases have.

    Args:
        plan: What would change, or what is in the way.
    """

    HELP = """
    ## The end of a squash

    Each database of the settings was asked. **a** adds one that can't be reached from here: a file
    with what `showmigrations --list` printed there, or JSON. **Enter** finishes the squash once
    every one is ready; **esc** leaves everything as it is.
    """
    BINDINGS: ClassVar = [*keys.FINISH]

    def __init__(self, plan: FinishPlan) -> None:
        lines = list(finish_lines(plan, UNBROKEN))
        if plan.changes is not None:
            lines += [Line(), *file_lines(plan.changes)]
        lines += [Line(), line("a adds what showmigrations --list printed elsewhere.", "muted")]
        super().__init__(f"Finish {plan.removal.squash.name}", tuple(lines))
        self._can_finish = plan.changes is not None

    def buttons(self) -> ComposeResult:
        """Finish it where that can be, or leave it."""
        if self._can_finish:
            yield Button("Finish ↵", variant="success", id=FINISH)
        yield Button("Add a listing  a", id=ADD)
        yield Button("Leave it  esc", id="no")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Grey what can't be done yet."""
        is_finish = action == "answer" and parameters == (FINISH,)
        return None if is_finish and not self._can_finish else True

    def action_answer(self, answer: str) -> None:
        """Answer."""
        self.dismiss(answer)

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id or "")


class PathDialog(ModalScreen[str]):
    """Asks for a file with what a database elsewhere has applied."""

    HELP = """
    ## A listing

    The path of a file, from the project's directory on. It holds what `showmigrations --list`
    printed, or JSON.
    """
    BINDINGS: ClassVar = [*keys.PATH]

    def compose(self) -> ComposeResult:
        """Room for a path."""
        with Vertical(classes="dialog") as box:
            box.border_title = "What another database has applied"
            yield Static(safe("A file with what showmigrations --list printed there, or JSON:"))
            yield Input(placeholder="production.txt")
        yield KeyLine()

    @on(Input.Submitted)
    def _typed(self, event: Input.Submitted) -> None:
        self.dismiss(event.value.strip())

    def action_close(self) -> None:
        """Give none."""
        self.dismiss("")
