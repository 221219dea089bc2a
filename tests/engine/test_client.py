import os
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from migtui.engine.client import TAIL, Engine
from migtui.engine.protocol.base import OverlayFile
from migtui.engine.protocol.project import DescribeProject, DetectModelChanges, LoadGraph
from migtui.errors import (
    EngineCancelledError,
    EngineCrashError,
    EngineError,
    EngineStartError,
    EngineTimeoutError,
)
from tests.support.engines import HOLD_PIPE, engine_for, make_pipe, wait_until_released
from tests.support.projects import SQLITE, migration, write, write_project

HANG = "import threading\nprint('waiting', flush=True)\nthreading.Event().wait()\n"
CRASH = "import ctypes\nctypes.string_at(0)\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_project(tmp_path, ["blog"], {"blog/migrations/0001_initial.py": migration()})


def before_settings(root: Path, source: str) -> None:
    settings = root / "settings.py"
    settings.write_text(f"{source}\n{settings.read_text()}")


def overlay(root: Path, source: str) -> tuple[OverlayFile, ...]:
    """A second migration with this source at its beginning."""
    content = f"{source}\n{migration(dependencies=[('blog', '0001_initial')])}"
    return (OverlayFile(str(root / "blog/migrations/0002_odd.py"), content.encode()),)


class Log:
    def __init__(self) -> None:
        self.text = ""

    def __call__(self, text: str) -> None:
        self.text += text


# Starting


def test_what_the_project_prints_while_it_starts_goes_to_the_log(
    root: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    noise = """\
    import os, sys, warnings
    print("printed \\x1b[31mred")
    sys.stderr.write("complained\\n")
    os.write(1, b"behind Python's back \\xff\\n")
    warnings.warn("watch out")
    """
    before_settings(root, textwrap.dedent(noise))
    log = Log()
    with engine_for(root, log=log) as engine:
        engine.start()

    for text in ("printed \x1b[31mred", "complained", "behind Python's back �", "watch out"):
        assert text in log.text
    assert capfd.readouterr() == ("", "")


def test_any_amount_of_output_goes_through_and_an_error_carries_the_last_of_it(root: Path) -> None:
    before_settings(root, "for n in range(40_000): print(n, 'x' * 250)\nraise KeyError('SECRET')")
    counts = []
    with (
        engine_for(root, log=lambda text: counts.append(len(text))) as engine,
        pytest.raises(EngineStartError) as caught,
    ):
        engine.start()

    assert sum(counts) > 10_000_000
    assert "39999 xxx" in caught.value.detail
    assert "KeyError: 'SECRET'" in caught.value.detail
    assert len(caught.value.detail) < 2 * TAIL


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("raise ValueError('no [/x] here\\nor there')", "ValueError: no [/x] here or there"),
        ("import nowhere", "ModuleNotFoundError: No module named 'nowhere'"),
        ("import sys; sys.exit('Set SECRET_KEY.')", "SystemExit: Set SECRET_KEY."),
        ("input()", "EOFError: EOF when reading a line"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("import os; os._exit(3)", "exit code 3"),
        ("import os; os.closerange(3, 99); os._exit(0)", "exit code 0"),
        (CRASH, "SIGSEGV"),
        ("x = (", "SyntaxError: '(' was never closed"),
    ],
)
def test_settings_that_fail_are_one_clear_message(root: Path, source: str, message: str) -> None:
    before_settings(root, source)
    with engine_for(root) as engine, pytest.raises(EngineStartError) as caught:
        engine.start()

    assert message in caught.value.message
    assert "\n" not in caught.value.message


def test_a_crash_leaves_its_traceback_as_detail(root: Path) -> None:
    before_settings(root, CRASH)
    with engine_for(root) as engine, pytest.raises(EngineStartError) as caught:
        engine.start()

    assert "Segmentation fault" in caught.value.detail
    assert "settings.py" in caught.value.detail


def test_settings_that_hang_are_stopped_in_time(root: Path, tmp_path: Path) -> None:
    pipe = make_pipe(tmp_path / "pipe")
    before_settings(root, HOLD_PIPE.format(str(tmp_path / "pipe")) + HANG)
    with (
        engine_for(root, timeout=1) as engine,
        pytest.raises(EngineStartError, match="not set up within 1 s"),
    ):
        engine.start()

    wait_until_released(pipe)


