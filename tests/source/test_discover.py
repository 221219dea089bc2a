from pathlib import Path

import pytest

from migtui.config import Config
from migtui.core.graph import MigrationGraph
from migtui.source.discover import discover
from migtui.source.layout import Layout, read_layout
from tests.support.projects import migration, write, write_project

FIRST = migration()
SOUTH = "from south.v2 import SchemaMigration\n\nclass Migration(SchemaMigration):\n    pass\n"
BASE = "class Base(AppConfig):\n    label, default = 'a', False\n"
OTHER_MANAGE = 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")\n'


def found(layout: Layout, root: Path) -> dict[str, str]:
    return {
        package.app_label: package.directory.relative_to(root).as_posix()
        for package in layout.packages
    }


def in_files(root: Path, files: dict[str, str], settings: str | None = None) -> dict[str, str]:
    return found(discover(write(root, files), Config(), settings), root)


def names(root: Path) -> set[str]:
    layout = discover(root, Config())
    return {str(migration.key) for migration in read_layout(root, layout)}


def test_packages_named_migrations_are_found_with_their_apps_label(tmp_path: Path) -> None:
    write_project(tmp_path, ["blog", "shop"], {"blog/migrations/0001_initial.py": FIRST})
    layout = discover(tmp_path, Config())
    assert found(layout, tmp_path) == {"blog": "blog/migrations", "shop": "shop/migrations"}
    assert layout.manage_py == tmp_path / "manage.py"
    assert layout.settings == tmp_path / "settings.py"
    assert layout.swappable == {"AUTH_USER_MODEL": "auth.User"}
    assert names(tmp_path) == {"blog.0001_initial"}


def test_without_settings_everything_that_looks_like_one_is_found(tmp_path: Path) -> None:
    files = {"src/blog/migrations/__init__.py": "", "src/blog/migrations/0001_a.py": FIRST}
    assert in_files(tmp_path, files) == {"blog": "src/blog/migrations"}


def test_a_directory_without_init_is_not_a_package_of_migrations(tmp_path: Path) -> None:
    assert in_files(tmp_path, {"blog/migrations/0001_a.py": FIRST}) == {}


def test_what_django_skips_is_skipped(tmp_path: Path) -> None:
    files = {
        f"blog/migrations/{name}.py": FIRST
        for name in ("__init__", "0001_a", "_helper", "~0001_a", "0002.bak", "sub/__init__",
                     "sub/0001_b", "0003_both", "0003_both/__init__", "0004-hyphen", "nameless")
    }  # fmt: skip
    write(
        tmp_path, files | {"blog/migrations/0005.txt": "", "blog/migrations/max_migration.txt": ""}
    )
    assert names(tmp_path) == {"blog.0001_a", "blog.0004-hyphen", "blog.nameless"}


@pytest.mark.parametrize(
    ("apps", "expected"),
    [
        ("class BlogConfig(AppConfig):\n    name = 'blog'\n    label = 'articles'", "articles"),
        ("class BlogConfig(AppConfig):\n    name = 'project.weblog'", "weblog"),
        (BASE + "class B(Base):\n    name, default = 'b', True", "a"),
        ("class A(AppConfig):\n    name = 'a'\nclass B(AppConfig):\n    name, default = 'b', True",
         "b"),
        ("class A(AppConfig):\n    name, default = 'a', False\nclass B(AppConfig):\n    name = 'b'",
         "b"),
        ("class A(AppConfig):\n    name = 'a'\nclass B(AppConfig):\n    name = 'b'", "blog"),
        ("class A(AppConfig):\n    name = __package__\n    label = 'a'", "a"),
        ("PREFIX = 'my_'\nclass A(AppConfig):\n    name = 'blog'\n    label = PREFIX + 'blog'",
         "my_blog"),
        ("class A(AppConfig):\n    name = NAME()", "blog"),
        ("this does not parse", "blog"),
    ],
)  # fmt: skip
def test_the_label_is_that_of_the_app_config(tmp_path: Path, apps: str, expected: str) -> None:
    files = {
        "blog/apps.py": f"from django.apps import AppConfig\n{apps}\n",
        "blog/migrations/__init__.py": "",
    }
    assert set(in_files(tmp_path, files)) == {expected}


