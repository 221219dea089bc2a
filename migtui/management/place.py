"""Where the project of the running process is, and what it runs."""

import sys
from pathlib import Path

from django.conf import settings

PROGRAMS = ("manage.py", "django-admin", "django-admin.py", "__main__.py")
"""Names of what Django's commands are run by."""


def project_directory() -> Path:
    """The directory of manage.py; the current one where something else runs."""
    program = Path(sys.argv[0])
    return program.resolve().parent if program.name == "manage.py" else Path.cwd()


def settings_module() -> str | None:
    """The settings in use; None where they are of no module."""
    module = getattr(settings, "SETTINGS_MODULE", None)
    return module if isinstance(module, str) else None


def running_command() -> str | None:
    """The management command that this process was started for; None where it was for none."""
    if Path(sys.argv[0]).name in PROGRAMS and len(sys.argv) > 1:
        return sys.argv[1]
    return None
