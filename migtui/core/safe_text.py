"""Makes text from files, git, SQL and tracebacks safe for a terminal: it can't steer it."""

import re

# Controls of C0 and C1, overrides of the writing direction, invisible joiners, lone surrogates.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)


def safe_text(text: str) -> str:
    """A text of any number of lines with ``�`` for all that steers a terminal but tabs."""
    return _UNSAFE.sub("\N{REPLACEMENT CHARACTER}", text.replace("\r\n", "\n"))


def safe_line(text: str) -> str:
    """A text on one line, safe to show."""
    return " ".join(safe_text(text).split("\n"))
