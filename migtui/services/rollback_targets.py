"""Which migrations a rollback is about: after one, of a side of a fork, the last, not in a ref."""

from collections.abc import Callable
from dataclasses import dataclass

from migtui.core.migration import MigrationKey
from migtui.core.rollback import Parents, after_migration, side_of_merge
from migtui.errors import DatabaseError, NotFoundError
from migtui.services.applied import Applied
from migtui.services.named import near_names, require_migration
from migtui.services.project import Project
from migtui.services.rollback_refs import Unwanted, not_in_ref

ZERO = "zero"


@dataclass(frozen=True, slots=True)
class Target:
    """What a rollback leads to.

    Attributes:
        app_label: The app; empty where a ref is meant for all of them.
        migration: What stays applied: a name, its beginning, or ``zero``; with ``side``, the last
            migration of the side that goes.
        side: Whether one side of a fork goes.
        ref: A branch, a tag, a commit; empty where it is a migration.
        last: How many of the migrations that were applied to the app last go; 0 where it is not
            that.
        unwanted: The migrations that go, where they are named one by one.
    """

    app_label: str = ""
    migration: str = ""
    side: bool = False
    ref: str = ""
    last: int = 0
    unwanted: frozenset[MigrationKey] = frozenset()


@dataclass(frozen=True, slots=True)
class Choice:
    """A way back that is offered.

    Attributes:
        where: Where it leads, after "roll back".
        what: What goes.
        target: The same to be asked for; None where a ref has to be named first.
    """

    where: str
    what: str
    target: Target | None

    @property
    def text(self) -> str:
        """As it stands in a list."""
        return f"{self.where[0].upper()}{self.where[1:]}: {self.what}"


def choices_at(state: Applied, key: MigrationKey) -> tuple[Choice, ...]:
    """The ways back that there are from a migration.

    Args:
        state: Of the database.
        key: One of its migrations, applied or not, with a file or without.
    """
    app_label = key.app_label
    parents = state.parents
    found = []
    if key in state.applied and key in parents:
        stays, goes = Target(app_label, key.name), Target(unwanted=frozenset([key]))
        found.append(Choice(f"to {key}", "what comes after it goes", stays))
        found.append(Choice(f"before {key}", "it goes, and what comes after it", goes))
        if not any(map(_is_root(parents), side_of_merge(parents, key))):
            side = Target(app_label, key.name, side=True)
            found.append(Choice(f"one side, up to {key}", "the other side of the fork stays", side))
    zero = Target(app_label, ZERO)
    found.append(Choice(f"to {app_label} zero", "all of the app goes", zero))
    found.append(
        Choice("to a git ref", "what a branch, a tag or a commit does not have goes", None)
    )
    return tuple(found)


def _is_root(parents: Parents) -> Callable[[MigrationKey], bool]:
    """Tells whether nothing of its own app is above a migration."""
    return lambda key: not any(above.app_label == key.app_label for above in parents[key])


def find_unwanted(project: Project, state: Applied, target: Target) -> Unwanted:
    """What has to go.

    Raises:
        NotFoundError: No such app, migration or ref.
        UsageError: A name is short for several.
        DatabaseError: What is asked for is not applied, or can't be reached from here.
        GitError: A ref was given and git can't tell.
    """
    if target.unwanted:
        return Unwanted(target.unwanted)
    if target.app_label:
        _require_app(state, target.app_label)
    if target.ref:
        found = not_in_ref(project, state, target.ref)
        if not target.app_label:
            return found
        keys = frozenset(key for key in found.keys if key.app_label == target.app_label)
        return Unwanted(keys, notes=found.notes)
    if target.last:
        return Unwanted(_last(state, target.app_label, target.last))
    return Unwanted(frozenset(_after(state, target)))


def _require_app(state: Applied, app_label: str) -> None:
    labels = {key.app_label for key in state.parents}
    if app_label not in labels:
        raise NotFoundError(
            f"There is no app {app_label!r} with migrations.", help=near_names(app_label, labels)
        )


def _last(state: Applied, app_label: str, count: int) -> frozenset[MigrationKey]:
    """The migrations that were applied to an app last, as the database has it."""
    rows = (MigrationKey(row.app_label, row.name) for row in state.history.rows)
    applied = [key for key in rows if key.app_label == app_label and key in state.applied]
    if count > len(applied):
        raise DatabaseError(
            f"{app_label} has no {count} applied migrations, but {len(applied)}.",
            help="`zero` unapplies all of the app.",
        )
    return frozenset(applied[-count:])


def _after(state: Applied, target: Target) -> set[MigrationKey]:
    app_label = target.app_label
    parents = state.parents
    if target.migration == ZERO and not target.side:
        return {key for key in state.applied if key.app_label == app_label}
    _require_whole(state, app_label, target.migration)
    key = require_migration(parents, app_label, target.migration)
    if key not in state.applied:
        raise DatabaseError(
            f"{key} is not applied to {state.history.alias!r}, so there is no way back to it.",
            help="`migtui migrate` goes forward.",
        )
    return _side(parents, key) if target.side else after_migration(parents, key)


def _require_whole(state: Applied, app_label: str, name: str) -> None:
    """Make sure that a name is not that of a part of a squash, which goes as one."""
    for item in state.history.migrations:
        if (app_label, name) in item.replaces:
            raise DatabaseError(
                f"{app_label}.{name} is part of {item.app_label}.{item.name}, which replaces it "
                "and is unapplied as a whole.",
                help="Name a migration before or after the squash. Where the files that it "
                "replaces are gone, a commit from before the squash leads between them.",
            )


def _side(parents: Parents, key: MigrationKey) -> set[MigrationKey]:
    side = side_of_merge(parents, key)
    if any(map(_is_root(parents), side)):
        raise DatabaseError(
            f"{key} is not on one side of a fork: all of {key.app_label} would go.",
            help="Without --side, what is named stays applied.",
        )
    return side
