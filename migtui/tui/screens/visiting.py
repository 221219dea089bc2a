"""Opening the screens that are about more than one conflict; each is imported when it is wanted."""

from textual import work

from migtui.errors import EngineError
from migtui.tui.screens.trying import TryingScreen
from migtui.tui.widgets.sidebar import Sidebar


class VisitingScreen(TryingScreen):
    """Leads to other screens, and reads the files again where one has written."""

    def why_not(self, action: str) -> str:
        """Why an action can't be done now."""
        if action == "squash" and self.session.why_no_engine:
            return self.session.why_no_engine
        return super().why_not(action)

    @work(exit_on_error=False)
    async def action_reload(self) -> None:
        """Read the files again."""
        await self.reread()

    def action_forecast(self) -> None:
        """Show which git branches will conflict."""
        from migtui.tui.screens.forecast import ForecastScreen  # noqa: PLC0415 - when it is wanted

        self.app.push_screen(ForecastScreen(self.session))

    def action_databases(self) -> None:
        """Show what is applied to the databases, to roll back, back up and restore."""
        from migtui.tui.screens.databases import DatabasesScreen  # noqa: PLC0415 - when it is wanted

        try:
            self.app.push_screen(DatabasesScreen(self.session.databases()))
        except EngineError as error:
            self.show_error(error)

    def action_squash(self) -> None:
        """Squash the app that the list's cursor is on; where it is on none, show every app."""
        from migtui.tui.screens.squashing import SquashScreen  # noqa: PLC0415 - when it is wanted

        label = self.query_one(Sidebar).app_label
        if not label:
            self._squash_all()
            return
        screen = SquashScreen(self.session, label, self.alone)

        def read_again(_: None) -> None:
            if screen.has_written:
                self.action_reload()
            if screen.wants_all:
                self._squash_all()

        self.app.push_screen(screen, read_again)

    def _squash_all(self) -> None:
        from migtui.tui.screens.squash_all import AllScreen  # noqa: PLC0415 - when it is wanted

        screen = AllScreen(self.session, self.alone)

        def read_again(_: None) -> None:
            if screen.has_written:
                self.action_reload()

        self.app.push_screen(screen, read_again)

    @work(exit_on_error=False)
    async def action_repair(self) -> None:
        """Show what can be mended of what Django cannot load, and mend it."""
        from migtui.tui.screens.repairing import repair  # noqa: PLC0415 - when it is wanted

        if await repair(self):
            await self.reread()
