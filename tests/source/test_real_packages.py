"""What is read of real packages is what Django sees when it imports them."""

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from migtui.config import Config
from migtui.core.describe import describe, symbol
from migtui.core.graph import MigrationGraph
from migtui.core.migration import UNREADABLE, Dependency, MigrationKey, Operation
from migtui.core.problems import find_problems
from migtui.source.discover import discover
from migtui.source.layout import read_layout
from migtui.source.operations import read_operations
from migtui.source.read import read_migration
from tests.support import imported

PACKAGES = {"allauth": 10, "cms": 25, "django.contrib": 20, "oscar": 60, "wagtail": 180}
"""Packages, and how many migrations each has at least: finding none would prove nothing."""


@pytest.fixture(scope="module", params=PACKAGES)
def package(request: pytest.FixtureRequest) -> dict[Path, Any]:
    """By file what Django sees of the migrations of a package."""
    command = [sys.executable, imported.__file__, request.param]
    ran = subprocess.run(command, capture_output=True, check=False, text=True)
    assert ran.returncode == 0, ran.stderr
    seen = {Path(path): found for path, found in json.loads(ran.stdout).items()}
    assert len(seen) >= PACKAGES[request.param]
    return seen


def _root(name: str) -> Path:
    spec = find_spec(name)
    assert spec is not None
    return Path((spec.submodule_search_locations or [""])[0])


def test_heads_are_those_that_django_sees(package: dict[Path, Any]) -> None:
    for path, seen in package.items():
        read = read_migration(path.read_bytes(), MigrationKey("app", path.stem))
        assert read.error is None, path
        for name in ("dependencies", "run_before", "replaces"):
            assert [_key(entry) for entry in getattr(read, name)] == seen[name], (path, name)
        assert (read.initial, read.atomic) == (seen["initial"], seen["atomic"]), path


def test_operations_are_those_that_django_sees(package: dict[Path, Any]) -> None:
    for path, seen in package.items():
        operations = read_operations(path.read_bytes())
        if any(operation.type == UNREADABLE for operation in operations):
            continue  # what they are depends on a condition or a call
        assert len(operations) == len(seen["operations"]), path
        for operation, expected in zip(operations, seen["operations"], strict=True):
            _compare(operation, expected, path)


def _key(entry: Dependency) -> list[str | None]:
    return [entry.app_label, entry.name, entry.setting]


def _compare(read: Operation, seen: dict[str, Any], path: Path) -> None:
    where = f"{path}:{read.line}"
    assert read.type == seen["type"], where
    if read.is_django and "?" not in describe(read):
        assert describe(read) == seen["text"], where
        assert seen["symbol"] in (None, symbol(read)), where
    for name in ("database_operations", "state_operations"):
        nested = getattr(read, name)
        assert len(nested) == len(seen[name]), where
        for inner, expected in zip(nested, seen[name], strict=True):
            _compare(inner, expected, path)


def test_nearly_nothing_is_unreadable(package: dict[Path, Any]) -> None:
    """A reader that calls everything unreadable would pass the tests above."""
    read = [operation for path in package for operation in read_operations(path.read_bytes())]
    unreadable = [operation for operation in read if operation.type == UNREADABLE]
    assert len(unreadable) <= 0.1 * len(read)


@pytest.mark.parametrize("name", PACKAGES)
def test_a_released_package_has_no_conflicts_gaps_or_cycles(name: str) -> None:
    root = _root(name)
    layout = discover(root, Config())
    migrations = read_layout(root, layout)
    assert len(migrations) >= PACKAGES[name]
    problems = find_problems(MigrationGraph.of(migrations, layout.swappable))
    assert [problem for problem in problems if problem.severity == "error"] == []
    assert not any(migration.writable for migration in migrations)
