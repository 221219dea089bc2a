"""Whether the source files that the engine's process has loaded are still what they were.

The engine lives as long as the screen does; the developer edits models meanwhile. Its answers must
be about the files as they are, so it is started anew when one has changed.
"""

import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

Stamp = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Files:
    """Files and their time of change (ns) and size (bytes); None for one that is not there."""

    stamps: Mapping[str, Stamp | None]

    def have_changed(self) -> bool:
        """Whether any of them was written, removed or put back since."""
        return _stamps(self.stamps) != self.stamps


def files_in_use(*others: str) -> Files:
    """The files of all modules imported so far, and others by path."""
    modules = (getattr(module, "__file__", None) for module in list(sys.modules.values()))
    return Files(_stamps({path for path in (*modules, *others) if isinstance(path, str) and path}))


def _stamps(paths: Iterable[str]) -> dict[str, Stamp | None]:
    return {path: _stamp(path) for path in paths}


def _stamp(path: str) -> Stamp | None:
    try:
        status = os.stat(path)  # noqa: PTH116 - some thousands at a time, a Path each is too slow
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size
