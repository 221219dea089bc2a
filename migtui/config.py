"""``[tool.migtui]`` of the project's pyproject.toml, as a frozen value."""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeGuard, get_type_hints

from migtui.errors import ConfigError

KEY = re.compile(r"\w+\.[\w-]+")
"""An app label and a name: of a migration, or of a model."""
_SERVERS = ("postgresql", "mysql", "mariadb")


@dataclass(frozen=True, slots=True)
class Config:
    """What a project may configure; every key is optional.

    Attributes:
        settings: Django's settings module.
        python: The interpreter that the engine runs under, relative to the project.
        base: The default branch, where git doesn't tell.
        timeout: Seconds that the engine may take to answer.
        exclude: Globs of directories, relative to the project, that hold no apps of it.
        theme: Name of a Textual theme.
        keys: Keys by the id of a binding: ``{"resolve.write": "w"}``.
        keep_backups: How many backups of a database are kept; 0 for all.
        ignore: Why hazards don't count, by ``H003``, ``blog.H003`` or ``blog.0003_tags.H003``.
        touches: What migrations touch that can't be read: models by ``app_label.name``.
        server_versions: Of servers that can't be asked, by vendor: ``{"postgresql": "15"}``.
        notice_globs: Globs of files that are searched for names of renamed migrations.
    """

    settings: str | None = None
    python: str | None = None
    base: str | None = None
    timeout: float = 60.0
    exclude: tuple[str, ...] = ()
    theme: str | None = None
    keys: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    keep_backups: int = 10
    ignore: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    touches: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    server_versions: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    notice_globs: tuple[str, ...] = ("**/*.py", "**/*.toml", "**/*.y*ml", "**/*.sh", "**/*.md")


def load_config(root: Path, read: Callable[[Path], bytes] = Path.read_bytes) -> Config:
    """The configuration of the project in ``root``.

    The nearest pyproject.toml with a ``[tool.migtui]`` table counts, from ``root`` upward to the
    repository's top.

    Args:
        root: The project's directory.
        read: Gives the content of a file, or raises OSError.

    Raises:
        ConfigError: The file is no TOML, or holds an unknown key or a value of the wrong kind.
    """
    for directory in (root, *root.parents):
        path = directory / "pyproject.toml"
        table = _table(path, read)
        if table is not None:
            return _config(table, path)
        if (directory / ".git").exists():
            break
    return Config()


def _table(path: Path, read: Callable[[Path], bytes]) -> Mapping[str, Any] | None:
    try:
        document = tomllib.loads(read(path).decode())
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise ConfigError(f"{path} can't be read: {error}", help="Mend the file.") from error
    table = document.get("tool", {}).get("migtui")
    if table is not None and not isinstance(table, dict):
        raise ConfigError(f"tool.migtui in {path} is not a table.", help="Write [tool.migtui].")
    return table


def _config(table: Mapping[str, Any], path: Path) -> Config:
    known = {item.name for item in fields(Config)}
    unknown = sorted(set(table) - known)
    if unknown:
        raise ConfigError(
            f"Unknown key in [tool.migtui] of {path}: {', '.join(unknown)}.",
            help=f"Known keys: {', '.join(sorted(known))}.",
        )
    hints = get_type_hints(Config)
    for name in ("ignore", "touches"):
        if isinstance(table.get(name), dict):
            table = {**table, name: dict(_dotted(table[name]))}
    _check_versions(table.get("server_versions"), path)
    return Config(**{key: _value(key, value, hints[key], path) for key, value in table.items()})


def _check_versions(versions: object, path: Path) -> None:
    for vendor, version in versions.items() if isinstance(versions, dict) else ():
        if vendor not in _SERVERS or not re.fullmatch(r"\d+(\.\d+)*", str(version)):
            raise ConfigError(
                f"server_versions in [tool.migtui] of {path} has {vendor} = {version!r}.",
                help=f'Name {", ".join(_SERVERS)}, and a version such as "15" or "10.11".',
            )


def _value(key: str, value: object, kind: object, path: Path) -> Any:  # noqa: ANN401 - as declared
    if kind is float and isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if kind is int and type(value) is int and value >= 0:
        return value
    if kind == tuple[str, ...] and isinstance(value, list) and _all_strings(value):
        return tuple(value)
    if kind == Mapping[str, str] and isinstance(value, dict) and _all_strings(value.values()):
        return MappingProxyType(value)
    if kind == Mapping[str, tuple[str, ...]] and _is_table_of_labels(value):
        return MappingProxyType({name: tuple(labels) for name, labels in value.items()})
    if kind == str | None and isinstance(value, str):
        return value
    wanted: dict[object, str] = {
        float: "a number",
        int: "a whole number, not below 0",
        tuple[str, ...]: "a list of strings",
        str | None: "a string",
        Mapping[str, tuple[str, ...]]: (
            'a table of lists of models: "blog.0005_fill" = ["blog.post"], or [] for none'
        ),
    }
    raise ConfigError(
        f"{key} in [tool.migtui] of {path} is {value!r}.",
        help=f"It must be {wanted.get(kind, 'a table of strings')}.",
    )


def _is_table_of_labels(value: Any) -> TypeGuard[dict[str, list[str]]]:  # noqa: ANN401 - as read
    """Whether every migration has a list of labels of models."""
    return isinstance(value, dict) and all(
        KEY.fullmatch(name)
        and isinstance(labels, list)
        and _all_strings(labels)
        and all(map(KEY.fullmatch, labels))
        for name, labels in value.items()
    )


def _dotted(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Entries of nested tables under dotted names: ``blog.H003`` is written without quotes so."""
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _dotted(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _all_strings(values: Any) -> bool:  # noqa: ANN401 - whatever TOML holds
    return all(isinstance(value, str) for value in values)
