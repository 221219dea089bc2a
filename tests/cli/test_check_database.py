import json
from pathlib import Path

import pytest

from tests.support.command_line import run
from tests.support.projects import migration, write, write_project
from tests.support.repositories import commit, init
from tests.support.vendors import Site, copy_of

POST = (
    'migrations.CreateModel("Post", '
    '[("id", models.BigAutoField(primary_key=True, serialize=False))])'
)
ADD = 'migrations.AddField("post", "{}", models.IntegerField(null=True))'
MODELS = (
    "from django.db import models\n\nclass Post(models.Model):\n"
    "    id = models.BigAutoField(primary_key=True)\n"
    "    a = models.IntegerField(null=True)\n    b = models.IntegerField(null=True)\n"
)


def named(name: str, field: str, parent: str) -> dict[str, str | bytes]:
    source = migration(ADD.format(field), dependencies=[("blog", parent)])
    return {f"blog/migrations/{name}.py": source}


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = write_project(
        tmp_path_factory.mktemp("filled") / "project",
        ["blog"],
        {
            "blog/models.py": MODELS,
            "blog/migrations/0001_initial.py": migration(POST),
            **named("0002_a", "a", "0001_initial"),
            **named("0003_b", "b", "0002_a"),
        },
    )
    assert run("migrate", "--project", root, "-v0").code == 0
    return root


@pytest.fixture
def blog(filled: Path, tmp_path: Path) -> Site:
    return copy_of(filled, tmp_path / "project")


def problems(blog: Site, *arguments: str) -> list[tuple[str, str, str]]:
    found = run(
        "check", "--project", blog.root, "--database", "default", "--format", "json", *arguments
    )
    listed = json.loads(found.out)["problems"]
    assert found.code == int(any(item["severity"] == "error" for item in listed)), found.err
    return [(item["code"], item["message"], item["help"]) for item in listed]


def apply(blog: Site, help_text: str) -> None:
    """Do what a help says: its first statement."""
    sql, _, _ = help_text[help_text.index("UPDATE") :].partition(";")
    blog.ask(sql)


def test_a_database_that_agrees_has_no_problem(blog: Site) -> None:
    assert problems(blog) == []


def test_a_renamed_file_is_found_and_the_statement_that_is_told_mends_it(blog: Site) -> None:
    commit(init(blog.root), "As applied")
    (blog.root / "blog/migrations/0003_b.py").rename(blog.root / "blog/migrations/0003_c.py")
    before = blog.ask("SELECT applied FROM django_migrations WHERE app = 'blog' ORDER BY id")

    ((code, message, help_text),) = problems(blog)

    assert code == "migtui.E102"
    assert message == (
        "The database 'default' has applied blog.0003_b, which has no file. It was renamed to "
        "0003_c, which does the same."
    )
    apply(blog, help_text)
    assert problems(blog) == []
    after = blog.ask("SELECT applied FROM django_migrations WHERE app = 'blog' ORDER BY id")
    assert after == before


def test_what_was_applied_under_another_name_before_its_dependant_is_out_of_order(
    blog: Site,
) -> None:
    commit(init(blog.root), "As applied")
    (blog.root / "blog/migrations/0002_a.py").rename(blog.root / "blog/migrations/0002_z.py")
    dependant = blog.root / "blog/migrations/0003_b.py"
    dependant.write_text(dependant.read_text().replace("0002_a", "0002_z"))

    found = problems(blog)

    assert [code for code, _, _ in found] == ["migtui.E101", "migtui.E102"]
    assert "has applied blog.0003_b before blog.0002_z, which it depends on" in found[0][1]
    apply(blog, found[0][2])
    assert problems(blog) == []


def test_a_file_that_only_a_commit_has_is_told_with_that_commit(blog: Site) -> None:
    sha = commit(init(blog.root), "As applied")
    (blog.root / "blog/migrations/0003_b.py").unlink()
    models = blog.root / "blog/models.py"
    models.write_text(models.read_text().replace("    b =", "    # b ="))

    ((code, message, help_text),) = problems(blog)

    assert code == "migtui.E102"
    assert f"Commit {sha[:12]} still has it." in message
    assert f"git checkout {sha[:12]} -- blog/migrations/0003_b.py" in help_text


