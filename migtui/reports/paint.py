"""Colours for a terminal; each stands beside a sign or a word, so that all works without."""

from dataclasses import dataclass

_STYLES = {
    "strong": "1",
    "dim": "2",
    "error": "31",
    "good": "32",
    "warning": "33",
    "heading": "1;36",
}


@dataclass(frozen=True, slots=True)
class Paint:
    """Adds colours where they are wanted.

    Attributes:
        enabled: Whether the text goes to a terminal that shows them.
    """

    enabled: bool = False

    def __call__(self, style: str, text: str) -> str:
        """The text in a style: strong, dim, error, good, warning, heading or none (empty)."""
        if not (self.enabled and style and text):
            return text
        return f"\x1b[{_STYLES[style]}m{text}\x1b[0m"
