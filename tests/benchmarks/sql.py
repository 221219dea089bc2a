"""The SQL of a branch of five migrations against ``manage.py sqlmigrate`` of one of them."""

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.generator import generate
from tests.benchmarks.measure import Ratio, seconds_of
from tests.support.projects import migration, write

FIELDS = ("one", "two", "three", "four", "five")
APP = "app000"
INDEXED = "models.IntegerField(db_index=True, null=True)"


def sql_of_a_branch() -> Sequence[Ratio]:
    """In a project of 100 apps of 20 migrations each; those of other apps depend on this one."""
    with tempfile.TemporaryDirectory() as directory:
        root = generate(Path(directory), apps=100, migrations=20)
        before = "0019_field_18"
        files: dict[str, str | bytes] = {}
        for number, field in enumerate(FIELDS, start=20):
            name = f"{number:04}_{field}"
            files[f"{APP}/migrations/{name}.py"] = migration(
                f'migrations.AddField("item", "{field}", {INDEXED})',
                f'migrations.AlterField("item", "{field}", models.TextField(null=True))',
                dependencies=[(APP, before)],
            )
            before = name
        write(root, files)
        words = [sys.executable, "-m", "migtui", "sql", APP, "--order", before]
        ours = seconds_of(words, root, runs=3)
        theirs = seconds_of([sys.executable, "manage.py", "sqlmigrate", APP, before], root, runs=3)
    return (Ratio("SQL of five migrations, wall seconds", ours, theirs, 1.0),)
