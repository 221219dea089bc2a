"""One conflict as text for the terminal: lanes, overlaps, verdict with its evidence, ways out."""

import shlex
import textwrap
from collections.abc import Iterable, Iterator, Sequence

from migtui.core.choices import choices
from migtui.core.explanation import Explanation
from migtui.core.migration import MigrationKey
from migtui.core.questions import Question
from migtui.core.resolution import Resolution
from migtui.core.safe_text import safe_line
from migtui.core.settle import undecided_questions
from migtui.core.values import has_slot
from migtui.core.verdict import Evidence, Kind, Overlap, Verdict
from migtui.reports.lanes import lanes
from migtui.reports.paint import Paint
from migtui.reports.text import STYLES, in_words

MOST_RESOLUTIONS = 8
"""Four leaves have twenty-four orders; who wants all of them asks for JSON."""
_METHODS = {
    "footprint": "read from the files",
    "state": "replayed on Django's state",
    "scratch": "tried on a scratch database",
}


def explain_text(explanation: Explanation, *, width: int, paint: Paint) -> str:
    """One conflict: lanes, overlaps, verdict with its evidence, ways out.

    Args:
        explanation: What is known.
        width: Columns of the terminal.
        paint: For the terminal.
    """
    conflict = explanation.conflict
    fork = _names(conflict.fork)
    where = f"after {fork}" if fork else "with no migration in common"
    title = f"{conflict.app_label}: {len(conflict.leaves)} leaves {where}"
    lines = [paint("heading", safe_line(title)), ""]
    lines += lanes(explanation, width=width, paint=paint)
    lines += _overlaps(explanation.verdict.overlaps, width, paint)
    lines += _verdict(explanation.verdict, width, paint)
    lines += _resolutions(explanation, width, paint)
    for notice in explanation.notices:
        lines += ["", *_wrap(notice, width, "Note: ", "      ")]
    return "\n".join([*lines, ""])


def _overlaps(overlaps: Iterable[Overlap], width: int, paint: Paint) -> Iterator[str]:
    for number, overlap in enumerate(overlaps):
        if not number:
            yield ""
            yield paint("strong", "Touched by more than one branch:")
        yield f"  {paint(STYLES[overlap.kind], safe_line(overlap.resource))} ({overlap.kind})"
        yield from _wrap(overlap.why, width, "    ")
        places = ", ".join(
            f"{operation.type} in {operation.migration.name}:{operation.line}"
            for operation in overlap.operations
        )
        yield from (paint("dim", line) for line in _wrap(places, width, "    "))


def _verdict(verdict: Verdict, width: int, paint: Paint) -> Iterator[str]:
    yield ""
    words = "\n".join(_wrap(f"Verdict: {in_words(verdict)}", width, "", "  "))
    yield words.replace(verdict.kind, paint(STYLES[verdict.kind], verdict.kind), 1)
    if verdict.kind is Kind.ORDERED:
        for order in verdict.orders:
            yield from _wrap(f"{_names(order)} runs.", width, "  ")
    for operation in verdict.opaque:
        place = f"{operation.type} in {operation.migration.name}:{operation.line} can't be seen"
        yield from _wrap(place, width, "  ")
    for evidence in verdict.evidence:
        yield from (paint("dim", line) for line in _wrap(evidence_in_words(evidence), width, "  "))


def evidence_in_words(evidence: Evidence) -> str:
    """How a verdict is known, and what that way says."""
    method = _METHODS.get(evidence.method, evidence.method)
    vendor = f" ({evidence.server or evidence.vendor})" if evidence.vendor else ""
    note = f"; {evidence.note}" if evidence.note else ""
    return f"{method}{vendor}: {evidence.kind or 'no answer'}{note}"


def _resolutions(explanation: Explanation, width: int, paint: Paint) -> Iterator[str]:
    resolutions = explanation.resolutions
    yield ""
    yield paint("strong", "Ways out:")
    for resolution in resolutions[:MOST_RESOLUTIONS]:
        yield from _resolution(explanation, resolution, width, paint)
    more = len(resolutions) - MOST_RESOLUTIONS
    if more > 0:
        yield f"    and {more} more; --format json lists all of them"


def _resolution(
    explanation: Explanation, resolution: Resolution, width: int, paint: Paint
) -> Iterator[str]:
    name = resolution.strategy
    if name in ("order", "collapse"):
        name += f" {_names(resolution.order)}"
    if not resolution.possible:
        yield f"  {paint('error', '✗')} {safe_line(name)} {paint('error', '(not possible)')}"
    elif resolution.recommended:
        yield f"  {paint('good', '→')} {safe_line(name)} {paint('good', '(recommended)')}"
    else:
        yield f"    {safe_line(name)}"
    wanted = _wanted(explanation, resolution)
    if wanted:
        yield from _decisions(wanted, width)
    else:
        yield from _wrap(resolution.why, width, "      ")
    if resolution.possible:
        line = command(explanation, resolution)
        yield paint("dim", f"      {safe_line(line)}")


def _wanted(explanation: Explanation, resolution: Resolution) -> Sequence[Question]:
    """What somebody has to decide for a way out."""
    if resolution.strategy != "settle" or not resolution.possible:
        return ()
    return undecided_questions(explanation.questions, resolution.order)


def _decisions(questions: Iterable[Question], width: int) -> Iterator[str]:
    """What is to be decided, and what to type for each answer."""
    for question in questions:
        yield from _wrap(f"Decide whose {question.resource} it is:", width, "      ")
        for decision in choices(question):
            yield f"        {safe_line(f'--keep {decision}')}"
        if has_slot(question):
            yield f"        {safe_line(f'--set {question.resource}=EXPRESSION')}"


def command(explanation: Explanation, resolution: Resolution) -> str:
    """The command line that writes a resolution."""
    app_label = explanation.conflict.app_label
    is_settling = resolution.strategy == "settle"
    way = ("order" if resolution.order else "merge") if is_settling else resolution.strategy
    words = ["migtui", "resolve", app_label, f"--{way}"]
    if way in ("order", "collapse"):
        words += [leaf.name for leaf in resolution.order]
    return shlex.join(words) + (" --keep …" if _wanted(explanation, resolution) else "")


def _names(keys: Iterable[MigrationKey]) -> str:
    return ", ".join(key.name for key in keys)


def _wrap(text: str, width: int, first: str, rest: str | None = None) -> list[str]:
    return textwrap.wrap(
        safe_line(text),
        max(width, 20),
        initial_indent=first,
        subsequent_indent=first if rest is None else rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
