"""Drivers of the vendors' backends: why one can't be loaded, and another one in its place."""

import sys
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module

from migtui.engine.startup import headline

DRIVERS = {"postgresql": "psycopg or psycopg2", "mysql": "mysqlclient or PyMySQL"}
"""What one of has to be installed, by vendor."""
_MODULES = ("psycopg", "psycopg2", "MySQLdb", "pymysql")


def offer_pymysql() -> None:
    """Have PyMySQL stand for mysqlclient where that can't be imported and PyMySQL can."""
    try:
        import_module("MySQLdb")
    except ImportError:
        with suppress(ImportError):
            import pymysql

            pymysql.install_as_MySQLdb()


def why_not_loaded(error: BaseException, name: str, family: str) -> str:
    """Why a backend can't be imported, in sentences.

    Args:
        error: What was raised.
        name: Of the vendor, as it was asked for.
        family: Its vendor as Django calls it; empty where that is not known.
    """
    words = [_sentence(headline(error))]
    causes = list(_causes(error))
    broken = [_sentence(headline(cause)) for cause in causes if not _is_absence(cause)]
    if broken:
        words += ["What is installed can't be loaded:", *broken]
    elif any(map(_is_absence, (error, *causes))) and family in DRIVERS:
        words.append(f"{name} needs {DRIVERS[family]} in the project's environment.")
    stands_in = getattr(sys.modules.get("MySQLdb"), "__name__", "") == "pymysql"
    if stands_in and family == "mysql":
        version = getattr(sys.modules["MySQLdb"], "VERSION_STRING", "")
        words.append(f"PyMySQL {version} stands for mysqlclient there.".replace("  ", " "))
    return " ".join(words)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The failed imports that an error comes from, the last one first."""
    following = error.__cause__ or error.__context__
    while following is not None:
        if isinstance(following, ImportError):
            yield following
        following = following.__cause__ or following.__context__


def _is_absence(error: BaseException) -> bool:
    """Whether it says no more than that a driver is not installed."""
    return isinstance(error, ModuleNotFoundError) and error.name in _MODULES


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."
