"""What can be wrong with a graph of migrations; each problem has a code."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Location:
    """A file, relative to the project with ``/``, and a line counted from 1."""

    path: str
    line: int = 1


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.

    Attributes:
        code: ``migtui.E001`` and so on.
        app_label: The app that it concerns.
        message: What was found, one sentence.
        help: What to do.
        locations: Where; the first one is where a reader should look.
    """

    code: str
    app_label: str
    message: str
    help: str
    locations: tuple[Location, ...] = ()

    @property
    def severity(self) -> str:
        """``error`` or ``warning``, as the code's letter says."""
        return "error" if self.code.partition(".")[2].startswith("E") else "warning"
