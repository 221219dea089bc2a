"""All evidence of a verdict: what each order came to, and where ends differ."""

from collections.abc import Iterator

from migtui.core.verdict import EndDifference, Evidence, Verdict
from migtui.tui.documents.lines import Line, line
from migtui.tui.documents.words import SIGNS, STYLES, arrow, contradiction, how_known
from migtui.tui.text import wrapped

_WIDTH = 90
"""Characters of a line of prose, which fits a dialog on most screens."""


def evidence_lines(verdict: Verdict, width: int = _WIDTH) -> tuple[Line, ...]:
    """How a verdict is known, each evidence with its orders."""
    found: list[Line] = []
    doubt = contradiction(verdict)
    if doubt:
        found += [*_prose(f"! {doubt}", "warning", width), Line()]
    for entry in verdict.evidence:
        found += _evidence(entry, width)
    return tuple(found)


def _evidence(evidence: Evidence, width: int) -> Iterator[Line]:
    kind = evidence.kind
    if kind is None:
        yield Line((("error", "✗ no answer"), ("", f"  {how_known(evidence)}")))
    else:
        sign = (STYLES[kind], f"{SIGNS[kind]} {kind}")
        yield Line((sign, ("", f"  {how_known(evidence)}")))
    yield from _prose(evidence.note, "muted", width, "    ")
    for trial in evidence.trials:
        end = "does not run" if trial.end is None else f"runs, end {'ABCDEFGHIJ'[trial.end % 10]}"
        style = "error" if trial.end is None else ""
        yield Line((("", f"    {arrow(trial.order)}  "), (style, end)))
        yield from _prose(trial.error, "muted", width, "        ")
    for difference in evidence.differences:
        yield from _difference(difference, width)


def _difference(difference: EndDifference, width: int) -> Iterator[Line]:
    yield line(f"    {difference.resource}", "strong")
    for name, text in (("one end", difference.first), ("another", difference.second)):
        yield from _prose(f"{name}: {text or 'not there'}", "", width, "        ")


def _prose(text: str, style: str, width: int, indent: str = "") -> Iterator[Line]:
    for part in wrapped(text, width - len(indent)) if text else ():
        yield line(f"{indent}{part}", style)