def test_an_apps_package_may_hold_the_app_config(tmp_path: Path) -> None:
    files = {
        "blog/apps/__init__.py": "class BlogConfig(AppConfig):\n    name, label = 'blog', 'news'\n",
        "blog/migrations/__init__.py": "",
    }
    assert set(in_files(tmp_path, files)) == {"news"}


def test_default_app_config_chooses(tmp_path: Path) -> None:
    files = {
        "blog/__init__.py": "default_app_config = 'blog.apps.B'\n",
        "blog/apps.py": "class A(AppConfig):\n    name = 'a'\n"
        "class B(AppConfig):\n    name = 'b'\n",
        "blog/migrations/__init__.py": "",
    }
    assert set(in_files(tmp_path, files)) == {"b"}


def test_installed_apps_chooses_among_app_configs(tmp_path: Path) -> None:
    write_project(
        tmp_path,
        ["blog"],
        {
            "settings.py": "INSTALLED_APPS = ['blog.configs.Second']\n",
            "blog/configs.py": "class First(AppConfig):\n    name = 'blog'\n"
            "class Second(AppConfig):\n    name = 'blog'\n    label = 'second'\n",
        },
    )
    assert found(discover(tmp_path, Config()), tmp_path) == {"second": "blog/migrations"}


def test_an_app_config_may_stand_in_another_package(tmp_path: Path) -> None:
    files = {
        "manage.py": OTHER_MANAGE,
        "config/settings/dev.py": "INSTALLED_APPS = ['config.apps.Blog']\n",
        "config/apps.py": "class Blog(AppConfig):\n    name = 'blog'\n    label = 'news'\n",
        "blog/__init__.py": "",
        "blog/migrations/__init__.py": "",
    }
    assert in_files(tmp_path, files) == {"news": "blog/migrations"}


def test_settings_are_followed_through_their_imports(tmp_path: Path) -> None:
    files = {
        "backend/manage.py": OTHER_MANAGE,
        "backend/config/settings/__init__.py": "",
        "backend/config/settings/base.py": """\
            from .apps import LOCAL
            from . import parts
            INSTALLED_APPS = ["django.contrib.auth", *LOCAL]
            AUTH_USER_MODEL = "people.Person"
            MIGRATION_MODULES = {"blog": "db.blog_changes", "old": None}
            """,
        "backend/config/settings/apps.py": 'LOCAL = ("blog", "old", "people")\n',
        "backend/config/settings/parts.py": "",
        "backend/config/settings/dev.py": """\
            from .base import *
            INSTALLED_APPS += ["debug_toolbar"]
            SHOP_ORDER_MODEL = "shop.Order"
            """,
        "backend/db/blog_changes/__init__.py": "",
        "backend/db/blog_changes/0001_a.py": FIRST,
        **{
            f"backend/{app}/{name}/__init__.py": ""
            for app in ("blog", "old", "people")
            for name in ("", "migrations")
        },
    }
    layout = discover(write(tmp_path, files), Config())
    assert found(layout, tmp_path) == {
        "blog": "backend/db/blog_changes", "people": "backend/people/migrations"
    }  # fmt: skip
    assert layout.settings == tmp_path / "backend/config/settings/dev.py"
    assert layout.swappable == {
        "AUTH_USER_MODEL": "people.Person", "SHOP_ORDER_MODEL": "shop.Order"
    }  # fmt: skip


def test_settings_may_be_named(tmp_path: Path) -> None:
    write_project(tmp_path, ["blog"], {"other.py": "AUTH_USER_MODEL = 'blog.User'\n"})
    layout = discover(tmp_path, Config(), "other")
    assert layout.swappable == {"AUTH_USER_MODEL": "blog.User"}


@pytest.mark.parametrize(
    "settings",
    [
        "INSTALLED_APPS = compute()\nAUTH_USER_MODEL = env('USER_MODEL')\n",
        "from settings import *\n",
        "from missing import *\nINSTALLED_APPS = APPS\n",
        "this does not parse\n",
        "MIGRATION_MODULES = DisableMigrations()\n",
        "from ........ import x\n",
        "",
    ],
)
def test_settings_that_tell_nothing_do_no_harm(tmp_path: Path, settings: str) -> None:
    write_project(tmp_path, ["blog"], {"settings.py": settings})
    assert found(discover(tmp_path, Config()), tmp_path) == {"blog": "blog/migrations"}


