"""The app label of a directory, as its AppConfig gives it."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from migtui.core.expressions import Constant, Expression, as_string
from migtui.source.names import Module
from migtui.source.parse import parse


@dataclass(frozen=True, slots=True)
class AppName:
    """What an AppConfig says of an app: its label and dotted path."""

    label: str
    name: str | None = None


def read_app_name(directory: Path, config_class: str | None = None) -> AppName:
    """The name of the app in ``directory``.

    Args:
        directory: The app's package.
        config_class: Name of the AppConfig that INSTALLED_APPS names, if it names one.
    """
    configs = _app_configs(directory)
    chosen = configs.get(config_class or "")
    if chosen is None:
        defaults = [config for config in configs.values() if config.default]
        if len(defaults) != 1:
            defaults = [config for config in configs.values() if config.default is not False]
        chosen = defaults[0] if len(defaults) == 1 else None
    if chosen is None or (chosen.label is None and chosen.name is None):
        return AppName(directory.name)
    label = chosen.label or (chosen.name or "").rpartition(".")[2]
    return AppName(label, chosen.name)


@dataclass(frozen=True, slots=True)
class _AppConfig:
    label: str | None
    name: str | None
    default: bool | None


def _app_configs(directory: Path) -> Mapping[str, _AppConfig]:
    """The AppConfig classes of an app: of its ``apps`` module, else of its package."""
    found: dict[str, _AppConfig] = {}
    default = ""
    for name in ("apps.py", "apps/__init__.py", "__init__.py"):
        module = _read(directory / name)
        if module is None:
            continue
        if name == "__init__.py":
            named = as_string(module.end.value_of("default_app_config"))
            default = (named or "").rpartition(".")[2]
        if not found:
            found = _classes(module)
    if default in found:
        found = {default: found[default]}
    return found


def _read(path: Path) -> Module | None:
    try:
        content = path.read_bytes()
    except OSError:
        return None
    if path.name == "__init__.py" and b"AppConfig" not in content and b"app_config" not in content:
        return None
    parsed = parse(content)[0]
    return Module(parsed.body, parsed.text)


def _classes(module: Module) -> dict[str, _AppConfig]:
    found: dict[str, _AppConfig] = {}
    for cls in module.class_scopes:
        name = as_string(_attribute(module, cls, "name"))
        if name is not None:
            label = as_string(_attribute(module, cls, "label"))
            flag = _attribute(module, cls, "default")
            default = bool(flag.value) if isinstance(flag, Constant) else None
            found[cls.name] = _AppConfig(label, name, default)
    return found


def _attribute(module: Module, cls: ast.ClassDef, name: str) -> Expression | None:
    """An attribute of a class, or of its bases in the same file."""
    for owner in module.lineage(cls):
        if name in module.class_scopes[owner].bindings:
            return module.inside(owner).value_of(name)
    return None
