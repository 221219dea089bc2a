"""Problems as GitLab's code quality report, a JSON artifact that a merge request shows.

https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from migtui.core.explanation import Explanation
from migtui.core.problems import Problem
from migtui.core.safe_text import safe_line
from migtui.reports.places import Places, fingerprint, recognised
from migtui.reports.text import paragraphs

_SEVERITIES = {"error": "critical", "warning": "minor"}


def check_gitlab(
    problems: Iterable[Problem], explanations: Mapping[str, Explanation], *, places: Places
) -> str:
    """An entry for each place of each problem; a list, also where there is none.

    Args:
        problems: In the order in which they are listed.
        explanations: By app label, of the apps with several leaves.
        places: Paths as the repository has them.
    """
    return json.dumps(list(_entries(problems, explanations, places)), indent=2) + "\n"


def _entries(
    problems: Iterable[Problem], explanations: Mapping[str, Explanation], places: Places
) -> Iterator[dict[str, Any]]:
    for problem, identity in recognised(problems):
        text = " ".join(paragraphs(problem, explanations))
        for number, location in enumerate(places.of(problem)):
            yield {
                "description": safe_line(text),
                "check_name": problem.code,
                "fingerprint": fingerprint(identity, location.path, str(number)),
                "severity": _SEVERITIES[problem.severity],
                "location": {
                    "path": safe_line(location.path),
                    "lines": {"begin": location.line},
                },
            }