@pytest.mark.parametrize(
    "settings", ["AUTH_USER_MODEL = env('USER_MODEL')\n", "from elsewhere.settings import *\n"]
)
def test_a_user_model_that_cannot_be_read_is_not_djangos(tmp_path: Path, settings: str) -> None:
    write_project(tmp_path, ["blog"], {"settings.py": settings})
    assert discover(tmp_path, Config()).swappable == {}


def test_settings_in_classes_are_read(tmp_path: Path) -> None:
    settings = """\
        class Base(Configuration):
            INSTALLED_APPS = ["blog.configs.Second"]
        """
    configs = "class Second(AppConfig):\n    name = 'blog'\n    label = 'second'\n"
    write_project(tmp_path, ["blog"], {"settings.py": settings, "blog/configs.py": configs})
    assert set(found(discover(tmp_path, Config()), tmp_path)) == {"second"}


def test_folders_with_another_name_are_found_where_settings_are_not(tmp_path: Path) -> None:
    files = {
        "blog/models.py": "",
        "blog/db_migrations/__init__.py": "",
        "blog/db_migrations/0001_a.py": FIRST,
        "blog/migration_helpers/__init__.py": "",
        "blog/migration_helpers/sql.py": "",
    }
    assert in_files(tmp_path, files) == {"blog": "blog/db_migrations"}


def test_django_migrations_beside_those_of_south_are_found(tmp_path: Path) -> None:
    files = {
        "blog/models.py": "",
        "blog/migrations/__init__.py": "",
        "blog/migrations/0001_initial.py": SOUTH,
        "blog/django_migrations/__init__.py": "",
        "blog/django_migrations/0001_initial.py": FIRST,
    }
    assert in_files(tmp_path, files) == {"blog": "blog/django_migrations"}


def test_files_of_south_are_no_migrations(tmp_path: Path) -> None:
    files = {
        "blog/migrations/__init__.py": "",
        "blog/migrations/0001_initial.py": FIRST,
        "blog/migrations/0001_south.py": SOUTH,
        "shop/migrations/__init__.py": "",
        "shop/migrations/0001_initial.py": SOUTH,
    }
    write(tmp_path, files)
    assert names(tmp_path) == {"blog.0001_initial"}


def test_a_package_of_helpers_alone_holds_no_migrations(tmp_path: Path) -> None:
    write(tmp_path, {"tools/migrations/__init__.py": "", "tools/migrations/helper.py": "X = 1\n"})
    assert names(tmp_path) == set()


def test_a_file_without_a_migration_among_others_is_reported(tmp_path: Path) -> None:
    files = {f"blog/migrations/{name}.py": FIRST for name in ("__init__", "0001_a")}
    write(tmp_path, files | {"blog/migrations/helper.py": "X = 1\n"})
    _, helper = read_layout(tmp_path, discover(tmp_path, Config()))
    assert helper.error is not None
    assert helper.error.kind == "no-migration"


def test_directories_that_hold_no_code_of_the_project_are_left_out(tmp_path: Path) -> None:
    files = {}
    for start in (
        ".git", ".hidden", ".tox/py311", "node_modules/x", "env", "lib/site-packages", "build/lib",
        "dist", "blog.egg-info", "old/apps", "old/more/apps",
    ):  # fmt: skip
        files[f"{start}/left_out/migrations/__init__.py"] = ""
    files["env/pyvenv.cfg"] = ""
    files["build/not_a_package.py"] = ""
    files["target/__init__.py"] = ""
    files["target/migrations/__init__.py"] = ""
    write(tmp_path, files)
    layout = discover(tmp_path, Config(exclude=("old/*",)))
    assert found(layout, tmp_path) == {"target": "target/migrations"}


