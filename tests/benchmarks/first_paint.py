"""Time from start to the first painted conflict, against an empty app with the same widgets."""

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from migtui.services.demo import create_demo
from tests.benchmarks.measure import Ratio, seconds_of

SIZE = (160, 45)

EMPTY = f"""
import os
from pathlib import Path
from textual.app import App
from textual.containers import Horizontal, Vertical
from textual.widgets import ContentSwitcher, Footer, Static
from migtui import tui
from migtui.tui.widgets.lanes import Lanes
from migtui.tui.widgets.notice import Notice
from migtui.tui.widgets.preview import Preview
from migtui.tui.widgets.sidebar import Sidebar
from migtui.tui.widgets.title_bar import TitleBar
from migtui.tui.widgets.verdict_banner import VerdictBanner
from migtui.tui.widgets.ways_out import WaysOut

class Empty(App):
    CSS_PATH = Path(tui.__file__).with_name("migtui.tcss")

    def compose(self):
        yield TitleBar()
        yield Static(id="too-small")
        with Horizontal(id="body"):
            yield Sidebar()
            with Vertical(id="main"):
                with ContentSwitcher(id="view", initial="conflict"):
                    yield Notice(id="notice")
                    with Vertical(id="conflict"):
                        yield VerdictBanner()
                        yield Lanes()
                        yield WaysOut()
                yield Preview()
        yield Footer()

    def on_mount(self):
        self.call_after_refresh(os._exit, 0)

Empty().run(headless=True, size={SIZE})
raise SystemExit("nothing was painted")
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
        ours = seconds_of([sys.executable, "-c", OURS], project, runs=9)
        empty = seconds_of([sys.executable, "-c", EMPTY], project, runs=9)
    return (Ratio("first painted conflict, wall seconds", ours, empty, 1.5),)
