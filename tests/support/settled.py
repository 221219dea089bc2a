"""Databases that have run one branch of a conflict, or none, and then its resolution."""

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.support.projects import write

NEITHER = "default"
"""Alias of the database that has run no branch."""
MODELS = "models"
"""Alias of the database whose tables are made from models.py, without migrations."""

RUN = """\
    import json
    import os
    import sys

    os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
    import django
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections

    from migtui.engine.schemas import read_schema

    django.setup()
    for package, alias, words in json.loads(sys.argv[1]):
        settings.MIGRATION_MODULES = {"blog": package}
        call_command(*words, database=alias, verbosity=0)
    settings.MIGRATION_MODULES = {}
    call_command("makemigrations", check=True, dry_run=True, verbosity=3, stdout=sys.stderr)
    print(json.dumps({
        alias: sorted(
            f"{resource}: {text}"
            for resource, text in read_schema(connections[alias]).normal.items()
            if not resource.startswith("django_migrations")
        )
        for alias in connections
    }))
"""


@dataclass(frozen=True, slots=True)
class Databases:
    """The databases of a project with the app ``blog``, one for each leaf and two more.

    The migrations of a branch are all called like its leaf, apart from their numbers.
    """

    root: Path
    leaves: tuple[str, ...]

    def prepare(self, entries: Mapping[str, object] | None = None) -> None:
        """Put them into the settings and keep each branch's files as they are now, alone.

        Args:
            entries: Of ``DATABASES``, by alias; SQLite files where there are none.
        """
        aliases = (NEITHER, MODELS, *self.leaves)
        found = entries or {
            alias: {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": str(self.root / f"{alias}.sqlite3"),
            }
            for alias in aliases
        }
        settings = self.root / "settings.py"
        settings.write_text(f"{settings.read_text()}\nDATABASES = {found!r}\n")
        write(self.root, {"run.py": RUN})
        for leaf in self.leaves:
            mine = leaf.partition("_")[2]
            package = self.root / f"only_{leaf}"
            package.mkdir()
            (package / "__init__.py").touch()
            for path in (self.root / "blog/migrations").glob("0*.py"):
                if path.stem == "0001_initial" or path.stem.partition("_")[2] == mine:
                    shutil.copy(path, package)

    def migrate(self, instructions: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
        """Run each branch alone, what one is told to run there, and then what was resolved.

        Args:
            instructions: By leaf, words of a command that is run with that branch's files.

        Returns:
            What is in each database, by alias.
        """
        steps: list[tuple[str | None, str, Sequence[str]]] = []
        for leaf in self.leaves:
            steps.append((f"only_{leaf}", leaf, ["migrate"]))
            if leaf in instructions:
                steps.append((f"only_{leaf}", leaf, instructions[leaf]))
        steps += [("blog.migrations", alias, ["migrate"]) for alias in (NEITHER, *self.leaves)]
        steps.append((None, MODELS, ["migrate", "--run-syncdb"]))
        done = subprocess.run(
            [sys.executable, "run.py", json.dumps(steps)],
            cwd=self.root,
            capture_output=True,
            text=True,
            check=False,
            timeout=100,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        found: dict[str, list[str]] = json.loads(done.stdout)
        return found
