"""A question as the settling screen shows it: both sides' source, and the answers."""

import textwrap
from collections.abc import Iterable, Mapping

from textual.content import Content

from migtui.core.migration import MigrationKey
from migtui.core.questions import Decision, Question
from migtui.core.step import Step
from migtui.tui.documents.highlight import highlight
from migtui.tui.documents.lines import Line, line
from migtui.tui.documents.words import SIGNS
from migtui.tui.text import safe


def side_lines(steps: Iterable[Step]) -> tuple[Line, ...]:
    """What one branch does about it, as its files have it."""
    found: list[Line] = []
    for step in steps:
        if found:
            found.append(Line())
        place = f"{step.migration.name}:{step.operation.line}"
        found.append(line(f" {place}", kind="heading"))
        source = _dedented(step.operation.source)
        functions = (entry.source for entry in step.operation.functions if entry.source)
        text = "\n\n".join([source, *functions])
        found += [Line((("", " "), *spans)) for spans in highlight(text, "python")]
    return tuple(found)


def _dedented(source: str) -> str:
    """An operation's source with its closing bracket at the left, as its first line is."""
    first, separator, rest = source.partition("\n")
    return f"{first}{separator}{textwrap.dedent(rest)}"


def question_prompt(question: Question, answer: Decision | None, *, optional: bool) -> Content:
    """A question in the list: its sign, whether it is answered, and how."""
    resource = question.resource.partition(".")[2] or question.resource
    mark, style = ("✓", "$text-success") if answer else ("○", "$text-warning")
    if answer is None and optional:
        mark, style = "·", "$foreground 60%"
    said = "" if answer is None else f"\n    {safe(answer_text(answer))}"
    return Content.assemble(
        (f"{mark} ", style),
        (f"{SIGNS[question.kind]} ", "bold"),
        safe(resource),
        (said, "$foreground 60%"),
    )


def answer_text(answer: Decision) -> str:
    """A decision in a few words."""
    return answer.value or " then ".join(leaf.name for leaf in answer.leaves)


def choice_prompt(
    decision: Decision,
    chosen: Decision | None,
    witness: Mapping[str, MigrationKey],
    values: Mapping[MigrationKey, str],
) -> Content:
    """An answer in the list of choices; what models.py says is told beside it."""
    if decision.value:
        text, detail = "A value of your own", decision.value
    elif decision.before:
        text, detail = f"Both: {answer_text(decision)}", ""
    else:
        text = f"Keep {decision.leaf.name if decision.leaf else ''}"
        detail = values.get(decision.leaf, "") if decision.leaf is not None else ""
    says = witness.get(decision.resource) == decision.leaf and not decision.before
    return Content.assemble(
        ("● " if decision == chosen else "○ ", "bold"),
        (safe(text), "bold" if decision == chosen else ""),
        ("  models.py says so" if says and decision.leaf is not None else "", "$text-success"),
        (f"  {safe(detail)}" if detail else "", "$foreground 60%"),
    )
