"""Plans the resolution of a conflict: what would be written, and in which order it would run."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from migtui.core.changes import Change, ChangeSet, Delete, Rename, Rewrite
from migtui.core.conflict import Conflict
from migtui.core.explanation import Explanation
from migtui.core.graph import MigrationGraph
from migtui.core.linearise import linearise
from migtui.core.migration import MigrationKey
from migtui.core.questions import Decision
from migtui.core.settlement import Settlement
from migtui.core.squash_plan import Collapse
from migtui.core.verification import require_passed, verify_read
from migtui.errors import ResolutionError, UsageError
from migtui.services.edit_files import EditedFiles, edit_files
from migtui.services.leaves import require_all
from migtui.services.lock_files import lock_changes
from migtui.services.new_merge import new_merge
from migtui.services.notices import Notice, find_mentions
from migtui.services.project import Project
from migtui.services.settle import (
    Decided,
    carried_operations,
    decide,
    left_open,
    require_running,
)
from migtui.source.operations import read_operations

ORDER = "order"
MERGE = "merge"
SETTLE = "settle"


@dataclass(frozen=True, slots=True)
class Choice:
    """What the developer wants.

    Attributes:
        strategy: ``order``, ``merge``, or ``settle``: an order, or without one a merge, for which
            nothing may be left undecided.
        order: The leaves, first to run first; not used by a merge.
        name: What follows the number of a merge, instead of its leaves' names, or of what is
            collapsed.
        renumber: Whether an order gives new names to what moves.
        header: Whether a merge says in a comment when and by what it was made.
        keep: What is decided where branches diverge or collide.
        replaces_old: Whether what an order renames says that it replaces what it was called, so
            that every database follows by itself.
    """

    strategy: str
    order: tuple[MigrationKey, ...] = ()
    name: str | None = None
    renumber: bool = True
    header: bool = True
    keep: tuple[Decision, ...] = ()
    replaces_old: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What a choice amounts to.

    Attributes:
        app_label: The app.
        changes: What is written.
        sequence: The branches' migrations in the order in which they run afterwards, new names.
        renames: Old and new keys.
        graph: The migrations as they will be.
        notices: Lines that name a renamed migration and are not edited.
        remarks: What else the developer should know, one sentence each.
        settles: Whether it carries out decisions.
        collapses: What becomes one migration: to be proved, and to be rolled back, before it is
            written; None where nothing does.
    """

    app_label: str
    changes: ChangeSet
    sequence: tuple[MigrationKey, ...]
    renames: Mapping[MigrationKey, MigrationKey]
    graph: MigrationGraph
    notices: tuple[Notice, ...] = ()
    remarks: tuple[str, ...] = ()
    settles: bool = False
    collapses: Collapse | None = None


def make_plan(
    project: Project,
    app_label: str,
    choice: Choice,
    *,
    django_version: str | None = None,
    explanation: Explanation | None = None,
) -> Plan:
    """What a choice would change; nothing is written.

    Args:
        project: The project.
        app_label: An app with several leaves.
        choice: A way out of the conflict.
        django_version: For the header of a merge; where it is not known, migtui stands there.
        explanation: Of the conflict; where it is not known and something is to be kept, it is
            found out, as git has it and without databases.

    Raises:
        UsageError: An order leaves a leaf out or names one twice, a name can't be given, or a
            decision is about nothing.
        NotFoundError: No such app, conflict or leaf.
        ResolutionError: It is not possible, or would not end in one leaf.
        RewriteError: A file can't be edited safely.
        StaleFileError: A file is not what it was when the project was read.
    """
    conflict = project.conflict(app_label)
    by_merge = choice.strategy == MERGE or (choice.strategy == SETTLE and not choice.order)
    order = () if by_merge else choice.order
    if not by_merge:
        require_all(conflict, order)
    if choice.keep or choice.strategy == SETTLE:
        decided = decide(project, conflict, choice.keep, order, explanation)
    else:
        decided = Decided(Settlement(remarks=left_open(project, conflict, order, explanation)))
    if by_merge:
        way = _merge(project, conflict, choice, django_version, decided)
    else:
        way = _order(project, conflict, choice, decided)
    return _checked(project, conflict, choice, decided, way)


@dataclass(frozen=True, slots=True)
class _Way:
    """What a way out comes to, before it is known whether it leads anywhere.

    Attributes:
        title: In few words.
        options: Of ``migtui resolve``, those of decisions left out.
        changes: Of migrations.
        graph: The migrations as they will be.
        migrations: Those of the branches, as they will be called, and the new one.
        renames: Old and new keys.
        remarks: What else the developer should know.
    """

    title: str
    options: tuple[str, ...]
    changes: tuple[Change, ...]
    graph: MigrationGraph
    migrations: frozenset[MigrationKey]
    renames: Mapping[MigrationKey, MigrationKey] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


