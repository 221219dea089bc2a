"""A migration file as a value: what it is called, what it depends on, and what it does."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from migtui.core.expressions import Expression, as_string
from migtui.core.reach import Reach

FIRST = "__first__"
LATEST = "__latest__"


@dataclass(frozen=True, slots=True, order=True)
class MigrationKey:
    """Django's name of a migration: app label and module name."""

    app_label: str
    name: str

    def __str__(self) -> str:
        return f"{self.app_label}.{self.name}"


@dataclass(frozen=True, slots=True)
class Dependency:
    """An entry of ``dependencies``, ``run_before`` or ``replaces``.

    Attributes:
        app_label: None where it can only be known when the file runs.
        name: A migration's name, ``__first__``, ``__latest__``; None where it can't be known.
        line: Where it stands, counted from 1.
        setting: The setting of a ``swappable_dependency``, such as ``AUTH_USER_MODEL``.
        text: Its source.
    """

    app_label: str | None
    name: str | None
    line: int
    setting: str | None = None
    text: str = ""

    @property
    def key(self) -> MigrationKey | None:
        """The migration it names, None for a swappable, a symbolic or an unknown one."""
        if self.app_label is None or self.name is None or self.name in (FIRST, LATEST):
            return None
        return MigrationKey(self.app_label, self.name)

    @property
    def is_unknown(self) -> bool:
        """Whether only running the file would tell what it names."""
        return self.setting is None and (self.app_label is None or self.name is None)


@dataclass(frozen=True, slots=True)
class ReadError:
    """Why a file could not be read whole.

    Attributes:
        kind: ``syntax``, ``encoding``, ``markers`` (git's), ``no-migration`` (no class of
            that name: Django refuses to load the file), ``missing`` (a broken link) or
            ``compiled`` (a ``.pyc`` without its source).
        message: One sentence.
        line: Where, counted from 1.
        newer_python: The file is likely valid in a Python newer than the one that read it.
    """

    kind: str
    message: str
    line: int = 1
    newer_python: bool = False


@dataclass(frozen=True, slots=True)
class Migration:
    """The head of a migration file: enough for the graph.

    Attributes:
        key: App label and name.
        path: Path relative to the project, with ``/``; may begin with ``../``.
        sha256: Of the file's bytes, in hexadecimal.
        dependencies: In the order of the file.
        run_before: As dependencies, the other way round.
        replaces: The migrations that this one squashes.
        initial: As written; None where it is not.
        atomic: As written; None where it is not.
        line: Of the class statement, counted from 1.
        error: Why the file could not be read whole; what could be read is still here.
        writable: False for files in site-packages, which are never offered for change.
    """

    key: MigrationKey
    path: str = ""
    sha256: str = ""
    dependencies: tuple[Dependency, ...] = ()
    run_before: tuple[Dependency, ...] = ()
    replaces: tuple[Dependency, ...] = ()
    initial: bool | None = None
    atomic: bool | None = None
    line: int = 1
    error: ReadError | None = None
    writable: bool = True

    @property
    def has_unknown_dependencies(self) -> bool:
        """Whether there may be parents that only running the file would tell."""
        return any(dependency.is_unknown for dependency in self.dependencies)

    @property
    def unknown_parents(self) -> tuple[Dependency, ...]:
        """The dependencies that may be on a migration of its own app, but are not known."""
        apps = (None, self.key.app_label)
        return tuple(
            entry for entry in self.dependencies if entry.is_unknown and entry.app_label in apps
        )

    @property
    def replaced_keys(self) -> tuple[MigrationKey, ...]:
        """The migrations that it is known to squash."""
        return tuple(entry.key for entry in self.replaces if entry.key is not None)


UNREADABLE = "Unreadable"


@dataclass(frozen=True, slots=True)
class Function:
    """A function that RunPython calls: its name, its source where the file has it, its line."""

    name: str
    source: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """An entry of ``operations``.

    Attributes:
        type: The class's name, ``AddField``; ``Unreadable`` for a spread, loop or helper call.
        path: The class with its module, ``django.db.migrations.AddField``; empty where unknown.
        arguments: Name and value, positional ones bound to the names that Django gives them.
        line: First line in the file, counted from 1.
        end_line: Last line.
        source: Text of the entry.
        database_operations: Those of SeparateDatabaseAndState; ``state_operations`` of RunSQL too.
        state_operations: As above.
        functions: RunPython's code and reverse code.
        reach: What RunPython's code or RunSQL's statements were seen to touch, or what the
            developer says that the operation touches; None where nothing was read.
    """

    type: str
    path: str = ""
    arguments: tuple[tuple[str, Expression], ...] = ()
    line: int = 1
    end_line: int = 1
    source: str = ""
    database_operations: tuple["Operation", ...] = ()
    state_operations: tuple["Operation", ...] = ()
    functions: tuple[Function, ...] = field(default=())
    reach: Reach | None = None

    @property
    def is_django(self) -> bool:
        """Whether the class is Django's own, not one of the project that shares its name."""
        return self.path.startswith("django.")

    def argument(self, name: str) -> Expression | None:
        """The value of an argument, None where it is not given."""
        return next((value for key, value in self.arguments if key == name), None)

    def string(self, name: str) -> str | None:
        """The value of an argument where it is a literal string."""
        return as_string(self.argument(name))

    def walk(self) -> Iterator["Operation"]:
        """This operation and those nested in it, outer ones first."""
        yield self
        for nested in (*self.database_operations, *self.state_operations):
            yield from nested.walk()
