"""The main screen: the list, what its cursor is on, and the tabs below."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import ContentSwitcher, Static

from migtui.core.conflict import Conflict
from migtui.core.problems import Problem
from migtui.errors import EngineError, MigtuiError, StorageError
from migtui.tui import keys
from migtui.tui.documents.lines import error_lines, line, plain_lines
from migtui.tui.documents.notices import Said, app_notice, problem_notice, project_notice
from migtui.tui.screens.dialog import Report
from migtui.tui.screens.visiting import VisitingScreen
from migtui.tui.widgets.key_line import KeyLine
from migtui.tui.widgets.lane import Lane
from migtui.tui.widgets.lanes import Lanes
from migtui.tui.widgets.lines_pane import LinesPane
from migtui.tui.widgets.notice import Notice
from migtui.tui.widgets.preview import Preview
from migtui.tui.widgets.sidebar import HealthyApp, HealthyApps, Sidebar
from migtui.tui.widgets.title_bar import TitleBar
from migtui.tui.widgets.verdict_banner import VerdictBanner
from migtui.tui.widgets.ways_out import WaysOut

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult

    from migtui.core.explanation import Explanation
    from migtui.services.consult import Consultation
    from migtui.tui.documents.lines import Line


class MainScreen(VisitingScreen):
    """Reads the project at once, shows the first conflict, and asks Django meanwhile."""

    BINDINGS: ClassVar = [*keys.MAIN]
    AUTO_FOCUS = ""
    _django_said: tuple[Line, ...] = ()
    _is_django_asked = False

    def compose(self) -> ComposeResult:
        """The panes, empty as yet."""
        yield TitleBar()
        yield Static(id="too-small", markup=False)
        with Horizontal(id="body"):
            yield Sidebar()
            with Vertical(id="main"):
                with ContentSwitcher(id="view", initial="notice"):
                    yield Notice(id="notice")
                    with Vertical(id="conflict"):
                        yield VerdictBanner()
                        yield Lanes()
                        yield WaysOut()
                yield Preview()
        yield KeyLine()

    def on_mount(self) -> None:
        """Begin to read."""
        self.query_one(Notice).say("migtui", "Reading the migrations…")
        self.open_project()

    def on_unmount(self) -> None:
        """End the engine beside the application's own end, whatever it is at."""
        asyncio.get_running_loop().run_in_executor(None, self.session.close)

    @work(exit_on_error=False)
    async def open_project(self) -> None:
        """Read the project, show it, then start Django."""
        try:
            recovered = await self.ask("reading the migrations", self.session.open)
        except MigtuiError as error:
            self.app.exit(error)
            return
        self.query_one(TitleBar).project = _at_home(self.session.project.root)
        if recovered is not None:
            self.tell(recovered, severity="warning")
        self._list()
        if not self.session.project.conflicts:
            self.start_engine()

    async def _painted(self) -> None:
        """Wait until what was shown last is on the screen."""
        painted = asyncio.Event()
        self.call_after_refresh(painted.set)
        await painted.wait()

    @work(exit_on_error=False)
    async def start_engine(self) -> None:
        """Start Django beside what is shown; correct what it knows better."""
        self._is_django_asked = True
        title = self.query_one(TitleBar)
        title.failed = False
        title.django = "Django is starting…"
        try:
            consultation = await asyncio.to_thread(self.session.start_engine)
        except EngineError as error:
            self._django_said = error_lines(error)
            title.failed = True
            title.django = f"{error.message} What is read goes on working."
        else:
            self._show_django(consultation)
            self._list()
        self.refresh_bindings()
        self.show_sql()

    def _show_django(self, consultation: Consultation) -> None:
        """Say whether Django loads the migrations, as it says it."""
        facts, graph = consultation.facts, consultation.graph
        title = self.query_one(TitleBar)
        title.failed = bool(graph.error)
        version = f"Django {facts.django_version}"
        title.django = (
            f"{version} can't load the migrations: {graph.error}"
            if graph.error
            else f"{version} loads the project"
        )
        databases = [f"{entry.alias}: {entry.vendor or entry.error}" for entry in facts.databases]
        self._django_said = (
            line(title.django, "error" if graph.error else "good"),
            line(f"Python {facts.python_version}, settings {facts.settings}"),
            *(line(f"database {text}") for text in databases),
            *plain_lines(graph.traceback, "muted"),
        )

    def action_details(self) -> None:
        """Show what Django said."""
        lines = self._django_said or (line("Django is still starting."),)
        self.app.push_screen(Report("Django", lines))

    async def reread(self) -> None:
        """Read the files again; stay at the same app, or go to the next conflict."""
        self.show_no_plan("The preview is not ready yet.")
        self.location = None
        await self.ask("reading the migrations", self.session.reload)
        self._list()

    def _list(self) -> None:
        project = self.session.project
        labels = tuple(sorted(project.graph.app_labels))
        self.query_one(Sidebar).show(project.conflicts, project.problems(), labels)

    @on(Sidebar.Chosen)
    def _show_entry(self, event: Sidebar.Chosen) -> None:
        """Show what the list's cursor is on."""
        match event.entry:
            case Conflict(app_label):
                self.show_conflict(app_label)
            case Problem() as problem:
                self._say(problem_notice(problem))
                if problem.locations:
                    self.show_source(problem.locations[0])
            case HealthyApp(app_label):
                self._say(app_notice(self.session.project, app_label))
            case HealthyApps():
                self._say(project_notice(self.session.project))

    @on(Sidebar.Entered)
    def _enter(self) -> None:
        """Go to what the list's cursor is on."""
        self.query_one(WaysOut if self.explanation else Notice).focus()

    @work(exit_on_error=False, exclusive=True, group="explain")
    async def show_conflict(self, app_label: str) -> None:
        """Show a conflict as read, then once more with what git knows."""
        before = self.explanation
        is_new = before is None or before.conflict.app_label != app_label
        if is_new:
            await self.stop_gathering()
        project = self.session.project
        for with_git in (False, True):
            try:
                explanation = await asyncio.to_thread(
                    self.session.explain, app_label, with_git=with_git
                )
            except StorageError:  # a file that was read is gone, or can't be read any more
                if project is self.session.project:
                    await self.ask("reading the migrations", self.session.reload)
                    if self.session.project.graph.migrations == project.graph.migrations:
                        raise
                    self._list()
                return
            except MigtuiError:
                read = self.session.project
                if all(conflict.app_label != app_label for conflict in read.conflicts):
                    self._list()  # by what was read meanwhile it has ended
                elif project is read:
                    raise
                return
            await self._show_explanation(explanation, is_all=with_git)
            if self.focused is None or isinstance(self.focused, Notice):
                self.query_one(WaysOut).focus()
            self.refresh_bindings()
            await self._painted()
            if not self._is_django_asked:
                self.start_engine()
        resolution = self.query_one(WaysOut).resolution
        if self.previewed is None and resolution is not None:
            self.preview_resolution(resolution)
        first = self.query_one(Lanes).lanes[0].place
        is_free = is_new or self.location is None
        if first is not None and is_free and not isinstance(self.focused, Lane):
            self.follow(first)
        self.gather_soon(app_label)

    async def _show_explanation(self, explanation: Explanation, *, is_all: bool) -> None:
        """Show what is known of a conflict; ``is_all`` where git was asked as well."""
        self.explanation = explanation
        with self.app.batch_update():
            self._switch("conflict")
            self.query_one(VerdictBanner).explain(explanation)
            await self.query_one(Lanes).explain(explanation)
            self.query_one(WaysOut).show(explanation.resolutions, is_all=is_all)

    async def show_more(self, app_label: str) -> bool:
        """Show what has come to be known; whether the conflict is still there to be shown."""
        try:
            explanation = await asyncio.to_thread(self.session.explain, app_label, with_git=True)
        except MigtuiError:  # the files have changed, and whoever reads them next tells it
            return False
        shown = self.explanation
        if shown is None or shown.conflict != explanation.conflict:
            return False
        await self._show_explanation(explanation, is_all=True)
        self.refresh_bindings()
        return True

    def _say(self, said: Said) -> None:
        is_below = self.explanation is None and isinstance(self.focused, LinesPane)
        self.explanation = None
        self.show_no_plan("No conflict is shown.")
        self._switch("notice")
        notice = self.query_one(Notice)
        notice.say(said.title, *said.paragraphs)
        if not is_below and not isinstance(self.focused, Sidebar):
            notice.focus()

    def _switch(self, view: str) -> None:
        self.query_one("#view", ContentSwitcher).current = view

    def on_resize(self, event: events.Resize) -> None:
        """Say so where there is no room."""
        self.query_one("#too-small", Static).update(
            Content(
                f"This terminal is too small: {event.size.width} by {event.size.height}.\n"
                "migtui needs 56 by 16."
            )
        )

    def on_descendant_focus(self) -> None:
        """Give room to the part that has the keys, where there is little."""
        focused = self.focused
        in_preview = focused is not None and self.query_one(Preview) in focused.ancestors
        self.set_class(in_preview, "-preview")
        self.set_class(isinstance(focused, Lane), "-lanes")
        self.set_class(focused is self.query_one(Sidebar), "-list")

    def action_tab(self, name: str) -> None:
        """Go to a tab."""
        self.query_one(Preview).open(name)

    def action_apps(self) -> None:
        """Go to the list of problems and apps."""
        self.add_class("-list")
        self.query_one(Sidebar).focus()

    def action_zoom(self) -> None:
        """Give the pane that has the keys the whole screen, or take it back."""
        if self.maximized is None:
            self.action_maximize()
        else:
            self.action_minimize()

    def log_output(self, text: str) -> None:
        """Add what the project printed to the log."""
        self.query_one(Preview).add_to_log(*plain_lines(text, "muted"))


def _at_home(path: Path) -> str:
    """A path as a shell would write it, with ``~`` for the home directory."""
    home = Path.home()
    return f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path)