def test_a_file_that_is_nowhere_and_an_app_that_is_not_installed_are_told(blog: Site) -> None:
    blog.ask("INSERT INTO django_migrations (app, name, applied) VALUES ('old', '0001_x', '')")
    blog.ask("INSERT INTO django_migrations (app, name, applied) VALUES ('blog', '0004_y', '')")

    found = problems(blog)

    assert [code for code, _, _ in found] == ["migtui.E102", "migtui.W101"]
    assert "No commit has it, and no file does the same." in found[0][1]
    assert "migrations of old, which is not an installed app: 0001_x." in found[1][1]
    assert problems(blog, "blog") == found[:1]


def test_models_that_changed_without_a_migration_are_told(blog: Site) -> None:
    with (blog.root / "blog/models.py").open("a") as models:
        models.write("    c = models.IntegerField(null=True)\n")

    ((code, message, _),) = problems(blog)

    assert code == "migtui.E103"
    assert "makemigrations would write Add field c to post." in message


def test_what_can_not_be_asked_is_no_clean_bill(blog: Site) -> None:
    (blog.root / "db.sqlite3").unlink()
    found = run("check", "--project", blog.root, "--database", "default")
    assert found.code == 1
    assert "The database 'default' does not exist" in found.err
    assert run("check", "--project", blog.root, "--database", "other").code == 2
    found = run("check", "--project", blog.root, "--database", "default", "--base", "main")
    assert found.code == 2


def test_a_squash_is_reminded_of_once_the_database_has_recorded_it(blog: Site) -> None:
    squash = 'replaces = [("blog", "0001_initial"), ("blog", "0002_a")]'
    source = migration(POST, ADD.format("a")).replace(
        "class Migration(migrations.Migration):\n",
        f"class Migration(migrations.Migration):\n    {squash}\n",
    )
    (blog.root / "blog/migrations/0001_squashed_0002_a.py").write_text(source)
    later = blog.root / "blog/migrations/0003_b.py"
    later.write_text(later.read_text().replace("0002_a", "0001_squashed_0002_a"))

    assert '"migtui.W003"' in run("check", "--project", blog.root, "--format", "json").out
    assert problems(blog) == []  # it is built upon, but this database has not recorded it
    assert run("migrate", "--project", blog.root, "-v0").code == 0

    ((code, message, help_text),) = problems(blog)

    assert code == "migtui.W003"
    assert message == "The database 'default' has recorded the squash blog.0001_squashed_0002_a."
    assert "`migtui squash blog --finish 0001_squashed_0002_a`" in help_text


def test_every_migration_is_listed_with_when_it_was_applied_and_by_which_file(blog: Site) -> None:
    sha = commit(init(blog.root), "As applied")
    migrations = blog.root / "blog/migrations"
    (migrations / "0003_b.py").unlink()
    write(blog.root, named("0003_more", "more", "0002_a"))
    squash = migration(
        POST, ADD.format("a"), replaces=[("blog", "0001_initial"), ("blog", "0002_a")]
    )
    (migrations / "0001_squashed.py").write_text(squash)
    times = dict(blog.ask("SELECT name, applied FROM django_migrations"))
    blog.ask("INSERT INTO django_migrations (app, name, applied) VALUES ('gone', '0001', 'then')")

    found = run(
        *("check", "--project", blog.root, "--database", "default", "--format", "json"),
    )

    database = json.loads(found.out)["database"]
    assert (database["alias"], database["vendor"]) == ("default", "sqlite")
    listed = {item["migration"]: item for item in database["migrations"]}
    told = {name: (i["state"], i["path"], i["now"]) for name, i in listed.items()}
    assert told == {
        "0001": ("foreign", None, None),
        "0001_initial": ("replaced", "blog/migrations/0001_initial.py", "0001_squashed"),
        "0001_squashed": ("applied", "blog/migrations/0001_squashed.py", None),
        "0002_a": ("replaced", "blog/migrations/0002_a.py", "0001_squashed"),
        "0003_b": ("lost", None, None),
        "0003_more": ("pending", "blog/migrations/0003_more.py", None),
    }
    assert listed["0003_b"]["commit"] == str(sha)
    assert listed["0002_a"]["applied"].startswith(str(times["0002_a"])[:19])
    assert listed["0001_squashed"]["applied"] is listed["0003_more"]["applied"] is None
