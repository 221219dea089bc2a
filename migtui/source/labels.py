"""App labels, as AppConfig classes give them; by the rules of ``AppConfig.create``."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from migtui.core.expressions import Constant, Expression, as_string
from migtui.source.files import DISK, Files
from migtui.source.names import Module
from migtui.source.parse import parse


@dataclass(frozen=True, slots=True)
class AppConfig:
    """An AppConfig class as written; None is what it doesn't say, or not in a literal."""

    label: str | None = None
    name: str | None = None
    default: bool | None = None

    def label_in(self, directory: Path) -> str:
        """The label of the app in ``directory``, if this is its AppConfig."""
        return self.label or (self.name or directory.name).rpartition(".")[2]


def read_app_configs(path: Path, files: Files = DISK) -> Mapping[str, AppConfig]:
    """The AppConfig classes of a module by name; empty where it can't be read."""
    content = _content(path, files)
    return {} if content is None else _app_configs(content)


def find_app_config(directory: Path, files: Files = DISK) -> AppConfig:
    """The AppConfig that Django takes for the app in ``directory`` where none is named."""
    contents = (_content(directory / name, files) for name in ("apps.py", "apps/__init__.py"))
    configs = next((_app_configs(content) for content in contents if content is not None), {})
    package = _content(directory / "__init__.py", files)
    if package is not None and b"default_app_config" in package:
        named = as_string(_module(package).end.value_of("default_app_config")) or ""
        configs = {**_app_configs(package), **configs}
        if named.rpartition(".")[2] in configs:
            return configs[named.rpartition(".")[2]]
    chosen = [config for config in configs.values() if config.default]
    if len(chosen) != 1:
        chosen = [config for config in configs.values() if config.default is not False]
    return chosen[0] if len(chosen) == 1 else AppConfig()


def _content(path: Path, files: Files) -> bytes | None:
    try:
        return files.read(path)
    except OSError:
        return None


def _module(content: bytes) -> Module:
    parsed = parse(content)[0]
    return Module(parsed.body, parsed.text)


@lru_cache(maxsize=4096)  # the branches of a repository share nearly all of them
def _app_configs(content: bytes) -> Mapping[str, AppConfig]:
    module = _module(content)
    found: dict[str, AppConfig] = {}
    for cls in module.class_scopes:
        name, label = (as_string(_attribute(module, cls, key)) for key in ("name", "label"))
        if name is not None or label is not None:
            flag = _attribute(module, cls, "default")
            default = bool(flag.value) if isinstance(flag, Constant) else None
            found[cls.name] = AppConfig(label, name, default)
    return MappingProxyType(found)


def _attribute(module: Module, cls: ast.ClassDef, name: str) -> Expression | None:
    """An attribute of a class, or of its bases in the same file."""
    for owner in module.lineage(cls):
        if name in module.class_scopes[owner].bindings:
            return module.inside(owner).value_of(name)
    return None
