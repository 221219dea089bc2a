"""Choosing a way out, and showing what it would do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on, work
from textual.widgets import OptionList

from migtui.core.collapse import COLLAPSE
from migtui.core.resolution import Resolution
from migtui.errors import EngineStartError, MigtuiError
from migtui.tui.documents.diff import diff_lines
from migtui.tui.documents.order import order_lines
from migtui.tui.documents.words import origin
from migtui.tui.screens.ordering import Ordering
from migtui.tui.screens.sql_showing import SqlScreen
from migtui.tui.widgets.lanes import Lanes
from migtui.tui.widgets.preview import DIFF, ORDER, Preview
from migtui.tui.widgets.ways_out import WaysOut

if TYPE_CHECKING:
    from migtui.core.explanation import Explanation
    from migtui.core.questions import Decision
    from migtui.services.resolve import Plan
    from migtui.tui.documents.lines import Line
    from migtui.tui.screens.settling import Decided


class PreviewingScreen(SqlScreen):
    """A conflict, its ways out, and the plan of the one that is chosen.

    Attributes:
        explanation: The conflict that is shown, None where none is.
    """

    explanation: Explanation | None = None
    _decided: Decided | None = None

    def why_not(self, action: str) -> str:
        """Why an action of this part can't be done now."""
        if action in ("order", "merge", "settle", "next_overlap", "previous_overlap"):
            if self.explanation is None:
                return "No conflict is shown."
            if action == "settle" and not self.explanation.questions:
                return "The branches need no decision."
            if action.endswith("overlap") and not self.explanation.verdict.overlaps:
                return "No operation touches what another branch touches."
            merge = self._resolution("merge")
            if action == "merge" and merge is not None and not merge.possible:
                return f"A merge is not possible: {merge.why}"
        return super().why_not(action)

    def action_next_overlap(self) -> None:
        """Go to the next thing that several branches touch."""
        self.query_one(Lanes).step_overlap(1)

    def action_previous_overlap(self) -> None:
        """Go to the one before."""
        self.query_one(Lanes).step_overlap(-1)

    def action_merge(self) -> None:
        """Choose the merge."""
        self.query_one(WaysOut).choose("merge")
        self.query_one(Preview).open(DIFF)

    @work(exit_on_error=False)
    async def action_order(self) -> None:
        """Put the branches in an order."""
        if self.explanation is None:
            return
        conflict, facts = self.explanation.conflict, self.explanation.facts
        ways = self.query_one(WaysOut)
        chosen = ways.resolution
        first = chosen.order if chosen is not None and chosen.strategy == "order" else None
        origins = {leaf: origin(facts[leaf]) for leaf in conflict.leaves if leaf in facts}
        order = await self.app.push_screen_wait(Ordering(first or conflict.leaves, origins))
        if order is not None:
            if not ways.choose("order", order):  # too many leaves to list every order
                ways.highlighted = None
                self.preview_resolution(
                    Resolution("order", order, possible=True, recommended=False, why="")
                )
            self.query_one(Preview).open(ORDER)

    @on(OptionList.OptionHighlighted, "#ways")
    def _preview_highlighted(self) -> None:
        resolution = self.query_one(WaysOut).resolution
        if resolution is not None:
            self.call_after_refresh(self.preview_resolution, resolution)

    @work(exit_on_error=False)
    async def action_settle(self) -> None:
        """Decide what the branches dispute, one thing after another."""
        explanation = self.explanation
        if explanation is None or not explanation.questions:
            return
        from migtui.tui.screens.settling import (  # noqa: PLC0415 - not before the first paint
            Settling,
        )

        decided = await self.app.push_screen_wait(Settling(self.session, explanation))
        if decided is None:
            return
        self._decided = decided
        ways = self.query_one(WaysOut)
        ways.highlighted = None
        why = f"Decided: {', '.join(map(str, decided.decisions))}."
        self.preview_resolution(
            Resolution("settle", decided.order, possible=True, recommended=False, why=why)
        )
        self.query_one(Preview).open(DIFF)

    @on(OptionList.OptionSelected, "#ways")
    def _open_preview(self) -> None:
        resolution = self.query_one(WaysOut).resolution
        if resolution is not None and not resolution.possible:
            self.tell(f"Not possible: {resolution.why}", severity="warning")
        elif resolution is not None and resolution.strategy == "settle":
            self.action_settle()
        else:
            self.query_one(Preview).open(DIFF)

    @work(exit_on_error=False, exclusive=True, group="preview")
    async def preview_resolution(self, resolution: Resolution) -> None:
        """Show what a way out would do, or why it can't be done."""
        explanation = self.explanation
        if explanation is None:
            return
        if not resolution.possible:
            self.show_no_plan(f"Not possible: {resolution.why}", resolution)
            return
        before, self.previewed = self.previewed, resolution
        if before is None or (before.strategy, before.order) != (
            resolution.strategy,
            resolution.order,
        ):
            self.plan = None
            self.why_no_plan = "The preview is not ready yet."
        try:
            plan, order, diff = await self.ask(
                "preparing the preview", self._prepare, explanation, resolution
            )
        except EngineStartError as error:  # once Django has started it is tried again
            self.show_no_plan(error.message)
            return
        except MigtuiError as error:
            self.show_no_plan(error.message, resolution)
            return
        self.plan = plan
        preview = self.query_one(Preview)
        preview.clear()
        preview.show(ORDER, order)
        preview.show(DIFF, diff)
        self.forget_sql()
        self.show_sql()
        self.refresh_bindings()

    def _prepare(
        self, explanation: Explanation, resolution: Resolution
    ) -> tuple[Plan, tuple[Line, ...], tuple[Line, ...]]:
        app_label = explanation.conflict.app_label
        if resolution.strategy == COLLAPSE:
            from migtui.tui.squashes import Squashes  # noqa: PLC0415 - not before the first paint

            plan = Squashes(self.session, app_label).collapse_order(resolution.order, self.report)
        else:
            keep = self._keep_for(explanation, resolution)
            plan = self.session.plans.make(app_label, resolution, keep)
        return plan, order_lines(plan, explanation), diff_lines(plan.changes)

    def _keep_for(self, explanation: Explanation, resolution: Resolution) -> tuple[Decision, ...]:
        """What was decided for this way out of this conflict."""
        decided = self._decided
        is_it = (
            resolution.strategy == "settle"
            and decided is not None
            and decided.questions == explanation.questions
            and decided.order == resolution.order
        )
        return decided.decisions if is_it and decided is not None else ()

    def show_no_plan(self, reason: str, previewed: Resolution | None = None) -> None:
        """Say why there is nothing to write, for a way out or at all."""
        self.previewed = previewed
        self.plan = None
        self.forget_sql()
        self.why_no_plan = reason
        self.query_one(Preview).clear(reason)
        self.refresh_bindings()

    def _resolution(self, strategy: str) -> Resolution | None:
        if self.explanation is None:
            return None
        return next((r for r in self.explanation.resolutions if r.strategy == strategy), None)
