import os
import py_compile
from collections.abc import Iterator
from pathlib import Path

import pytest

from migtui.engine.client import Engine
from migtui.engine.protocol.base import OverlayFile
from migtui.engine.protocol.project import LoadedGraph, LoadGraph
from tests.support.engines import engine_for
from tests.support.projects import migration, write, write_project

FIRST = [("blog", "0001_initial")]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    files = {
        "blog/migrations/0001_initial.py": migration(),
        "blog/migrations/0002_tags.py": migration(dependencies=FIRST, header="print('tags ran')"),
        "blog/migrations/0002_views.py": migration(
            dependencies=FIRST, header="from blog.migrations.helpers.names import NAME"
        ),
        "blog/migrations/helpers/__init__.py": "",
        "blog/migrations/helpers/names.py": "NAME = 'disk'\n",
    }
    return write_project(tmp_path_factory.mktemp("project"), ["blog", "plain"], files)


@pytest.fixture(scope="module")
def printed() -> list[str]:
    return []


@pytest.fixture(scope="module")
def engine(root: Path, printed: list[str]) -> Iterator[Engine]:
    with engine_for(root, log=printed.append) as running:
        yield running


def load(engine: Engine, root: Path, files: dict[str, str | None]) -> LoadedGraph:
    return engine.ask(
        LoadGraph(
            tuple(
                OverlayFile(str(root / path), None if content is None else content.encode())
                for path, content in files.items()
            )
        )
    )


def test_without_an_overlay_the_files_count(engine: Engine, root: Path) -> None:
    assert load(engine, root, {}).leaves == {"blog": ("0002_tags", "0002_views")}


def test_a_renamed_and_edited_file_is_loaded_under_its_new_name(engine: Engine, root: Path) -> None:
    files = {
        "blog/migrations/0002_views.py": None,
        "blog/migrations/0003_views.py": migration(dependencies=[("blog", "0002_tags")]),
    }
    graph = load(engine, root, files)

    assert graph.leaves == {"blog": ("0003_views",)}
    last = graph.migrations[-1]
    assert last.parents == (("blog", "0002_tags"),)
    assert last.path == str(root / "blog/migrations/0003_views.py")


def test_nothing_is_left_of_one_overlay_in_the_next(engine: Engine, root: Path) -> None:
    merge = migration(dependencies=[("blog", "0002_tags"), ("blog", "0002_views")])
    merged = load(engine, root, {"blog/migrations/0003_merge.py": merge})
    after = load(engine, root, {})

    assert merged.leaves == {"blog": ("0003_merge",)}
    assert after.leaves == {"blog": ("0002_tags", "0002_views")}


def test_a_deleted_file_is_not_run(engine: Engine, root: Path, printed: list[str]) -> None:
    printed.clear()
    graph = load(engine, root, {"blog/migrations/0002_tags.py": None})

    assert graph.leaves == {"blog": ("0002_views",)}
    assert "".join(printed) == ""


def test_a_rewritten_file_is_run_as_rewritten(
    engine: Engine, root: Path, printed: list[str]
) -> None:
    printed.clear()
    rewritten = migration(dependencies=FIRST, header="print('rewritten')")
    load(engine, root, {"blog/migrations/0002_tags.py": rewritten})

    assert "".join(printed) == "rewritten\n"


def test_helpers_of_migrations_are_part_of_it(
    engine: Engine, root: Path, printed: list[str]
) -> None:
    printed.clear()
    files = {"blog/migrations/helpers/names.py": "NAME = 'overlay'\nprint(NAME)"}
    graph = load(engine, root, {**files, "blog/migrations/0002_tags.py": None})

    assert "".join(printed) == "overlay\n"
    assert graph.error == ""


def test_a_package_of_migrations_can_be_made(engine: Engine, root: Path) -> None:
    files = {
        "plain/migrations/0001_initial.py": migration(dependencies=[("blog", "0001_initial")]),
    }

    assert load(engine, root, dict(files)).leaves["plain"] == ("0001_initial",)


def test_a_deleted_package_has_no_migrations(engine: Engine, root: Path) -> None:
    graph = load(engine, root, {"blog/migrations/__init__.py": None})

    assert graph.error == ""
    assert graph.migrations == ()


def test_a_traceback_shows_the_lines_of_the_overlay(engine: Engine, root: Path) -> None:
    broken = "# one more line\nraise LookupError('here')\n"
    graph = load(engine, root, {"blog/migrations/0002_tags.py": broken})

    assert graph.error == "LookupError: here"
    assert 'blog/migrations/0002_tags.py", line 2' in graph.traceback
    assert "    raise LookupError('here')\n" in graph.traceback


def test_links_and_dots_in_a_path_name_the_same_file(
    engine: Engine, root: Path, tmp_path: Path
) -> None:
    (tmp_path / "link").symlink_to(root / "blog")
    path = f"{tmp_path}/link/../blog/migrations/0002_tags.py"

    assert load(engine, Path("/"), {path: None}).leaves == {"blog": ("0002_views",)}


def test_a_file_on_disk_is_loaded_as_it_is_whatever_its_bytecode_says(tmp_path: Path) -> None:
    root = write_project(tmp_path, ["blog"], {"blog/migrations/0001_initial.py": migration()})
    path = root / "blog/migrations/0002_x.py"
    old, new = (migration(dependencies=FIRST, header=f"print('{word}')") for word in ("old", "new"))
    write(root, {str(path): old})
    printed: list[str] = []
    stamp = path.stat()
    # A project whose manage.py has run: the .pyc is there, made at the file's time and size.
    compiled = py_compile.compile(str(path), doraise=True)
    write(root, {str(path): new})
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    with engine_for(root, log=printed.append) as engine:
        engine.ask(LoadGraph())

    assert compiled is not None
    assert "".join(printed) == "new\n"


def test_no_bytecode_is_written_into_the_project(tmp_path: Path) -> None:
    root = write_project(tmp_path, ["blog"], {"blog/migrations/0001_initial.py": migration()})
    with engine_for(root) as engine:
        engine.ask(LoadGraph())

    assert list(root.rglob("*.pyc")) == []
