"""What holds for every command: options, exit codes, messages, streams."""

import json
import os
import shlex
import signal
import subprocess
from pathlib import Path

import pytest

import migtui
from migtui.cli.parser import build_parser
from tests.support.command_line import Terminal, command, environment, run, run_process
from tests.support.projects import write


def test_version() -> None:
    assert run("--version").out == f"migtui {migtui.__version__}\n"


@pytest.mark.parametrize(
    "name",
    ["check", "explain", "resolve", "sql", "hook", "forecast", "undo", "redo", "history", "demo"],
)
def test_every_command_has_help_and_knows_the_global_options(name: str) -> None:
    result = run(name, "--help")
    assert result.code == 0
    for option in ("--project", "--settings", "--python", "--no-color", "--traceback", "-v"):
        assert option in result.out
    assert f"\n    {name} " in run("--help").out


@pytest.mark.parametrize("place", ["before", "after"])
def test_global_options_stand_before_or_after_the_command(root: Path, place: str) -> None:
    options = ["--project", root, "--settings", "settings", "-v", "0", "--no-color"]
    words = [*options, "check"] if place == "before" else ["check", *options]
    result = run(*words, "--format", "json")
    assert json.loads(result.out)["apps"] == 2


@pytest.mark.parametrize(
    ("first", "name", "options"),
    [
        ("sql blog", "0002_tags", "--vendor mysql"),
        ("rollback blog", "0002", "--plan --no-backup"),
        ("migrate blog", "zero", "--plan --ddl-lock-timeout 3"),
        ("squash blog", "0001 0004", "--dry-run --squashed-name x"),
        ("check blog", "shop", "--format json"),
        ("demo", "there", "--no-ui"),
        ("hook", "install", "--project x"),
    ],
)
def test_names_may_stand_before_and_after_options_and_between_them(
    first: str, name: str, options: str
) -> None:
    def parsed(line: str) -> dict[str, object]:
        return vars(build_parser().parse_args(line.split()))

    wanted = parsed(f"{first} {name} {options} --traceback")
    assert parsed(f"{first} {options} {name} --traceback") == wanted
    assert parsed(f"{first} --traceback {options} {name}") == wanted
    assert parsed(f"{first} {options} --traceback -- {name}") == wanted


def test_a_word_too_many_is_wrong_usage_wherever_it_stands() -> None:
    for words in ("sql blog 0002 --backwards more", "sql blog --backwards 0002 more"):
        result = run(*words.split())
        assert (result.code, result.out) == (2, "")
        assert "unrecognized arguments: more" in result.err


@pytest.mark.parametrize(
    "words",
    [
        ["nothing"],
        ["check", "--nothing"],
        ["check", "--format", "xml"],
        ["resolve", "blog"],
        ["resolve", "--merge"],
        ["resolve", "blog", "--merge", "--recommended"],
        ["explain"],
        ["-v", "9", "check"],
        ["check", "--form", "json"],
        ["check", "\x1b[31m--x"],
    ],
)
def test_wrong_usage_is_2_and_one_message(words: list[str]) -> None:
    result = run(*words, "--project", "/nowhere") if words[0] == "check" else run(*words)
    assert result.code == 2
    assert result.out == ""
    assert "\x1b" not in result.err
    assert "Traceback" not in result.err


def test_an_expected_failure_is_a_message_and_a_traceback_only_where_asked_for(
    tmp_path: Path,
) -> None:
    plain = run("check", "--project", tmp_path / "nothing")
    assert plain.code == 2
    assert plain.err == (
        f"Error: There is no directory {tmp_path / 'nothing'}.\nGive one with --project.\n"
    )
    traced = run("check", "--project", tmp_path / "nothing", "--traceback")
    assert traced.code == 2
    assert "Traceback (most recent call last)" in traced.err
    assert traced.err.endswith(plain.err)


def test_a_reader_that_has_enough_is_no_failure_to_talk_about(root: Path) -> None:
    process = subprocess.Popen(
        command("check", "--project", root),
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    process.stdout.close()
    assert process.stderr
    with process.stderr:
        assert process.stderr.read() == ""
    assert process.wait(60) == 1


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_stream_that_is_closed_leads_nowhere(root: Path, closed: str) -> None:
    result = _run_in_shell(closed, root)
    assert result.returncode == 1
    assert result.stderr == ""
    assert ("migtui.E001" in result.stdout) is (">&-" not in closed.replace("2>&-", ""))


def test_an_answer_that_nothing_takes_is_one_message(root: Path) -> None:
    result = _run_in_shell(">/dev/full", root)
    assert result.returncode == 1
    assert result.stderr == "Error: The answer can't be written: No space left on device.\n"


def _run_in_shell(redirection: str, root: Path) -> subprocess.CompletedProcess[str]:
    words = shlex.join(command("check", "--project", root))
    return subprocess.run(
        ["/bin/sh", "-c", f"exec {words} {redirection}"],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_ctrl_c_ends_with_130_and_a_word(root: Path) -> None:
    # The settings hang, once they have told this test that they do.
    pipe = root / "pipe"
    os.mkfifo(pipe)
    write(root, {"settings.py": f"import signal; open({str(pipe)!r}, 'w'); signal.pause()"})
    process = subprocess.Popen(
        command("explain", "blog", "--project", root),
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    pipe.read_text()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (130, "", "Interrupted.\n")


def test_colours_are_for_terminals_that_want_them(root: Path) -> None:
    assert "\x1b" not in run_process("check", "--project", root).stdout

    for words, variables, expected in (
        ([], {}, True),
        (["--no-color"], {}, False),
        ([], {"NO_COLOR": "1"}, False),
        ([], {"TERM": "dumb"}, False),
    ):
        with Terminal("check", "--project", root, *words, **variables) as terminal:
            assert terminal.finish() == 1
        assert ("\x1b[31m" in terminal.text) is expected
        assert "migtui.E001" in terminal.text


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_any_encoding_of_the_output_will_do(root: Path, encoding: str) -> None:
    result = run_process(
        "explain", "blog", "--project", root, "--settings", "nothing", PYTHONIOENCODING=encoding
    )
    assert result.returncode == 0
    assert "Ways out:" in result.stdout


def test_no_command_and_no_terminal_is_said() -> None:
    result = run()
    assert result.code == 2
    assert result.err.startswith("Error: The terminal interface needs a terminal.\n")