def test_signal_handlers_threads_and_subprocesses_of_the_project_end_with_the_engine(
    root: Path, tmp_path: Path
) -> None:
    pipe = make_pipe(tmp_path / "pipe")
    stubborn = """\
    import signal, subprocess, threading
    for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=threading.Event().wait).start()
    subprocess.Popen(["sleep", "1000"], pass_fds=[PIPE])
    """
    before_settings(root, HOLD_PIPE.format(str(tmp_path / "pipe")) + textwrap.dedent(stubborn))
    with engine_for(root) as engine:
        assert engine.ask(LoadGraph()).error == ""

    wait_until_released(pipe)


def test_start_can_be_cancelled(root: Path, tmp_path: Path) -> None:
    pipe = make_pipe(tmp_path / "pipe")
    before_settings(root, HOLD_PIPE.format(str(tmp_path / "pipe")) + HANG)
    with (
        engine_for(root, log=lambda _: engine.cancel()) as engine,
        pytest.raises(EngineCancelledError),
    ):
        engine.start()

    wait_until_released(pipe)


@pytest.mark.parametrize(
    ("source", "message"), [("1 / 0", "division by zero"), ("import os; os._exit(3)", "ended")]
)
def test_what_goes_wrong_before_anybody_waits_is_told_to_who_waits(
    root: Path, source: str, message: str
) -> None:
    before_settings(root, source)
    with engine_for(root) as engine:
        engine.begin()
        with pytest.raises(EngineStartError, match=message):
            engine.start()


def test_a_start_that_nobody_waits_for_ends_with_the_engine(root: Path, tmp_path: Path) -> None:
    pipe = make_pipe(tmp_path / "pipe")
    before_settings(root, HOLD_PIPE.format(str(tmp_path / "pipe")))
    with engine_for(root) as engine:
        engine.begin()

    wait_until_released(pipe)


def test_what_has_begun_is_what_answers(root: Path, tmp_path: Path) -> None:
    count = tmp_path / "count"
    before_settings(root, f"open({str(count)!r}, 'a').write('started ')")
    with engine_for(root) as engine:
        engine.begin()
        assert engine.ask(LoadGraph()).error == ""

    assert count.read_text() == "started "


def test_an_engine_that_failed_to_start_starts_once_the_settings_are_mended(root: Path) -> None:
    settings = (root / "settings.py").read_text()
    before_settings(root, "1 / 0")
    with engine_for(root) as engine:
        with pytest.raises(EngineStartError):
            engine.start()
        (root / "settings.py").write_text(settings)

        assert engine.start().settings == "settings"


def test_facts_name_apps_databases_and_what_a_user_is(tmp_path: Path) -> None:
    root = write_project(
        tmp_path,
        ["blog"],
        installed=["django.contrib.auth", "django.contrib.contenttypes"],
        database=f"""{SQLITE}, "odd": {{"ENGINE": "nowhere.backend"}}""",
    )
    with engine_for(root) as engine:
        facts = engine.start()
        asked = engine.ask(DescribeProject())

    assert facts == asked
    blog = next(app for app in facts.apps if app.label == "blog")
    assert blog.migrations_module == "blog.migrations"
    assert blog.migrations_path == str(root / "blog/migrations")
    assert facts.swappable == {"AUTH_USER_MODEL": "auth.User"}
    assert facts.python_version == ".".join(map(str, sys.version_info[:3]))
    default, odd = facts.databases
    assert (default.alias, default.vendor, default.error) == ("default", "sqlite", "")
    assert (odd.alias, odd.vendor) == ("odd", None)
    assert "nowhere.backend" in odd.error


# Asking


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, Path, Log]]:
    """An engine that many tests share, its project and its log."""
    files = {"blog/migrations/0001_initial.py": migration()}
    root = write_project(tmp_path_factory.mktemp("project"), ["blog"], files)
    before_settings(root, "import os\nprint('engine', os.getpid())")
    log = Log()
    with engine_for(root, log=log) as engine:
        yield engine, root, log


@pytest.mark.parametrize(
    ("source", "how"),
    [
        ("import os; os._exit(0)", "exit code 0"),
        ("import os; os._exit(4)", "exit code 4"),
        ("import os; os.kill(os.getpid(), 9)", "SIGKILL"),
        (CRASH, "SIGSEGV"),
    ],
)
def test_a_migration_that_ends_its_process_ends_one_answer_only(
    running: tuple[Engine, Path, Log], source: str, how: str
) -> None:
    engine, root, log = running
    engine.start()
    starts = log.text.count("engine ")

    with pytest.raises(EngineCrashError, match=rf"without an answer to LoadGraph \({how}\)"):
        engine.ask(LoadGraph(overlay(root, source)))

    assert engine.ask(LoadGraph()).leaves == {"blog": ("0001_initial",)}
    assert log.text.count("engine ") == starts


