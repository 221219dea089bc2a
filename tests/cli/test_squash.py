"""``migtui squash`` on the command line."""

import json
import sys
from pathlib import Path

import pytest

from tests.support.command_line import Result, run
from tests.support.projects import read_tree
from tests.support.squashes import write_blog

VERSION = f"{sys.version_info[0]}.{sys.version_info[1]}"
NAME = "0001_squashed_0005_title"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_blog(tmp_path / "project")


def squash(root: Path, *words: str) -> Result:
    return run("squash", *words, "--project", root, "--python", sys.executable)


def test_a_dry_run_prints_the_plan_and_the_diff_and_writes_nothing(root: Path) -> None:
    before = read_tree(root)
    result = squash(root, "blog", "--dry-run")
    assert result.code == 0
    assert result.out.startswith(f"diff --git a/blog/migrations/{NAME}.py")
    assert "5 migrations with 6 operations become one with 5." in result.err
    assert "RunPython in 0003_fill: forwards" in result.err
    assert "Post.objects.create(title=slug" in result.err
    assert f"Database default: migrate runs {NAME} instead of what it replaces." in result.err
    assert read_tree(root) == before


def test_it_is_proved_and_written(root: Path) -> None:
    result = squash(root, "blog", "--noinput")
    assert result.code == 0
    assert "Proved on sqlite" in result.err
    assert f"+ blog/migrations/{NAME}.py" in result.out
    assert (root / f"blog/migrations/{NAME}.py").is_file()


def test_json_tells_the_plan(root: Path) -> None:
    result = squash(root, "blog", "0002", "0004_length", "--dry-run", "--format", "json")
    document = json.loads(result.out)
    assert document["name"] == "0002_body_squashed_0004_length"
    assert document["replaces"] == ["0002_body", "0003_fill", "0004_length"]
    assert (document["operations_before"], document["operations_after"]) == (4, 4)
    assert document["databases"] == [
        {
            "database": "default",
            "applied": "none",
            "missing": [],
            "migrate": "runs 0002_body_squashed_0004_length instead of what it replaces",
        }
    ]
    assert document["possible"]
    assert document["proofs"] is None


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["nowhere"], 2, "No app with the label 'nowhere'"),
        (["blog", "0004", "0002"], 2, "0004_length comes after 0002_body"),
        (["shop"], 2, "0001_initial alone is nothing to squash"),
        (["blog", "1", "2", "3"], 2, "Give a START and an END at most."),
        (["blog", "--squashed-name", "initial"], 1, "has, or had, a migration named 0001_initial"),
    ],
)
def test_bad_input_is_one_sentence(root: Path, words: list[str], code: int, message: str) -> None:
    before = read_tree(root)
    result = squash(root, *words, "--dry-run")
    assert (result.code, result.out) == (code, "")
    assert message in result.err
    assert "Traceback" not in result.err
    assert read_tree(root) == before


def test_every_app_is_outlined(root: Path) -> None:
    result = squash(root, "--all")
    assert (result.code, result.out) == (0, "blog: 5 migrations\n    migtui squash blog\n")
    document = json.loads(squash(root, "--all", "--format", "json").out)
    assert document["apps"][0]["commands"] == [["blog"]]
    assert squash(root).code == squash(root, "blog", "--all").code == 2


ODD = """\
class Odd(migrations.operations.base.Operation):
    def __init__(self, thing):
        self.thing = thing

    def state_forwards(self, app_label, state):
        pass


class Migration"""


@pytest.mark.parametrize(
    ("name", "edits", "message"),
    [
        (
            "0003_fill",
            {"import re": "import re\nfrom blog.gone import fill"},
            (
                "0003_fill, line 4: ModuleNotFoundError: No module named 'blog.gone'. "
                "Have that back, or write what it gave into the migration."
            ),
        ),
        (
            "0003_fill",
            {
                "    operations = [": "    fill = forwards\n\n    operations = [",
                "(forw": "(fill or forw",
            },
            (
                "An operation of blog.0003_fill uses fill, which stands inside its class. "
                "Move it to the top of the file."
            ),
        ),
        (
            "0002_body",
            {"class Migration": ODD, "operations = [": "operations = [*map(Odd, 'ab'), "},
            (
                "Django itself can't write the Odd of 0002_body: what its deconstruct() gives "
                "does not make it again (missing a required argument: 'thing')."
            ),
        ),
        (
            "0003_fill",
            {"import re": "def ("},
            (
                f"0003_fill.py can't be loaded: Python {VERSION} can't parse it: invalid syntax.\n"
                "Mend the file first."
            ),
        ),
    ],
)
def test_migrations_that_can_not_be_carried_are_told(
    root: Path, name: str, edits: dict[str, str], message: str
) -> None:
    path = root / f"blog/migrations/{name}.py"
    for old, new in edits.items():
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new, 1))
    result = squash(root, "blog", "--dry-run")
    assert (result.code, result.out) == (1, "")
    assert message in result.err


def test_migrations_of_an_installed_package_are_left_alone(root: Path) -> None:
    (root / "site-packages").mkdir()
    (root / "blog").rename(root / "site-packages/blog")
    settings = root / "settings.py"
    path = "import sys\n\nsys.path.append(__file__.replace('settings.py', 'site-packages'))\n"
    settings.write_text(path + settings.read_text())
    result = squash(root, "blog", "--dry-run")
    assert (result.code, result.out) == (1, "")
    assert "belongs to an installed package, which migtui does not change" in result.err
    assert "MIGRATION_MODULES gives an app migrations of the project's own" in result.err


def test_nothing_is_written_where_it_is_not_proved(root: Path) -> None:
    path = root / "blog/migrations/0001_initial.py"
    broken = "operations = [migrations.RunSQL('no'),"
    path.write_text(path.read_text().replace("operations = [", broken))
    before = read_tree(root)
    result = squash(root, "blog", "--noinput")
    assert result.code == 1
    assert "Not proved on sqlite: The old migrations don't run from nothing" in result.err
    assert "Nothing was written." in result.err
    assert read_tree(root) == before
    assert squash(root, "blog", "--noinput", "--no-proof").code == 0
