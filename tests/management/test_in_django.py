"""migtui in INSTALLED_APPS, as ``manage.py`` runs it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.command_line import environment
from tests.support.forks import added_field, blog
from tests.support.projects import write

MODELS = """\
    from django.db import models

    class Post(models.Model):
        id = models.BigAutoField(primary_key=True)
        tags = models.IntegerField(default=0)
        views = models.IntegerField(default=0)
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with a conflict, and migtui among its apps."""
    root = blog(tmp_path / "project", "tags", "views", files={"blog/models.py": MODELS})
    settings = (root / "settings.py").read_text()
    write(root, {"settings.py": f"{settings}\nINSTALLED_APPS.append('migtui')\n"})
    return root


def manage(
    root: Path, *arguments: str, cwd: Path | None = None, **variables: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(root / "manage.py"), *arguments],
        cwd=cwd or root,
        env=environment(**variables),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_command_is_migtuis_own_from_wherever_it_is_run(root: Path, tmp_path: Path) -> None:
    result = manage(root, "migtui", "check", "--format", "json", cwd=tmp_path)
    assert (result.returncode, result.stderr) == (1, "")
    assert json.loads(result.stdout)["problems"][0]["code"] == "migtui.E001"
    assert "\n    resolve " in manage(root, "migtui", "--help").stdout
    assert manage(root, "migtui", "nothing").returncode == 2
    assert "The terminal interface needs a terminal." in manage(root, "migtui").stderr


def test_the_engine_has_the_settings_and_the_python_in_use(root: Path, tmp_path: Path) -> None:
    other = (root / "settings.py").read_text()
    write(root, {"settings.py": "raise ValueError('not these')\n"})
    write(tmp_path, {"elsewhere/other_settings.py": other})
    words = ["--settings=other_settings", "--pythonpath", str(tmp_path / "elsewhere")]
    result = manage(root, "migtui", "explain", "blog", *words, VIRTUAL_ENV="/nowhere")
    assert result.returncode == 0, result.stderr
    assert "with other_settings has them." in result.stdout


def test_a_conflict_is_resolved_from_manage_py(root: Path) -> None:
    words = ["migtui", "resolve", "blog", "--order", "0002_tags", "0002_views", "--noinput"]
    result = manage(root, *words)
    assert result.returncode == 0, result.stderr
    assert manage(root, "check").returncode == 0
    assert manage(root, "migrate", "--verbosity=0").returncode == 0


def test_check_fails_on_a_conflict(root: Path) -> None:
    result = manage(root, "check")
    assert result.returncode == 1
    assert "(migtui.E001) Conflicting migrations: 0002_tags, 0002_views" in result.stderr
    assert "HINT: Run `migtui explain blog`" in result.stderr
    assert manage(root, "check", "--tag", "models").returncode == 0
    assert manage(root, "check", "--tag", "migtui").returncode == 1
    assert manage(root, "check", "contenttypes").returncode in (0, 1)


def test_no_command_that_would_end_the_conflict_is_stopped(root: Path) -> None:
    result = manage(root, "makemigrations", "--merge", "--noinput")
    assert result.returncode == 0, result.stderr
    assert "(migtui.E001)" in result.stderr
    assert (root / "blog/migrations/0003_merge_0002_tags_0002_views.py").exists()
    assert manage(root, "check").returncode == 0


def test_a_lock_file_that_disagrees_is_an_error_of_check(root: Path) -> None:
    write(root, {"blog/migrations/0002_views.py": added_field("views", "0002_tags")})
    write(root, {"blog/migrations/max_migration.txt": "0001_initial\n"})
    result = manage(root, "check")
    assert result.returncode == 1
    assert "(migtui.E007)" in result.stderr


def test_apps_that_are_not_installed_are_not_checked(root: Path) -> None:
    settings = (root / "settings.py").read_text().replace("'blog'", "'shop'")
    write(root, {"settings.py": settings, "shop/__init__.py": ""})
    assert manage(root, "check").returncode == 0


def test_call_command_gets_output_and_exit_code(root: Path) -> None:
    script = """\
import io
from django.core.management import CommandError, call_command
out = io.StringIO()
try:
    call_command("migtui", "check", "--format", "json", stdout=out)
except CommandError as error:
    print(error.returncode, out.getvalue())
call_command("migtui", "explain", "blog")
"""
    result = manage(root, "shell", "-c", script)
    assert result.returncode == 0, result.stderr
    assert '1 {\n  "schema_version": 1,\n  "project": ' in result.stdout
    assert "blog: 2 leaves after 0001_initial" in result.stdout


def test_without_a_conflict_nothing_is_said(root: Path) -> None:
    (root / "blog/migrations/0002_views.py").unlink()
    result = manage(root, "check")
    assert (result.returncode, result.stderr) == (0, "")
    assert "no issues" in result.stdout