def test_what_a_migration_prints_goes_to_the_log(running: tuple[Engine, Path, Log]) -> None:
    engine, root, log = running
    engine.ask(LoadGraph(overlay(root, "print('from a migration')")))

    assert "from a migration" in log.text


def test_an_answer_can_be_cancelled_and_the_engine_goes_on(root: Path) -> None:
    log = Log()

    def cancel_when_waiting(text: str) -> None:
        log(text)
        if "waiting" in text:
            engine.cancel()

    before_settings(root, "print('engine')")
    with engine_for(root, log=cancel_when_waiting) as engine:
        with pytest.raises(EngineCancelledError):
            engine.ask(LoadGraph(overlay(root, HANG)))
        assert engine.ask(LoadGraph()).error == ""

    assert log.text.count("engine") == 1


def test_an_answer_that_takes_too_long_is_stopped_and_the_engine_starts_anew(
    root: Path, tmp_path: Path
) -> None:
    pipe = make_pipe(tmp_path / "pipe")
    slow = overlay(root, HOLD_PIPE.format(str(tmp_path / "pipe")) + HANG)
    with engine_for(root) as engine:
        engine.start()
        with pytest.raises(EngineTimeoutError, match=r"No answer to LoadGraph within 0\.5 s"):
            engine.ask(LoadGraph(slow), timeout=0.5)
        wait_until_released(pipe)

        assert engine.ask(LoadGraph()).error == ""


def test_a_second_question_waits_for_the_first(running: tuple[Engine, Path, Log]) -> None:
    engine, root, _ = running
    answers: dict[int, tuple[str, ...]] = {}

    def ask(number: int) -> None:
        files = overlay(root, "") if number % 2 else ()
        answers[number] = engine.ask(LoadGraph(files)).leaves["blog"]

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == {n: ("0002_odd",) if n % 2 else ("0001_initial",) for n in range(6)}


def test_closing_ends_what_is_being_asked(root: Path) -> None:
    waiting = threading.Event()
    raised: list[EngineError] = []

    def log(text: str) -> None:
        if "waiting" in text:
            waiting.set()

    engine = engine_for(root, log=log)

    def ask() -> None:
        try:
            engine.ask(LoadGraph(overlay(root, HANG)))
        except EngineError as error:
            raised.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    assert waiting.wait(60)
    engine.close()
    thread.join()

    assert isinstance(raised[0], EngineCancelledError)
    with pytest.raises(EngineError, match="closed"):
        engine.start()
    engine.close()  # twice is once


def test_a_question_after_the_models_were_edited_is_answered_on_the_new_ones(root: Path) -> None:
    with engine_for(root) as engine:
        assert engine.ask(DetectModelChanges()).operations == {}
        write(
            root,
            {"blog/models.py": "from django.db import models\nclass Post(models.Model): pass\n"},
        )

        assert engine.ask(DetectModelChanges()).operations == {"blog": ("Create model Post",)}


# Being left behind

PARENT = """\
import sys
from pathlib import Path
from migtui.engine.protocol.project import LoadGraph
from tests.support.engines import engine_for

engine = engine_for(Path(sys.argv[1]), log=lambda text: print(text, end="", flush=True))
engine.ask(LoadGraph())
print("idle", flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize(
    ("file", "source", "sign"),
    [
        ("settings.py", HANG, "waiting"),
        ("blog/migrations/0001_initial.py", HANG, "waiting"),
        ("settings.py", "", "idle"),
    ],
    ids=["while Django is set up", "while it answers", "while it waits"],
)
def test_nothing_of_the_engine_outlives_a_parent_that_is_killed(
    root: Path, tmp_path: Path, file: str, source: str, sign: str
) -> None:
    pipe = make_pipe(tmp_path / "pipe")
    path = root / file
    path.write_text(f"{HOLD_PIPE.format(str(tmp_path / 'pipe'))}{source}{path.read_text()}")
    repository = Path(__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, str(root)],
        cwd=repository,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(repository)},
    ) as parent:
        assert parent.stdout is not None
        assert any(sign in line for line in parent.stdout)
        parent.kill()

    wait_until_released(pipe)
