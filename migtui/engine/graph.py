"""How Django's own loader sees the migrations."""

import pkgutil
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

from django.db.migrations.loader import MigrationLoader

from migtui.engine.facts import migration_packages
from migtui.engine.loading import install_overlay, new_loader
from migtui.engine.overlay import INIT, Tree
from migtui.engine.protocol.project import LoadedGraph, LoadedMigration, LoadGraph
from migtui.engine.startup import headline, trace


def load_graph(request: LoadGraph) -> LoadedGraph:
    """Load the migrations; where Django can't, say why and give what can be loaded."""
    tree = install_overlay(request.overlay)
    loader = new_loader()
    try:
        loader.build_graph()
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a migration is any code
        _hide_broken(tree)
        loader = new_loader()
        with suppress(Exception, SystemExit):
            loader.build_graph()
        return _loaded(loader, error)
    return _loaded(loader, None)


def _hide_broken(tree: Tree) -> None:
    """Have the files that can't be loaded look as if they were not there."""
    for package, directory in migration_packages().items():
        try:
            module = import_module(package)
        except (Exception, SystemExit):  # noqa: BLE001 - a migration is any code
            tree.hide(str(Path(directory, INIT)))
            continue
        for _, name, is_package in pkgutil.iter_modules(module.__path__):
            if not is_package and name[0] not in "_~" and not _is_loadable(f"{package}.{name}"):
                tree.hide(str(Path(directory, f"{name}.py")))


def _is_loadable(name: str) -> bool:
    try:
        import_module(name).Migration(name.rpartition(".")[2], "")
    except (Exception, SystemExit):  # noqa: BLE001 - a migration is any code
        return False
    return True


def _loaded(loader: MigrationLoader, error: BaseException | None) -> LoadedGraph:
    graph: Any = getattr(loader, "graph", None)
    # A node without a migration is what Django puts where a dependency is missing.
    nodes = [n for n in graph.node_map.values() if graph.nodes[n.key] is not None] if graph else []
    migrations: list[LoadedMigration] = []
    leaves: dict[str, tuple[str, ...]] = {}
    for node in sorted(nodes):
        app_label, name = node.key
        migration = graph.nodes[node.key]
        migrations.append(
            LoadedMigration(
                app_label=app_label,
                name=name,
                path=str(getattr(sys.modules[type(migration).__module__], "__file__", "")),
                parents=tuple(sorted(parent.key for parent in node.parents)),
                replaces=tuple((str(app), str(name)) for app, name in migration.replaces),
            )
        )
        if all(child.key[0] != app_label for child in node.children):
            leaves[app_label] = (*leaves.get(app_label, ()), name)
    return LoadedGraph(
        migrations=tuple(migrations),
        leaves=leaves,
        error=headline(error) if error else "",
        traceback=trace(error) if error else "",
    )
