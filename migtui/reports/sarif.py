"""Problems as SARIF 2.1.0, which GitHub's code scanning and most editors read.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias
from urllib.parse import quote

from migtui import __version__
from migtui.core.explanation import Explanation
from migtui.core.problems import Location, Problem
from migtui.core.rules import Rule, rule_of, rules
from migtui.core.safe_text import safe_line
from migtui.reports.places import Places, recognised
from migtui.reports.text import paragraphs

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
ROOT = "%SRCROOT%"
"""What paths are relative to, by the name that the specification suggests (3.14.14)."""

Document: TypeAlias = dict[str, Any]


def check_sarif(
    problems: Sequence[Problem], explanations: Mapping[str, Explanation], *, places: Places
) -> str:
    """One run with a result for each problem, and a rule for every code that there is.

    Args:
        problems: In the order in which they are listed.
        explanations: By app label, of the apps with several leaves.
        places: Paths as the repository has them.
    """
    known = {rule.code: rule for rule in rules()}
    known |= {problem.code: rule_of(problem.code) for problem in problems}
    index = {code: number for number, code in enumerate(known)}
    run = {
        "tool": {
            "driver": {
                "name": "migtui",
                "version": __version__,
                "rules": list(map(_rule, known.values())),
            }
        },
        "originalUriBaseIds": {ROOT: {"description": _text("The top of the repository.")}},
        "columnKind": "unicodeCodePoints",
        "results": [
            {
                "ruleId": problem.code,
                "ruleIndex": index[problem.code],
                "level": problem.severity,
                "message": _text(_lines(paragraphs(problem, explanations))),
                **_places(places.of(problem)),
                "partialFingerprints": {"migtui/v1": identity},
                "properties": {"app_label": safe_line(problem.app_label)},
            }
            for problem, identity in recognised(problems)
        ],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(rule: Rule) -> Document:
    return {
        "id": rule.code,
        "shortDescription": _text(rule.title),
        "fullDescription": _text(rule.help or rule.title),
        "help": _text(rule.help or rule.title),
        "defaultConfiguration": {"level": rule.severity},
    }


def _places(locations: Sequence[Location]) -> Document:
    """The first place as the result's own, the others as related ones."""
    first, *others = locations
    found: Document = {"locations": [_location(first)]}
    if others:
        found["relatedLocations"] = [
            {"id": number, **_location(other), "message": _text("Here, too.")}
            for number, other in enumerate(others, 1)
        ]
    return found


def _location(location: Location) -> Document:
    uri = quote(location.path.encode("utf-8", "surrogateescape"))
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": uri, "uriBaseId": ROOT},
            "region": {"startLine": location.line},
        }
    }


def _lines(texts: Iterable[str]) -> str:
    return "\n".join(map(safe_line, texts))


def _text(text: str) -> Document:
    """A message; brackets would be links in it (3.11.6)."""
    escaped = text.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
    return {"text": escaped}
