"""Choosing a range of an app's history on a time line, and what becomes of its data work."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from migtui.core.squash_plan import SquashChoice
from migtui.tui.screens.asking import AskingScreen
from migtui.tui.widgets.timeline import Timeline

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from textual.worker import Worker

    from migtui.core.migration import MigrationKey
    from migtui.tui.session import Session
    from migtui.tui.squashes import Step


class RangeScreen(AskingScreen):
    """A time line with a range; whatever is chosen is planned at once.

    Args:
        session: The open project.
        app_label: The app.

    Attributes:
        steps: The app's history; empty until it was read.
        choice: The range, and what is left out or kept of it.
    """

    def __init__(self, session: Session, app_label: str) -> None:
        super().__init__(session)
        self.steps: tuple[Step, ...] = ()
        self.choice = SquashChoice(app_label)

    @property
    def crossing(self) -> tuple[MigrationKey, ...]:
        """How a squash of the range would depend on itself."""
        raise NotImplementedError

    def make_plan(self) -> Worker[None]:
        """Plan what is chosen."""
        raise NotImplementedError

    def action_start(self) -> None:
        """Begin the range at the cursor."""
        self._choose_end("start")

    def action_end(self) -> None:
        """End the range at the cursor."""
        self._choose_end("end")

    def _choose_end(self, end: str) -> None:
        step = self.query_one(Timeline).step
        if step is None:
            return
        last = {"start": self.steps[0].key, "end": self.steps[-1].key}[end]
        key = None if step.key == last else step.key
        self._chose(
            replace(self.choice, start=key) if end == "start" else replace(self.choice, end=key)
        )

    def action_elide(self) -> None:
        """Leave out the data work of the migration under the cursor, or take it in again."""
        for key in self._data_work():
            self._decide({*self.choice.elide} ^ {key}, {*self.choice.keep} - {key})

    def action_keep(self) -> None:
        """Keep the data work of the migration under the cursor, elidable or not."""
        for key in self._data_work():
            self._decide({*self.choice.elide} - {key}, {*self.choice.keep} ^ {key})

    def _data_work(self) -> tuple[MigrationKey, ...]:
        """The migration under the cursor, if it has any; where it has none, say so."""
        step = self.query_one(Timeline).step
        if step is not None and step.data:
            return (step.key,)
        self.tell("There is no RunPython and no RunSQL in it.", severity="warning")
        return ()

    def _decide(self, elide: Collection[MigrationKey], keep: Collection[MigrationKey]) -> None:
        self._chose(replace(self.choice, elide=tuple(sorted(elide)), keep=tuple(sorted(keep))))

    def take(self, part: Sequence[MigrationKey]) -> None:
        """Choose a range; the whole history where it is empty."""
        first, last = self.steps[0].key, self.steps[-1].key
        start = part[0] if part and part[0] != first else None
        end = part[-1] if part and part[-1] != last else None
        self._chose(replace(self.choice, start=start, end=end))

    def _chose(self, choice: SquashChoice) -> None:
        inside = self._inside(choice)
        self.choice = replace(
            choice,
            elide=tuple(key for key in choice.elide if key in inside),
            keep=tuple(key for key in choice.keep if key in inside),
        )
        self.show_range()
        self.make_plan()

    def _inside(self, choice: SquashChoice) -> list[MigrationKey]:
        line_of_keys = [step.key for step in self.steps]
        start = line_of_keys.index(choice.start) if choice.start in line_of_keys else 0
        end = (
            line_of_keys.index(choice.end) if choice.end in line_of_keys else len(line_of_keys) - 1
        )
        return line_of_keys[start : end + 1]

    def show_range(self) -> None:
        """Show what of the history is in the range."""
        inside = self._inside(self.choice)
        self.query_one(Timeline).tell(self.steps, inside, self.choice, self.crossing)
