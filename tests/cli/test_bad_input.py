"""Bad input: each gets one clear sentence and its exit code, and nothing is changed."""

import json
import os
import py_compile
import subprocess
import sys
from pathlib import Path

import pytest

from migtui.core.safe_text import safe_line
from tests.support.command_line import Result, command, environment, run
from tests.support.forks import blog
from tests.support.projects import migration, read_tree, write
from tests.support.repositories import commit, git, init

RESOLVE = ["resolve", "blog", "--order", "0002_tags", "0002_views", "--noinput"]


def assert_refused(result: Result, code: int, message: str) -> None:
    """One message, on stderr, with a way on, and no traceback."""
    assert (result.code, result.out) == (code, "")
    assert message in result.err
    assert result.err.startswith("Error: ")
    assert result.err.count("\nError: ") == 0
    assert "Traceback" not in result.err


@pytest.mark.parametrize(
    "words", [["check"], ["explain", "blog"], RESOLVE, ["sql", "blog"], ["undo"], ["history"]]
)
def test_not_a_django_project(tmp_path: Path, words: list[str]) -> None:
    assert_refused(run(*words, "--project", tmp_path), 2, f"No Django project in {tmp_path}")
    assert list(tmp_path.iterdir()) == []


def test_no_git(root: Path) -> None:
    document = json.loads(
        run("explain", "blog", "--project", root, "--settings", "no", "--format", "json").out
    )
    for branch in document["branches"]:
        assert branch["author"] is branch["git_branch"] is branch["published"] is None


def test_a_bare_repository(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--bare", "bare.git")
    before = sorted((tmp_path / "bare.git").rglob("*"))
    result = run("check", "--project", tmp_path / "bare.git")
    assert_refused(result, 2, "No Django project in ")
    assert sorted((tmp_path / "bare.git").rglob("*")) == before


def test_a_shallow_clone_with_a_detached_head(root: Path, tmp_path: Path) -> None:
    init(root)
    commit(root, "first")
    commit(root, "second")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{root}", str(clone))
    git(clone, "checkout", "--quiet", "--detach")
    result = run("explain", "blog", "--project", clone, "--settings", "no")
    assert (result.code, result.err) == (0, "")
    assert run(*RESOLVE, "--static", "--project", clone).code == 0
    assert run("check", "--project", clone).code == 0


def test_no_terminal(root: Path) -> None:
    before = read_tree(root)
    words = ["resolve", "blog", "--merge", "--project", root]
    assert_refused(run(*words), 2, "There is no terminal to confirm the changes on.")
    assert "--noinput" in run(*words).err
    assert read_tree(root) == before


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("raise ValueError('no \\x1b[31mred')", "no"),
        ("import nothing_of_that_name", "nothing_of_that_name"),
        ("raise SystemExit(3)", ""),
        ("import os; os._exit(7)", ""),
    ],
)
def test_settings_that_raise_or_end_the_process(root: Path, settings: str, message: str) -> None:
    write(root, {"settings.py": settings})
    before = read_tree(root)
    words = ["--project", root, "--python", sys.executable]

    result = run(*RESOLVE, *words)
    assert result.code in (1, 2)
    assert_refused(result, result.code, message)
    assert "--static" in result.err
    assert "\x1b" not in result.err

    explained = run("explain", "blog", *words)
    assert explained.code == 0
    assert "Note: Read from the files alone, Django can't be asked: " in explained.out
    assert run("check", *words).code == 1
    assert read_tree(root) == before


def test_settings_that_hang(root: Path) -> None:
    write(root, {"settings.py": "import signal\nsignal.pause()\n"})
    write(root, {"pyproject.toml": "[tool.migtui]\ntimeout = 1\n"})
    before = read_tree(root)
    result = run(*RESOLVE, "--project", root, "--python", sys.executable)
    assert_refused(result, 2, "Django was not set up within 1 s.")
    assert run("check", "--project", root).code == 1
    assert read_tree(root) == before


