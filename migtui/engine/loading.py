"""Where every question about migrations begins: an overlay, and Django's loader upon it."""

from collections.abc import Iterable

from django.db.migrations.loader import MigrationLoader

from migtui.engine.facts import migration_packages
from migtui.engine.overlay import Tree, install
from migtui.engine.protocol import OverlayFile


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
