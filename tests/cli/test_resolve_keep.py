"""``migtui resolve --keep``: decisions on the command line, on the demo's conflict of phones."""

import subprocess
import sys
from pathlib import Path

import pytest

from migtui.services.demo import create_demo
from tests.support.command_line import run
from tests.support.forks import blog
from tests.support.projects import migration, read_tree

MERGE = "customers/migrations/0003_merge_0002_phone_e164_0002_phone_extensions.py"
EITHER = (
    "--keep customers.customer.phone=0002_phone_e164 or "
    "--keep customers.customer.phone=0002_phone_extensions"
)


@pytest.fixture
def demo(tmp_path: Path) -> Path:
    return create_demo(tmp_path / "demo")


def test_the_kept_branch_has_the_last_word_in_the_merge(demo: Path) -> None:
    keep = "Customers.Customer.phone=0002_phone_ext"
    words = ["resolve", "customers", "--merge", "--keep", keep, "--noinput", "--static"]
    result = run(*words, "--project", demo)
    assert (result.code, result.err) == (0, "`migtui undo` takes it back.\n")
    assert (demo / MERGE).read_text().endswith("max_length=32),\n        ),\n    ]\n")
    history = run("history", "--project", demo).out
    assert "customers: merge 0002_phone_e164, 0002_phone_extensions" in history


def test_models_py_decides_where_nothing_is_given_and_that_is_said(demo: Path) -> None:
    words = ["resolve", "customers", "--merge", "--noinput", "--project", demo]
    result = run(*words, "--python", sys.executable)
    assert result.code == 0, result.err
    said = "As models.py has it: --keep customers.customer.phone=0002_phone_e164\n"
    assert result.err.startswith(said)
    assert "max_length=16" in (demo / MERGE).read_text()
    checked = subprocess.run(
        [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run", "customers"],
        cwd=demo,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "No changes detected" in checked.stdout


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--merge"], 1, ["A decision is needed in customers: customers.customer.phone.", EITHER]),
        (["--recommended"], 1, ["its branches are divergent", EITHER]),
        (["--merge", "--keep", "phone"], 2, ["'phone' does not say whose", "--keep RESOURCE=LEAF"]),
        (
            ["--merge", "--keep", "phone=0002_phone_e164"],
            2,
            ["nothing to decide about 'phone'", "To decide: customers.customer.phone."],
        ),
        (["--merge", "--keep", "customers.customer.phone=x"], 2, ["customers has no leaf 'x'."]),
        (["--order", "x", "0002_phone_e164"], 2, ["customers has no leaf 'x'."]),
        (["--merge", "--set", "phone"], 2, ["'phone' does not say what", "--set RESOURCE="]),
        (
            ["--merge", "--set", "customers.customer.phone=eval('1')"],
            2,
            ["\"eval('1')\" is not a field", "Wanted is a field"],
        ),
    ],
)
def test_what_is_missing_or_wrong_is_an_error_that_names_what_to_give(
    demo: Path, words: list[str], code: int, said: list[str]
) -> None:
    before = read_tree(demo)
    result = run("resolve", "customers", *words, "--static", "--noinput", "--project", demo)
    assert result.code == code
    assert all(text in result.err for text in said), result.err
    assert read_tree(demo) == before


def test_explain_lists_what_to_type_for_each_answer(demo: Path) -> None:
    result = run("explain", "customers", "--project", demo, "--python", sys.executable)
    assert (
        "    settle\n"
        "      Decide whose customers.customer.phone it is:\n"
        "        --keep customers.customer.phone=0002_phone_e164\n"
        "        --keep customers.customer.phone=0002_phone_extensions\n"
        "        --set customers.customer.phone=EXPRESSION\n"
        "      migtui resolve customers --merge --keep …\n"
    ) in result.out


def test_a_value_of_neither_branch_is_set(demo: Path) -> None:
    value = "customers.customer.phone=models.CharField(max_length=24, blank=True)"
    words = ["resolve", "customers", "--merge", "--set", value, "--noinput", "--project", demo]
    result = run(*words, "--python", sys.executable)
    assert result.code == 0, result.err
    assert "Note: Unless models.py says the same of customers.customer.phone, " in result.err
    assert "max_length=24" in (demo / MERGE).read_text()


def test_a_name_that_is_none_is_told_before_django_is_started(demo: Path) -> None:
    words = ["resolve", "customers", "--order", "0002_x", "0002_phone_e164", "--noinput"]
    result = run(*words, "--project", demo, "--settings", "there.is.none")
    assert result.code == 2
    assert "customers has no leaf '0002_x'." in result.err


@pytest.mark.parametrize(
    "operation",
    [
        'migrations.DeleteModel("Post")',
        'migrations.AddField("post", "views", models.IntegerField(null=True))',
    ],
)
def test_an_order_takes_once_what_both_branches_do(tmp_path: Path, operation: str) -> None:
    again = migration(operation, dependencies=[("blog", "0001_initial")])
    files = {"blog/migrations/0002_a.py": again, "blog/migrations/0002_b.py": again}
    root = blog(tmp_path / "project", files=files)
    way = "migtui resolve blog --order 0002_a 0002_b"
    assert f"      {way}\n" in run("explain", "blog", "--project", root).out
    words = ["--order", "0002_b", "0002_a", "--noinput", "--static", "--project", root]
    result = run("resolve", "blog", *words)
    assert result.code == 0, result.err
    assert result.err.startswith("The branches do the same: --keep blog.post")
    assert (root / "blog/migrations/0002_b.py").read_text() == again
    assert operation not in (root / "blog/migrations/0003_a.py").read_text()


def test_the_same_call_of_another_function_is_still_a_decision(tmp_path: Path) -> None:
    text = """from django.db import migrations, models

def views():
    return {}

class Migration(migrations.Migration):
    dependencies = [("blog", "0001_initial")]
    operations = [migrations.AddField("post", "views", models.IntegerField(default=views))]
"""
    files = {
        f"blog/migrations/0002_{name}.py": text.replace("{}", value)
        for name, value in (("a", "1"), ("b", "2"))
    }
    root = blog(tmp_path / "project", files=files)
    words = ["--order", "0002_a", "0002_b", "--noinput", "--static", "--project", root]
    result = run("resolve", "blog", *words)
    assert (result.code, result.out) == (1, "")
    assert "A decision is needed in blog: blog.post.views." in result.err
