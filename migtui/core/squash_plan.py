"""A squash as it is planned, drafted by Django, and proved."""

from dataclasses import dataclass

from migtui.core.changes import ChangeSet
from migtui.core.graph import MigrationGraph
from migtui.core.migration import MigrationKey
from migtui.core.squash import Standing


@dataclass(frozen=True, slots=True)
class DraftOperation:
    """An operation of a squash, or of what it replaces.

    Attributes:
        type: Its class's name.
        text: What Django says that it does.
        migration: Whose it was; empty where Django made it of several.
        source: As Django's writer has it; empty where it was not written.
        problem: Why Django's writer can't write it.
        index: Its place in that migration; None where Django made it of several.
        siblings: How many operations that migration has.
        is_barrier: Whether Django moves no other operation past it.
        functions: The sources of the functions that it runs.
        sql: The SQL that it runs.
    """

    type: str
    text: str
    migration: str = ""
    source: str = ""
    problem: str = ""
    index: int | None = None
    siblings: int = 0
    is_barrier: bool = False
    functions: tuple[str, ...] = ()
    sql: str = ""


@dataclass(frozen=True, slots=True)
class Gain:
    """How many operations a squash up to a migration would replace, and have."""

    migration: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class SquashDraft:
    """What Django makes of a range of migrations.

    Attributes:
        migrations: Their names, in Django's order.
        before: How many operations they have.
        operations: What Django makes of these.
        imports: Lines that those need.
        dependencies: Sources of the entries.
        run_before: As dependencies.
        initial: Whether the first of them is an app's first.
        atomic: Whether all of them run in a transaction.
        elided: What is left out, being elidable.
        gains: Of some cut points, in order.
        token: What stands, with a number, in place of the modules of ``carried``.
        carried: The migrations that operations refer to, app label and name, by number.
    """

    migrations: tuple[str, ...]
    before: int
    operations: tuple[DraftOperation, ...]
    imports: tuple[str, ...]
    dependencies: tuple[str, ...]
    run_before: tuple[str, ...]
    initial: bool
    atomic: bool
    elided: tuple[DraftOperation, ...]
    gains: tuple[Gain, ...]
    token: str
    carried: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class SchemaDifference:
    """Something that two databases, or two states, don't have alike; empty where it is not there.

    Attributes:
        what: What was compared: ``schema``, ``state`` or ``rows``.
        resource: What differs.
        chain: As the old migrations leave it.
        squash: As the squash leaves it.
    """

    what: str
    resource: str
    chain: str
    squash: str


@dataclass(frozen=True, slots=True)
class SquashProof:
    """Whether a squash makes of an empty database what the migrations that it replaces make of it.

    Attributes:
        vendor: Of the databases.
        migrations: How many migrations were run with the old chain.
        differences: What is not alike.
        error: Why there is no proof: what failed, and where.
        is_refuted: Whether what failed is the squash.
        failing: The place of the operation of the squash that failed; None where none did.
        ran_python: Whether functions of RunPython were run.
    """

    vendor: str
    migrations: int = 0
    differences: tuple[SchemaDifference, ...] = ()
    error: str = ""
    is_refuted: bool = False
    failing: int | None = None
    ran_python: int = 0

    @property
    def is_equal(self) -> bool:
        """Whether all was compared and is alike."""
        return not self.error and not self.differences

    @property
    def speaks_against(self) -> bool:
        """Whether it shows that the squash is no good, rather than nothing."""
        return bool(self.differences) or self.is_refuted


@dataclass(frozen=True, slots=True)
class SquashChoice:
    """What the developer wants.

    Attributes:
        app_label: The app.
        start: The first migration; None for the app's first.
        end: The last; None for the app's leaf.
        name: What follows the number in the name of the squash, instead of Django's words.
        optimize: Whether Django's optimizer is let at the operations.
        header: Whether a comment says when and by what the file was made.
        elide: Migrations whose RunPython and RunSQL are left out.
        keep: Migrations whose RunPython and RunSQL stay, though they are elidable.
    """

    app_label: str
    start: MigrationKey | None = None
    end: MigrationKey | None = None
    name: str | None = None
    optimize: bool = True
    header: bool = True
    elide: tuple[MigrationKey, ...] = ()
    keep: tuple[MigrationKey, ...] = ()


@dataclass(frozen=True, slots=True)
class SquashPlan:
    """What a squash would be.

    Attributes:
        choice: What it was made of.
        key: What it is called.
        replaces: What it replaces, in Django's order.
        chain: All migrations of the app, in that order.
        draft: What Django makes of the operations; None where a cycle makes it pointless.
        crossing: How it would depend on itself, as ``core.squash.find_crossing`` says.
        parts: The range cut so that each part can be squashed; one where there is no cycle.
        standings: How each database stands to it.
        refusals: Why it can't be written; empty where it can.
        changes: What is written; None where it can't be.
        graph: The migrations as they would be.
        carried: Functions and classes that the file has from those that it replaces.
        remarks: What else the developer should know.
    """

    choice: SquashChoice
    key: MigrationKey
    replaces: tuple[MigrationKey, ...]
    chain: tuple[MigrationKey, ...]
    draft: SquashDraft | None
    crossing: tuple[MigrationKey, ...]
    parts: tuple[tuple[MigrationKey, ...], ...]
    standings: tuple[Standing, ...]
    refusals: tuple[str, ...]
    changes: ChangeSet | None = None
    graph: MigrationGraph | None = None
    carried: tuple[tuple[MigrationKey, str], ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unapplied:
    """What a database has to have rolled back before its files go.

    Attributes:
        database: Its alias.
        migrations: What it has applied of them.
    """

    database: str
    migrations: tuple[MigrationKey, ...]


@dataclass(frozen=True, slots=True)
class Collapse:
    """Work in progress that becomes one migration.

    Attributes:
        squash: Of the same range, which is what can be proved.
        plan: What is written.
        unapplied: What has to be rolled back first.
    """

    squash: SquashPlan
    plan: SquashPlan
    unapplied: tuple[Unapplied, ...] = ()
