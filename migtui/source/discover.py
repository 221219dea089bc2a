"""Where a project's migration packages are, and the app label of each; nothing is imported."""

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from migtui.config import Config
from migtui.core.migration import Dependency, Migration, MigrationKey
from migtui.source.labels import read_app_name
from migtui.source.read import read_migration, unreadable_migration
from migtui.source.settings import Settings, default_settings, find_module, read_settings
from migtui.source.walk import walk

SOUTH = re.compile(rb"^[ \t]*(?:from|import)[ \t]+south\b", re.MULTILINE)
DJANGO = re.compile(rb"^[ \t]*class[ \t]+Migration[ \t]*\(|^Migration[ \t]*=", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class MigrationPackage:
    """A directory of migrations.

    Attributes:
        app_label: The label that its migrations have here. Unlike ``label`` where another package
            of the tree owns that: then the app's dotted path.
        label: The label as the code has it.
        directory: The package.
        files: The files that Django would load, sorted.
        references: What other labels mean in this package's files where they don't mean the
            app of that label: ``{"blog": "examples.second.blog"}``.
        writable: False for installed packages.
    """

    app_label: str
    label: str
    directory: Path
    files: tuple[Path, ...]
    references: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    writable: bool = True


@dataclass(frozen=True, slots=True)
class Layout:
    """What a project is made of, as far as reading tells.

    Attributes:
        packages: Sorted by app label.
        swappable: App label by setting, where settings could be read.
        settings: The settings file that was read.
        manage_py: The nearest one.
    """

    packages: tuple[MigrationPackage, ...]
    swappable: Mapping[str, str]
    settings: Path | None = None
    manage_py: Path | None = None


def discover(root: Path, config: Config, settings: str | None = None) -> Layout:
    """Find the migration packages under ``root``.

    Args:
        root: The project's directory.
        config: Its ``exclude`` is left out.
        settings: Dotted path of the settings module; where it is None, manage.py's default.
    """
    tree = walk(root, config.exclude)
    manage_py = min(
        (path / "manage.py" for path, names in tree.items() if "manage.py" in names),
        key=lambda path: (len(path.parts), path),
        default=None,
    )
    bases = _bases(root, manage_py)
    dotted = settings or (default_settings(manage_py) if manage_py else None)
    read = read_settings(dotted, bases) if dotted else Settings()
    found = _Packages(root, tree, read, bases).find(manage_py)
    return Layout(found, read.swappable, read.path, manage_py)


def read_layout(root: Path, layout: Layout) -> tuple[Migration, ...]:
    """The head of every migration of a layout; each file is read once.

    Files of South and packages without any migration are left out.
    """
    return tuple(
        migration for package in layout.packages for migration in _read_package(root, package)
    )


def is_south(content: bytes) -> bool:
    """Whether a file is a migration of South, which Django's own migrations replaced."""
    return b"south" in content and SOUTH.search(content) is not None


def migration_files(directory: Path, names: Iterable[str]) -> tuple[Path, ...]:
    """The files that Django's loader takes for migrations, sorted.

    As ``pkgutil.iter_modules``: packages are none, neither are names with a leading ``_`` or
    ``~`` or with a dot.
    """
    stems = sorted(name.removesuffix(".py") for name in names)
    return tuple(
        directory / f"{stem}.py"
        for stem in stems
        if stem and stem[0] not in "_~" and "." not in stem
        and not (directory / stem / "__init__.py").is_file()
    )  # fmt: skip


def _read_package(root: Path, package: MigrationPackage) -> list[Migration]:
    found: list[Migration] = []
    is_djangos = False
    for path in package.files:
        key = MigrationKey(package.app_label, path.stem)
        relative = os.path.relpath(path, root).replace(os.sep, "/")
        try:
            content = path.read_bytes()
        except OSError as error:
            found.append(unreadable_migration(key, relative, error))
            continue
        if not is_south(content):
            is_djangos = is_djangos or bool(DJANGO.search(content))
            migration = read_migration(content, key, relative, writable=package.writable)
            found.append(follow_references(migration, package.references))
    return found if is_djangos else []


def follow_references(migration: Migration, references: Mapping[str, str]) -> Migration:
    """The migration with the labels that mean another package's replaced."""
    if not references:
        return migration

    def followed(entries: tuple[Dependency, ...]) -> tuple[Dependency, ...]:
        return tuple(
            replace(entry, app_label=references.get(entry.app_label or "", entry.app_label))
            for entry in entries
        )

    return replace(
        migration,
        dependencies=followed(migration.dependencies),
        run_before=followed(migration.run_before),
        replaces=followed(migration.replaces),
    )


def _bases(root: Path, manage_py: Path | None) -> tuple[Path, ...]:
    """Where Python would find the project's packages, the likeliest first."""
    found = [manage_py.parent] if manage_py else []
    found += [root, root / "src", root / "apps", root / "src" / "apps"]
    return tuple(dict.fromkeys(found))


class _Packages:
    """Finds the packages of a tree and gives each its label."""

    def __init__(
        self,
        root: Path,
        tree: Mapping[Path, frozenset[str]],
        settings: Settings,
        bases: tuple[Path, ...],
    ) -> None:
        self.root = root
        self.tree = tree
        self.settings = settings
        self.bases = bases
        self.installed = dict(self._installed())

    def find(self, manage_py: Path | None) -> tuple[MigrationPackage, ...]:
        found = list(self._of_settings())
        taken = {package.directory for package in found}
        for app in {directory.parent: None for directory in self._candidates()}:
            name = read_app_name(app, self.installed.get(app))
            if name.label in self.settings.migration_modules and app in self.installed:
                continue
            directory = self._directory(app)
            if directory is not None and directory not in taken:
                found.append(self._package(name.label, directory))
        return _labelled(found, self.root, set(self.installed), manage_py)

    def _installed(self) -> Iterable[tuple[Path, str | None]]:
        """The directories of INSTALLED_APPS, each with the AppConfig that is named."""
        for entry in self.settings.installed_apps:
            module = find_module(entry, self.bases)
            if module is not None and module.name == "__init__.py":
                yield module.parent, None
                continue
            parent, _, config = entry.rpartition(".")
            module = find_module(parent, self.bases) if parent else None
            if module is not None:
                is_package = module.name == "__init__.py"
                app = module.parent
                if is_package and app.name == "apps":
                    app = app.parent
                yield app, config

    def _of_settings(self) -> Iterable[MigrationPackage]:
        """The packages that MIGRATION_MODULES names."""
        for label, dotted in self.settings.migration_modules.items():
            module = find_module(dotted, self.bases) if dotted else None
            if module is not None and module.name == "__init__.py":
                yield self._package(label, module.parent)

    def _candidates(self) -> Iterable[Path]:
        for directory, names in self.tree.items():
            if "migration" in directory.name and "__init__.py" in names and directory != self.root:
                yield directory

    def _directory(self, app: Path) -> Path | None:
        """The directory of an app that holds Django's migrations."""
        usual = app / "migrations"
        if self.settings.path is not None and app in self.installed:
            return usual if "__init__.py" in self.tree.get(usual, ()) else None
        if "__init__.py" in self.tree.get(usual, ()) and not self._is_south(usual):
            return usual
        if not self.tree.get(app, frozenset()) & {"models.py", "apps.py"}:
            return None
        others = [
            directory
            for directory in self._candidates()
            if directory.parent == app and directory != usual and self._is_djangos(directory)
        ]
        return others[0] if len(others) == 1 else None

    def _contents(self, directory: Path) -> Iterable[bytes]:
        for path in migration_files(directory, self.tree[directory]):
            try:
                yield path.read_bytes()
            except OSError:
                continue

    def _is_south(self, directory: Path) -> bool:
        """Whether files of South are all that a directory holds."""
        contents = iter(self._contents(directory))
        first = next(contents, None)
        return first is not None and is_south(first) and all(map(is_south, contents))

    def _is_djangos(self, directory: Path) -> bool:
        return any(
            DJANGO.search(content) and not is_south(content)
            for content in self._contents(directory)
        )

    def _package(self, label: str, directory: Path) -> MigrationPackage:
        names = self.tree.get(directory)
        if names is None:
            names = frozenset(path.name for path in directory.glob("*.py"))
        writable = not {"site-packages", "dist-packages"} & set(directory.parts)
        files = migration_files(directory, names)
        return MigrationPackage(label, label, directory, files, writable=writable)


def _labelled(
    packages: list[MigrationPackage], root: Path, installed: set[Path], manage_py: Path | None
) -> tuple[MigrationPackage, ...]:
    """The packages with one label each, and references followed to the nearest."""
    near = manage_py.parent if manage_py else root
    by_label: dict[str, list[MigrationPackage]] = {}
    for package in packages:
        by_label.setdefault(package.label, []).append(package)
    shared: dict[str, list[MigrationPackage]] = {}
    found: list[MigrationPackage] = []
    for label, same in by_label.items():
        same.sort(
            key=lambda package: (
                package.directory.parent not in installed,
                -_common(package.directory, near),
                len(package.directory.parts),
                package.directory,
            )
        )
        others = [
            replace(item, app_label=_dotted(item.directory.parent, root)) for item in same[1:]
        ]
        found += [same[0], *others]
        if others:
            shared[label] = [same[0], *others]
    return tuple(
        replace(package, references=_references(package, shared))
        for package in sorted(found, key=lambda package: package.app_label)
    )


def _references(
    package: MigrationPackage, shared: Mapping[str, list[MigrationPackage]]
) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for label, candidates in shared.items():
        nearest = max(candidates, key=lambda item: _common(item.directory, package.directory))
        if nearest.app_label != label:
            found[label] = nearest.app_label
    return MappingProxyType(found)


def _common(first: Path, second: Path) -> int:
    """How many leading parts two paths share."""
    count = 0
    for one, other in zip(first.parts, second.parts, strict=False):
        if one != other:
            break
        count += 1
    return count


def _dotted(directory: Path, root: Path) -> str:
    return ".".join(Path(os.path.relpath(directory, root)).parts)
