"""The end of a squash, as text and as JSON."""

from collections.abc import Iterator

from migtui.core.safe_text import safe_line
from migtui.core.squash_finish import FinishPlan
from migtui.reports.diff import unified_diff
from migtui.reports.document import print_document
from migtui.reports.paint import Paint


def finish_text(plan: FinishPlan, *, paint: Paint) -> str:
    """What goes, what changes, and what is in the way."""
    return "".join(f"{line}\n" for line in _lines(plan, paint))


def finish_json(plan: FinishPlan, *, written: bool = False) -> str:
    """What goes, what changes and what is in the way, as JSON; ``written`` where it was done."""
    removal = plan.removal
    document = {
        "app_label": removal.squash.app_label,
        "name": removal.squash.name,
        "replaced": [key.name for key in removal.replaced],
        "deleted": [key.name for key in removal.deleted],
        "changed": [str(edit.migration) for edit in removal.edits],
        "possible": plan.changes is not None,
        "refusals": list(plan.refusals),
        "databases": [
            {"database": entry.database, "applied": str(entry.progress), "ready": entry.is_ready}
            for entry in plan.standings
        ],
        "prunable": {database: list(names) for database, names in plan.prunable},
        "mentions": list(plan.mentions),
        "diff": None if plan.changes is None else unified_diff(plan.changes),
        "written": written,
    }
    return print_document(document)


def _lines(plan: FinishPlan, paint: Paint) -> Iterator[str]:
    removal = plan.removal
    app_label = removal.squash.app_label
    yield paint("heading", safe_line(str(removal.squash)))
    yield (
        f"{len(removal.deleted)} files go, {len(removal.edits)} others name {removal.squash.name} "
        "instead, and it becomes a plain migration."
    )
    for entry in plan.standings:
        word = "ready" if entry.is_ready else "not ready"
        yield f"Database {safe_line(entry.database)}: {word} ({entry.progress} applied)."
    for refusal in plan.refusals:
        yield f"{paint('error', 'Not yet:')} {safe_line(refusal)}"
    for database, names in plan.prunable:
        yield (
            f"`migrate {app_label} --prune --database {safe_line(database)}` will then forget "
            f"{len(names)} records: {safe_line(', '.join(names))}."
        )
    if plan.mentions:
        yield "These lines name what goes, and are left as they are:"
        yield from (f"    {safe_line(mention)}" for mention in plan.mentions)
