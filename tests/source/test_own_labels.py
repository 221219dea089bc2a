from collections.abc import Sequence
from pathlib import Path

import pytest

from migtui.config import Config
from migtui.services.project import open_project
from migtui.source.discover import discover
from tests.support.projects import migration, write

COMPUTED = "class ShopConfig(AppConfig):\n    name = PREFIX + SHORT\n    label = 'x_' + SHORT\n"


def app(root: Path, directory: str, *parents: Sequence[tuple[str, str]]) -> None:
    """An app of so many migrations, each with these dependencies."""
    write(
        root,
        {f"{directory}/__init__.py": "", f"{directory}/migrations/__init__.py": ""}
        | {
            f"{directory}/migrations/{number:04}_m.py": migration(dependencies=list(dependencies))
            for number, dependencies in enumerate(parents, start=1)
        },
    )


@pytest.mark.parametrize("directory", ["addons/metadata", "metadata"])
def test_files_that_agree_on_a_label_that_could_not_be_read_have_it(
    tmp_path: Path, directory: str
) -> None:
    write(tmp_path, {f"{directory}/apps.py": COMPUTED})
    own = "x_metadata"
    app(tmp_path, directory, [("auth", "0001_m")], [(own, "0001_m")], [(own, "0002_m")])
    app(tmp_path, "blog", [(own, "0003_m")])
    project = open_project(tmp_path)
    assert project.graph.app_labels == {"blog", own}
    assert project.graph.leaves(own) == tuple(
        key for key in project.graph.migrations if str(key) == "x_metadata.0003_m"
    )
    assert project.problems() == ()
    assert project.layout.packages[-1].app_label == own


@pytest.mark.parametrize(
    "parents",
    [
        ([], [("auth", "0001_m")]),  # two roots, and one needs another app that is not here
        ([], [("taggit", "0001_m")], [("shop", "0002_m")]),
        (
            [],
            [("taggit", "0001_m"), ("auth", "0001_m")],
            [("auth", "0001_m"), ("taggit", "0001_m")],
        ),
        ([("tags", "0001_m")],),
    ],
)
def test_files_that_depend_on_others_of_another_app_keep_the_label_of_their_directory(
    tmp_path: Path, parents: Sequence[Sequence[tuple[str, str]]]
) -> None:
    app(tmp_path, "shop", *parents)
    assert open_project(tmp_path).graph.app_labels == {"shop"}


def test_a_label_that_an_app_of_the_project_has_is_not_taken(tmp_path: Path) -> None:
    app(tmp_path, "tags", [])
    app(tmp_path, "shop", [("tags", "0001_m")], [("tags", "0001_m")], [("tags", "0002_m")])
    labels = [package.app_label for package in discover(tmp_path, Config()).packages]
    assert open_project(tmp_path).graph.app_labels == set(labels) == {"shop", "tags"}
