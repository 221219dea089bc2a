"""What is made once for all tests of a run, in the first of its processes."""

import os

import pytest

from tests.support import run_servers

# The processes that tests start by the thousand keep what they compile.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):  # of pytest-xdist
        run_servers.begin()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        run_servers.end()
