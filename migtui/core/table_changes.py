"""What becomes of tables when migrations are unapplied: what goes, what returns, whom that hits.

The engine tells how Django has the tables before and after, and how the models of the working tree
use them; what follows from that is decided here, by names and never by likeness.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from migtui.core.hazards.narrowing import BYTES, TEXTS, UNSIGNED, loss_of
from migtui.core.hazards.postgresql_types import parse_type
from migtui.core.rollback import Break, Stored

LONG = {"varchar", "char", *TEXTS}
"""Types of texts, which only differ in what they have room for."""
WHOLE = {*BYTES, *(f"{name}{UNSIGNED}" for name in BYTES)}
"""Types of whole numbers."""


@dataclass(frozen=True, slots=True)
class ColumnShape:
    """A column.

    Attributes:
        name: Of the column.
        field: Of the model's field.
        type: The vendor's, in lower case; empty where it is not known.
        null: Whether it may be NULL.
        is_filled: Whether a row gets a value for it that an INSERT does not name.
        has_value: Whether Django has one for the rows that are there, should it be added.
    """

    name: str
    field: str
    type: str
    null: bool
    is_filled: bool
    has_value: bool = True


@dataclass(frozen=True, slots=True)
class RuleShape:
    """What a table refuses: a constraint, or fields that are unique.

    Attributes:
        name: Of the constraint; empty where the database names it.
        text: What it says, as Python.
        columns: Those that it is about, as far as it names them.
        is_unique: Whether it keeps values unique.
    """

    name: str
    text: str
    columns: tuple[str, ...]
    is_unique: bool

    @property
    def label(self) -> str:
        """What to call it."""
        if self.name:
            return f"constraint {self.name}"
        return f"{self.text} of {', '.join(self.columns)}"


@dataclass(frozen=True, slots=True)
class TableShape:
    """A table as a model has it; ``model`` is ``blog.post``, or ``blog.post.tags`` for links."""

    name: str
    model: str
    columns: tuple[ColumnShape, ...]
    rules: tuple[RuleShape, ...] = ()

    def column(self, name: str) -> ColumnShape | None:
        """The column with this name."""
        return next((column for column in self.columns if column.name == name), None)


ColumnChange = tuple[ColumnShape | None, ColumnShape | None]
"""A column now and then; None where it is not there."""


@dataclass(frozen=True, slots=True)
class TableChange:
    """A table now, and then, when the migrations are unapplied.

    Attributes:
        now: As it is; None where it comes back.
        then: As it will be; None where it goes.
        columns: Of both, the same one in one pair whatever it is called; empty where one is None.
    """

    now: TableShape | None
    then: TableShape | None
    columns: tuple[ColumnChange, ...] = ()


def destroyed(changes: Iterable[TableChange]) -> tuple[Stored, ...]:
    """The tables and columns that go, tables first."""
    return tuple(sorted(_gone(changes), key=_place))


def returned(changes: Iterable[TableChange]) -> tuple[Stored, ...]:
    """The tables and columns that come back, without what was in them."""
    swapped = (
        TableChange(change.then, change.now, tuple((b, a) for a, b in change.columns))
        for change in changes
    )
    return tuple(sorted(_gone(swapped), key=_place))


def _place(item: Stored) -> tuple[bool, str, str]:
    return item.what == "column", item.model, item.column


def _gone(changes: Iterable[TableChange]) -> Iterator[Stored]:
    for change in changes:
        if change.now is None:
            continue
        now = change.now
        if change.then is None:
            yield Stored("table", now.model, now.name)
        for column, then in change.columns:
            if column is not None and then is None:
                yield Stored(
                    "column",
                    f"{now.model}.{column.field}",
                    now.name,
                    column.name,
                    can_be_added=column.is_filled or column.has_value,
                )


def breaks(changes: Iterable[TableChange], code: Iterable[TableShape]) -> tuple[Break, ...]:
    """What models find gone or changed that they use now.

    Args:
        changes: Of the tables.
        code: How the models of the working tree use tables. What they do not use breaks nothing.
    """
    users: dict[str, list[TableShape]] = {}
    for shape in code:
        users.setdefault(shape.name, []).append(shape)
    return tuple(
        found
        for change in changes
        if change.now is not None
        for user in users.get(change.now.name, ())
        for found in _breaks(change, change.now, user)
    )


def _breaks(change: TableChange, now: TableShape, user: TableShape) -> Iterator[Break]:
    table, then = now.name, change.then
    if then is None:
        yield Break("table-goes", user.model, table, "", f"its table {table} goes")
        return
    if then.name != table:
        text = f"its table {table} is called {then.name}"
        yield Break("table-renamed", user.model, table, "", text)
    for before, after in change.columns:
        used = user.column(before.name) if before is not None else None
        if used is not None and before is not None:
            yield from _column(user, table, used, (before, after))
        elif before is None and after is not None:
            yield from _returning(user, table, after)
    yield from _rules(change, now, then, user)


def _column(
    user: TableShape, table: str, used: ColumnShape, pair: tuple[ColumnShape, ColumnShape | None]
) -> Iterator[Break]:
    before, after = pair
    model, name = f"{user.model}.{used.field}", f"{table}.{before.name}"
    if after is None:
        yield Break("column-goes", model, table, before.name, f"its column {name} goes")
        return
    if after.name != before.name:
        text = f"its column {name} is called {after.name}"
        yield Break("column-renamed", model, table, before.name, text)
    if used.null and before.null and not after.null:
        text = f"its column {name} becomes NOT NULL, so NULL can't be written"
        yield Break("column-not-null", model, table, before.name, text)
    if _has_less_room(before.type, after.type):
        text = f"its column {name} becomes {after.type}, from {before.type}"
        yield Break("column-type", model, table, before.name, text)


def _returning(user: TableShape, table: str, after: ColumnShape) -> Iterator[Break]:
    if user.column(after.name) is None and not after.is_filled:
        text = (
            f"the column {table}.{after.name} comes back NOT NULL and without a default in the "
            "database, so INSERTs that do not know it fail"
        )
        yield Break("column-returns", user.model, table, after.name, text)


def _has_less_room(now: str, then: str) -> bool:
    """Whether values of today may not fit, as far as that is known; else they may not."""
    if now == then:
        return False
    before, after = parse_type(now), parse_type(then)
    if before is None or after is None or before[3] != after[3]:
        return True
    kinds = {before[0], after[0]}
    is_alike = len(kinds) == 1 or any(kinds <= group for group in (LONG, WHOLE))
    return not is_alike or loss_of(now, then, is_cast=False) is not None


def _rules(
    change: TableChange, now: TableShape, then: TableShape, user: TableShape
) -> Iterator[Break]:
    names = {a.name: b.name for a, b in change.columns if a is not None and b is not None}
    kept = {(rule.name, *_renamed(rule.columns, names)) for rule in now.rules}
    there = {(rule.name, *rule.columns) for rule in then.rules}
    known = {(rule.name, *rule.columns) for rule in user.rules}
    for rule in now.rules:
        is_used = (rule.name, *rule.columns) in known
        stays = (rule.name, *_renamed(rule.columns, names)) in there
        # What goes with its column is told of that.
        if is_used and not stays and names.keys() >= {*rule.columns}:
            what = "values that are there twice" if rule.is_unique else "what it refuses"
            text = f"{rule.label} goes: {what} can be written from then on"
            if rule.is_unique:
                text += ", and an upsert on it fails"
            yield Break("rule-goes", user.model, now.name, rule.name, text)
    # NULLs are never equal, and code that does not know a column writes none else to it.
    empty = {b.name for a, b in change.columns if a is None and b is not None and b.null}
    for rule in then.rules:
        is_new = (rule.name, *rule.columns) not in kept
        is_idle = rule.is_unique and not empty.isdisjoint(rule.columns)
        if is_new and not is_idle and (rule.name, *rule.columns) not in known:
            text = f"{rule.label} comes back: what it refuses can't be written any more"
            yield Break("rule-returns", user.model, now.name, rule.name, text)


def _renamed(columns: tuple[str, ...], names: dict[str, str]) -> tuple[str, ...]:
    return tuple(names.get(column, column) for column in columns)
