from pathlib import Path

import pytest

from tests.support.databases import MYSQL_DRIVER
from tests.support.engines import engine_for
from tests.support.projects import SQLITE, write_project

POSTGRESQL = {"ENGINE": "django.db.backends.postgresql", "NAME": "orders"}
MYSQL = {"ENGINE": "django.db.backends.mysql", "NAME": "orders"}
HERE: dict[str, dict[str, object]] = {
    "socket": {**POSTGRESQL},
    "directory": {**POSTGRESQL, "HOST": "/run/postgresql"},
    "loopback": {**POSTGRESQL, "HOST": "::1"},
    "mysql": {**MYSQL, "HOST": "localhost"},
    "mysql_socket": {**MYSQL, "OPTIONS": {"unix_socket": "/run/mysqld/mysqld.sock"}},
}
ELSEWHERE: dict[str, dict[str, object]] = {
    "name": {**POSTGRESQL, "HOST": "db.example.com"},
    "several": {**POSTGRESQL, "HOST": "localhost,db.example.com"},
    "service": {**POSTGRESQL, "OPTIONS": {"service": "orders"}},
    "address": {**POSTGRESQL, "HOST": "localhost", "OPTIONS": {"hostaddr": "192.0.2.1"}},
    "mysql_name": {**MYSQL, "HOST": "db"},
    "mysql_file": {**MYSQL, "OPTIONS": {"read_default_file": "/etc/orders.cnf"}},
    "mysql_option": {**MYSQL, "OPTIONS": {"host": "db"}},
}


def test_a_server_is_of_this_machine_only_where_that_is_known(tmp_path: Path) -> None:
    root = write_project(tmp_path / "project", (), {}, database=SQLITE)
    settings = root / "settings.py"
    more = f"DATABASES.update({HERE | ELSEWHERE!r})\n"
    settings.write_text(f"{MYSQL_DRIVER}{settings.read_text()}{more}")

    with engine_for(root) as engine:
        facts = engine.start().databases

    assert {item.alias for item in facts if item.is_local} == {"default", *HERE}


def test_the_environment_names_a_server_where_the_settings_do_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = write_project(tmp_path / "project", (), {}, database=repr(POSTGRESQL))
    monkeypatch.setenv("PGHOST", "192.0.2.1")

    with engine_for(root) as engine:
        (facts,) = engine.start().databases

    assert not facts.is_local
