"""What has to be done before a squash or a collapse is written: proved, and rolled back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migtui.errors import DatabaseError, EngineCancelledError
from migtui.reports.rollback import rollback_text
from migtui.reports.runs import where_it_stands
from migtui.tui.documents.lines import UNBROKEN, Line, line, plain_lines
from migtui.tui.documents.squash import parts_lines, proof_lines
from migtui.tui.screens.dialog import Confirm, Report

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from migtui.core.runs import RunOutcome
    from migtui.core.squash_plan import SquashPlan, Unapplied
    from migtui.services.rollback import Rollback
    from migtui.tui.screens.asking import AskingScreen
    from migtui.tui.squashes import Squashes

    Alone = Callable[..., Awaitable[RunOutcome]]


async def prove(
    screen: AskingScreen,
    squashes: Squashes,
    squash: SquashPlan,
    offer: Callable[[Sequence[SquashPlan]], None] | None = None,
) -> tuple[Line, ...] | None:
    """What was tried, in lines; None where that is not enough to write, which is told.

    Args:
        screen: Where it is asked.
        squashes: Answers.
        squash: What is to be proved.
        offer: Called with parts of the range that are proved where all of it is not; without it,
            none are looked for.
    """
    await screen.stop_gathering()
    try:
        proofs, is_good = await screen.ask("proving", squashes.prove, squash, screen.report)
        lines = proof_lines(squash, proofs, UNBROKEN)
        if is_good:
            return lines
        hint: tuple[Line, ...] = (
            line("Nothing was written. Try another range, or order the branches.", "warning"),
        )
        if offer is not None and any(proof.speaks_against for proof in proofs):
            parts = await screen.ask(
                "looking for parts that are proved",
                squashes.proved_parts,
                squash,
                proofs,
                screen.report,
            )
            offer(parts.plans)
            hint = parts_lines(parts, UNBROKEN)
    except EngineCancelledError:
        screen.tell("Cancelled: nothing was proved, nothing was written.")
        return None
    await screen.app.push_screen_wait(Report("Not proved", (*lines, Line(), *hint)))
    return None


async def confirm_rollbacks(
    screen: AskingScreen, squashes: Squashes, unapplied: Sequence[Unapplied]
) -> tuple[Rollback, ...] | None:
    """The rollbacks that have to come first, each shown and consented to; None where one is not.

    Raises:
        DatabaseError: Something can't be rolled back, or not without its name being typed.
        EngineError: Django could not be asked.
    """
    if not unapplied:
        return ()
    await screen.stop_gathering()
    rollbacks = await screen.ask("planning the rollback", squashes.plan_rollbacks, unapplied)
    for rollback in rollbacks:
        if not rollback.is_local:
            raise DatabaseError(
                f"{rollback.alias} is not on this machine: its name has to be typed for that.",
                help="In a shell: --collapse with --roll-back, or `migtui rollback` before.",
            )
    for rollback in rollbacks:
        lines = (
            line("It has applied what goes. A backup is made before.", "muted"),
            Line(),
            *plain_lines(rollback_text(rollback.plan).rstrip()),
        )
        title = f"Roll back {rollback.alias} first"
        if not await screen.app.push_screen_wait(Confirm(title, lines, verb="Roll back")):
            return None
    return rollbacks


async def run_rollbacks(
    screen: AskingScreen, squashes: Squashes, alone: Alone, rollbacks: Sequence[Rollback]
) -> tuple[Line, ...] | None:
    """Roll back what was consented to, and what to do next; None where it stopped, which is told.

    Raises:
        StorageError: A backup has no place; nothing was done there.
        EngineError: The process ended.
    """
    told: list[Line] = []
    for rollback in rollbacks:
        outcome = await alone("rolling back", squashes.run_rollback, rollback, screen.report)
        backup = [line(f"migtui restore {outcome.backup}", "strong")] if outcome.backup else []
        if outcome.trouble is not None:
            lines = (
                *plain_lines(outcome.trouble.message, "error"),
                *plain_lines(where_it_stands(outcome)),
                *backup,
            )
            await screen.app.push_screen_wait(Report("It stopped; nothing was written", lines))
            return None
        names = ", ".join(f"{app_label}.{name}" for app_label, name in outcome.unapplied)
        told += [Line(), line(f"Unapplied in {rollback.alias}: {names}.")]
        told.append(line(f"migtui migrate --database {rollback.alias}", "strong"))
        told.append(line("runs what takes its place.", "muted"))
        if backup:
            told += [*backup, line("brings back what was there before.", "muted")]
    return tuple(told)
