import json

import pytest

from migtui.core.problems import Location, Problem
from migtui.reports.gitlab import check_gitlab
from migtui.reports.places import Places
from tests.support import hostile

CONFLICT = Problem(
    "migtui.E001", "blog", "Two leaves.", "Choose.", (Location("a.py", 4), Location("b.py", 5))
)
WARNING = Problem("migtui.W001", "blog", "Twice.", "", (Location("a.py", 4),))


def test_an_entry_has_all_that_gitlab_asks_for() -> None:
    entries = json.loads(check_gitlab([CONFLICT, WARNING], {}, places=Places("site")))
    assert [entry["location"] for entry in entries] == [
        {"path": "site/a.py", "lines": {"begin": 4}},
        {"path": "site/b.py", "lines": {"begin": 5}},
        {"path": "site/a.py", "lines": {"begin": 4}},
    ]
    assert [entry["severity"] for entry in entries] == ["critical", "critical", "minor"]
    assert entries[0]["description"] == "Two leaves. Choose."
    assert entries[0]["check_name"] == "migtui.E001"
    assert len({entry["fingerprint"] for entry in entries}) == 3


def test_nothing_found_is_an_empty_list() -> None:
    assert json.loads(check_gitlab([], {}, places=Places())) == []


def test_a_fingerprint_is_the_same_in_the_next_run() -> None:
    first = json.loads(check_gitlab([CONFLICT], {}, places=Places()))
    second = json.loads(check_gitlab([WARNING, CONFLICT], {}, places=Places()))
    assert [entry["fingerprint"] for entry in first] == [
        entry["fingerprint"] for entry in second[1:]
    ]


@pytest.mark.parametrize("name", hostile.NAMES)
def test_hostile_names_stay_text(name: str) -> None:
    document = check_gitlab([hostile.problem(name)], {}, places=Places())
    (entry,) = json.loads(document)
    assert "\n" not in entry["description"]
    assert not {"\x1b", "\u202e"} & set(entry["description"] + entry["location"]["path"])
