"""JSON documents, in the habits that all commands share.

Facts that are not known are null, never left out; each document says the version of its shape.
"""

import json
from typing import Any, TypeAlias

from migtui.core.problems import Problem

Document: TypeAlias = dict[str, Any]

_SCHEMA_VERSION = 1


def print_document(document: Document) -> str:
    """A document as text, with the version of its shape."""
    return json.dumps({"schema_version": _SCHEMA_VERSION, **document}, indent=2) + "\n"


def problem_document(problem: Problem) -> Document:
    """A problem, wherever it stands."""
    return {
        "code": problem.code,
        "severity": problem.severity,
        "app_label": problem.app_label,
        "message": problem.message,
        "help": problem.help,
        "files": [{"path": place.path, "line": place.line} for place in problem.locations],
    }
