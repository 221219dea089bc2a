"""What can be mended of a graph that Django cannot load: shown, confirmed, written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migtui.errors import EngineError
from migtui.services import journal
from migtui.services.repair import Repair, django_says, plan_repair, write_repair
from migtui.tui.documents.diff import diff_lines
from migtui.tui.documents.files import file_lines
from migtui.tui.documents.lines import Line, line
from migtui.tui.screens.dialog import Confirm, Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migtui.tui.screens.writing import WritingScreen
    from migtui.tui.session import Session


async def repair(screen: WritingScreen) -> bool:
    """Mend what can be mended, once it is confirmed; whether anything was written.

    Raises:
        StorageError: It can't be written; the files are as before.
        ResolutionError: It did not mend what it should have; the files are as before.
    """
    session = screen.session
    found = await screen.ask("looking for what can be mended", plan_repair, session.project)
    if not found.changes.changes:
        title = "Nothing that can be mended" if found.left else "Nothing to mend"
        lines = tuple(_left(found)) or (line("Django can load every migration, as far as read."),)
        await screen.app.push_screen_wait(Report(title, lines))
        return False
    doubt = await screen.ask("asking Django", _doubt, session, found)
    lines = (
        *(line(f"✓ {sentence}", "good") for sentence in found.done),
        Line(),
        *file_lines(found.changes),
        *([Line(), line(f"! {doubt}", "warning")] if doubt else []),
        *_left(found),
        Line(),
        *diff_lines(found.changes),
    )
    if not await screen.app.push_screen_wait(Confirm("Repair", lines, verb="Write")):
        return False
    await screen.alone("writing", _write, session, found)
    screen.log_command(found.changes.command)
    hint = line("u takes it back.", "muted")
    told = (*file_lines(found.changes), *_left(found), Line(), hint)
    await screen.app.push_screen_wait(Report("Repaired", told))
    return True


def _doubt(session: Session, found: Repair) -> str:
    """Why Django will not load it all the same; empty where it will."""
    try:
        refusal = django_says(session.project, found, session.engine)
    except EngineError as error:
        return f"On the word of the reader alone: {error.message}"
    return f"Django will still not load it: {refusal}" if refusal else ""


def _write(session: Session, found: Repair) -> None:
    write_repair(session.project, found)
    session.history = journal.history(session.project)


def _left(found: Repair) -> Iterator[Line]:
    """What stays wrong."""
    for problem in found.left:
        yield line(f"✗ {problem.code}: {problem.message} {problem.help}", "error")
    for app_label in found.conflicts:
        yield line(f"▲ {app_label} has several leaves, which is for you to resolve.", "warning")