def test_an_interpreter_that_is_not_there(root: Path) -> None:
    result = run(*RESOLVE, "--project", root, "--python", "/nowhere/python")
    assert_refused(result, 2, "/nowhere/python")


def test_a_configuration_that_is_not_right(root: Path) -> None:
    write(root, {"pyproject.toml": "[tool.migtui]\nsetings = 'x'\n"})
    assert_refused(run("check", "--project", root), 2, "Unknown key in [tool.migtui]")
    write(root, {"pyproject.toml": "[tool.migtui"})
    assert_refused(run("check", "--project", root), 2, "can't be read")


def test_an_app_that_is_not_there(root: Path) -> None:
    for words in (["check", "blgo"], ["explain", "blgo"], ["resolve", "blgo", "--merge"]):
        result = run(*words, "--project", root, *(["--noinput"] if words[0] == "resolve" else []))
        assert_refused(result, 2, "No app with the label 'blgo'")
        assert "Did you mean blog?" in result.err


def test_an_app_without_a_conflict(root: Path) -> None:
    assert_refused(run("explain", "shop", "--project", root), 1, "shop has no conflict")


@pytest.mark.parametrize(
    ("order", "message"),
    [
        (["0002_tags"], "The order leaves out 0002_views."),
        (["0002_tags", "0002_views", "0002_tags"], "The order names 0002_tags twice."),
        (["0002_tags", "0009_none"], "blog has no leaf '0009_none'."),
        (["0002_tags", "0001_initial"], "blog has no leaf '0001_initial'."),
        (["0002", "0002_tags"], "'0002' is the beginning of several leaves"),
        (["0002_tags", "\x1b[31m"], "blog has no leaf '"),
        (["0002_tags", "../../etc"], "blog has no leaf '../../etc'."),
    ],
)
def test_an_order_that_is_none(root: Path, order: list[str], message: str) -> None:
    before = read_tree(root)
    words = ["resolve", "blog", "--noinput", "--static", "--project", root, "--order", *order]
    result = run(*words)
    assert_refused(result, 2, message)
    assert "0002_views" in result.err
    assert "\x1b" not in result.err
    assert read_tree(root) == before


@pytest.mark.parametrize("name", ["../../evil", "a/b", "", "with space", "1\n2", "\x1b[31m", "a.b"])
def test_a_name_that_is_none_of_a_module(root: Path, name: str) -> None:
    before = read_tree(root)
    words = ["resolve", "blog", "--merge", "--noinput", "--static", "--project", root, "-n", name]
    result = run(*words)
    if name:
        assert result.code == 2
        assert "\x1b" not in result.err
        assert read_tree(root) == before
    else:
        assert result.code in (0, 2)


@pytest.mark.parametrize(
    "name", ["0002_[red]", "0002_\x1b[31m", "0002_it's", '0002_"q"', "0002_a\nb"]
)
def test_hostile_names_of_migrations(root: Path, name: str) -> None:
    (root / "blog/migrations/0002_views.py").rename(root / f"blog/migrations/{name}.py")

    checked = run("check", "--project", root)
    assert checked.code == 1
    assert safe_line(name) in checked.out
    document = json.loads(run("check", "--project", root, "--format", "json").out)
    assert name in document["problems"][0]["conflict"]["leaves"]

    words = ["--project", root, "--static", "--noinput", "--order", "0002_tags", name]
    written = run("resolve", "blog", *words)
    assert written.code in (0, 1), written.err
    history = run("history", "--project", root)
    for result in (checked, written, history):
        assert "\x1b" not in result.out + result.err
    assert run("check", "--project", root).code == 1 - (written.code == 0)


