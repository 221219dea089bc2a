"""The top line: which project, what is being done, and whether Django loads it."""

from rich.cells import cell_len, set_cell_size
from textual.app import RenderResult
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from migtui.tui.text import safe

_FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"


class TitleBar(Widget):
    """One line; a click on it shows what Django said."""

    project: reactive[str] = reactive("")
    """The project's directory."""
    django: reactive[str] = reactive("")
    """One sentence about the engine."""
    failed: reactive[bool] = reactive(default=False)
    """Whether Django could not be set up."""
    activity: reactive[str] = reactive("")
    """What is being done; empty where nothing is."""
    can_cancel: reactive[bool] = reactive(default=True)
    """Whether escape ends what is being done."""

    def __init__(self) -> None:
        super().__init__(id="title")
        self._frame = 0

    def on_mount(self) -> None:
        """Turn the wheel while something is being done."""
        self._timer = self.set_interval(1 / 10, self._turn, pause=True)

    def watch_activity(self, activity: str) -> None:
        """Start or stop the wheel."""
        if self.is_mounted:
            if activity and self.app.animation_level != "none":
                self._timer.resume()
            else:
                self._timer.pause()

    def _turn(self) -> None:
        self._frame = (self._frame + 1) % len(_FRAMES)
        self.refresh()

    async def on_click(self) -> None:
        """Show what Django said."""
        await self.run_action("screen.details")

    def render(self) -> RenderResult:
        """Name and project at the left, Django at the right."""
        width = self.size.width
        if self.activity:
            right = f"{_FRAMES[self._frame]} {self.activity}{' · esc cancels' * self.can_cancel}"
            style = "$text-accent"
        else:
            right = self.django
            style = "$text-error" if self.failed else "$foreground 60%"
        left = " migtui "
        room = width - cell_len(left)
        right = f"{_shortened(safe(right), room - 2)} "
        space = room - cell_len(right)
        path = f" {safe(self.project)}"
        name = f" {path.rpartition('/')[2]}"
        middle = next((text for text in (path, name) if cell_len(text) < space), "")
        return Content.assemble(
            (left, "bold $primary on $primary 15%"),
            set_cell_size(middle, max(space, 0)),
            (right, style),
        )


def _shortened(text: str, width: int) -> str:
    return text if cell_len(text) <= width else f"{set_cell_size(text, max(width - 1, 0))}…"
