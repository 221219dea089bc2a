"""Looking at files: the source of what the cursor is on, in a pane or in the editor."""

import asyncio
import os
import shlex
import subprocess
from pathlib import Path

from textual import on, work
from textual.app import SuspendNotSupported

from migtui.core.problems import Location
from migtui.errors import MigtuiError
from migtui.tui.documents.branch import BranchLine
from migtui.tui.documents.lines import Line, plain_lines
from migtui.tui.documents.source import source_lines
from migtui.tui.screens.asking import AskingScreen
from migtui.tui.widgets.lane import Lane
from migtui.tui.widgets.preview import SOURCE, Preview

_TAKES_LINE = {"vi", "vim", "nvim", "nano", "emacs", "emacsclient", "micro", "kak", "joe"}
"""Editors that go to a line with ``+LINE``."""


class InspectingScreen(AskingScreen):
    """Keeps the place in a file that the cursor stands for.

    Attributes:
        location: A migration's file and line; None where the cursor stands for no file.
    """

    location: Location | None = None

    def why_not(self, action: str) -> str:
        """Why an action of this part can't be done now."""
        if action == "edit" and self.location is None:
            return "The cursor stands for no file."
        return super().why_not(action)

    @on(Lane.Moved)
    def _follow_cursor(self, event: Lane.Moved) -> None:
        self.follow(event.place)

    def follow(self, place: BranchLine) -> None:
        """Keep what a line of a lane stands for in the Source pane."""
        migrations = self.session.project.graph.migrations
        if place.migration is None or place.migration not in migrations:
            return  # no migration's line, or one of a migration that went meanwhile
        operation = place.operation
        marked = range(operation.line, operation.end_line + 1) if operation else range(0)
        line = operation.line if operation else 1
        self.show_source(Location(migrations[place.migration].path, line), marked)

    @on(Lane.SourceWanted)
    def _open_source(self) -> None:
        self.query_one(Preview).open(SOURCE)

    @work(exit_on_error=False, exclusive=True, group="source")
    async def show_source(self, location: Location, marked: range = range(0)) -> None:
        """Show a file in the Source pane, at a line."""
        self.location = location
        self.refresh_bindings()
        preview = self.query_one(Preview)
        try:
            lines = await asyncio.to_thread(self._source, location.path, marked)
        except MigtuiError as error:
            lines = plain_lines(error.message, "error")
        pane = preview.pane(SOURCE)
        pane.show(lines)
        pane.show_line(location.line)  # below the path

    def _source(self, path: str, marked: range) -> tuple[Line, ...]:
        return source_lines(path, self.session.project.read(path), marked)

    @work(exit_on_error=False)
    async def action_edit(self) -> None:
        """Open the file in $VISUAL or $EDITOR, then read the project again."""
        location = self.location
        if location is None:
            return
        command = _editor_command(self.session.project.root, location)
        try:
            with self.app.suspend():  # nothing else may draw until the editor ends
                status = subprocess.run(command, check=False).returncode  # noqa: ASYNC221
        except SuspendNotSupported:
            self.tell("This terminal can't be handed over to an editor.", severity="warning")
            return
        except OSError as error:
            reason = f"{command[0]} can't be started: {error.strerror}. Set $EDITOR."
            self.tell(reason, severity="error")
            return
        if status:
            self.tell(f"{command[0]} ended with status {status}.", severity="warning")
        await self.reread()

    async def reread(self) -> None:
        """Read the project again after its files changed."""
        raise NotImplementedError


def _editor_command(root: Path, location: Location) -> list[str]:
    editor = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi") or ["vi"]
    line = [f"+{location.line}"] if Path(editor[0]).name in _TAKES_LINE else []
    return [*editor, *line, str(root / location.path)]
