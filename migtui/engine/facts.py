"""Which apps, databases and versions the project has."""

import platform
from importlib.util import find_spec

import django
from django.apps import AppConfig, apps
from django.conf import settings
from django.db import connections
from django.db.migrations.loader import MigrationLoader

from migtui.engine.places import is_local
from migtui.engine.protocol.project import AppFacts, DatabaseFacts, ProjectFacts
from migtui.engine.startup import headline


def describe_project() -> ProjectFacts:
    """The facts of the project that Django is set up for."""
    return ProjectFacts(
        django_version=django.get_version(),
        python_version=platform.python_version(),
        settings=str(getattr(settings, "SETTINGS_MODULE", "")),
        apps=tuple(map(_app_facts, apps.get_app_configs())),
        databases=tuple(map(_database_facts, connections)),
        swappable=_swappable(),
    )


def migration_packages() -> dict[str, str]:
    """The directory of each migrations package that is there, by its dotted path."""
    found = {}
    for app_config in apps.get_app_configs():
        module, path = _migrations_of(app_config)
        if module is not None and path is not None:
            found[module] = path
    return found


def _app_facts(app_config: AppConfig) -> AppFacts:
    module, path = _migrations_of(app_config)
    return AppFacts(
        label=str(app_config.label),
        name=str(app_config.name),
        path=str(app_config.path),
        migrations_module=module,
        migrations_path=path,
    )


def _migrations_of(app_config: AppConfig) -> tuple[str | None, str | None]:
    """Dotted path and directory of an app's migrations package, without importing it."""
    module, _ = MigrationLoader.migrations_module(app_config.label)
    if module is None:
        return None, None
    try:
        spec = find_spec(module)
    except Exception:  # noqa: BLE001 - MIGRATION_MODULES may name a package that raises
        spec = None
    # Django takes no migrations from a single file, nor from a directory without __init__.py.
    locations = spec.submodule_search_locations if spec and spec.origin else None
    return str(module), locations[0] if locations else None


def _database_facts(alias: str) -> DatabaseFacts:
    try:
        connection = connections[alias]
        return DatabaseFacts(str(alias), str(connection.vendor), is_local=is_local(connection))
    except Exception as error:  # noqa: BLE001 - a backend is any code
        return DatabaseFacts(str(alias), None, headline(error))


def _swappable() -> dict[str, str]:
    """Its label by the name of the setting, for each swappable model."""
    found = {}
    for model in apps.get_models(include_swapped=True):
        options = model._meta  # noqa: SLF001 - Django documents this name
        setting = options.swappable
        if setting:
            value = getattr(settings, setting, None) or options.label
            found[str(setting)] = str(value)
    return found
