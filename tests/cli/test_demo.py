"""``migtui demo``."""

from pathlib import Path

from tests.support.command_line import run


def test_the_demo_is_written_and_has_conflicts(tmp_path: Path) -> None:
    result = run("demo", tmp_path / "demo", "--no-ui")
    assert (result.code, result.out, result.err) == (0, f"{tmp_path / 'demo'}\n", "")
    assert run("check", "--project", tmp_path / "demo").out.count("migtui.E001") == 3


def test_without_a_terminal_the_flag_is_named_and_nothing_written(tmp_path: Path) -> None:
    result = run("demo", tmp_path / "demo")
    assert result.code == 2
    assert "--no-ui" in result.err
    assert not (tmp_path / "demo").exists()


def test_a_directory_that_is_not_empty_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("")
    result = run("demo", tmp_path, "--no-ui")
    assert result.code == 1
    assert "is not empty" in result.err
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
