"""What the command line does not load, so that it starts at once."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.command_line import environment

SCRIPT = """\
import json, sys
from migtui.__main__ import main

try:
    main(sys.argv[1:])
except SystemExit:
    pass
print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""
HEAVY = {"textual", "rich", "django", "sqlglot", "git", "filelock", "pygments", "asyncio"}


def loaded(*arguments: object) -> set[str]:
    """The modules that are loaded after a command."""
    process = subprocess.run(
        [sys.executable, "-c", SCRIPT, *map(str, arguments)],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    modules: list[str] = json.loads(process.stderr.splitlines()[-1])
    return set(modules)


def test_version_loads_next_to_nothing() -> None:
    modules = loaded("--version")
    assert not HEAVY & modules
    ours = {name for name in modules if name.startswith("migtui.")}
    assert not {name for name in ours if name.startswith(("migtui.services", "migtui.source"))}


@pytest.mark.parametrize("form", ["text", "json", "sarif", "github", "gitlab"])
def test_check_loads_nothing_heavy(root: Path, form: str) -> None:
    modules = loaded("check", "--project", root, "--format", form)
    assert "migtui.services.check" in modules
    assert not HEAVY & modules
    assert not {name for name in modules if name.startswith("migtui.engine.child")}


def test_check_loads_no_verdicts_and_places_where_nothing_conflicts(root: Path) -> None:
    modules = loaded("check", "shop", "--project", root)
    assert "migtui.services.check" in modules
    assert not {"migtui.core.explanation", "migtui.core.walk", "migtui.reports.places"} & modules


@pytest.mark.parametrize("name", ["undo", "redo", "history"])
def test_the_journal_loads_no_django_and_no_screen(root: Path, name: str) -> None:
    assert not (HEAVY - {"filelock", "asyncio"}) & loaded(name, "--project", root)


def test_resolve_and_explain_load_no_screen_and_no_django(root: Path) -> None:
    for words in (["explain", "blog"], ["resolve", "blog", "--merge", "--static", "--dry-run"]):
        assert not {"textual", "django"} & loaded(*words, "--project", root)
