"""A squash as the squash screen shows it: the time line, the plan, the proof."""

from collections import Counter
from collections.abc import Collection, Sequence

from migtui.core.migration import MigrationKey
from migtui.core.squash_finish import FinishPlan
from migtui.core.squash_plan import SquashPlan, SquashProof
from migtui.reports.finish import finish_text
from migtui.reports.paint import Paint
from migtui.reports.squash import plan_text, proof_text
from migtui.tui.documents.lines import Line
from migtui.tui.squashes import Step
from migtui.tui.text import safe, wrapped

_PLAIN = Paint()
_STYLES = (
    ("Not possible", "error"),
    ("Not the same", "error"),
    ("Not proved", "error"),
    ("Not yet", "error"),
    ("Refuted", "error"),
    ("Proved", "good"),
    ("Note", "warning"),
    ("Django's optimizer", "warning"),
    ("Left out", "warning"),
)


def timeline_lines(
    steps: Sequence[Step], inside: Collection[MigrationKey], elided: Collection[MigrationKey]
) -> tuple[Line, ...]:
    """A line for each migration: in the range or not, applied or not, its data work."""
    found = []
    for step in steps:
        is_inside = step.key in inside
        mark = "┃" if is_inside else " "
        applied = {True: "●", False: "○", None: "?"}[step.applied]
        counts = Counter(step.data)
        data = [name if count == 1 else f"{count} {name}" for name, count in counts.items()]
        words = [*(["squash"] if step.is_squash else []), *data]
        if step.key in elided:
            words.append("left out")
        note = f"  {', '.join(words)}" if words else ""
        found.append(
            Line(
                (
                    ("strong" if is_inside else "muted", safe(step.key.name)),
                    ("warning" if step.data else "muted", safe(note)),
                ),
                gutter=f"{mark}{applied} ",
            )
        )
    return tuple(found)


def plan_lines(plan: SquashPlan, width: int) -> tuple[Line, ...]:
    """What a squash would be."""
    return _styled(f"{plan.key}\n{plan_text(plan, paint=_PLAIN)}", width)


def proof_lines(proofs: tuple[SquashProof, ...], width: int) -> tuple[Line, ...]:
    """What was tried on scratch databases."""
    return _styled(proof_text(proofs, paint=_PLAIN), width)


def finish_lines(plan: FinishPlan, width: int) -> tuple[Line, ...]:
    """What finishing a squash would do."""
    return _styled(finish_text(plan, paint=_PLAIN), width)


def _styled(text: str, width: int) -> tuple[Line, ...]:
    found = []
    for entry in text.rstrip("\n").split("\n"):
        style = next((style for start, style in _STYLES if entry.startswith(start)), "")
        indent = entry[: len(entry) - len(entry.lstrip())]
        parts = list(wrapped(entry.strip(), max(width - len(indent) - 4, 20)))
        found += [Line(((style, f" {indent}{part}"),)) for part in parts]
    return tuple(found)
