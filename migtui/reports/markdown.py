"""What was found as Markdown, for a comment on a pull request or the summary of a CI job.

Nothing that comes from files or git can break out of where it stands: names are code, sentences
have their markup taken away, SQL lies in fences that are longer than anything in it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest

from migtui.core.branch_facts import BranchFacts
from migtui.core.conflict import Branch
from migtui.core.describe import describe, symbol
from migtui.core.explanation import Explanation
from migtui.core.hazards.judge import Judgements
from migtui.core.migration import MigrationKey
from migtui.core.problems import Location, Problem
from migtui.core.resolution import Resolution
from migtui.core.safe_text import safe_line, safe_text
from migtui.core.sql import SqlScript
from migtui.reports.explanation import command, evidence_in_words
from migtui.reports.lanes import LEGEND, marks_of
from migtui.reports.paint import Paint
from migtui.reports.places import Places
from migtui.reports.sql import sql_text
from migtui.reports.text import in_words

MOST_RESOLUTIONS = 4
_PLAIN = re.compile(r"[^`|\\<>&]*")
_MARKUP = re.compile(r"[`*\[\]<>|~&\\$]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|^[^A-Za-z]")
_ACTIVE = re.compile(r"(?<=[@#!&$%~])(?=\w)|(?<=\w)(?=@)|(?<=/)(?=/)|(?<=[wW]{3})(?=\.)")
"""Where a forge would make a mention, a reference or a link of a word."""


def check_markdown(
    problems: Sequence[Problem],
    explanations: Mapping[str, Explanation],
    *,
    places: Places,
    scripts: Mapping[str, SqlScript] | None = None,
    judgements: Mapping[str, Judgements] | None = None,
    notices: Iterable[str] = (),
) -> str:
    """A heading that sums up, each conflict with its branches side by side, a table of the rest.

    Args:
        problems: In the order in which they are listed.
        explanations: By app label, of the apps with several leaves.
        places: Paths as the repository has them.
        scripts: By app label or any other title, SQL to show.
        judgements: By the same, what is known of its statements.
        notices: What else should be known.
    """
    scripts, judgements = scripts or {}, judgements or {}
    conflicts = [problem for problem in problems if _is_explained(problem, explanations)]
    others = [problem for problem in problems if problem not in conflicts]
    blocks = [f"## Migrations: {_headline(problems)}"]
    for problem in conflicts:
        explanation = explanations[problem.app_label]
        blocks += _conflict(explanation)
        if problem.app_label in scripts:
            label = problem.app_label
            blocks.append(_sql(f"SQL of {label}", scripts[label], judgements.get(label)))
    if others:
        blocks += ["### Other problems", _problems(others, places)] if conflicts else [
            _problems(others, places)
        ]  # fmt: skip
    told = {problem.app_label for problem in conflicts}
    blocks += [
        _sql(f"SQL of {title}", script, judgements.get(title))
        for title, script in scripts.items()
        if title not in told
    ]
    blocks += [f"> {prose(notice)}" for notice in notices]
    return "\n\n".join(blocks) + "\n"


def code(text: str) -> str:
    """A name as code, in a sentence or in a table's cell."""
    safe = safe_line(text)
    if safe.strip() and safe == safe.strip() and _PLAIN.fullmatch(safe):
        return f"`{safe}`"
    return f"<code>{re.sub(r'[^A-Za-z0-9 ]', _entity, safe)}</code>"


def prose(text: str) -> str:
    """A sentence that is nothing but text, in a paragraph or in a table's cell."""
    cut = _ACTIVE.sub("\0", safe_line(text))
    return _MARKUP.sub(_entity, cut).replace("\0", "<!-- -->")


def fenced(text: str, language: str = "") -> str:
    """Text of any number of lines, as it is."""
    safe = safe_text(text).rstrip("\n")
    longest = max(map(len, re.findall("`+", safe)), default=0)
    fence = "`" * max(longest + 1, 3)
    return f"{fence}{language}\n{safe}\n{fence}"


def _entity(match: re.Match[str]) -> str:
    return f"&#{ord(match[0])};"


def _is_explained(problem: Problem, explanations: Mapping[str, Explanation]) -> bool:
    return problem.code == "migtui.E001" and problem.app_label in explanations


