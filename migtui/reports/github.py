"""Problems as GitHub's workflow commands: annotations beside the lines of a pull request.

https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
"""

from collections.abc import Iterable, Iterator, Mapping

from migtui.core.explanation import Explanation
from migtui.core.problems import Location, Problem
from migtui.core.rules import rule_of
from migtui.core.safe_text import safe_text
from migtui.reports.places import Places
from migtui.reports.text import paragraphs


def check_github(
    problems: Iterable[Problem], explanations: Mapping[str, Explanation], *, places: Places
) -> str:
    """An annotation for each place of each problem.

    A conflict is annotated at every leaf: only files that a pull request changes are shown in it.

    Args:
        problems: In the order in which they are listed.
        explanations: By app label, of the apps with several leaves.
        places: Paths as the repository has them.
    """
    return "".join(_annotations(problems, explanations, places))


def _annotations(
    problems: Iterable[Problem], explanations: Mapping[str, Explanation], places: Places
) -> Iterator[str]:
    for problem in problems:
        text = "\n".join(paragraphs(problem, explanations))
        for location in places.of(problem):
            yield f"::{problem.severity} {_properties(problem, location)}::{_data(text)}\n"


def _properties(problem: Problem, location: Location) -> str:
    title = f"{problem.code}: {rule_of(problem.code).title}"
    properties = {"file": location.path, "line": str(location.line), "title": title}
    return ",".join(f"{name}={_property(value)}" for name, value in properties.items())


def _data(text: str) -> str:
    """Text after the colons: as ``escapeData`` of GitHub's toolkit has it."""
    safe = safe_text(text)
    return safe.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """The value of a property: as ``escapeProperty`` of GitHub's toolkit has it."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")
