"""All that can be sent: the dataclasses that the other modules declare or use."""

from dataclasses import is_dataclass
from typing import Any

from migtui.engine.protocol import (
    backup,
    base,
    history,
    lock,
    migrate,
    orders,
    project,
    rollback,
    sql,
    squash,
)

MESSAGES: dict[str, type[Any]] = {
    name: kind
    for module in (base, project, sql, orders, squash, history, lock, migrate, backup, rollback)
    for name, kind in vars(module).items()
    if is_dataclass(kind) and isinstance(kind, type)
}
"""By name."""
