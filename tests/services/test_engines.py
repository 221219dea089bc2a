import sys
from pathlib import Path

import pytest

from migtui.engine.protocol.project import LoadGraph
from migtui.services.engines import find_pythons, open_engine
from migtui.services.project import open_project
from tests.support.projects import migration, write, write_project


@pytest.fixture(autouse=True)
def _no_active_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_project(
        tmp_path / "project", ["blog"], {"blog/migrations/0001_initial.py": migration()}
    )


def pythons(root: Path, python: str | None = None) -> list[str]:
    return list(find_pythons(open_project(root, python=python)))


def environment(directory: Path) -> str:
    write(directory, {"bin/python": ""})
    return str(directory / "bin/python")


def test_without_any_environment_it_is_migtuis_own(root: Path) -> None:
    assert pythons(root) == [sys.executable]


def test_the_active_environment_comes_before_those_of_the_project(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    active, dotted, plain = map(environment, (tmp_path / "active", root / ".venv", root / "venv"))
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path / "active"))

    assert pythons(root) == [active, dotted, plain, sys.executable]


def test_an_environment_may_stand_at_the_top_of_the_repository_but_not_above(
    tmp_path: Path,
) -> None:
    write(tmp_path, {"repository/.git/HEAD": ""})
    root = write_project(tmp_path / "repository" / "backend", ["blog"])
    environment(tmp_path / ".venv")
    top = environment(tmp_path / "repository" / ".venv")

    assert pythons(root) == [top, sys.executable]


def test_an_active_environment_that_is_gone_is_passed_over(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIRTUAL_ENV", "/nowhere")

    assert pythons(root) == [sys.executable]


@pytest.mark.parametrize("given", ["env/bin/python", "env"])
def test_a_configured_one_is_the_only_one_and_relative_to_the_project(
    root: Path, given: str
) -> None:
    environment(root / ".venv")
    expected = environment(root / "env")
    write(root, {"pyproject.toml": f"[tool.migtui]\npython = {given!r}\n"})

    assert pythons(root) == [expected]


def test_one_that_is_asked_for_is_relative_to_where_the_developer_stands(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(root, {"pyproject.toml": "[tool.migtui]\npython = 'other'\n"})
    expected = environment(tmp_path / "env")
    monkeypatch.chdir(tmp_path)

    assert pythons(root, "env/bin/python") == [expected]
    assert pythons(root, "python3.12") == ["python3.12"]


def test_the_link_that_a_virtual_environments_python_is_is_kept(root: Path, tmp_path: Path) -> None:
    link = tmp_path / "env/bin/python"
    link.parent.mkdir(parents=True)
    link.symlink_to(sys.executable)

    assert pythons(root, str(link)) == [str(link)]


@pytest.mark.parametrize(
    ("asked", "configured", "expected"),
    [(None, None, "settings"), (None, "second", "second"), ("third", "second", "third")],
)
def test_settings_asked_for_come_before_configured_ones_and_those_of_manage_py(
    root: Path, asked: str | None, configured: str | None, expected: str
) -> None:
    write(root, {f"{name}.py": "from settings import *\n" for name in ("second", "third")})
    table = f"settings = {configured!r}\n" if configured else ""
    write(root, {"pyproject.toml": f"[tool.migtui]\npython = {sys.executable!r}\n{table}"})
    with open_engine(open_project(root, settings=asked)) as engine:
        assert engine.start().settings == expected


def test_a_project_is_started_where_its_manage_py_is(tmp_path: Path) -> None:
    root = write_project(
        tmp_path / "repository" / "backend",
        ["blog"],
        {"blog/migrations/0001_initial.py": migration()},
    )
    with (root / "settings.py").open("a") as file:
        file.write("import os\nprint('started in', os.getcwd())\n")
    printed: list[str] = []
    project = open_project(tmp_path / "repository")
    with open_engine(project, log=printed.append) as engine:
        assert engine.ask(LoadGraph()).leaves == {"blog": ("0001_initial",)}

    assert f"started in {root}" in "".join(printed)
