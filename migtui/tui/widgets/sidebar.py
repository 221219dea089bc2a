"""Problems and apps in one list: conflicts first, other problems, then what is healthy."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from migtui.core.conflict import Conflict
from migtui.core.problems import Problem
from migtui.tui import keys
from migtui.tui.text import safe

CONFLICT = "migtui.E001"


@dataclass(frozen=True, slots=True)
class HealthyApps:
    """The entry that shows or hides the apps without a problem."""

    app_labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HealthyApp:
    """An app without a problem."""

    app_label: str


Entry: TypeAlias = Conflict | Problem | HealthyApps | HealthyApp


class Sidebar(OptionList):
    """The list at the left."""

    HELP = """
    ## Problems and apps

    Conflicts stand first (`▲`), then what else is wrong (`✗` an error, `!` a warning), then the
    apps that are fine, folded away: **Enter** unfolds them. The pane beside it shows what the
    cursor is on; **Enter** goes there.
    """
    BINDINGS: ClassVar = [*keys.LIST]

    class Chosen(Message):
        """The cursor stands on an entry."""

        def __init__(self, entry: Entry) -> None:
            super().__init__()
            self.entry = entry

    class Entered(Message):
        """What the cursor stands on is to be worked at."""

    def __init__(self) -> None:
        super().__init__(id="sidebar", markup=False, compact=True)
        self.border_title = "Problems and apps"
        self._entries: list[Entry | None] = []
        self._unfolded = False
        self._known: tuple[tuple[Conflict, ...], tuple[Problem, ...], tuple[str, ...]] = (
            (),
            (),
            (),
        )

    @property
    def entry(self) -> Entry | None:
        """What the cursor is on."""
        index = self.highlighted
        return self._entries[index] if index is not None else None

    @property
    def app_label(self) -> str:
        """The app that the cursor is on; empty where it is on none."""
        return "" if isinstance(self.entry, HealthyApps) else getattr(self.entry, "app_label", "")

    def show(
        self,
        conflicts: tuple[Conflict, ...],
        problems: tuple[Problem, ...],
        app_labels: tuple[str, ...],
    ) -> None:
        """List them; the cursor stays on the same app where it is still there.

        Args:
            conflicts: Of every app that has one.
            problems: Every problem, conflicts too.
            app_labels: Every app.
        """
        self._conflicts = conflicts
        self._problems = problems
        self._app_labels = app_labels
        self._fill(keep=self.entry)

    def choose(self, app_label: str) -> None:
        """Put the cursor on an app's conflict."""
        for index, entry in enumerate(self._entries):
            if isinstance(entry, Conflict) and entry.app_label == app_label:
                self.highlighted = index

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Tell which entry it is."""
        event.stop()
        entry = self._entries[event.option_index]
        if entry is not None:
            self.post_message(self.Chosen(entry))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Fold or unfold the healthy apps; go to anything else, which is shown already."""
        event.stop()
        entry = self._entries[event.option_index]
        if isinstance(entry, HealthyApps):
            self._unfolded = not self._unfolded
            self._fill(keep=entry)
        else:
            self.post_message(self.Entered())

    def _fill(self, keep: Entry | None) -> None:
        listed = list(self._list())
        self._entries = [entry for entry, _ in listed]
        self.set_options(Option(prompt, disabled=entry is None) for entry, prompt in listed)
        enabled = [index for index, entry in enumerate(self._entries) if entry is not None]
        same = [index for index in enabled if _is_same(self._entries[index], keep)]
        self.highlighted = next(iter([*same, *enabled]), None)

    def _list(self) -> Iterator[tuple[Entry | None, Content]]:
        others = [problem for problem in self._problems if problem.code != CONFLICT]
        if self._conflicts:
            yield None, _heading("Conflicts")
        for conflict in self._conflicts:
            yield (
                conflict,
                Content.assemble(
                    ("▲ ", "$text-error"),
                    (safe(conflict.app_label), "bold"),
                    (f"  {len(conflict.leaves)} leaves", "$foreground 60%"),
                ),
            )
        if others:
            yield None, _heading("Other problems")
        for problem in others:
            is_error = problem.severity == "error"
            yield (
                problem,
                Content.assemble(
                    ("✗ ", "$text-error") if is_error else ("! ", "$text-warning"),
                    safe(problem.app_label),
                    (f"  {problem.code.removeprefix('migtui.')}", "$foreground 60%"),
                ),
            )
        ill = {problem.app_label for problem in self._problems}
        ill |= {conflict.app_label for conflict in self._conflicts}
        healthy = tuple(label for label in self._app_labels if label not in ill)
        if healthy:
            yield None, _heading("Healthy")
            sign = "▾" if self._unfolded else "▸"
            apps = f"{len(healthy)} app{'s' * (len(healthy) != 1)}"
            yield HealthyApps(healthy), Content.styled(f"{sign} {apps}", "$foreground 60%")
        if self._unfolded:
            for label in healthy:
                yield HealthyApp(label), Content.styled(f"  {safe(label)}", "$foreground 60%")


def _heading(text: str) -> Content:
    return Content.styled(text.upper(), "$foreground 60% bold")


def _is_same(entry: Entry | None, kept: Entry | None) -> bool:
    match entry, kept:
        case (Conflict(one), Conflict(other)) | (HealthyApp(one), HealthyApp(other)):
            return one == other
        case HealthyApps(), HealthyApps():
            return True
        case _:
            return isinstance(entry, Problem) and entry == kept
