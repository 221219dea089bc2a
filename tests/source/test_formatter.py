import sys
from pathlib import Path

import pytest

from migtui.source import formatter
from migtui.source.formatter import find_formatter, format_new
from tests.support.projects import write

CONTENT = b"NAMES = ['blog']\n"


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({}, None),
        ({"pyproject.toml": "[tool.ruff]\n"}, "ruff"),
        ({"ruff.toml": ""}, "ruff"),
        ({".ruff.toml": ""}, "ruff"),
        ({"pyproject.toml": "[tool.black]\n"}, "black"),
        ({"pyproject.toml": "[tool.ruff.lint]\n[tool.black]\n"}, "black"),
        ({"pyproject.toml": "[tool.ruff.format]\n[tool.black]\n"}, "ruff"),
        ({"pyproject.toml": "not toml ["}, None),
        ({"pyproject.toml": "[project]\nname = 'shop'\n"}, None),
    ],
)
def test_finds_the_formatter_of_the_project(
    tmp_path: Path, files: dict[str, str | bytes], found: str | None
) -> None:
    write(tmp_path, {".git/HEAD": "", "blog/migrations/__init__.py": "", **files})
    assert find_formatter(tmp_path / "blog" / "migrations") == found


def test_looks_no_further_than_the_repositorys_top(tmp_path: Path) -> None:
    write(tmp_path, {"ruff.toml": "", "project/.git/HEAD": ""})
    assert find_formatter(tmp_path / "project") is None


def test_formats_with_the_program_beside_the_interpreter(tmp_path: Path) -> None:
    write(tmp_path, {".git/HEAD": "", "ruff.toml": ""})
    search = [Path(sys.executable).parent]
    assert format_new(CONTENT, tmp_path / "new.py", search) == (b'NAMES = ["blog"]\n', "")


def test_leaves_files_alone_that_the_formatter_is_told_to_leave_alone(tmp_path: Path) -> None:
    write(tmp_path, {".git/HEAD": "", "ruff.toml": "extend-exclude = ['migrations']\n"})
    path = tmp_path / "migrations" / "new.py"
    path.parent.mkdir()
    assert format_new(CONTENT, path, [Path(sys.executable).parent]) == (CONTENT, "")


def program(directory: Path, script: str) -> Path:
    """A black that does what the script says."""
    path = directory / "bin" / "black"
    write(directory, {".git/HEAD": "", "pyproject.toml": "[tool.black]\n"})
    write(directory, {"bin/black": f"#!{sys.executable}\n{script}\n"})
    path.chmod(0o755)
    return path.parent


def test_says_so_where_the_formatter_is_not_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {".git/HEAD": "", "pyproject.toml": "[tool.black]\n"})
    monkeypatch.setenv("PATH", str(tmp_path))
    content, remark = format_new(CONTENT, tmp_path / "new.py")
    assert content == CONTENT
    assert remark == "The project formats with black, which is not installed here."


def test_says_so_where_the_formatter_fails(tmp_path: Path) -> None:
    search = [program(tmp_path, "raise SystemExit('no such option')")]
    content, remark = format_new(CONTENT, tmp_path / "new.py", search)
    assert content == CONTENT
    assert remark == "black did not format the new file: no such option"


def test_says_so_where_the_formatter_hangs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formatter, "TIMEOUT", 0.2)
    search = [program(tmp_path, "import time\ntime.sleep(60)")]
    content, remark = format_new(CONTENT, tmp_path / "new.py", search)
    assert content == CONTENT
    assert "timed out" in remark


def test_gives_no_path_to_the_formatter_that_it_could_take_for_an_option(tmp_path: Path) -> None:
    script = "import sys\nprint(sys.argv[1:])"
    content, _ = format_new(CONTENT, tmp_path / "-x.py", [program(tmp_path, script)])
    assert content.decode().strip() == str(
        ["--quiet", "--stdin-filename", f"{tmp_path}/-x.py", "-"]
    )
