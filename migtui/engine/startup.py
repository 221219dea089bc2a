"""Sets Django up in the way that the project itself does, inside the child process.

What a project needs before Django is often done in its manage.py: a path, a dotenv file, another
importer of settings. So manage.py itself is run, and where it would hand over to Django's command
line, the engine takes over. Without a manage.py, or where it never gets there, the settings module
alone must do.
"""

import os
import runpy
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import ModuleType

OLDEST_DJANGO = (4, 2)

# What a project sees in sys.argv. Many leave out connections and the like for this command; and
# should it run after all, it writes nothing.
COMMAND = ("makemigrations", "--check", "--dry-run")


class UnfitError(Exception):
    """This interpreter has no Django, or one that is too old."""


def headline(error: BaseException) -> str:
    """An exception on one line: its class and what it says."""
    return f"{type(error).__name__}: {' '.join(str(error).split())}"


def place_of(error: BaseException) -> str:
    """Where in the project's own files an exception was raised, in parentheses; empty if nowhere.

    The child runs in the project's directory.
    """
    here = Path.cwd()
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        path = Path(frame.filename)
        if path.is_relative_to(here) and "site-packages" not in path.parts:
            return f" ({path.relative_to(here)}, line {frame.lineno})"
    return ""


def trace(error: BaseException) -> str:
    """An exception's traceback."""
    return "".join(traceback.format_exception(error))


def take_over(
    manage_py: str,
    settings: str,
    *,
    ready: Callable[[], None],
    failed: Callable[[BaseException], None],
) -> None:
    """Set Django up, then call ``ready``; where that raises, ``failed``. Neither must return.

    Args:
        manage_py: Path of the project's manage.py; empty where there is none.
        settings: Settings module that was asked for; empty to leave it to the environment and
            manage.py.
        ready: Called inside manage.py where Django's command line would have been.
        failed: Called there too, so that no ``except`` in manage.py gets hold of the error.

    Raises:
        UnfitError: There is no Django, or it is too old.
    """
    utility = _import_management().ManagementUtility

    def execute(*_: object) -> None:
        try:
            if settings:
                os.environ["DJANGO_SETTINGS_MODULE"] = settings
            _setup()
            ready()
        except BaseException as error:  # noqa: BLE001 - settings may raise anything, SystemExit too
            failed(error)

    utility.execute = execute
    if settings:
        os.environ["DJANGO_SETTINGS_MODULE"] = settings
    sys.argv[:] = [manage_py or "manage.py", *COMMAND]
    if manage_py:
        try:
            runpy.run_path(manage_py, run_name="__main__")
        except (Exception, SystemExit):  # noqa: BLE001 - the settings alone may still do
            traceback.print_exc()
    execute()


def _import_management() -> ModuleType:
    try:
        import django
        from django.core import management
    except ImportError as error:
        raise UnfitError(f"it can't import Django ({error})") from error
    if django.VERSION < OLDEST_DJANGO:
        wanted = ".".join(map(str, OLDEST_DJANGO))
        raise UnfitError(f"it has Django {django.__version__}, and migtui needs {wanted}")
    found: ModuleType = management
    return found


def _setup() -> None:
    import django
    from django.db import connections

    django.setup()
    with suppress(Exception):  # connections that the project opened while it was set up
        connections.close_all()
