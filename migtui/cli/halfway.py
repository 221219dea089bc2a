"""The answer of ``migtui sql --halfway``, apart so that it is imported while Django is set up."""

import argparse

from migtui.cli.output import write_answer
from migtui.cli.progress import bar, tell_progress
from migtui.engine.client import Engine
from migtui.errors import UsageError
from migtui.reports.halfway import halfway_json, halfway_text
from migtui.services.consult import consult_lightly
from migtui.services.halfway import find_halfway
from migtui.services.named import require_migration
from migtui.services.project import Project


def answer(arguments: argparse.Namespace, read: Project, engine: Engine) -> int:
    """Print where a migration has stopped, and both ways out; 1 where one of them is not proved.

    Args:
        arguments: Of the command line.
        read: The project as its files tell it.
        engine: Django.
    """
    if not arguments.migration_name:
        raise UsageError("--halfway is about one migration: name it.")
    others = (arguments.order, arguments.backwards, arguments.vendor, arguments.rows)
    if any(others) or arguments.run_python:
        raise UsageError(
            "--halfway asks the database: nothing goes with it but --database and --format.",
            help="Which way the migration went, the database says.",
        )
    project = consult_lightly(read, engine).project
    project.require_apps([arguments.app_label])
    key = require_migration(project.graph.migrations, arguments.app_label, arguments.migration_name)
    with bar(arguments):
        found = find_halfway(engine, key, arguments.database, tell_progress(arguments))
    is_json = arguments.format == "json"
    write_answer(halfway_json(found) if is_json else halfway_text(found))
    return int(not found.is_found)