def _order(project: Project, conflict: Conflict, choice: Choice, decided: Decided) -> _Way:
    if choice.name is not None:
        raise UsageError("An order makes no file to name.", help="--name goes with --merge.")
    line = linearise(project.graph, choice.order, renumbering=choice.renumber)
    edited = edit_files(
        project,
        line.edits,
        decided.settlement.edits,
        decided.imports,
        replaces_old=choice.replaces_old,
    )
    if decided.decisions:
        _require_running(project, conflict, choice.order, edited)
    names = [leaf.name for leaf in choice.order]
    options = ["--order", *names]
    options += [] if choice.renumber else ["--no-renumber"]
    options += ["--replaces-shim"] if choice.replaces_old else []
    return _Way(
        f"{conflict.app_label}: order {', '.join(names)}",
        tuple(options),
        edited.changes,
        edited.graph,
        frozenset(line.renamed.get(key, key) for key in conflict.migrations),
        renames=line.renamed,
    )


def _merge(
    project: Project,
    conflict: Conflict,
    choice: Choice,
    django_version: str | None,
    decided: Decided,
) -> _Way:
    if choice.replaces_old:
        raise UsageError("A merge renames nothing.", help="--replaces-shim goes with --order.")
    merge = new_merge(
        project,
        conflict,
        suffix=choice.name,
        header=choice.header,
        django_version=django_version,
        operations=carried_operations(project, decided),
    )
    options = ["--merge"]
    options += ["--name", choice.name] if choice.name else []
    options += [] if choice.header else ["--no-header"]
    migrations = (*project.graph.migrations.values(), merge.migration)
    return _Way(
        f"{conflict.app_label}: merge {', '.join(leaf.name for leaf in conflict.leaves)}",
        tuple(options),
        (merge.change,),
        MigrationGraph.of(migrations, project.graph.swappable),
        frozenset({*conflict.migrations, merge.migration.key}),
        remarks=merge.remarks,
    )


def _require_running(
    project: Project, conflict: Conflict, order: Sequence[MigrationKey], edited: EditedFiles
) -> None:
    """Make sure that what was edited by decisions runs, as far as reading can tell."""
    contents = {
        change.path: change.content for change in edited.changes if not isinstance(change, Delete)
    }
    operations = {}
    for key in conflict.migrations:
        content = contents.get(project.graph.migrations[key].path)
        operations[key] = project.operations(key) if content is None else read_operations(content)
    branches = {branch.leaf: branch.migrations for branch in conflict.branches}
    sequence = [key for leaf in order for key in branches[leaf]]
    require_running(project, conflict, operations, sequence)


def _decision_options(decided: Decided) -> list[str]:
    found: list[str] = []
    for option in ("--keep", "--set"):
        words = [str(decision) for decision in decided.decisions if decision.option == option]
        found += [option, *words] if words else []
    return found


def _checked(
    project: Project, conflict: Conflict, choice: Choice, decided: Decided, way: _Way
) -> Plan:
    """The plan, once it is clear that it ends in one leaf and nothing is in its way."""
    app_label = conflict.app_label
    require_passed(verify_read(project.graph, way.graph, app_label), app_label)
    for change in way.changes:
        new_path = change.new_path if isinstance(change, Rename) else change.path
        if not isinstance(change, Rewrite) and (project.root / new_path).exists():
            raise ResolutionError(f"{new_path} is in the way.", help="Move that file first.")
    changes = ChangeSet(
        way.title,
        project.onto_disk([*way.changes, *lock_changes(project, way.graph, {app_label})]),
        shlex.join(["migtui", "resolve", app_label, *way.options, *_decision_options(decided)]),
    )
    leaf = way.graph.leaves(app_label)[0]
    return Plan(
        app_label=app_label,
        changes=changes,
        sequence=tuple(key for key in way.graph.forwards_plan(leaf) if key in way.migrations),
        renames=way.renames,
        graph=way.graph,
        notices=tuple(_notices(project, changes, way.renames, choice)),
        remarks=(
            *decided.settlement.remarks,
            *way.remarks,
            *_about_twins(project, app_label),
            *_about_unread(project, conflict),
        ),
        settles=bool(choice.keep),
    )


def _notices(
    project: Project,
    changes: ChangeSet,
    renames: Mapping[MigrationKey, MigrationKey],
    choice: Choice,
) -> Iterator[Notice]:
    """Lines that name what is renamed, but for those that say that it is replaced."""
    renamed = {change.new_path for change in changes.changes if isinstance(change, Rename)}
    for notice in find_mentions(project, renames, changes.files_after()):
        is_shim = notice.path in renamed and notice.text.strip().startswith("replaces = ")
        if not (choice.replaces_old and is_shim):
            yield notice


def _about_twins(project: Project, app_label: str) -> Iterator[str]:
    """What a database may have applied under a name that two migrations had."""
    unfinished = project.unfinished
    for twin in unfinished.twins if unfinished is not None else ():
        if twin.key.app_label == app_label:
            yield (
                f"A database that has applied {twin.key.name} before has applied one of the two. "
                f"Where it is that of {twin.renamed_of}, check that branch out and unapply it "
                "there first: under its new name it would run again."
            )


def _about_unread(project: Project, conflict: Conflict) -> Iterator[str]:
    """Files whose place in the graph is known, and which Django can't load nevertheless."""
    for key in sorted(conflict.migrations):
        migration = project.graph.migrations[key]
        error = migration.error
        if error is not None and not error.newer_python:
            yield f"Django can't load {migration.path}, mend it as well: {error.message}"
