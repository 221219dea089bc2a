"""The problems of a project as text for the terminal; a conflict has a module of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migtui.core.safe_text import safe_line
from migtui.core.verdict import Kind, Verdict
from migtui.reports.paint import Paint

if TYPE_CHECKING:  # where nothing conflicts, nothing has to be explained
    from collections.abc import Iterable, Iterator, Mapping

    from migtui.core.explanation import Explanation
    from migtui.core.problems import Problem

VERDICTS = {
    Kind.INDEPENDENT: "every order runs and ends in the same state.",
    Kind.ORDERED: "some orders run, others do not.",
    Kind.DIVERGENT: "orders run but end in different states: somebody has to choose what wins.",
    Kind.COLLIDING: "the branches run in no order as they are.",
    Kind.OPAQUE: "what some operations do can't be seen.",
}
STYLES = {
    Kind.INDEPENDENT: "good",
    Kind.ORDERED: "warning",
    Kind.DIVERGENT: "error",
    Kind.COLLIDING: "error",
    Kind.OPAQUE: "warning",
}


def check_text(
    problems: Iterable[Problem],
    explanations: Mapping[str, Explanation],
    *,
    apps: int,
    migrations: int,
    paint: Paint,
) -> str:
    """What ``migtui check`` found, a paragraph for each problem.

    Args:
        problems: In the order in which they are listed.
        explanations: By app label, of the apps with several leaves.
        apps: How many apps were read.
        migrations: How many migrations were read.
        paint: For the terminal.
    """
    problems = list(problems)
    lines: list[str] = []
    for problem in problems:
        lines += _problem(problem, explanations, paint)
    errors = sum(problem.severity == "error" for problem in problems)
    read = f"in {_count(apps, 'app')} with {_count(migrations, 'migration')}."
    if not problems:
        lines.append(f"{paint('good', 'No problems')} {read}")
    else:
        found = f"{_count(errors, 'error')}, {_count(len(problems) - errors, 'warning')}"
        lines.append(f"{paint('strong', found)} {read}")
    return "\n".join([*lines, ""])


def paragraphs(problem: Problem, explanations: Mapping[str, Explanation]) -> list[str]:
    """A problem for whoever shows text beside a file: what was found, the verdict, what to do."""
    found = [problem.message]
    if problem.code == "migtui.E001" and problem.app_label in explanations:
        found.append(f"Verdict: {in_words(explanations[problem.app_label].verdict)}")
    return [*found, problem.help] if problem.help else found


def _problem(
    problem: Problem, explanations: Mapping[str, Explanation], paint: Paint
) -> Iterator[str]:
    places = [f"{location.path}:{location.line}" for location in problem.locations]
    place = f"{safe_line(places[0])}: " if places else ""
    severity = paint(problem.severity, f"{problem.severity} {problem.code}")
    yield f"{paint('strong', place)}{severity}: {safe_line(problem.message)}"
    for other in places[1:]:
        yield f"    also {safe_line(other)}"
    if problem.code == "migtui.E001" and problem.app_label in explanations:
        verdict = explanations[problem.app_label].verdict
        yield f"    Verdict: {in_words(verdict, paint)}"
    if problem.help:
        yield f"    {safe_line(problem.help)}"
    yield ""


def in_words(verdict: Verdict, paint: Paint | None = None) -> str:
    """A verdict in a sentence or two."""
    paint = paint or Paint()
    words = f"{paint(STYLES[verdict.kind], verdict.kind)}: {VERDICTS[verdict.kind]}"
    if verdict.visible_kind is not verdict.kind:
        words += f" What can be seen is {verdict.visible_kind}."
    return words


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
