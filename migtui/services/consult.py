"""What Django itself says of the project, and the project corrected by it.

Reading guesses app labels and can't run what computes a dependency; where Django answers
differently, Django is right.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from migtui.core.graph import MigrationGraph
from migtui.core.migration import Dependency, Migration, MigrationKey
from migtui.engine.client import Engine
from migtui.engine.protocol.project import (
    AppFacts,
    AppliedMigrations,
    LoadedGraph,
    LoadGraph,
    ProjectFacts,
    ReadApplied,
)
from migtui.services.overlays import unfinished_overlay
from migtui.services.project import Project
from migtui.source.files import Files
from migtui.source.layout import (
    Layout,
    MigrationPackage,
    is_installed,
    migration_files,
    read_layout,
)


@dataclass(frozen=True, slots=True)
class Consultation:
    """Django's answers.

    Attributes:
        project: The project with Django's app labels and resolved dependencies.
        facts: Versions, apps and databases.
        graph: What Django's loader makes of the files.
        applied: For each database alias, what it has applied or why that can't be told.
    """

    project: Project
    facts: ProjectFacts
    graph: LoadedGraph
    applied: tuple[AppliedMigrations, ...]


def consult(project: Project, engine: Engine) -> Consultation:
    """Ask Django for apps, graph and applied migrations.

    Raises:
        EngineError: The engine could not start or answer.
    """
    facts = engine.start()
    graph = engine.ask(LoadGraph(unfinished_overlay(project)))
    applied = tuple(engine.ask(ReadApplied(database.alias)) for database in facts.databases)
    layout = _layout(project, facts)
    migrations = _resolved(read_layout(project.root, layout, project.files), graph)
    return Consultation(project.corrected(layout, migrations), facts, graph, applied)


def consult_lightly(project: Project, engine: Engine) -> Consultation:
    """Ask Django for apps and applied migrations; for its graph only where reading can't tell it.

    Loading the graph takes long; where it was not asked for, ``graph`` is empty.

    Raises:
        EngineError: The engine could not start or answer.
    """
    facts = engine.start()
    layout = _layout(project, facts)
    if _places(layout) != _places(project.layout) or any(
        migration.has_unknown_dependencies for migration in project.graph.migrations.values()
    ):
        return consult(project, engine)
    applied = tuple(engine.ask(ReadApplied(database.alias)) for database in facts.databases)
    layout = replace(project.layout, swappable=facts.swappable)
    corrected = project.corrected(layout, project.graph.migrations.values())
    return Consultation(corrected, facts, LoadedGraph((), {}), applied)


def installed(graph: MigrationGraph, facts: ProjectFacts) -> MigrationGraph:
    """The migrations of the apps that Django loads, with no others that lie about."""
    labels = {app.label for app in facts.apps}
    found = [entry for key, entry in graph.migrations.items() if key.app_label in labels]
    return MigrationGraph.of(found, graph.swappable)


def _places(layout: Layout) -> dict[str, Path]:
    return {package.app_label: package.directory.resolve() for package in layout.packages}


def _layout(project: Project, facts: ProjectFacts) -> Layout:
    """Django's packages, and those that were found beside them under labels still free."""
    found = {
        package.app_label: package
        for package in (_package(app, project.files) for app in facts.apps)
        if package
    }
    known = {package.directory.resolve() for package in found.values()}
    for package in project.layout.packages:
        if package.directory.resolve() not in known and package.app_label not in found:
            found[package.app_label] = package
    packages = tuple(found[app_label] for app_label in sorted(found))
    return replace(project.layout, packages=packages, swappable=facts.swappable)


def _package(app: AppFacts, files: Files) -> MigrationPackage | None:
    if app.migrations_path is None:
        return None
    directory = Path(app.migrations_path)
    return MigrationPackage(
        app_label=app.label,
        label=app.label,
        directory=directory,
        files=migration_files(directory, files),
        writable=not is_installed(directory),
    )


def _resolved(migrations: Iterable[Migration], graph: LoadedGraph) -> Iterable[Migration]:
    """The migrations with the dependencies that only Django could tell."""
    loaded = {MigrationKey(item.app_label, item.name): item.parents for item in graph.migrations}
    for migration in migrations:
        if migration.has_unknown_dependencies and migration.key in loaded:
            computed = next(entry for entry in migration.dependencies if entry.is_unknown)
            known = [entry for entry in migration.dependencies if not entry.is_unknown]
            listed = {entry.key for entry in known}
            told = [
                Dependency(app_label, name, computed.line, text=computed.text)
                for app_label, name in loaded[migration.key]
                if MigrationKey(app_label, name) not in listed
            ]
            yield replace(migration, dependencies=(*known, *told))
        else:
            yield migration