def test_links_are_followed_once(tmp_path: Path) -> None:
    root = tmp_path / "project"
    files = {"apps/blog/__init__.py": "", "apps/blog/migrations/__init__.py": ""}
    write(root, files)
    write(tmp_path / "elsewhere", {"shop/__init__.py": "", "shop/migrations/__init__.py": ""})
    write(tmp_path / "media", {"huge/migrations/__init__.py": ""})
    (root / "apps/loop").symlink_to(root)
    (root / "a_blog").symlink_to(root / "apps/blog")
    (root / "shop").symlink_to(tmp_path / "elsewhere/shop")
    (root / "media").symlink_to(tmp_path / "media")
    (root / "gone").symlink_to(tmp_path / "nowhere")
    assert found(discover(root, Config()), root) == {
        "blog": "apps/blog/migrations", "shop": "shop/migrations"
    }  # fmt: skip


def test_a_broken_link_is_a_migration_that_cannot_be_read(tmp_path: Path) -> None:
    write(tmp_path, {f"blog/migrations/{name}.py": FIRST for name in ("__init__", "0001_a")})
    (tmp_path / "blog/migrations/0002_b.py").symlink_to("nowhere.py")
    _, broken = read_layout(tmp_path, discover(tmp_path, Config()))
    assert broken.error is not None
    assert (broken.error.kind, broken.path) == ("missing", "blog/migrations/0002_b.py")
    assert broken.has_unknown_dependencies


def test_a_linked_file_is_read(tmp_path: Path) -> None:
    write(tmp_path, {"blog/migrations/__init__.py": "", "shared.py": FIRST})
    (tmp_path / "blog/migrations/0001_a.py").symlink_to("../../shared.py")
    assert names(tmp_path) == {"blog.0001_a"}


def test_installed_packages_are_not_writable(tmp_path: Path) -> None:
    root = write(
        tmp_path / "lib/site-packages/blog",
        {"migrations/__init__.py": "", "migrations/0001_a.py": FIRST},
    )
    (read,) = read_layout(root, discover(root, Config()))
    assert not read.writable
    assert str(read.key) == "blog.0001_a"


TWO_EXAMPLES = {
    f"examples/{number}/{name}": content
    for number in ("first", "second")
    for name, content in {
        "manage.py": OTHER_MANAGE,
        "blog/migrations/__init__.py": "",
        "blog/migrations/0001_initial.py": FIRST,
        f"blog/migrations/0002_{number}.py": migration(dependencies=[("blog", "0001_initial")]),
        "shop/migrations/__init__.py": "",
        f"shop/migrations/0001_{number}.py": migration(dependencies=[("blog", f"0002_{number}")]),
    }.items()
}


def test_one_label_in_two_folders_makes_no_conflict_and_no_gap(tmp_path: Path) -> None:
    layout = discover(write(tmp_path, TWO_EXAMPLES), Config())
    assert found(layout, tmp_path) == {
        "blog": "examples/first/blog/migrations",
        "examples.second.blog": "examples/second/blog/migrations",
        "examples.second.shop": "examples/second/shop/migrations",
        "shop": "examples/first/shop/migrations",
    }
    graph = MigrationGraph.of(read_layout(tmp_path, layout))
    assert graph.missing == ()
    assert {label: len(graph.leaves(label)) for label in graph.app_labels} == dict.fromkeys(
        found(layout, tmp_path), 1
    )
    assert [str(key) for key in graph.ordered(graph.ancestors(*graph.leaves("shop")))] == [
        "blog.0001_initial", "blog.0002_first", "shop.0001_first"
    ]  # fmt: skip


def test_the_installed_app_keeps_its_label(tmp_path: Path) -> None:
    write_project(
        tmp_path,
        [],
        {
            "project/blog/__init__.py": "",
            "project/blog/migrations/__init__.py": "",
            "blog/migrations/__init__.py": "",
        },
        installed=["project.blog"],
    )
    assert found(discover(tmp_path, Config()), tmp_path)["blog"] == "project/blog/migrations"


def test_an_unreadable_directory_is_passed_over(tmp_path: Path) -> None:
    write(tmp_path, {"blog/migrations/__init__.py": ""})
    assert in_files(tmp_path / "nowhere", {}) == {}
    assert found(discover(tmp_path, Config()), tmp_path) == {"blog": "blog/migrations"}
