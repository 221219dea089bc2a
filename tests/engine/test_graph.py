from pathlib import Path

from migtui.engine.protocol.project import LoadedGraph, LoadGraph
from tests.support.engines import engine_for
from tests.support.projects import migration, write_project

FIRST = [("blog", "0001_initial")]
AUTH = ["django.contrib.auth", "django.contrib.contenttypes"]


def load(
    root: Path, files: dict[str, str], *, apps: tuple[str, ...] = ("blog",), auth: bool = False
) -> LoadedGraph:
    paths = {
        f"{app}/migrations/{name}.py": text
        for path, text in files.items()
        for app, _, name in [path.partition(".")]
    }
    write_project(root, apps, paths, installed=AUTH if auth else ())
    with engine_for(root) as engine:
        return engine.ask(LoadGraph())


def test_leaves_of_every_app_are_named(tmp_path: Path) -> None:
    graph = load(
        tmp_path,
        {
            "blog.0001_initial": migration(),
            "blog.0002_c": migration(dependencies=FIRST),
            "blog.0002_a": migration(dependencies=FIRST),
            "blog.0002_b": migration(dependencies=FIRST),
            "shop.0001_initial": migration(dependencies=[("blog", "0002_b")]),
        },
        apps=("blog", "shop", "empty"),
    )

    assert graph.error == ""
    assert graph.leaves == {"blog": ("0002_a", "0002_b", "0002_c"), "shop": ("0001_initial",)}


def test_symbolic_dependencies_are_resolved(tmp_path: Path) -> None:
    source = migration(dependencies=[("auth", "__latest__")], header="from django.conf import *")
    swappable = "migrations.swappable_dependency(settings.AUTH_USER_MODEL)"
    graph = load(
        tmp_path,
        {"blog.0001_initial": source.replace("dependencies = [", f"dependencies = [{swappable},")},
        auth=True,
    )

    (blog,) = (entry for entry in graph.migrations if entry.app_label == "blog")
    assert ("auth", "0001_initial") in blog.parents
    assert len(blog.parents) == 2


def test_a_squash_stands_for_what_it_replaces(tmp_path: Path) -> None:
    graph = load(
        tmp_path,
        {
            "blog.0001_initial": migration(),
            "blog.0002_x": migration(dependencies=FIRST),
            "blog.0001_squashed": migration(replaces=[*FIRST, ("blog", "0002_x")]),
            "blog.0003_y": migration(dependencies=[("blog", "0002_x")]),
        },
    )

    assert [entry.name for entry in graph.migrations] == ["0001_squashed", "0003_y"]
    assert graph.migrations[0].replaces == (*FIRST, ("blog", "0002_x"))
    assert graph.migrations[1].parents == (("blog", "0001_squashed"),)


def test_a_missing_parent_is_told_and_the_rest_is_given(tmp_path: Path) -> None:
    graph = load(
        tmp_path,
        {
            "blog.0001_initial": migration(),
            "blog.0002_x": migration(dependencies=[("blog", "0001_gone")]),
            "shop.0001_initial": migration(),
        },
        apps=("blog", "shop"),
    )

    assert graph.error.startswith("NodeNotFoundError: Migration blog.0002_x dependencies")
    assert "NodeNotFoundError" in graph.traceback
    assert graph.leaves == {"blog": ("0001_initial", "0002_x"), "shop": ("0001_initial",)}


def test_a_cycle_is_told_and_the_rest_is_given(tmp_path: Path) -> None:
    graph = load(
        tmp_path,
        {
            "blog.0001_initial": migration(dependencies=[("shop", "0001_initial")]),
            "shop.0001_initial": migration(dependencies=FIRST),
        },
        apps=("blog", "shop"),
    )

    assert graph.error.startswith("CircularDependencyError: ")
    assert len(graph.migrations) == 2


def test_files_that_do_not_load_are_told_and_left_out(tmp_path: Path) -> None:
    graph = load(
        tmp_path,
        {
            "blog.0001_initial": migration(),
            "blog.0002_markers": "<<<<<<< HEAD\n",
            "blog.0002_empty": "",
            "blog.0002_exits": "raise SystemExit(2)\n",
            "blog.0003_fine": migration(dependencies=FIRST),
        },
    )

    assert graph.error
    assert [entry.name for entry in graph.migrations] == ["0001_initial", "0003_fine"]
    assert graph.leaves == {"blog": ("0003_fine",)}


def test_a_migration_without_a_class_is_djangos_own_error(tmp_path: Path) -> None:
    graph = load(tmp_path, {"blog.0001_initial": ""})

    assert graph.error == (
        "BadMigrationError: Migration 0001_initial in app blog has no Migration class"
    )


def test_a_package_that_does_not_load_leaves_the_other_apps(tmp_path: Path) -> None:
    graph = load(
        tmp_path,
        {
            "blog.0001_initial": migration(),
            "shop.__init__": "1 / 0\n",
            "shop.0001_initial": migration(),
        },
        apps=("blog", "shop"),
    )

    assert graph.error == "ZeroDivisionError: division by zero"
    assert graph.leaves == {"blog": ("0001_initial",)}


def test_two_thousand_migrations_are_no_trouble(tmp_path: Path) -> None:
    files = {"blog.m0000": migration()}
    for number in range(1, 2000):
        files[f"blog.m{number:04}"] = migration(dependencies=[("blog", f"m{number - 1:04}")])
    graph = load(tmp_path, files)

    assert len(graph.migrations) == 2000
    assert graph.leaves == {"blog": ("m1999",)}
