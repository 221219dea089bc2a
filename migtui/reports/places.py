"""Where problems are, and how one is recognised again, for tools that annotate a repository."""

import posixpath
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from migtui.core.changes import sha256
from migtui.core.problems import Location, Problem


@dataclass(frozen=True, slots=True)
class Places:
    """Paths as the repository has them.

    Attributes:
        prefix: The project's directory from the top of the repository, with ``/``; empty where
            they are the same.
        anchor: Relative to the project: what stands in where a problem has no file, for tools
            that take none without.
    """

    prefix: str = ""
    anchor: str = "manage.py"

    def of(self, problem: Problem) -> tuple[Location, ...]:
        """Where a problem is, from the top of the repository; at least one place."""
        locations = problem.locations or (Location(self.anchor),)
        return tuple(
            Location(posixpath.normpath(posixpath.join(self.prefix, place.path)), place.line)
            for place in locations
        )


def recognised(problems: Iterable[Problem]) -> Iterator[tuple[Problem, str]]:
    """Each problem with a fingerprint that outlives edits elsewhere in its files.

    It is made of the code, the app and the files, not of lines or words; of several alike, each
    has its number.
    """
    seen: dict[tuple[str, ...], int] = {}
    for problem in problems:
        paths = sorted({place.path for place in problem.locations})
        identity = (problem.code, problem.app_label, *paths)
        seen[identity] = number = seen.get(identity, 0) + 1
        yield problem, fingerprint(*identity, str(number))


def fingerprint(*parts: str) -> str:
    """A hash of several strings, which says where each ends."""
    return sha256(b"\0".join(part.encode("utf-8", "surrogateescape") for part in parts))
