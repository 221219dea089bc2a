"""Whether models and migrations agree, as ``makemigrations`` would find."""

from typing import Any

from django.apps import apps
from django.core.management import get_commands, load_command_class
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.questioner import MigrationQuestioner
from django.db.migrations.state import ProjectState

from migtui.engine.loading import install_overlay, new_loader
from migtui.engine.protocol.project import DetectModelChanges, ModelChanges
from migtui.engine.startup import headline


def detect_model_changes(request: DetectModelChanges) -> ModelChanges:
    """What ``makemigrations`` would write; with several leaves in an app, after all of them."""
    install_overlay(request.overlay)
    try:
        changes = _changes()
    except (Exception, SystemExit) as error:  # noqa: BLE001 - migrations and models are any code
        return ModelChanges({}, headline(error))
    return ModelChanges(
        {
            str(app_label): tuple(
                str(operation.describe())
                for migration in migrations
                for operation in migration.operations
            )
            for app_label, migrations in sorted(changes.items())
        }
    )


def _changes() -> dict[str, Any]:
    loader = new_loader()
    loader.build_graph()
    detector = _autodetector()(
        loader.project_state(),
        ProjectState.from_apps(apps),
        # The base class answers every question with no. (The non-interactive one exits where a
        # new field needs a default.)
        MigrationQuestioner(dry_run=True),
    )
    found: dict[str, Any] = detector.changes(graph=loader.graph)
    return found


def _autodetector() -> Any:  # noqa: ANN401 - a class of Django's or the project's
    """The project's autodetector: since Django 5.2 ``makemigrations`` may name another one."""
    command: Any = get_commands()["makemigrations"]
    if isinstance(command, str):
        command = load_command_class(command, "makemigrations")
    return getattr(command, "autodetector", MigrationAutodetector)
