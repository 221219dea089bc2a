from pathlib import Path

from migtui.engine.protocol.base import OverlayFile
from migtui.engine.protocol.project import DetectModelChanges, ModelChanges
from tests.support.engines import engine_for
from tests.support.projects import migration, write_project

MODELS = """\
from django.db import models

class Post(models.Model):
    title = models.CharField(max_length=9)
    views = models.IntegerField()
"""
INITIAL = migration(
    "migrations.CreateModel('Post', [('id', models.BigAutoField(auto_created=True,"
    " primary_key=True, serialize=False, verbose_name='ID'))])"
)
TITLE = "migrations.AddField('post', 'title', models.CharField(max_length=9))"
VIEWS = "migrations.AddField('post', 'views', models.IntegerField())"
FIRST = [("blog", "0001_initial")]


def detect(
    root: Path, migrations: dict[str, str], overlay: dict[str, str] | None = None, **files: str
) -> ModelChanges:
    paths = {f"blog/migrations/{name}.py": source for name, source in migrations.items()}
    extra = {path.replace("__", "/") + ".py": source for path, source in files.items()}
    write_project(root, ["blog"], {"blog/models.py": MODELS, **paths, **extra})
    written = tuple(
        OverlayFile(str(root / f"blog/migrations/{name}.py"), source.encode())
        for name, source in (overlay or {}).items()
    )
    with engine_for(root) as engine:
        return engine.ask(DetectModelChanges(written))


def test_models_and_migrations_that_agree_need_nothing(tmp_path: Path) -> None:
    changes = detect(
        tmp_path, {"0001_initial": INITIAL, "0002_x": migration(TITLE, VIEWS, dependencies=FIRST)}
    )

    assert changes == ModelChanges({})


def test_what_is_missing_is_described_as_makemigrations_does(tmp_path: Path) -> None:
    changes = detect(
        tmp_path, {"0001_initial": INITIAL, "0002_x": migration(TITLE, dependencies=FIRST)}
    )

    assert changes == ModelChanges({"blog": ("Add field views to post",)})


def test_two_leaves_count_together(tmp_path: Path) -> None:
    changes = detect(
        tmp_path,
        {
            "0001_initial": INITIAL,
            "0002_title": migration(TITLE, dependencies=FIRST),
            "0002_views": migration(VIEWS, dependencies=FIRST),
        },
    )

    assert changes == ModelChanges({})


def test_an_overlay_counts_as_if_it_were_written(tmp_path: Path) -> None:
    changes = detect(
        tmp_path,
        {"0001_initial": INITIAL},
        overlay={"0002_x": migration(TITLE, VIEWS, dependencies=FIRST)},
    )

    assert changes == ModelChanges({})


def test_why_it_can_not_be_told_is_said(tmp_path: Path) -> None:
    changes = detect(
        tmp_path, {"0001_initial": INITIAL, "0002_x": migration(dependencies=[("blog", "gone")])}
    )

    assert changes.operations == {}
    assert changes.error.startswith("NodeNotFoundError: ")


def test_a_state_that_can_not_be_is_said(tmp_path: Path) -> None:
    field = "migrations.RenameField('post', 'nowhere', 'title')"
    changes = detect(
        tmp_path, {"0001_initial": INITIAL, "0002_x": migration(field, dependencies=FIRST)}
    )

    assert "FieldDoesNotExist" in changes.error


def test_the_projects_own_autodetector_is_asked(tmp_path: Path) -> None:
    command = """\
    from django.core.management.commands import makemigrations
    from django.db.migrations.autodetector import MigrationAutodetector

    class Blind(MigrationAutodetector):
        def changes(self, *args, **kwargs):
            return {}

    class Command(makemigrations.Command):
        autodetector = Blind
    """
    changes = detect(
        tmp_path,
        {"0001_initial": INITIAL},
        blog__management____init__="",
        blog__management__commands____init__="",
        blog__management__commands__makemigrations=command,
    )

    assert changes == ModelChanges({})
