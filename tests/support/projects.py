"""Builds real Django projects on disk, app by app and migration by migration."""

import textwrap
from collections.abc import Iterable, Mapping
from pathlib import Path

SETTINGS = """\
    from pathlib import Path

    SECRET_KEY = "tests"
    INSTALLED_APPS = [{apps}]
    DATABASES = {{"default": {database}}}
    DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
    USE_TZ = True
"""
SQLITE = (
    """{"ENGINE": "django.db.backends.sqlite3", "NAME": Path(__file__).parent / "db.sqlite3"}"""
)
MANAGE = """\
    import os
    import sys

    if __name__ == "__main__":
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
        from django.core.management import execute_from_command_line

        execute_from_command_line(sys.argv)
"""


def write(root: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files, by path relative to ``root``; text is dedented. Returns ``root``."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(
            content if isinstance(content, bytes) else textwrap.dedent(content).encode()
        )
    return root


def write_project(
    root: Path,
    apps: Iterable[str],
    files: Mapping[str, str | bytes] | None = None,
    *,
    installed: Iterable[str] = (),
    database: str = SQLITE,
) -> Path:
    """A project with manage.py, settings.py and these apps, each with an empty migrations package.

    Args:
        root: Where; made if it is not there.
        apps: Names of apps, which are also their labels.
        files: More files, as in ``write``.
        installed: Dotted paths put into INSTALLED_APPS before the apps.
        database: Source of the ``default`` entry of DATABASES.
    """
    names = [*installed, *apps]
    write(root, {"manage.py": MANAGE})
    settings = textwrap.dedent(SETTINGS)
    listed = ", ".join(map(repr, names))
    write(root, {"settings.py": settings.format(apps=listed, database=database)})
    for app in apps:
        write(
            root, {f"{app}/__init__.py": "", f"{app}/models.py": "from django.db import models\n"}
        )
        write(root, {f"{app}/migrations/__init__.py": ""})
    return write(root, files or {})


def migration(
    *operations: str,
    dependencies: Iterable[tuple[str, str]] = (),
    replaces: Iterable[tuple[str, str]] = (),
    header: str = "",
) -> str:
    """Source of a migration file; ``operations`` are sources such as ``migrations.RunSQL("")``."""
    lines = [
        "from django.db import migrations, models",
        "",
        header,
        "",
        "class Migration(migrations.Migration):",
    ]
    if replaces:
        lines += [f"    replaces = {list(replaces)!r}", ""]
    lines += ["    dependencies = ["]
    lines += [f"        {entry!r}," for entry in dependencies]
    lines += ["    ]", "", "    operations = ["]
    lines += [f"        {operation}," for operation in operations]
    return "\n".join([*lines, "    ]", ""])


def read_tree(root: Path) -> dict[str, bytes]:
    """Every file of a project but those of git, of the journal and of Python's caches."""
    skipped = {".git", ".migtui", "__pycache__"}
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and not skipped & set(path.relative_to(root).parts)
    }
