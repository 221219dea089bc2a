"""The verdict on a conflict in words, and how it is known."""

from textual.content import Content
from textual.widgets import Static

from migtui.core.explanation import Explanation
from migtui.tui.documents.words import (
    SIGNS,
    STYLES,
    contradiction,
    evidence_sentence,
    verdict_sentence,
)
from migtui.tui.text import safe

_COLOURS = {"good": "success", "warning": "warning", "error": "error"}


class VerdictBanner(Static):
    """Two lines: what is the case, and on what that rests."""

    def __init__(self) -> None:
        super().__init__(id="verdict", markup=False)

    def explain(self, explanation: Explanation) -> None:
        """Show the verdict of a conflict."""
        verdict = explanation.verdict
        doubts = (contradiction(verdict), *explanation.notices)
        colour = _COLOURS[STYLES[verdict.kind]]
        self.update(
            Content.assemble(
                (f" {safe(explanation.conflict.app_label)} ", "bold"),
                (
                    f" {SIGNS[verdict.kind]} {verdict.kind.upper()} ",
                    f"bold $text-{colour} on ${colour}-muted",
                ),
                f"  {safe(verdict_sentence(verdict))}\n",
                *((f" ! {safe(doubt)}\n", "$text-warning") for doubt in filter(None, doubts)),
                (f" {safe(evidence_sentence(verdict))}", "$foreground 60%"),
            )
        )
