"""Where every question about migrations begins: an overlay, and Django's loader upon it."""

from collections.abc import Collection, Iterable

from django.db.migrations.loader import MigrationLoader

from migtui.engine.facts import migration_packages
from migtui.engine.overlay import Tree, install
from migtui.engine.protocol.base import OverlayFile

# How many apps deep dependencies are followed one by one.
DEPTH = 4


def install_overlay(overlay: Iterable[OverlayFile]) -> Tree:
    """Have all migrations of the project imported anew, with these files as they would be."""
    packages = migration_packages()
    tree = Tree(packages.values(), overlay)
    install(tree, packages)
    return tree


def new_loader(*, replace_migrations: bool = True) -> MigrationLoader:
    """Django's loader as ``makemigrations`` has it, without a database; nothing loaded yet."""
    return MigrationLoader(
        None, load=False, ignore_no_migrations=True, replace_migrations=replace_migrations
    )


def load_needed(app_labels: Collection[str]) -> MigrationLoader:
    """Django's loader, its graph built, with these apps and those that they depend on.

    Importing all migrations of a large project takes longer than most of what is asked of a few.
    Where dependencies go deep, all are loaded nevertheless.
    """
    wanted = frozenset(app_labels)
    for _ in range(DEPTH):
        loader = _partial_loader(wanted)
        loader.load_disk()
        found = wanted.union(
            app_label
            for migration in loader.disk_migrations.values()
            for names in (migration.dependencies, migration.run_before, migration.replaces)
            for app_label, _ in names
        )
        if found == wanted:
            loader.build_graph()
            return loader
        wanted = found
    loader = new_loader()
    loader.build_graph()
    return loader


def _partial_loader(app_labels: Collection[str]) -> MigrationLoader:
    """A loader that sees the migrations of some apps."""

    class PartialLoader(MigrationLoader):  # type: ignore[misc]  # Django has no types
        @classmethod
        def migrations_module(cls, app_label: str) -> tuple[str | None, bool]:
            if app_label not in app_labels:
                return None, False
            module, explicit = super().migrations_module(app_label)
            return module, explicit

        def load_disk(self) -> None:
            """Load them; an app left out counts as one without migrations only where it is."""
            super().load_disk()
            packages = migration_packages()
            for app_label in self.unmigrated_apps - set(app_labels):
                if MigrationLoader.migrations_module(app_label)[0] in packages:
                    self.unmigrated_apps.remove(app_label)

    return PartialLoader(None, load=False, ignore_no_migrations=True)