def run_behind(prefix: list[str], *arguments: object) -> Result:
    """Run a command behind another one."""
    process = subprocess.run(
        [*prefix, *command(*arguments)],
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return Result(process.returncode, process.stdout, process.stderr)


# Permission bits hold for root, too, when it has given up the capabilities to override them.
BOUND = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
# The system's own limit on the size of files: writing fails as on a full disk.
FULL_DISK = ["sh", "-c", 'ulimit -f 0; exec "$@"', "sh"]


@pytest.mark.parametrize(
    ("path", "mode", "message"),
    [
        ("blog/migrations", 0o555, "read-only"),
        ("blog/migrations/0002_views.py", 0o444, "read-only"),
        (".git", 0o555, "The journal can't be kept in "),
    ],
)
def test_what_is_read_only(root: Path, path: str, mode: int, message: str) -> None:
    init(root)
    before = read_tree(root)
    (root / path).chmod(mode)
    result = run_behind(BOUND, *RESOLVE, "--static", "--project", root)
    (root / path).chmod(0o755)
    assert_refused(result, 1, message)
    assert read_tree(root) == before


def test_what_cannot_be_read(root: Path) -> None:
    (root / "blog/migrations/0002_views.py").chmod(0)
    result = run_behind(BOUND, "check", "--project", root)
    assert result.code == 1
    assert "0002_views" in result.out + result.err
    assert "Traceback" not in result.err


def test_a_full_disk(root: Path) -> None:
    before = read_tree(root)
    result = run_behind(FULL_DISK, *RESOLVE, "--static", "--project", root)
    assert_refused(result, 1, "File too large")
    assert read_tree(root) == before
    assert run(*RESOLVE, "--static", "--project", root).code == 0


def test_a_migration_that_changes_or_vanishes_while_it_is_read(root: Path) -> None:
    (root / "blog/migrations/0002_views.py").unlink()
    (root / "blog/migrations/0002_views.py").symlink_to("nowhere.py")
    result = run("check", "--project", root)
    assert "0002_views" in result.out
    assert "Traceback" not in result.err


def test_a_project_of_conflict_markers(root: Path) -> None:
    text = migration()
    write(
        root,
        {"blog/migrations/0002_tags.py": f"<<<<<<< HEAD\n{text}=======\n{text}>>>>>>> other\n"},
    )
    before = read_tree(root)
    assert "migtui.E005" in run("check", "--project", root).out
    result = run("resolve", "blog", "--merge", "--static", "--noinput", "--project", root)
    assert result.code in (1, 2)
    assert result.err.startswith("Error: ")
    assert read_tree(root) == before


@pytest.mark.parametrize("rest", [b"    operations.append(\n", b"\x80\x81", b"    def x(:\n"])
def test_a_migration_that_is_read_in_part_alone_is_never_taken_to_commute(
    tmp_path: Path, rest: bytes
) -> None:
    root = blog(tmp_path / "project", "tags", "views")
    path = root / "blog/migrations/0002_views.py"
    path.write_bytes(path.read_bytes() + rest)
    explained = run("explain", "blog", "--format", "json", "--project", root)
    assert json.loads(explained.out)["verdict"]["kind"] == "opaque", explained.err


def test_a_compiled_migration_without_its_source_is_told_and_never_judged(tmp_path: Path) -> None:
    root = blog(tmp_path / "project", "tags", "views")
    source = root / "blog/migrations/0002_views.py"
    py_compile.compile(str(source), cfile=f"{source}c")
    assert "E004" not in run("check", "--project", root).out
    source.unlink()

    result = run("check", "--project", root)
    assert result.code == 1
    assert result.out.startswith(
        "blog/migrations/0002_views.pyc:1: error migtui.E004: blog.0002_views can't be loaded: "
        "It is there compiled alone, without its source.\n"
    )
    explained = run("explain", "blog", "--format", "json", "--project", root)
    verdict = json.loads(explained.out)["verdict"]
    assert [entry["type"] for entry in verdict["opaque"]] == ["Unreadable"]
    before = read_tree(root)
    result = run("resolve", "blog", "--merge", "--static", "--noinput", "--project", root)
    assert (result.code, result.out) == (1, "")
    assert read_tree(root) == before
