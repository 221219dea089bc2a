"""Where a project is and how it is configured: enough to start Django while its files are read."""

from dataclasses import dataclass
from pathlib import Path

from migtui.config import Config, load_config
from migtui.errors import ProjectError

MANAGE = "manage.py"


@dataclass(frozen=True, slots=True)
class Location:
    """A project that was not read yet.

    Attributes:
        directory: Where the developer stands.
        root: The project's directory, absolute.
        config: ``[tool.migtui]``.
        manage_py: Its manage.py, None where there is none.
        settings: The settings module asked for on the command line, None where there is none.
        python: The interpreter asked for on the command line, None where there is none.
    """

    directory: Path
    root: Path
    config: Config
    manage_py: Path | None
    settings: str | None
    python: str | None


def locate(directory: Path, *, settings: str | None = None, python: str | None = None) -> Location:
    """The project that ``directory`` is in.

    manage.py is looked for there and upward, else below where there is just one.

    Raises:
        ProjectError: The directory is not there.
        ConfigError: ``[tool.migtui]`` is not right.
    """
    directory = directory.expanduser().resolve()
    if not directory.is_dir():
        raise ProjectError(f"There is no directory {directory}.", help="Give one with --project.")
    above = next((d for d in (directory, *directory.parents) if (d / MANAGE).is_file()), None)
    root = above or directory
    manage_py = root / MANAGE if above else _only_manage_py_below(directory)
    return Location(directory, root, load_config(root), manage_py, settings, python)


def _only_manage_py_below(directory: Path) -> Path | None:
    """The manage.py one or two levels down, where there is exactly one."""
    found = [*directory.glob(f"*/{MANAGE}"), *directory.glob(f"*/*/{MANAGE}")]
    return found[0] if len(found) == 1 else None
