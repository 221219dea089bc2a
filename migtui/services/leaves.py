"""The leaves of a conflict, as a developer names them."""

from collections.abc import Sequence

from migtui.core.conflict import Conflict
from migtui.core.migration import MigrationKey
from migtui.errors import NotFoundError, UsageError
from migtui.services.project import Project


def find_leaves(project: Project, app_label: str, names: Sequence[str]) -> tuple[MigrationKey, ...]:
    """The leaves of a conflict by their names, for which an unambiguous prefix will do.

    Raises:
        NotFoundError: No such app, conflict or leaf.
        UsageError: A prefix of several leaves.
    """
    leaves = project.conflict(app_label).leaves
    return tuple(_leaf(app_label, leaves, name) for name in names)


def _leaf(app_label: str, leaves: Sequence[MigrationKey], name: str) -> MigrationKey:
    exact = [leaf for leaf in leaves if leaf.name == name]
    found = exact or [leaf for leaf in leaves if leaf.name.startswith(name)]
    if not found:
        raise NotFoundError(
            f"{app_label} has no leaf {name!r}.", help=f"Its leaves: {_names(leaves)}."
        )
    if len(found) > 1:
        raise UsageError(
            f"{name!r} is the beginning of several leaves of {app_label}: {_names(found)}.",
            help="Write more of the name.",
        )
    return found[0]


def require_all(conflict: Conflict, order: Sequence[MigrationKey]) -> None:
    """Make sure that an order names every leaf of a conflict once.

    Raises:
        NotFoundError: It names something else.
        UsageError: It leaves a leaf out, or names one twice.
    """
    leaves = f"Its leaves: {_names(conflict.leaves)}."
    for leaf in order:
        if leaf not in conflict.leaves:
            raise NotFoundError(f"{conflict.app_label} has no leaf {leaf.name!r}.", help=leaves)
        if order.count(leaf) > 1:
            raise UsageError(f"The order names {leaf.name} twice.", help=leaves)
    missing = [leaf for leaf in conflict.leaves if leaf not in order]
    if missing:
        raise UsageError(f"The order leaves out {_names(missing)}.", help=leaves)


def _names(keys: Sequence[MigrationKey]) -> str:
    return ", ".join(key.name for key in keys)
