"""A squash as the squash screen shows it: the time line, the plan, data work, the proof."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from migtui.core.migration import MigrationKey
from migtui.core.squash_all import Outline
from migtui.core.squash_finish import FinishPlan
from migtui.core.squash_plan import SquashChoice, SquashPlan, SquashProof
from migtui.reports.finish import finish_text
from migtui.reports.paint import Paint
from migtui.reports.squash import data_work, origin, parts_text, plan_text, proof_text
from migtui.services.proved_parts import ProvedParts
from migtui.tui.documents.highlight import highlight
from migtui.tui.documents.lines import Line, line
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
    ("Rows were not compared", "warning"),
    ("Cut points", "strong"),
    ("Ways out", "strong"),
)
_APART = ("Ways out", "Django's optimizer", "Left out", "Cut points", "Carried along")
"""What begins something else, after an empty line."""


def timeline_lines(
    steps: Sequence[Step],
    inside: Collection[MigrationKey],
    choice: SquashChoice,
    crossing: Collection[MigrationKey] = (),
) -> tuple[Line, ...]:
    """A line for each migration: in the range or not, applied or not, its data work.

    Args:
        steps: The history.
        inside: What is in the range.
        choice: What is left out, and what is kept.
        crossing: What a squash would make a cycle of.
    """
    found = []
    for step in steps:
        is_inside = step.key in inside
        mark = "┃" if is_inside else " "
        applied = {True: "●", False: "○", None: "?"}[step.applied]
        counts = Counter(step.data)
        data = [name if count == 1 else f"{count} {name}" for name, count in counts.items()]
        words = [*(["squash"] if step.is_squash else []), *data]
        words += ["left out"] if step.key in choice.elide else []
        words += ["kept"] if step.key in choice.keep else []
        words += ["in a cycle"] if step.key in crossing else []
        note = f"  {', '.join(words)}" if words else ""
        is_warned = step.data or step.key in crossing
        if step.key in crossing:
            sign = "↻"
        elif step.data:
            sign = "◇" if step.key in choice.elide else "◆"
        else:
            sign = "≡" if step.is_squash else " "
        found.append(
            Line(
                (
                    ("strong" if is_inside else "muted", safe(step.key.name)),
                    ("warning" if is_warned else "muted", safe(note)),
                ),
                gutter=f"{mark}{applied}{sign} ",
            )
        )
    return tuple(found)


def plan_lines(plan: SquashPlan, width: int) -> tuple[Line, ...]:
    """What a squash would be, how it would depend on itself, and what to do then."""
    text = plan_text(plan, paint=_PLAIN, way=_proposal)
    name = (Line((("heading", f" {part}"),)) for part in wrapped(str(plan.key), width - 4))
    return (*name, *_styled(text, width))


def _proposal(_: SquashPlan, part: Sequence[MigrationKey]) -> str:
    return f"p takes {part[0].name} to {part[-1].name}"


def data_lines(plan: SquashPlan) -> tuple[tuple[Line, ...], dict[str, int]]:
    """Each RunPython and RunSQL with its source, and the number of each migration's first line."""
    elided = set(plan.draft.elided) if plan.draft is not None else set()
    lines: list[Line] = []
    places: dict[str, int] = {}
    for operation in data_work(plan):
        places.setdefault(operation.migration, len(lines))
        fate = "left out: a new database will not run it" if operation in elided else "kept"
        lines.append(line(f" {operation.type} {origin(operation)} · {fate}", kind="heading"))
        for text in operation.functions:
            lines += _source(text, "python")
        lines += _source(operation.sql, "sql") if operation.sql else []
        lines.append(Line())
    return tuple(lines), places


def _source(text: str, language: str) -> Iterator[Line]:
    for spans in highlight(text.rstrip(), language):
        yield Line((("", "   "), *spans))


def outline_lines(outline: Outline, width: int) -> tuple[Line, ...]:
    """What can be squashed of an app beside what comes before it."""
    count = len(outline.migrations)
    text = [f"{count} migrations." if count else "What it has can't be put in an order."]
    if outline.refusal:
        text.append(f"Not possible: {outline.refusal}")
    if outline.crossing:
        text.append("Not as one: it would depend on itself:")
        text += [f"    {'  ' if n else ''}{key}" for n, key in enumerate(outline.crossing)]
    if outline.parts == (outline.migrations,):
        text.append("All of it can be squashed as one.")
    elif outline.parts:
        text.append("Ranges that can be squashed:")
        text += [f"    {p[0].name} to {p[-1].name}: {len(p)} migrations" for p in outline.parts]
    if outline.migrations:
        text += ["", "Enter shows its history and what a squash would hold."]
    return _styled("\n".join(text), width)


def proof_lines(plan: SquashPlan, proofs: tuple[SquashProof, ...], width: int) -> tuple[Line, ...]:
    """What was tried on scratch databases."""
    elided = plan.draft.elided if plan.draft is not None else ()
    return _styled(proof_text(proofs, paint=_PLAIN, elided=elided), width)


def parts_lines(parts: ProvedParts, width: int) -> tuple[Line, ...]:
    """The parts of a range that are proved where all of it is not."""
    text = parts_text(parts.plans, parts.tried, is_complete=parts.is_complete)
    return _styled(
        text + "Nothing was written. p takes the first of them." * bool(parts.plans), width
    )


def finish_lines(plan: FinishPlan, width: int) -> tuple[Line, ...]:
    """What finishing a squash would do."""
    return _styled(finish_text(plan, paint=_PLAIN), width)


def _styled(text: str, width: int) -> tuple[Line, ...]:
    found: list[Line] = []
    for entry in text.rstrip("\n").split("\n"):
        if entry.startswith(_APART) and not (found and found[-1].text.startswith(f" {entry[:7]}")):
            found.append(Line())
        style = next((style for start, style in _STYLES if entry.startswith(start)), "")
        indent = entry[: len(entry) - len(entry.lstrip())]
        parts = list(wrapped(entry.strip(), max(width - len(indent) - 4, 20)))
        found += [Line(((style, f" {indent}{part}"),)) for part in parts]
    return tuple(found)
