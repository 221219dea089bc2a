"""The branches of a conflict side by side, under the fork that they come from."""

from rich.cells import cell_len
from textual.app import ComposeResult, RenderResult
from textual.containers import HorizontalScroll, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from migtui.core.explanation import Explanation
from migtui.core.migration import MigrationKey
from migtui.tui.documents.branch import short_resource
from migtui.tui.documents.words import SIGNS
from migtui.tui.text import safe
from migtui.tui.widgets.lane import Lane


class Fork(Widget):
    """A line above the lanes: the fork, and where each branch leaves it."""

    def __init__(self) -> None:
        super().__init__(id="fork")
        self._text = ""
        self._lanes: list[Lane] = []

    def show(self, fork: tuple[MigrationKey, ...], lanes: list[Lane]) -> None:
        """Say where these lanes come from."""
        names = ", ".join(safe(key.name) for key in fork)
        self._text = f"fork {names}" if fork else "no common ancestor"
        self._lanes = lanes
        self.refresh()

    def render(self) -> RenderResult:
        """The fork's name and a line with a tap for each lane."""
        lead = f" ● {self._text} "
        middles = [
            lane.region.x + lane.region.width // 2 - self.region.x
            for lane in self._lanes
            if lane.region.width
        ]
        last = max((middle for middle in middles if middle < self.size.width), default=0)
        rail = [
            "╮" if column == last else "┬" if column in middles else "─"
            for column in range(cell_len(lead), last + 1)
        ]
        return Content.assemble((lead, "$text-accent"), ("".join(rail), "$border-blurred"))


class Lanes(Vertical):
    """A lane for each branch, the fork above and the overlap that is looked at below."""

    def __init__(self) -> None:
        super().__init__(id="lanes")
        self._explanation: Explanation | None = None
        self._overlap: int | None = None

    def compose(self) -> ComposeResult:
        """The fork, room for lanes, room for a sentence."""
        yield Fork()
        yield HorizontalScroll(id="lanes-row", can_focus=False)
        yield Static(id="overlap", markup=False)

    @property
    def lanes(self) -> list[Lane]:
        """One for each branch, in the order of the leaves."""
        return list(self.query(Lane))

    async def explain(self, explanation: Explanation) -> None:
        """Show a conflict, or more of what is known about the one that is shown."""
        before = self._explanation
        self._explanation = explanation
        if before is not None and before.conflict == explanation.conflict:
            for lane in self.lanes:
                lane.explain(explanation)
        else:
            self._overlap = None
            row = self.query_one("#lanes-row", HorizontalScroll)
            lanes = [Lane(explanation, branch) for branch in explanation.conflict.branches]
            with self.app.batch_update():
                await row.remove_children()
                await row.mount_all(lanes)
        self.query_one(Fork).show(explanation.conflict.fork, self.lanes)
        self._show_overlap()

    def on_resize(self) -> None:
        """Draw the fork's line anew once the lanes have their places."""
        self.call_after_refresh(self.query_one(Fork).refresh)

    def step_overlap(self, step: int) -> None:
        """Go to the next or previous overlap, round and round."""
        count = len(self._explanation.verdict.overlaps) if self._explanation is not None else 0
        if count:
            start = -1 if self._overlap is None and step > 0 else self._overlap or 0
            self._overlap = (start + step) % count
            self._show_overlap()

    def _show_overlap(self) -> None:
        for lane in self.lanes:
            lane.overlap = self._overlap
        self.query_one("#overlap", Static).update(self._sentence())

    def _sentence(self) -> Content:
        overlaps = self._explanation.verdict.overlaps if self._explanation is not None else ()
        if not overlaps:
            return Content(" No operation touches what another branch touches.")
        if self._overlap is None or self._overlap >= len(overlaps):
            things = "thing is" if len(overlaps) == 1 else "things are"
            return Content(f" {len(overlaps)} {things} touched by several branches: n goes there.")
        overlap = overlaps[self._overlap]
        return Content.assemble(
            (f" {SIGNS[overlap.kind]} {self._overlap + 1}/{len(overlaps)} ", "bold $text-warning"),
            (f"{safe(short_resource(overlap))} ", "bold"),
            safe(overlap.why),
        )
