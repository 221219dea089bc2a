"""A rollback before it is run: as text, and as JSON."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from migtui.core.rollback import RollbackPlan, RollbackStep, Stored
from migtui.core.safe_text import safe_line
from migtui.reports.document import Document, print_document
from migtui.reports.paint import Paint
from migtui.reports.sql import sql_text
from migtui.reports.sql_json import migrations_document, rows_document

PLAIN = Paint(False)  # noqa: FBT003 - no colours


def rollback_text(plan: RollbackPlan, *, paint: Paint = PLAIN) -> str:
    """What is unapplied, what goes, what breaks, what is in the way, and the SQL."""
    text = "".join(f"{line}\n" for line in summary_lines(plan))
    if plan.script is not None:
        text += "\n" + sql_text(plan.script, plan.judgements, paint=paint, rows=plan.rows)
    return text


def summary_lines(plan: RollbackPlan) -> Iterator[str]:
    """All of it but the SQL, in lines that are safe to show."""
    yield safe_line(f"To unapply from {plan.alias!r} ({plan.place}), in this order:")
    for step in plan.steps:
        yield safe_line(f"    {step_title(plan, step)}")
        for blocker in step.blockers:
            yield safe_line(f"        blocked: {blocker}")
            yield safe_line(f"            {blocker.help}")
        yield from (safe_line(f"        {note}") for note in step.notes)
    for section in sections(plan):
        yield section.title
        yield from (f"    {entry}" for entry in section.entries)
    yield from map(safe_line, plan.notes)


def step_title(plan: RollbackPlan, step: RollbackStep) -> str:
    """A step's name, and where its file is from."""
    name = f"{step.app_label}.{step.migration}"
    commit = dict(plan.sources).get(name)
    return f"{name}   (file from commit {commit[:12]})" if commit else name


@dataclass(frozen=True, slots=True)
class Section:
    """What a rollback does, under one title.

    Attributes:
        title: A sentence or its beginning.
        entries: Safe to show.
        style: ``error``, ``warning`` or ``good``.
    """

    title: str
    entries: tuple[str, ...]
    style: str


def sections(plan: RollbackPlan) -> Iterator[Section]:
    """What goes, what comes back, what breaks, as far as it is known."""
    if plan.destroyed:
        entries = tuple(safe_line(_stored(item)) for item in plan.destroyed)
        yield Section("Destroyed, with the data in it:", entries, "error")
    if plan.returned:
        entries = tuple(safe_line(_stored(item) + _adding(item)) for item in plan.returned)
        yield Section("Comes back, without the data that was in it:", entries, "warning")
    if plan.breaks is None:
        return
    is_whole = not any(step.runs_code for step in plan.steps)
    limit = "" if is_whole else ", what reverse code does left aside"
    if plan.breaks:
        entries = tuple(safe_line(f"{item.model}: {item.text}") for item in plan.breaks)
        title = f"What the models of the working tree use, and find no more{limit}:"
        yield Section(title, entries, "error")
    else:
        title = f"The models of the working tree use nothing of what goes or changes{limit}."
        yield Section(title, (), "good" if is_whole else "warning")


def _stored(item: Stored) -> str:
    if item.what == "table":
        count = "" if item.count is None else f": {item.count:,} rows"
        return f"table {item.table} ({item.model}){count}"
    count = "" if item.count is None else f": {item.count:,} values"
    return f"column {item.table}.{item.column} ({item.model}){count}"


def _adding(item: Stored) -> str:
    return "" if item.can_be_added else ", NOT NULL without a default: fails where there are rows"


def rollback_json(plan: RollbackPlan) -> str:
    """The plan as one document."""
    sources = dict(plan.sources)
    script = plan.script
    return print_document(
        {
            "database": plan.alias,
            "place": plan.place,
            "steps": [
                _step_document(step, sources.get(f"{step.app_label}.{step.migration}"))
                for step in plan.steps
            ],
            "destroyed": [asdict(item) for item in plan.destroyed],
            "returned": [asdict(item) for item in plan.returned],
            "breaks": None if plan.breaks is None else [asdict(item) for item in plan.breaks],
            "vendor": script and script.vendor,
            "server_version": script and script.server_version,
            "sql": None if script is None else migrations_document(script, plan.judgements),
            "rows": [rows_document(count) for count in plan.rows],
            "notes": list(plan.notes),
        }
    )


def _step_document(step: RollbackStep, commit: str | None) -> Document:
    return {
        "app_label": step.app_label,
        "migration": step.migration,
        "atomic": step.atomic,
        "commit": commit or None,
        "blockers": [{"message": str(item), **asdict(item)} for item in step.blockers],
        "runs_code": step.runs_code,
        "notes": list(step.notes),
    }
