"""From a conflict to a resolution that Django accepts, on real projects."""

import subprocess
import sys
from pathlib import Path

import pytest

from migtui.core.changes import Rename, Rewrite
from migtui.errors import (
    NotFoundError,
    ResolutionError,
    RewriteError,
    StaleFileError,
    UsageError,
)
from migtui.services import journal
from migtui.services.engines import open_engine
from migtui.services.leaves import find_leaves
from migtui.services.project import Project, open_project
from migtui.services.resolve import MERGE, ORDER, Choice, Plan, make_plan
from migtui.services.verify import verify_plan
from migtui.services.write_verified import write_plan
from tests.support import repositories
from tests.support.projects import migration, read_tree, write, write_project

MODEL = "migrations.CreateModel('{}', [('id', models.BigAutoField(primary_key=True))])"
INITIAL = ("blog", "0001_initial")


def model(name: str, *dependencies: tuple[str, str]) -> str:
    return migration(MODEL.format(name), dependencies=dependencies)


FORK: dict[str, str | bytes] = {
    "blog/migrations/0001_initial.py": model("Post"),
    "blog/migrations/0002_tags.py": model("Tag", INITIAL),
    "blog/migrations/0002_views.py": model("View", INITIAL),
    "blog/migrations/0003_more.py": model("More", ("blog", "0002_views")),
    "shop/migrations/0001_initial.py": model("Shop", ("blog", "0002_views")),
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project whose app ``blog`` has the leaves ``0002_tags`` and ``0003_more``."""
    return write_project(tmp_path / "project", ["blog", "shop"], FORK)


def ordered(project: Project, *names: str, renumber: bool = True) -> Plan:
    leaves = find_leaves(project, "blog", names)
    return make_plan(project, "blog", Choice(ORDER, leaves, renumber=renumber))


def manage(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=root,
        check=False,
        capture_output=True,
        text=True,
        timeout=100,
    )


@pytest.mark.parametrize("names", [("0002_tags", "0003_more"), ("0003_more", "0002_tags")])
def test_django_accepts_an_order_and_migrates_and_undo_takes_it_back(
    root: Path, names: tuple[str, str]
) -> None:
    project = open_project(root)
    before = read_tree(root)
    with open_engine(project) as engine:
        written = write_plan(project, ordered(project, *names), engine=engine)
    assert (written.verification.how, written.verification.passed) == ("django", True)
    assert written.verification.new_changes == {}
    migrated = manage(root, "migrate")
    assert migrated.returncode == 0, migrated.stderr
    (root / "db.sqlite3").unlink()
    journal.undo(project)
    assert {path: content for path, content in read_tree(root).items() if path in before} == before


def test_renames_and_rewrites_the_files_of_every_app(root: Path) -> None:
    plan = ordered(open_project(root), "0002", "0003")
    assert [key.name for key in plan.sequence] == ["0002_tags", "0003_views", "0004_more"]
    assert [
        change.new_path if isinstance(change, Rename) else change.path
        for change in plan.changes.changes
    ] == [
        "blog/migrations/0003_views.py",
        "blog/migrations/0004_more.py",
        "shop/migrations/0001_initial.py",
    ]
    after = plan.changes.files_after()
    assert after["blog/migrations/0003_views.py"] == model("View", ("blog", "0002_tags")).encode()
    assert (
        after["shop/migrations/0001_initial.py"] == model("Shop", ("blog", "0003_views")).encode()
    )
    assert plan.changes.title == "blog: order 0002_tags, 0003_more"
    assert plan.changes.command == "migtui resolve blog --order 0002_tags 0003_more"


def test_renames_nothing_where_that_is_asked_for(root: Path) -> None:
    plan = ordered(open_project(root), "0002", "0003", renumber=False)
    assert plan.renames == {}
    (change,) = plan.changes.changes
    assert isinstance(change, Rewrite)
    assert change.path == "blog/migrations/0002_views.py"
    assert plan.changes.command.endswith("--no-renumber")


@pytest.mark.parametrize("option", ["--no-header", "--name=both"])
def test_a_merge_is_byte_for_byte_what_django_writes(root: Path, option: str) -> None:
    name = "both" if "name" in option else None
    project = open_project(root)
    choice = Choice(MERGE, name=name, header=name is not None)
    with open_engine(project) as engine:
        version = engine.start().django_version
        plan = make_plan(project, "blog", choice, django_version=version)
        assert verify_plan(project, plan, engine).passed
    ((path, content),) = plan.changes.files_after().items()
    made = manage(root, "makemigrations", "blog", "--merge", "--noinput", option)
    assert made.returncode == 0, made.stderr
    assert content is not None
    # The header's time may be a minute later.
    assert without_minute(content) == without_minute((root / path).read_bytes())


def without_minute(content: bytes) -> list[bytes]:
    first, *rest = content.splitlines()
    return [first.rpartition(b" on ")[0] or first, *rest]


def test_a_merge_takes_a_free_name(root: Path) -> None:
    write(root, {"blog/migrations/0004_both.py": "# no migration yet\n"})
    (root / "blog/migrations/0004_both.py").rename(root / "blog/migrations/0004_both.txt")
    plan = make_plan(open_project(root), "blog", Choice(MERGE, name="both"))
    assert plan.sequence[-1].name == "0005_both"


@pytest.mark.parametrize("name", ["a-b", "1st", "", "a.b", "../up"])
def test_a_merge_needs_a_name_that_python_can_import(root: Path, name: str) -> None:
    with pytest.raises(UsageError, match=r"can't be the name of a migration"):
        make_plan(open_project(root), "blog", Choice(MERGE, name=name))


def test_a_merge_is_laid_out_by_the_projects_formatter(root: Path) -> None:
    write(root, {"pyproject.toml": "[tool.ruff]\nline-length = 100\n"})
    plan = make_plan(open_project(root), "blog", Choice(MERGE))
    (content,) = plan.changes.files_after().values()
    assert content is not None
    assert b'        ("blog", "0002_tags"),\n' in content
    assert b"operations = []\n" in content
    assert plan.remarks == ()


def test_the_leaf_in_max_migration_txt_follows(root: Path) -> None:
    write(root, {"blog/migrations/max_migration.txt": b"0002_tags\r\n"})
    plan = ordered(open_project(root), "0002", "0003")
    assert plan.changes.files_after()["blog/migrations/max_migration.txt"] == b"0004_more\r\n"


def test_lists_the_lines_elsewhere_that_name_what_is_renamed(root: Path) -> None:
    write(
        root,
        {
            "blog/tests.py": "START = '0002_views'\nOTHER = '0002_views_too'\n",
            ".github/workflows/ci.yml": "run: migrate blog 0002_views\n",
            ".venv/pyvenv.cfg": "",
            ".venv/lib/blog.py": "START = '0002_views'\n",
        },
    )
    plan = ordered(open_project(root), "0002", "0003")
    assert [(n.path, n.line, n.text) for n in plan.notices] == [
        (".github/workflows/ci.yml", 1, "run: migrate blog 0002_views"),
        ("blog/tests.py", 1, "START = '0002_views'"),
    ]
    assert ordered(open_project(root), "0002", "0003", renumber=False).notices == ()


@pytest.mark.parametrize(
    ("names", "kind", "message"),
    [
        (["0002_tags"], UsageError, "The order leaves out 0003_more."),
        (["0002", "0002_tags", "0003"], UsageError, "The order names 0002_tags twice."),
        (["0002_tags", "0002_views"], NotFoundError, "blog has no leaf '0002_views'."),
        (["0002_tags", "0"], UsageError, "'0' is the beginning of several leaves of blog"),
    ],
)
def test_says_what_is_wrong_with_an_order(
    root: Path, names: list[str], kind: type[UsageError], message: str
) -> None:
    with pytest.raises(kind) as caught:
        ordered(open_project(root), *names)
    assert message in caught.value.message
    assert caught.value.help


def test_an_order_takes_no_name(root: Path) -> None:
    project = open_project(root)
    with pytest.raises(UsageError, match=r"makes no file to name"):
        make_plan(project, "blog", Choice(ORDER, project.conflict("blog").leaves, name="both"))


def test_says_when_an_app_has_no_conflict(root: Path) -> None:
    with pytest.raises(ResolutionError, match=r"shop has no conflict"):
        make_plan(open_project(root), "shop", Choice(MERGE))


def test_stops_where_a_file_has_changed_since_it_was_read(root: Path) -> None:
    project = open_project(root)
    with (root / "blog/migrations/0002_views.py").open("a") as file:
        file.write("# later\n")
    with pytest.raises(StaleFileError, match=r"0002_views\.py has changed"):
        ordered(project, "0002", "0003")


def test_writes_nothing_that_django_does_not_load(root: Path) -> None:
    write(root, {"shop/migrations/0002_broken.py": "raise RuntimeError('not today')\n"})
    project = open_project(root)
    plan = ordered(project, "0002", "0003")
    before = read_tree(root)
    with open_engine(project) as engine, pytest.raises(ResolutionError) as caught:
        write_plan(project, plan, engine=engine)
    assert "not today" in caught.value.message
    assert read_tree(root) == before


def test_takes_back_what_django_does_not_accept_once_it_is_written(root: Path) -> None:
    # A module that looks at the files themselves can't be seen through: only writing tells.
    watcher = (
        "from pathlib import Path\n"
        "if (Path(__file__).parents[2] / 'blog/migrations/0003_views.py').exists():\n"
        "    raise RuntimeError('seen')\n"
    )
    write(root, {"shop/migrations/0002_watch.py": watcher + model("Watch", ("shop", INITIAL[1]))})
    project = open_project(root)
    before = read_tree(root)
    with open_engine(project) as engine, pytest.raises(ResolutionError) as caught:
        write_plan(project, ordered(project, "0002", "0003"), engine=engine)
    assert "was taken back" in caught.value.message
    assert {path: content for path, content in read_tree(root).items() if path in before} == before


def test_says_so_where_only_the_reader_was_asked(root: Path) -> None:
    project = open_project(root)
    plan = ordered(project, "0002", "0003")
    verification = verify_plan(project, plan, None)
    assert (verification.how, verification.leaves) == ("static", ("0004_more",))
    assert write_plan(project, plan, engine=None).verification.how == "static"
    assert open_project(root).conflicts == ()


def test_stages_what_it_wrote_where_that_is_asked_for(root: Path) -> None:
    repositories.init(root)
    repositories.commit(root, "Begin")
    project = open_project(root)
    write_plan(project, ordered(project, "0002", "0003"), engine=None, stage=True)
    staged = repositories.git(root, "diff", "--cached", "--name-status").splitlines()
    assert [line.split("\t")[1:] for line in staged if line.startswith("R")] == [
        ["blog/migrations/0002_views.py", "blog/migrations/0003_views.py"],
        ["blog/migrations/0003_more.py", "blog/migrations/0004_more.py"],
    ]
    assert repositories.git(root, "diff", "--name-only") == ""


def test_says_which_file_is_in_the_way(root: Path) -> None:
    project = open_project(root)
    write(root, {"blog/migrations/0003_views.py": ""})
    with pytest.raises(ResolutionError, match=r"0003_views\.py is in the way"):
        ordered(project, "0002", "0003")


def test_says_which_file_cannot_be_edited(root: Path) -> None:
    content = "NAME = '0002_views'\nprint(NAME)\n" + model("Shop", ("blog", "0002_views"))
    edited = content.replace("('blog', '0002_views')", "('blog', NAME)")
    write(root, {"shop/migrations/0001_initial.py": edited})
    with pytest.raises(RewriteError, match=r"shop\.0001_initial can't be edited safely"):
        ordered(open_project(root), "0002", "0003")


def test_reparents_what_a_squash_replaces_too(root: Path) -> None:
    squash = migration(
        dependencies=[INITIAL], replaces=[("blog", "0002_views"), ("blog", "0003_more")]
    )
    write(root, {"blog/migrations/0002_squashed_0003_more.py": squash})
    plan = ordered(open_project(root), "0002_tags", "0002_squashed")
    after = plan.changes.files_after()
    expected = model("View", ("blog", "0002_tags")).encode()
    assert after["blog/migrations/0002_views.py"] == expected
    assert plan.graph.leaves("blog") == (plan.sequence[-1],)


def test_resolves_the_right_one_of_two_apps_with_one_label(tmp_path: Path) -> None:
    root = tmp_path / "examples"
    for place in ("one", "two"):
        write(root, {f"{place}/{path}": content for path, content in FORK.items()})
        for app in ("blog", "shop"):
            package = {f"{place}/{app}/{name}": "" for name in ("__init__.py", "models.py")}
            write(root, {**package, f"{place}/{app}/migrations/__init__.py": ""})
    project = open_project(root)
    label = next(conflict.app_label for conflict in project.conflicts if "." in conflict.app_label)
    leaves = find_leaves(project, label, ["0002", "0003"])
    for choice in (Choice(ORDER, leaves), Choice(MERGE, header=False)):
        plan = make_plan(project, label, choice)
        assert plan.graph.leaves(label) == (plan.sequence[-1],)
        places = {path.split("/")[0] for path in plan.changes.files_after()}
        assert len(places) == 1
        assert all(
            label.encode() not in content
            for content in plan.changes.files_after().values()
            if content is not None
        )
