"""Time from start to the first painted conflict, against an empty app with the same widgets."""

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from migtui.services.demo import create_demo
from tests.benchmarks.measure import Ratio, cost_of

SIZE = (160, 45)

EMPTY = f"""
import os
from textual.app import App
from textual.containers import Horizontal, HorizontalScroll, Vertical
from textual.scroll_view import ScrollView
from textual.widgets import ContentSwitcher, Footer, OptionList, Static, TabbedContent, TabPane

class Empty(App):
    def compose(self):
        yield Static("title")
        yield Static("too small")
        with Horizontal():
            yield OptionList("one", "two")
            with Vertical():
                with ContentSwitcher(initial="conflict"):
                    yield ScrollView(id="none")
                    with Vertical(id="conflict"):
                        yield Static("verdict")
                        with Vertical():
                            yield Static("fork")
                            with HorizontalScroll():
                                yield ScrollView()
                                yield ScrollView()
                            yield Static("overlap")
                        yield OptionList("one", "two", "three")
                with TabbedContent():
                    for name in "123456":
                        with TabPane(name):
                            yield ScrollView()
        yield Footer()

    def on_mount(self):
        self.call_after_refresh(os._exit, 0)

Empty().run(headless=True, size={SIZE})
"""

OURS = f"""
import os
from pathlib import Path
from migtui.config import load_config
from migtui.tui.app import MigtuiApp
from migtui.tui.widgets.lanes import Lanes

shown = Lanes.explain

async def explain(self, explanation):
    await shown(self, explanation)
    self.call_after_refresh(os._exit, 0)  # painted: what goes on behind it is not measured

Lanes.explain = explain
root = Path.cwd()
MigtuiApp(root, load_config(root)).run(headless=True, size={SIZE})
raise SystemExit("no conflict was painted")
"""


def first_painted_conflict() -> Sequence[Ratio]:
    """``migtui`` on the demo, until the branches stand on the screen."""
    with tempfile.TemporaryDirectory() as directory:
        project = create_demo(Path(directory) / "shop")
        ours = cost_of([sys.executable, "-c", OURS], project)
        empty = cost_of([sys.executable, "-c", EMPTY], project)
    return (Ratio("first painted conflict, wall seconds", ours.seconds, empty.seconds, 1.5),)
