"""Finds the files that a migration takes functions from; they are read, never imported."""

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from migtui.source.parse import parse
from migtui.source.settings import find_module

LARGEST = 400_000
"""Bytes of a file that is still read for a function in it."""


@dataclass(frozen=True, slots=True)
class HelperModule:
    """A file with functions.

    Attributes:
        dotted: What it is imported as.
        body: Its statements.
        is_package: Whether it is an ``__init__.py``.
    """

    dotted: str
    body: tuple[ast.stmt, ...] = ()
    is_package: bool = False

    def absolute(self, path: str) -> str:
        """The dotted path that one with leading dots means in this file; itself without any."""
        name = path.lstrip(".")
        level = len(path) - len(name)
        parts = self.dotted.split(".")
        kept = parts[: len(parts) - level + self.is_package]
        return ".".join([*kept, name]) if level and kept else path


@dataclass(frozen=True, slots=True)
class Imports:
    """What one migration can import.

    Attributes:
        home: Its file, without the statements.
        module: Gives the module of an absolute dotted path; None where there is none to be read.
    """

    home: HelperModule
    module: Callable[[str], HelperModule | None]


class Helpers:
    """The modules of a code base, each read once.

    Args:
        bases: Where Python would find the project's modules, the likeliest place first.
    """

    def __init__(self, bases: Sequence[Path] = ()) -> None:
        self._bases = tuple(bases)
        self._modules: dict[Path, HelperModule | None] = {}

    def of(self, path: Path) -> Imports:
        """What the migration in this file can import, from its own code base first."""
        base, dotted = _dotted(path)
        bases = tuple(dict.fromkeys([base, *self._bases]))
        return Imports(HelperModule(dotted), lambda asked: self._module(asked, bases))

    def _module(self, dotted: str, bases: tuple[Path, ...]) -> HelperModule | None:
        """A module; Django's own are known by name and never read."""
        if dotted.partition(".")[0] in ("", "django"):
            return None
        path = find_module(dotted, bases)
        if path is None:
            return None
        if path not in self._modules:
            self._modules[path] = _read(path, dotted)
        return self._modules[path]


def _read(path: Path, dotted: str) -> HelperModule | None:
    try:
        if path.stat().st_size > LARGEST:
            return None
        readings = parse(path.read_bytes())
    except OSError:
        return None
    if len(readings) != 1 or readings[0].error is not None:
        return None
    return HelperModule(dotted, tuple(readings[0].body), path.name == "__init__.py")


def _dotted(path: Path) -> tuple[Path, str]:
    """Where the topmost package of a file stands, and the file's dotted path from there."""
    parts = [path.stem]
    directory = path.parent
    while (directory / "__init__.py").is_file() and directory.parent != directory:
        parts.append(directory.name)
        directory = directory.parent
    return directory, ".".join(reversed(parts))
