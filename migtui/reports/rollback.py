"""A rollback before it is run: as text, and as JSON."""

import json
from collections.abc import Iterator
from dataclasses import asdict

from migtui.core.rollback import Destroyed, RollbackPlan
from migtui.core.safe_text import safe_line, safe_text
from migtui.core.sql import MigrationSql


def rollback_text(plan: RollbackPlan) -> str:
    """What is unapplied, what that destroys, what is in the way, and the SQL."""
    return "".join(f"{line}\n" for line in _lines(plan))


def _lines(plan: RollbackPlan) -> Iterator[str]:
    sources = dict(plan.sources)
    yield safe_line(f"To unapply from {plan.alias!r} ({plan.place}), in this order:")
    for step in plan.steps:
        name = f"{step.app_label}.{step.migration}"
        source = f"   (file from commit {sources[name][:12]})" if sources.get(name) else ""
        yield safe_line(f"    {name}{source}")
        for blocker in step.blockers:
            yield safe_line(f"        blocked: {blocker}")
        for note in step.notes:
            yield safe_line(f"        {note}")
    if plan.destroyed:
        yield "Destroyed, with the data in it:"
        for item in plan.destroyed:
            yield safe_line(f"    {_destroyed(item)}")
        yield "Code that still uses any of it fails from then on."
    for note in plan.notes:
        yield safe_line(note)
    for script in plan.sql:
        yield from _sql(script)


def _destroyed(item: Destroyed) -> str:
    if item.what == "table":
        count = "" if item.count is None else f": {item.count:,} rows"
        return f"table {item.table} ({item.model}){count}"
    count = "" if item.count is None else f": {item.count:,} values"
    return f"column {item.table}.{item.column} ({item.model}){count}"


def _sql(script: MigrationSql) -> Iterator[str]:
    yield safe_line(f"-- {script.app_label}.{script.migration}, backwards")
    for statement in script.statements:
        text = safe_text(statement.sql).rstrip()
        if text:
            yield text if text.endswith(";") else f"{text};"
        elif statement.note:
            yield "".join(
                f"-- {safe_line(line)}\n" for line in statement.note.splitlines()
            ).rstrip()
    if script.error:
        yield safe_line(f"-- {script.error}")


def rollback_json(plan: RollbackPlan) -> str:
    """The plan as one document."""
    sources = dict(plan.sources)
    steps = [
        {
            "app_label": step.app_label,
            "migration": step.migration,
            "atomic": step.atomic,
            "commit": sources.get(f"{step.app_label}.{step.migration}"),
            "blockers": list(step.blockers),
            "notes": list(step.notes),
        }
        for step in plan.steps
    ]
    document = {
        "schema_version": 1,
        "database": plan.alias,
        "place": plan.place,
        "steps": steps,
        "destroyed": [asdict(item) for item in plan.destroyed],
        "sql": [asdict(script) for script in plan.sql],
        "notes": list(plan.notes),
    }
    return json.dumps(document, indent=2) + "\n"
