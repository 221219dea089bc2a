"""What a project's settings say, read without running them: its apps and where migrations are."""

import ast
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from migtui.core.expressions import Constant, Dictionary, as_string
from migtui.source.files import DISK, Files
from migtui.source.lists import Item, attribute_of, lists_of
from migtui.source.names import Module
from migtui.source.parse import parse

MODEL = re.compile(r"\w+\.\w+")


@dataclass(frozen=True, slots=True)
class Settings:
    """What could be read.

    Attributes:
        path: The settings file; None where there is none to read.
        installed_apps: The literal entries of INSTALLED_APPS, in order.
        migration_modules: The literal entries of MIGRATION_MODULES; None disables an app's.
        swappable: Model by setting: ``{"AUTH_USER_MODEL": "accounts.User"}``.
    """

    path: Path | None = None
    installed_apps: tuple[str, ...] = ()
    migration_modules: Mapping[str, str | None] = field(
        default_factory=lambda: MappingProxyType({})
    )
    swappable: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


def default_settings(manage_py: Path, files: Files = DISK) -> str | None:
    """The settings module that a manage.py sets where the environment sets none."""
    try:
        parsed = parse(files.read(manage_py))[0]
    except OSError:
        return None
    module = Module(parsed.body, parsed.text)
    for statement in parsed.body:
        for node in ast.walk(statement):
            match node:
                case ast.Call(
                    func=ast.Attribute(attr="setdefault"),
                    args=[ast.Constant(value="DJANGO_SETTINGS_MODULE"), value],
                ):
                    found = as_string(module.end.evaluate(value))
                    if found is not None:
                        return found
                case _:
                    pass
    return None


def find_module(dotted: str, bases: Iterable[Path], files: Files = DISK) -> Path | None:
    """The file of a dotted module, under the first of these directories that has it."""
    parts = dotted.split(".")
    if not all(part.isidentifier() for part in parts):
        return None
    for base in bases:
        path = base.joinpath(*parts)
        for file in (path.with_suffix(".py"), path / "__init__.py"):
            if files.is_file(file):
                return file
    return None


def read_settings(dotted: str, bases: Iterable[Path], files: Files = DISK) -> Settings:
    """What the settings module ``dotted`` says; its imports are followed under ``bases``."""
    bases = tuple(bases)
    path = find_module(dotted, bases, files)
    if path is None:
        return Settings()
    module = _Loader(bases, files).load(path)
    if module is None:
        return Settings()
    return Settings(
        path=path,
        installed_apps=tuple(dict.fromkeys(_installed_apps(module))),
        migration_modules=MappingProxyType(_migration_modules(module)),
        swappable=MappingProxyType(_swappable(module)),
    )


class _Loader:
    """Reads settings files and what they import, each once."""

    def __init__(self, bases: tuple[Path, ...], files: Files) -> None:
        self.bases = bases
        self.files = files
        self.modules: dict[Path, Module | None] = {}

    def load(self, path: Path) -> Module | None:
        if path not in self.modules:
            self.modules[path] = None  # a file that imports itself ends here
            try:
                parsed = parse(self.files.read(path))[0]
            except OSError:
                return None
            self.modules[path] = Module(
                parsed.body, parsed.text, lambda dotted: self._imported(dotted, path)
            )
        return self.modules[path]

    def _imported(self, dotted: str, path: Path) -> Module | None:
        name = dotted.lstrip(".")
        level = len(dotted) - len(name)
        bases = self.bases
        if level > len(path.parents):
            return None
        if level:
            package = path.parents[level - 1]
            bases = (package,) if name else (package.parent,)
            name = name or package.name
        found = find_module(name, bases, self.files)
        return None if found is None else self.load(found)


def _installed_apps(module: Module) -> Iterable[str]:
    for item in _entries(module, "INSTALLED_APPS"):
        if not item.is_spread:
            value = as_string(item.evaluate())
            if value is not None:
                yield value


def _entries(module: Module, name: str) -> Iterable[Item]:
    found = lists_of(module.end, name)
    if not found:  # django-configurations keeps settings in classes
        for cls in module.class_scopes:
            found += attribute_of(module, cls, name)
    return (item for items in found for item in items)


def _migration_modules(module: Module) -> dict[str, str | None]:
    value = module.end.value_of("MIGRATION_MODULES")
    found: dict[str, str | None] = {}
    if isinstance(value, Dictionary):
        for key, target in value.items:
            label = as_string(key)
            if label is not None and isinstance(target, Constant):
                found[label] = as_string(target)
    return found


def _swappable(module: Module) -> dict[str, str]:
    found: dict[str, str] = {}
    if "AUTH_USER_MODEL" not in module.names and module.is_complete:
        found["AUTH_USER_MODEL"] = "auth.User"  # Django's default
    for name in module.names:
        if name.endswith("_MODEL") and name.isupper():
            model = as_string(module.end.value_of(name))
            if model is not None and MODEL.fullmatch(model):
                found[name] = model
    return found
