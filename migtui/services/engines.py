"""Which interpreter and which settings Django is asked under."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from migtui.engine.client import Engine

if TYPE_CHECKING:  # reading is imported while Django is set up
    from migtui.services.location import Location
    from migtui.services.project import Project


def open_engine(
    project: "Project | Location", *, log: Callable[[str], None] | None = None
) -> Engine:
    """The project's engine, not started yet; close it.

    Settings: those asked for, those of ``[tool.migtui]``, else as manage.py has them.

    Args:
        project: The project.
        log: Called with whatever the project prints, in the thread that asks.
    """
    return Engine(
        tuple(find_pythons(project)),
        project.manage_py.parent if project.manage_py else project.root,
        manage_py=project.manage_py,
        settings=project.settings or project.config.settings,
        log=log,
        timeout=project.config.timeout,
    )


def find_pythons(project: "Project | Location") -> Iterator[str]:
    """Interpreters that may be the project's, the likeliest first.

    One that was asked for, or configured, is the only one. Else: that of the active virtual
    environment, of ``.venv`` or ``venv`` in the project or above it in its repository, migtui's
    own; those that are there.
    """
    if project.python:
        yield _expand(project.python, Path.cwd())
        return
    if project.config.python:
        yield _expand(project.config.python, project.root)
        return
    for environment in _environments(project.root):
        python = environment / "bin" / "python"
        if python.exists():
            yield str(python)
    yield sys.executable


def _environments(root: Path) -> Iterator[Path]:
    active = os.environ.get("VIRTUAL_ENV")
    if active:
        yield Path(active)
    upward = [root, *root.parents]
    tops = [index for index, directory in enumerate(upward) if (directory / ".git").exists()]
    for directory in upward[: tops[0] + 1 if tops else 1]:
        yield directory / ".venv"
        yield directory / "venv"


def _expand(python: str, directory: Path) -> str:
    """The path of an interpreter, or of the one in a virtual environment's directory.

    A bare command such as ``python3.12`` is left to the PATH.

    Links are kept: the ``python`` of a virtual environment is one, and says which it is by where
    it stands.
    """
    path = Path(python).expanduser()
    found = Path(os.path.abspath(directory / path))  # noqa: PTH100 - resolve() follows links
    if len(path.parts) == 1 and not found.exists():
        return python
    return str(found / "bin" / "python" if found.is_dir() else found)
