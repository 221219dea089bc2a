"""The line of keys, made anew only where it changes.

Textual's is made anew whenever bindings are looked at again, which is with every focus and every
answer: most of the interface's work, for the same keys.
"""

from textual.screen import Screen
from textual.widgets import Footer


class KeyLine(Footer):
    """Textual's footer, without the key of the command palette, which the help tells of."""

    def __init__(self) -> None:
        super().__init__(show_command_palette=False)
        self._keys: list[tuple[object, bool, str]] = []

    def bindings_changed(self, screen: Screen[object]) -> None:
        """Compose again where a key came, went, or may be used or not."""
        keys: list[tuple[object, bool, str]] = [
            (binding, enabled, tooltip)
            for _, binding, enabled, tooltip in screen.active_bindings.values()
            if binding.show
        ]
        is_shown = self.is_attached and screen is self.screen and self.app.app_focus
        if is_shown and keys == self._keys:
            return
        if is_shown:
            self._keys = keys
        super().bindings_changed(screen)
