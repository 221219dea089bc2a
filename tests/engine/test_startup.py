import sys
from pathlib import Path

import pytest

from migtui.engine.client import Engine
from migtui.errors import EngineStartError
from tests.support.engines import engine_for, make_environment
from tests.support.projects import migration, write, write_project


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_project(
        tmp_path / "project", ["blog"], {"blog/migrations/0001_initial.py": migration()}
    )


def started_settings(root: Path, *, settings: str | None = None) -> str:
    with engine_for(root, settings=settings) as engine:
        return engine.start().settings


def test_what_manage_py_prepares_is_there(root: Path) -> None:
    (root / "settings.py").rename(root.parent / "elsewhere.py")
    manage = """\
    import os, sys
    from pathlib import Path

    def main():
        sys.path.insert(0, str(Path(__file__).parent.parent))
        os.environ["DJANGO_SETTINGS_MODULE"] = "elsewhere"
        from django.core.management import execute_from_command_line
        execute_from_command_line(sys.argv)

    if __name__ == "__main__":
        main()
    """
    write(root, {"manage.py": manage})

    assert started_settings(root) == "elsewhere"


def test_another_command_line_than_djangos_is_taken_over_as_well(root: Path) -> None:
    files = {
        "configured/__init__.py": "",
        "configured/management.py": """\
        import os
        from django.core.management import execute_from_command_line as djangos, ManagementUtility

        class OwnUtility(ManagementUtility):
            def execute(self):
                os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
                super().execute()

        def execute_from_command_line(argv):
            OwnUtility(argv).execute()
        """,
        "manage.py": """\
        import sys
        from configured.management import execute_from_command_line
        execute_from_command_line(sys.argv)
        """,
    }
    write(root, files)

    assert started_settings(root) == "settings"


def test_settings_that_are_asked_for_come_before_those_of_manage_py(root: Path) -> None:
    manage = (root / "manage.py").read_text()
    (root / "manage.py").write_text(
        manage.replace("setdefault(", "update(").replace('E", "s', 'E="s').replace('"DJ', "DJ")
    )
    write(root, {"other.py": "from settings import *\n"})

    assert started_settings(root, settings="other") == "other"


def test_settings_of_the_environment_come_before_the_default_of_manage_py(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(root, {"other.py": "from settings import *\n"})
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "other")

    assert started_settings(root) == "other"


def test_settings_alone_will_do_without_a_manage_py(root: Path) -> None:
    (root / "manage.py").unlink()

    assert started_settings(root, settings="settings") == "settings"


@pytest.mark.parametrize(
    "manage",
    ["raise SystemExit('Run it in the container.')", "x = (", "print('nothing')", "1 / 0"],
)
def test_settings_alone_will_do_where_manage_py_never_reaches_django(
    root: Path, manage: str
) -> None:
    write(root, {"manage.py": manage})

    assert started_settings(root, settings="settings") == "settings"


def test_a_manage_py_that_swallows_every_error_does_not_swallow_that_of_the_settings(
    root: Path,
) -> None:
    manage = """\
    import os, sys
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
    try:
        from django.core.management import execute_from_command_line
        execute_from_command_line(sys.argv)
    except BaseException:
        raise ImportError("Is Django installed?")
    """
    write(root, {"manage.py": manage, "settings.py": "raise LookupError('no .env')"})
    with engine_for(root) as engine, pytest.raises(EngineStartError) as caught:
        engine.start()

    assert "LookupError: no .env" in caught.value.message
    assert caught.value.help


def test_no_settings_at_all_is_said_in_djangos_words(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DJANGO_SETTINGS_MODULE", raising=False)
    (root / "manage.py").unlink()
    with (
        engine_for(root) as engine,
        pytest.raises(EngineStartError, match="DJANGO_SETTINGS_MODULE"),
    ):
        engine.start()


def test_the_project_sees_a_command_line_that_writes_nothing(root: Path) -> None:
    settings = (root / "settings.py").read_text()
    write(root, {"settings.py": f"import sys\nprint(sys.argv, sys.path[0])\n{settings}"})
    printed: list[str] = []
    with engine_for(root, log=printed.append) as engine:
        engine.start()

    arguments = [str(root / "manage.py"), "makemigrations", "--check", "--dry-run"]
    assert f"{arguments} {root}" in "".join(printed)


def test_a_project_in_another_environment_needs_nothing_of_migtuis_there(
    root: Path, tmp_path: Path
) -> None:
    python = make_environment(tmp_path / "theirs", with_django=True)
    settings = (root / "settings.py").read_text()
    probe = """\
import importlib.util, sys
print("prefix", sys.prefix)
print("importable", [m for m in ("textual", "sqlglot", "git") if importlib.util.find_spec(m)])
print("loaded", sorted(m for m in sys.modules if m.startswith("migtui")))
"""
    write(root, {"settings.py": probe + settings})
    printed: list[str] = []
    with engine_for(root, python=python, log=printed.append) as engine:
        engine.start()

    text = "".join(printed)
    assert f"prefix {tmp_path / 'theirs'}" in text
    assert "importable []" in text
    assert "migtui.engine.child" in text
    for room in ("cli", "tui", "services", "source", "vcs", "storage"):
        assert f"migtui.{room}" not in text


def test_the_first_interpreter_with_a_django_is_taken(root: Path, tmp_path: Path) -> None:
    empty = make_environment(tmp_path / "empty", with_django=False)
    pythons = (str(tmp_path / "missing/bin/python"), empty, sys.executable)
    with Engine(pythons, root, manage_py=root / "manage.py") as engine:
        assert engine.start().settings == "settings"


def test_every_interpreter_that_was_tried_is_named_with_its_reason(
    root: Path, tmp_path: Path
) -> None:
    missing = str(tmp_path / "missing/bin/python")
    empty = make_environment(tmp_path / "empty", with_django=False)
    with Engine((missing, empty), root) as engine, pytest.raises(EngineStartError) as caught:
        engine.start()

    assert f"{missing}: it can't be started (No such file or directory)" in caught.value.message
    assert f"{empty}: it can't import Django (No module named 'django')" in caught.value.message
    assert "--python" in caught.value.help


def test_a_django_that_is_too_old_is_refused(root: Path, tmp_path: Path) -> None:
    python = make_environment(tmp_path / "old", with_django=False)
    (site,) = (tmp_path / "old").glob("lib/python*/site-packages")
    write(
        site,
        {
            "django/__init__.py": "VERSION = (3, 2)\n__version__ = '3.2'",
            "django/core/__init__.py": "",
            "django/core/management/__init__.py": "",
        },
    )
    with (
        Engine((python,), root) as engine,
        pytest.raises(EngineStartError, match=r"it has Django 3\.2, and migtui needs 4\.2"),
    ):
        engine.start()


def test_an_interpreter_that_is_no_python_is_said_to_end(root: Path, tmp_path: Path) -> None:
    fake = tmp_path / "python"
    fake.write_text("#!/bin/sh\necho no python here\nexit 7\n")
    fake.chmod(0o755)
    with Engine((str(fake),), root) as engine, pytest.raises(EngineStartError) as caught:
        engine.start()

    assert "exit code 7" in caught.value.message
    assert "no python here" in caught.value.detail