def _headline(problems: Sequence[Problem]) -> str:
    if not problems:
        return "no problems"
    errors = sum(problem.severity == "error" for problem in problems)
    warnings = len(problems) - errors
    counts = [(errors, "error"), (warnings, "warning")]
    return ", ".join(f"{n} {noun}{'s' * (n != 1)}" for n, noun in counts if n)


def _conflict(explanation: Explanation) -> Iterator[str]:
    conflict, verdict = explanation.conflict, explanation.verdict
    fork = ", ".join(code(key.name) for key in conflict.fork) or "no common migration"
    leaves = f"{len(conflict.leaves)} leaves"
    yield f"### {code(conflict.app_label)}: {leaves} after {fork}, {verdict.kind}"
    yield f"**{verdict.kind}**{in_words(verdict).removeprefix(verdict.kind)}"
    yield _lanes(explanation)
    if verdict.overlaps:
        yield "\n".join(
            f"- {code(overlap.resource)} ({overlap.kind}): {prose(overlap.why)}"
            for overlap in verdict.overlaps
        )
    yield "How it is known: " + "; ".join(
        prose(evidence_in_words(evidence)) for evidence in verdict.evidence
    )
    yield "\n".join(["**Ways out**", "", *_ways_out(explanation)])


def _lanes(explanation: Explanation) -> str:
    marks = marks_of(explanation)
    columns = [list(_lane(explanation, branch, marks)) for branch in explanation.conflict.branches]
    header = [_title(explanation, branch) for branch in explanation.conflict.branches]
    rows = zip_longest(*columns, fillvalue="")
    lines = [_row(header), _row(["---"] * len(header)), *map(_row, rows)]
    used = [f"{sign} {text}" for sign, text in LEGEND.items() if sign in marks.values()]
    return "\n".join([*lines, *(["", "; ".join(used)] if used else [])])


def _title(explanation: Explanation, branch: Branch) -> str:
    facts = explanation.facts.get(branch.leaf, BranchFacts())
    known = [code(fact) for fact in (facts.git_branch, facts.author) if fact]
    if facts.published is not None:
        known.append("published" if facts.published else "not published")
    return " · ".join([code(branch.leaf.name), *known])


def _lane(
    explanation: Explanation, branch: Branch, marks: Mapping[tuple[MigrationKey, int], str]
) -> Iterator[str]:
    for key in branch.migrations:
        if len(branch.migrations) > 1:
            yield f"**{code(key.name)}**"
        for operation in explanation.operations[key]:
            mark = marks.get((key, operation.line), "")
            sign = f"{mark} " if mark else ""
            yield f"{sign}{code(f'{symbol(operation)} {describe(operation)}')}"
        if not explanation.operations[key]:
            yield "no operations"


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _ways_out(explanation: Explanation) -> Iterator[str]:
    for resolution in explanation.resolutions[:MOST_RESOLUTIONS]:
        yield f"- {_way_out(explanation, resolution)}"
    more = len(explanation.resolutions) - MOST_RESOLUTIONS
    if more > 0:
        yield f"- and {more} more: {code(f'migtui explain {explanation.conflict.app_label}')}"


def _way_out(explanation: Explanation, resolution: Resolution) -> str:
    why = prose(resolution.why)
    if not resolution.possible:
        order = f" {code(', '.join(leaf.name for leaf in resolution.order))}"
        return f"{resolution.strategy}{order} (not possible): {why}"
    sign = " (recommended)" if resolution.recommended else ""
    return f"{code(command(explanation, resolution))}{sign}: {why}"


def _problems(problems: Iterable[Problem], places: Places) -> str:
    rows = [
        [
            problem.code,
            _where(places.of(problem)),
            f"{prose(problem.message)} {prose(problem.help)}",
        ]
        for problem in problems
    ]
    return "\n".join(map(_row, [["code", "where", "what"], ["---", "---", "---"], *rows]))


def _where(locations: Sequence[Location]) -> str:
    return "<br>".join(code(f"{place.path}:{place.line}") for place in locations)


def _sql(title: str, script: SqlScript, judgements: Judgements | None) -> str:
    version = f" {script.server_version}" if script.server_version else ""
    summary = prose(f"{title}, {script.vendor}{version}")
    body = fenced(sql_text(script, judgements, paint=Paint()), "sql")
    return f"<details>\n<summary>{summary}</summary>\n\n{body}\n\n</details>"
