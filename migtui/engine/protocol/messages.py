"""All that can be sent: the dataclasses that the other modules declare or use."""

from collections.abc import Iterator
from dataclasses import is_dataclass
from functools import cache
from importlib import import_module
from typing import Any

_MODULES = (
    "base",
    "project",
    "sql",
    "orders",
    "history",
    "lock",
    "migrate",
    "backup",
    "rollback",
    "squash",
)
"""Those that most commands need first: the others are imported where one of theirs is sent."""


@cache
def find_message(name: str) -> type[Any] | None:
    """The message of this name; None where it can't be sent."""
    return next((found[name] for found in _by_module() if name in found), None)


def every_message() -> dict[str, type[Any]]:
    """All of them, by name."""
    return {name: kind for found in _by_module() for name, kind in found.items()}


def _by_module() -> Iterator[dict[str, type[Any]]]:
    for name in _MODULES:
        module = import_module(f"migtui.engine.protocol.{name}")
        yield {
            name: kind
            for name, kind in vars(module).items()
            if is_dataclass(kind) and isinstance(kind, type)
        }
