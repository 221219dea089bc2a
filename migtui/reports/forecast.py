"""A forecast as text and as JSON."""

import textwrap
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from migtui.core.forecast import Cause, Collision, Forecast, GitBranch
from migtui.core.safe_text import safe_line
from migtui.reports.document import print_document, problem_document
from migtui.reports.paint import Paint
from migtui.reports.text import STYLES, in_words

LEGEND = "+n adds n migrations, ~ changes or removes some; ! conflicts with {base}, x with a branch"
SAME_NAME = "git will stop at it; if they are two migrations, one needs another name."
_LONGEST_NAME = 40


def forecast_text(forecast: Forecast, *, width: int, paint: Paint) -> str:
    """The matrix of branches by apps, then each collision, then the next free numbers.

    Args:
        forecast: What was found.
        width: Columns of the terminal.
        paint: For the terminal.
    """
    touching = [branch for branch in forecast.branches if branch.name in forecast.changes]
    lines = [paint("heading", headline(forecast)), ""]
    if touching:
        lines += _matrix(forecast, touching, width, paint)
        lines += [*_wrap(LEGEND.format(base=forecast.base), width, "  ", paint), ""]
    for collision in forecast.collisions:
        lines += [*_collision(collision, width, paint), ""]
    if not forecast.collisions:
        lines += [f"{paint('good', 'No collisions')} are to be expected.", ""]
    if forecast.next_numbers:
        numbers = [f"{label} {number:04}" for label, number in forecast.next_numbers.items()]
        lines += [*_wrap(f"Next free numbers: {', '.join(numbers)}", width, "  ", Paint()), ""]
    for branch in forecast.branches:
        if branch.unknown:
            text = f"Nothing can be told of {branch.name}: {branch.unknown}"
            lines += [*_wrap(text, width, "  ", Paint()), ""]
    return "\n".join(lines)


def headline(forecast: Forecast) -> str:
    """How many branches were looked at, and against what."""
    total, touching = len(forecast.branches), len(forecast.changes)
    branches = "branch" if total == 1 else "branches"
    text = f"{total} {branches} against {forecast.base}, {touching} with migrations"
    return safe_line(text + (f"; {forecast.merged} merged already" if forecast.merged else ""))


def _matrix(
    forecast: Forecast, branches: Sequence[GitBranch], width: int, paint: Paint
) -> Iterator[str]:
    """A row for each branch, a column for each app; a list where the columns have no room."""
    labels = forecast.app_labels
    names = {branch.name: _name(branch) for branch in branches}
    first = max(map(len, names.values()))
    signs = forecast.signs()
    cells = {(b.name, label): signs.get((b.name, label), "·") for b in branches for label in labels}
    widths = [max(len(label), *(len(cells[b.name, label]) for b in branches)) for label in labels]
    if first + sum(part + 2 for part in widths) > width:
        for branch in branches:
            touched = [f"{label} {cells[branch.name, label]}" for label in labels
                       if cells[branch.name, label] != "·"]  # fmt: skip
            text = f"{names[branch.name]}: {', '.join(touched)}"
            yield from _wrap(text, width, "    ", Paint())
        return
    heads = "".join(
        f"  {safe_line(label):<{part}}" for label, part in zip(labels, widths, strict=True)
    )
    yield f"{' ' * first}{paint('dim', heads)}".rstrip()
    for branch in branches:
        row = names[branch.name].ljust(first)
        for label, part in zip(labels, widths, strict=True):
            cell = cells[branch.name, label]
            row += "  " + paint(_style(cell), cell) + " " * (part - len(cell))
        yield row.rstrip()


def _name(branch: GitBranch) -> str:
    name = safe_line(branch.name)
    short = name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"
    return f"{'*' if branch.is_current else ' '} {short}"


def _style(cell: str) -> str:
    if cell == "·":
        return "dim"
    return "error" if "!" in cell else "warning" if "x" in cell else ""


def _collision(collision: Collision, width: int, paint: Paint) -> Iterator[str]:
    app_label, who = map(safe_line, (collision.app_label, parties(collision)))
    yield f"{paint('strong', app_label)}: {who}"
    yield from _wrap(f"  {collision.why}", width, "  ", Paint())
    verdict = collision.verdict
    if verdict is not None:
        words = "\n".join(_wrap(f"  Verdict: {in_words(verdict)}", width, "    ", Paint()))
        yield words.replace(verdict.kind, paint(STYLES[verdict.kind], verdict.kind), 1)
        for overlap in verdict.overlaps:
            yield from _wrap(f"  {overlap.resource}: {overlap.why}", width, "    ", paint)
    if collision.cause is Cause.SAME_NAME:
        yield from _wrap(f"  {SAME_NAME}", width, "  ", Paint())
    if collision.why_first:
        yield from _wrap(f"  First: {collision.first}. {collision.why_first}", width, "  ", paint)


def parties(collision: Collision) -> str:
    """Who it is that does not go together."""
    if collision.first == collision.second:
        return f"{collision.first} alone"
    text = f"{collision.first} and {collision.second}"
    return text if collision.is_certain else f"{text}, perhaps"


def _wrap(text: str, width: int, rest: str, paint: Paint) -> list[str]:
    lines = textwrap.wrap(
        safe_line(text), max(width, 40), subsequent_indent=rest, break_on_hyphens=False,
        drop_whitespace=True,
    )  # fmt: skip
    return [paint("dim", line) for line in lines]


def forecast_json(forecast: Forecast) -> str:
    """Branches, and which of them will conflict, as JSON."""
    document = {
        "base": {"name": forecast.base, "sha": forecast.base_sha},
        "branches": [_branch(forecast, branch) for branch in forecast.branches],
        "collisions": list(map(_collision_json, forecast.collisions)),
        "next_numbers": dict(forecast.next_numbers),
        "problems": list(map(problem_document, forecast.problems())),
        "summary": {
            "branches": len(forecast.branches),
            "merged": forecast.merged,
            "with_migrations": len(forecast.changes),
            "collisions": len(forecast.problems()),
        },
    }
    return print_document(document)


def _branch(forecast: Forecast, branch: GitBranch) -> dict[str, Any]:
    return {
        "name": branch.name,
        "also": list(branch.also),
        "sha": branch.sha,
        "author": branch.author,
        "since": _time(branch.since),
        "updated": _time(branch.updated),
        "current": branch.is_current,
        "unknown": branch.unknown or None,
        "apps": {
            label: {
                "added": sorted(key.name for key in change.new),
                "changed": sorted(key.name for key in change.written.keys() - change.new),
                "removed": sorted(key.name for key in change.removed),
            }
            for label, change in forecast.changes.get(branch.name, {}).items()
        },
    }


def _time(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def _collision_json(collision: Collision) -> dict[str, Any]:
    verdict = collision.verdict
    return {
        "app_label": collision.app_label,
        "first": collision.first,
        "second": collision.second,
        "cause": collision.cause,
        "certain": collision.is_certain,
        "leaves": [list(names) for names in collision.leaves],
        "why": collision.why,
        "why_first": collision.why_first or None,
        "verdict": None
        if verdict is None
        else {
            "kind": verdict.kind,
            "visible_kind": verdict.visible_kind,
            "overlaps": [
                {"resource": overlap.resource, "kind": overlap.kind, "why": overlap.why}
                for overlap in verdict.overlaps
            ],
        },
    }
