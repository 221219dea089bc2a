"""Finds a project's migration packages and the app label of each; nothing is imported."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path

from migtui.config import Config
from migtui.source.files import DISK, Files
from migtui.source.labels import AppConfig, find_app_config, read_app_configs
from migtui.source.layout import (
    COMPILED,
    Layout,
    MigrationPackage,
    is_djangos,
    is_installed,
    is_south,
    migration_files,
)
from migtui.source.same_labels import tell_apart
from migtui.source.settings import Settings, default_settings, find_module, read_settings
from migtui.source.walk import walk

USUAL = "migrations"
"""Django's name of the package, unless MIGRATION_MODULES says otherwise."""


def discover(
    root: Path, config: Config, settings: str | None = None, files: Files = DISK
) -> Layout:
    """Find the migration packages under ``root``.

    Args:
        root: The project's directory.
        config: Its ``exclude`` is left out.
        settings: Dotted path of the settings module; where it is None, manage.py's default.
        files: Where they are read from.
    """
    tree = walk(root, config.exclude, files)
    manage_py = min(
        (directory / "manage.py" for directory, names in tree.items() if "manage.py" in names),
        key=lambda path: (len(path.parts), path),
        default=None,
    )
    near = manage_py.parent if manage_py else root
    # Where Python would find the project's modules, the likeliest place first.
    bases = tuple(dict.fromkeys([near, root, root / "src", root / "apps", root / "src" / "apps"]))
    dotted = settings or (default_settings(manage_py, files) if manage_py else None)
    read = read_settings(dotted, bases, files) if dotted else Settings()
    finder = _Finder(root, tree, read, bases, files)
    packages = tell_apart(finder.packages(), root, near, finder.installed)
    return Layout(packages, read.swappable, read.path, manage_py)


class _Finder:
    """Looks for migration packages in the directories of a project."""

    def __init__(
        self,
        root: Path,
        tree: Mapping[Path, frozenset[str]],
        settings: Settings,
        bases: tuple[Path, ...],
        files: Files,
    ) -> None:
        self._root = root
        self._tree = tree
        self._settings = settings
        self._bases = bases
        self._files = files

    def packages(self) -> Iterable[MigrationPackage]:
        """The package of each app, with the label that its code has."""
        taken = set()
        for package in self._of_settings():
            taken.add(package.directory)
            yield package
        for app in self._candidates:
            config = self.installed.get(app) or find_app_config(app, self._files)
            label = config.label_in(app)
            is_elsewhere = label in self._settings.migration_modules
            if is_elsewhere and (app in self.installed or not self.installed):
                continue
            directory = self._directory(app)
            if directory is not None and directory not in taken:
                yield self._package(label, directory)

    @cached_property
    def installed(self) -> Mapping[Path, AppConfig]:
        """The directories of the apps in INSTALLED_APPS and what is configured for them."""
        return dict(self._installed())

    def _installed(self) -> Iterable[tuple[Path, AppConfig]]:
        for entry in self._settings.installed_apps:
            package = self._package_directory(entry)
            if package is not None:
                yield package, find_app_config(package, self._files)
                continue
            parent, _, name = entry.rpartition(".")
            module = find_module(parent, self._bases, self._files) if parent else None
            config = read_app_configs(module, self._files).get(name) if module else None
            if module is not None and config is not None:
                named = self._package_directory(config.name or "")
                yield named or module.parent, config

    def _package_directory(self, dotted: str) -> Path | None:
        module = find_module(dotted, self._bases, self._files)
        return module.parent if module is not None and module.name == "__init__.py" else None

    def _of_settings(self) -> Iterable[MigrationPackage]:
        """The packages that MIGRATION_MODULES names."""
        for label, dotted in self._settings.migration_modules.items():
            directory = self._package_directory(dotted or "")
            if directory is not None:
                yield self._package(label, directory)

    @cached_property
    def _candidates(self) -> Mapping[Path, list[Path]]:
        """By app, the packages in it that may hold migrations, as their names say."""
        found: dict[Path, list[Path]] = {}
        for directory, names in self._tree.items():
            if "__init__.py" in names and "migration" in directory.name and directory != self._root:
                found.setdefault(directory.parent, []).append(directory)
        return found

    def _directory(self, app: Path) -> Path | None:
        """The package of an app that holds Django's migrations."""
        usual = app / USUAL
        is_there = usual in self._candidates[app]
        if app in self.installed or (is_there and not self._is_south(usual)):
            return usual if is_there else None
        if not self._tree.get(app, frozenset()) & {"models.py", "apps.py"}:
            return None
        others = [
            directory
            for directory in self._candidates[app]
            if directory != usual and any(map(is_djangos, self._contents(directory)))
        ]
        return others[0] if len(others) == 1 else None

    def _is_south(self, directory: Path) -> bool:
        """Whether a package holds files of South alone."""
        contents = iter(self._contents(directory))
        first = next(contents, b"")
        return is_south(first) and all(map(is_south, contents))

    def _contents(self, directory: Path) -> Iterable[bytes]:
        for path in migration_files(directory, self._files):
            if path.suffix == COMPILED:
                continue
            try:
                yield self._files.read(path)
            except OSError:
                continue

    def _package(self, label: str, directory: Path) -> MigrationPackage:
        writable = not is_installed(directory)
        files = migration_files(directory, self._files)
        return MigrationPackage(label, label, directory, files, writable=writable)
