"""Migrations by a name as it is typed."""

import difflib
from collections.abc import Collection

from migtui.core.migration import MigrationKey
from migtui.errors import NotFoundError, UsageError

SHOWN = 8
"""Names that are listed where none is near."""


def require_migration(keys: Collection[MigrationKey], app_label: str, name: str) -> MigrationKey:
    """The migration with this name, or the only one whose name begins so.

    Args:
        keys: Of every app.
        app_label: Its app.
        name: As typed.

    Raises:
        NotFoundError: There is none.
        UsageError: There are several.
    """
    names = sorted(key.name for key in keys if key.app_label == app_label)
    if name in names:
        return MigrationKey(app_label, name)
    found = [candidate for candidate in names if name and candidate.startswith(name)]
    if len(found) == 1:
        return MigrationKey(app_label, found[0])
    if found:
        raise UsageError(
            f"{name!r} is short for several of {app_label}: {', '.join(found)}.",
            help="Write more of the name.",
        )
    raise NotFoundError(f"{app_label} has no migration {name!r}.", help=near_names(name, names))


def near_names(name: str, names: Collection[str]) -> str:
    """What may have been meant, or else what there is."""
    near = difflib.get_close_matches(name, sorted(names))
    return (
        f"Did you mean {' or '.join(near)}?"
        if near
        else f"There are: {', '.join(sorted(names)[-SHOWN:])}."
    )
