"""System checks: several leaves, and lock files that disagree, read from the files alone.

Django runs every check before most of its commands and lets errors stop them, also
``makemigrations --merge``, which would end the conflict. So they are errors where checks are what
was asked for, and warnings before any other command.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.core import checks

from migtui.management.place import project_directory, running_command, settings_module

TAG = "migtui"
CODES = frozenset({"migtui.E001", "migtui.E007"})
ASKING = ("check", None)
"""Where an error stops nothing that somebody wants to do: ``manage.py check``, ``run_checks()``."""


def check_migrations(
    app_configs: Sequence[AppConfig] | None = None,
    **_: Any,  # noqa: ANN401 - Django's signature
) -> list[checks.CheckMessage]:
    """E001 and E007 of the project's installed apps.

    Args:
        app_configs: Only these apps; None for all.

    Returns:
        Errors, or warnings before a command that they must not stop; nothing where the project
        can't be found or read.
    """
    configs = app_configs if app_configs is not None else apps.get_app_configs()
    kind = checks.Error if running_command() in ASKING else checks.Warning
    return list(_messages({config.label for config in configs}, kind))


def _messages(labels: set[str], kind: type[checks.CheckMessage]) -> Iterator[checks.CheckMessage]:
    # Not when Django starts: other commands, and the engine, have no use for it.
    from migtui.errors import MigtuiError  # noqa: PLC0415
    from migtui.services.project import open_project  # noqa: PLC0415

    try:
        project = open_project(project_directory(), settings=settings_module())
        problems = project.problems()
    except MigtuiError:
        return
    for problem in problems:
        if problem.code in CODES and problem.app_label in labels:
            yield kind(problem.message, hint=problem.help, id=problem.code)
