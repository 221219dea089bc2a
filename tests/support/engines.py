"""Starts real engines on real projects, and tells when their processes are gone."""

import os
import sys
import venv
from collections.abc import Callable
from pathlib import Path

import django

from migtui.engine.client import Engine


def engine_for(
    root: Path,
    *,
    python: str = sys.executable,
    settings: str | None = None,
    log: Callable[[str], None] | None = None,
    timeout: float = 60.0,
) -> Engine:
    """An engine on the project in ``root``, under this interpreter unless told otherwise."""
    manage_py = root / "manage.py"
    return Engine(
        (python,),
        root,
        manage_py=manage_py if manage_py.exists() else None,
        settings=settings,
        log=log,
        timeout=timeout,
    )


def make_environment(directory: Path, *, with_django: bool) -> str:
    """A virtual environment that holds Django, or not even that. Returns its interpreter."""
    venv.create(directory, with_pip=False, symlinks=True)
    if with_django:
        library = directory / "library"
        library.mkdir()
        installed = Path(django.__file__).parent.parent
        for name in ("django", "asgiref", "sqlparse"):
            (library / name).symlink_to(installed / name)
        (site,) = directory.glob("lib/python*/site-packages")
        (site / "library.pth").write_text(str(library))
    return str(directory / "bin" / "python")


# For settings.py or a migration: whoever has imported it, or was forked from there, keeps the
# pipe open.
HOLD_PIPE = "import os\nPIPE = os.open({!r}, os.O_WRONLY)\n"


def make_pipe(path: Path) -> int:
    """A named pipe, opened for reading without waiting for anybody who writes."""
    os.mkfifo(path)
    return os.open(path, os.O_RDONLY | os.O_NONBLOCK)


def wait_until_released(descriptor: int) -> None:
    """Wait until every process that held a named pipe open is gone."""
    os.set_blocking(descriptor, True)
    while os.read(descriptor, 1 << 10):
        pass
    os.close(descriptor)
