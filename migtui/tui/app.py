"""The application: wires the session, the main screen, themes and keys together."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual.app import App, SystemCommand
from textual.screen import Screen

from migtui.config import Config
from migtui.errors import ConfigError, MigtuiError
from migtui.tui import keys
from migtui.tui.screens.main import MainScreen
from migtui.tui.session import Session
from migtui.tui.themes import DARK, THEMES


class MigtuiApp(App[MigtuiError | None]):
    """The terminal interface.

    Args:
        directory: Where the developer stands.
        config: Theme, keys.
        settings: The settings module asked for.
        python: The engine's interpreter asked for.

    Raises:
        ConfigError: The theme or a key of the configuration does not exist.
    """

    TITLE = "migtui"
    CSS_PATH = "migtui.tcss"
    BINDINGS: ClassVar = [*keys.APP]
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny-width"), (56, "-narrow"), (110, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-tiny-height"), (16, "-short"), (34, "-tall")]  # noqa: RUF012

    def __init__(
        self,
        directory: Path,
        config: Config,
        *,
        settings: str | None = None,
        python: str | None = None,
    ) -> None:
        keys.check_keymap(config.keys)
        super().__init__()
        for theme in THEMES:
            self.register_theme(theme)
        self._use_theme(config.theme)
        self.set_keymap(config.keys)
        self.session = Session(directory, settings=settings, python=python, log=self._log_output)
        self.main = MainScreen(self.session)

    def _use_theme(self, name: str | None) -> None:
        if name is not None and name not in self.available_themes:
            raise ConfigError(
                f"theme in [tool.migtui] is {name!r}, which is none.",
                help=f"Themes are: {', '.join(sorted(self.available_themes))}.",
            )
        self.theme = name or DARK.name

    def get_default_screen(self) -> Screen[None]:
        """The main screen, from the first paint on."""
        return self.main

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """What the command palette offers: Textual's own, and every key of the main screen."""
        yield from super().get_system_commands(screen)
        if screen is self.main:
            for binding in keys.MAIN:
                if not self.main.why_not(binding.action):
                    yield SystemCommand(
                        binding.description,
                        binding.tooltip or binding.description,
                        partial(self._run, binding.action),
                    )

    async def _run(self, action: str) -> None:
        await self.main.run_action(action)

    def action_toggle_help(self) -> None:
        """Show or hide the help on the pane that has the keys."""
        if self.screen.query("HelpPanel"):
            self.action_hide_help_panel()
        else:
            self.action_show_help_panel()

    async def action_quit(self) -> None:
        """Quit, after what is being written; not while a database is changed."""
        why_not = getattr(self.screen, "why_not_quit", "")
        if why_not:
            self.notify(why_not, severity="warning", markup=False)
        elif not self.main.quit_when_written():
            self.exit()

    def _log_output(self, text: str) -> None:
        """Take what the project printed, from whichever thread."""
        if self.is_running:
            self.call_later(self.main.log_output, text)
