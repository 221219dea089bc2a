"""A rollback on the screen: its plan while it is run, and what came of it."""

from collections.abc import Collection, Iterator

from migtui.core.rollback import RollbackPlan, RollbackStep
from migtui.core.runs import RunOutcome
from migtui.reports.rollback import sections, step_title
from migtui.reports.runs import where_it_stands
from migtui.tui.documents.lines import Line, line, plain_lines, wrapped

DONE, UNDER_WAY, PLANNED, BLOCKED = "✓", "▸", "·", "✗"


def plan_lines(
    plan: RollbackPlan, width: int, *, outcome: RunOutcome | None = None, running: str = ""
) -> tuple[Line, ...]:
    """The steps with their marks, then what they do; after a run, what came of it first.

    Args:
        plan: The plan.
        width: Columns.
        outcome: Of the run, once it is over.
        running: ``blog.0003_tags``, the step that is under way.
    """
    lines = [*(() if outcome is None else outcome_lines(outcome)), *_steps(plan, outcome, running)]
    for section in sections(plan):
        lines += [Line(), line(section.title, section.style)]
        lines += [line(f"  {entry}") for entry in section.entries]
    for note in plan.notes:
        lines += [Line(), line(note, "muted")]
    return tuple(wrapped(lines, width))


def outcome_lines(outcome: RunOutcome) -> Iterator[Line]:
    """How a run ended, and where the database stands."""
    if outcome.trouble is None:
        yield line(f"{DONE} Rolled back: {len(outcome.unapplied)} unapplied.", "good")
    else:
        yield line("✗ It stopped.", "error")
        yield from plain_lines(outcome.trouble.message, "error")
        yield from plain_lines(where_it_stands(outcome))
    if outcome.backup:
        yield line(f"R restores the backup of before: {outcome.backup}", "strong")
    yield Line()


def _steps(plan: RollbackPlan, outcome: RunOutcome | None, running: str) -> Iterator[Line]:
    yield line(f"To unapply from {plan.alias} ({plan.place}), in this order:", "strong")
    names = [f"{step.app_label}.{step.migration}" for step in plan.steps]
    if outcome is not None:
        done: Collection[str] = {f"{app}.{name}" for app, name in outcome.unapplied}
    else:
        done = names[: names.index(running)] if running in names else ()
    for name, step in zip(names, plan.steps, strict=True):
        yield from _step(plan, step, is_done=name in done, is_running=name == running)


def _step(
    plan: RollbackPlan, step: RollbackStep, *, is_done: bool, is_running: bool
) -> Iterator[Line]:
    mark, style = PLANNED, ""
    if is_done:
        mark, style = DONE, "good"
    elif is_running:
        mark, style = UNDER_WAY, "warning"
    elif step.blockers:
        mark, style = BLOCKED, "error"
    yield line(f"  {mark} {step_title(plan, step)}", style)
    for blocker in step.blockers:
        yield line(f"      blocked: {blocker}", "error")
        yield line(f"      {blocker.help}", "muted")
    for note in step.notes:
        yield line(f"      {note}", "muted")
