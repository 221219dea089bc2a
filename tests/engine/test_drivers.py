"""Drivers that are there and can't be loaded: stand-ins in the project's directory come first."""

from pathlib import Path

import pytest

from migtui.engine.protocol.sql import WriteSql
from tests.support.engines import engine_for
from tests.support.projects import SQLITE, migration, write_project

ABSENT = 'raise ModuleNotFoundError("No module named {0!r}", name={0!r})'
OLD = """
version_info = (1, 3, 13, "final", 0)
__version__ = "1.3.13"
DataError = OperationalError = IntegrityError = InternalError = ProgrammingError = Exception
NotSupportedError = DatabaseError = InterfaceError = Error = Exception
"""
ANYTHING = """
class Anything(type):
    def __getattr__(cls, name):
        return 1

class CLIENT(metaclass=Anything): ...
class FIELD_TYPE(metaclass=Anything): ...
"""
LOADING = "ImproperlyConfigured: Error loading psycopg2 or psycopg module. "
BROKEN = "What is installed can't be loaded: ImportError: "


def said(root: Path, vendor: str, modules: dict[str, str], *, is_configured: bool) -> str:
    database = f'{{"ENGINE": "django.db.backends.{vendor}", "NAME": "x"}}'
    files = {"blog/migrations/0001_initial.py": migration(), **modules}
    write_project(root, ["blog"], files, database=database if is_configured else SQLITE)
    with engine_for(root) as engine:
        request = WriteSql((("blog", "0001_initial"),), vendor="" if is_configured else vendor)
        (written,) = engine.ask(request).migrations
    return written.error


@pytest.mark.parametrize("is_configured", [True, False], ids=["configured", "another vendor"])
@pytest.mark.parametrize(
    ("vendor", "modules", "message"),
    [
        (
            "postgresql",
            {
                "psycopg/__init__.py": "raise ImportError('no pq wrapper: libpq not found')",
                "psycopg2/__init__.py": ABSENT.format("psycopg2"),
            },
            f"{LOADING}{BROKEN}no pq wrapper: libpq not found.",
        ),
        (
            "postgresql",
            {
                "psycopg/__init__.py": ABSENT.format("psycopg"),
                "psycopg2/__init__.py": "raise ImportError('libpq.so.5: no such file')",
            },
            f"{LOADING}{BROKEN}libpq.so.5: no such file.",
        ),
        (
            "mysql",
            {
                "MySQLdb/__init__.py": OLD,
                "MySQLdb/constants/__init__.py": ANYTHING,
                "MySQLdb/converters.py": "conversions = {}",
            },
            "or newer is required; you have 1.3.13.",
        ),
        ("mysql", {"MySQLdb/__init__.py": ""}, "No module named 'MySQLdb.constants'."),
    ],
    ids=["psycopg", "psycopg2", "an old mysqlclient", "half a mysqlclient"],
)
def test_a_driver_that_can_not_be_loaded_is_said_with_its_reason(
    tmp_path: Path, vendor: str, modules: dict[str, str], message: str, *, is_configured: bool
) -> None:
    assert said(tmp_path, vendor, modules, is_configured=is_configured).endswith(message)


def test_a_driver_that_exits_ends_nothing(tmp_path: Path) -> None:
    modules = {"MySQLdb/__init__.py": "raise SystemExit('no licence')"}
    message = said(tmp_path, "mysql", modules, is_configured=False)
    assert message == "SystemExit: no licence."


def test_pymysql_is_named_where_it_stands_for_mysqlclient(tmp_path: Path) -> None:
    name = "pymysql/__init__.py"
    modules = {
        "MySQLdb.py": "raise ImportError",
        name: "import sys\nVERSION_STRING = '0.9'\nversion_info = (1, 3, 12)\n"
        "def install_as_MySQLdb(): sys.modules['MySQLdb'] = sys.modules['pymysql']\n",
    }
    message = said(tmp_path, "mysql", modules, is_configured=False)
    assert message.endswith("PyMySQL 0.9 stands for mysqlclient there.")
