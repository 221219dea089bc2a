"""Why work on rows and an effect of another branch do not commute."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Clash:
    """Why work on rows does not commute with an effect.

    Attributes:
        why: Half a sentence about the effect: ``makes a column that new rows have no value for``.
        rows_first: Whether it is known that it runs if the work on rows comes first; else it is
            not known what the order makes of it.
    """

    why: str
    rows_first: bool = False
