"""What a rollback unapplies, in which order, what blocks it and what it destroys."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migtui.core.migration import MigrationKey
from migtui.core.sql import RowCount, SqlScript

if TYPE_CHECKING:
    from migtui.core.hazards.judge import Judgements


@dataclass(frozen=True, slots=True)
class Stored:
    """Something in the database that goes, with the data in it, or comes back without them.

    Attributes:
        what: ``table`` or ``column``.
        model: ``blog.post``, or ``blog.post.title`` for a column.
        table: The table's name.
        column: The column's name; empty for a table.
        count: Rows of the table, or values of the column that are not NULL; None where that was
            not asked for or can't be told.
        can_be_added: Whether it can be added to a table that has rows.
    """

    what: str
    model: str
    table: str
    column: str = ""
    count: int | None = None
    can_be_added: bool = True


@dataclass(frozen=True, slots=True)
class Break:
    """Something that the models of the working tree use, and that is not there any more then.

    Attributes:
        kind: ``table-goes``, ``table-renamed``, ``column-goes``, ``column-renamed``,
            ``column-not-null``, ``column-type``, ``column-returns``, ``rule-goes``,
            ``rule-returns``.
        model: Who uses it: ``blog.post``, or ``blog.post.title`` for a field.
        table: As it is called now.
        name: Of the column or the constraint; empty where it is the table, or has none.
        text: What happens, without its subject.
    """

    kind: str
    model: str
    table: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Blocker:
    """An operation that can't be unapplied.

    Attributes:
        operation: Its class.
        text: What it is, in Django's words.
        path: Of its file, relative to the project where it is in it.
        line: Where it stands there, counted from 1; None where that is not known.
        help: What would make it go back.
    """

    operation: str
    text: str
    path: str
    line: int | None
    help: str

    def __str__(self) -> str:
        place = f"{self.path}, line {self.line}" if self.line else self.path
        return f"{self.operation} can't be reversed ({self.text}; {place})"


@dataclass(frozen=True, slots=True)
class RollbackStep:
    """A migration that is unapplied.

    Attributes:
        app_label: Its app.
        migration: Its name.
        atomic: Whether a failure takes all of it back.
        blockers: Why it can't be unapplied.
        notes: What unapplying it does that SQL does not show.
        runs_code: Whether it has reverse code or SQL of its own, whose effect is not known.
    """

    app_label: str
    migration: str
    atomic: bool
    blockers: tuple[Blocker, ...] = ()
    notes: tuple[str, ...] = ()
    runs_code: bool = False


@dataclass(frozen=True, slots=True)
class RollbackPlan:
    """A rollback before it is run.

    Attributes:
        alias: The database.
        place: Which one that is.
        steps: In the order in which they are unapplied.
        destroyed: What goes.
        returned: What comes back empty.
        breaks: What the models of the working tree find gone; None where that is not known.
        script: The SQL of the steps, in the same order; None where it was not asked for.
        judgements: What is known of each of its statements.
        rows: How many rows the tables have that the SQL is about, where they were counted.
        sources: The commit that each file that is not in the working tree is taken from, by
            ``app_label.name``.
        notes: What the developer should know besides.
    """

    alias: str
    place: str
    steps: tuple[RollbackStep, ...]
    destroyed: tuple[Stored, ...] = ()
    returned: tuple[Stored, ...] = ()
    breaks: tuple[Break, ...] | None = None
    script: SqlScript | None = None
    judgements: "Judgements" = ()
    rows: tuple[RowCount, ...] = ()
    sources: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def blockers(self) -> dict[str, Blocker]:
        """All that is in the way, by what it says with the migration's name."""
        return {
            f"{step.app_label}.{step.migration}: {blocker}": blocker
            for step in self.steps
            for blocker in step.blockers
        }


Parents = Mapping[MigrationKey, Collection[MigrationKey]]


def children_of(parents: Parents) -> dict[MigrationKey, set[MigrationKey]]:
    """The migrations that depend on each one."""
    children: dict[MigrationKey, set[MigrationKey]] = {key: set() for key in parents}
    for key, above in parents.items():
        for parent in above:
            children.setdefault(parent, set()).add(key)
    return children


def reached(start: Iterable[MigrationKey], edges: Parents) -> set[MigrationKey]:
    """These migrations and all that edges lead to from them."""
    found: set[MigrationKey] = set()
    pending = list(start)
    while pending:
        key = pending.pop()
        if key not in found:
            found.add(key)
            pending += edges.get(key, ())
    return found


def after_migration(parents: Parents, key: MigrationKey) -> set[MigrationKey]:
    """What ``migrate APP MIGRATION`` unapplies first: what follows it at once in its app.

    What other apps build upon it stays, as in Django's ``MigrationExecutor.migration_plan``.
    """
    return {
        child for child in children_of(parents).get(key, ()) if child.app_label == key.app_label
    }


def side_of_merge(parents: Parents, key: MigrationKey) -> set[MigrationKey]:
    """One side of a fork: a migration and what is above it in its app alone.

    Args:
        parents: Of every migration.
        key: The last one of the side; what other migrations of the app that stay are built upon
            does not belong to it.
    """
    children = children_of(parents)
    own = {k for k in reached([key], parents) if k.app_label == key.app_label}
    gone = reached([key], children)
    side = {key}
    grown = True
    while grown:
        more = {
            k
            for k in own - side
            if {c for c in children[k] if c.app_label == key.app_label} <= side | gone
            and any(c in side for c in children[k])
        }
        grown = bool(more)
        side |= more
    return side


def steps_for(
    parents: Parents, applied: Collection[MigrationKey], unwanted: Iterable[MigrationKey]
) -> tuple[MigrationKey, ...]:
    """All that has to be unapplied so that nothing unwanted is applied, the last applied first.

    Args:
        parents: Of every migration.
        applied: What is applied.
        unwanted: What is to go; what is built upon it goes as well.
    """
    going = reached(unwanted, children_of(parents)) & set(applied)
    return tuple(key for key in reversed([*_in_order(parents)]) if key in going)


def _in_order(parents: Parents) -> Iterator[MigrationKey]:
    """Every migration after its parents; of several ways the one by name."""
    done: set[MigrationKey] = set()
    for start in sorted(parents):
        stack = [(start, iter(sorted(parents[start])))]
        if start in done:
            continue
        done.add(start)
        while stack:
            key, rest = stack[-1]
            parent = next((p for p in rest if p not in done and p in parents), None)
            if parent is None:
                stack.pop()
                yield key
            else:
                done.add(parent)
                stack.append((parent, iter(sorted(parents[parent]))))
