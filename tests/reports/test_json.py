"""Findings as JSON: whole documents, every key that scripts rely on."""

import json
from typing import Any

from migtui.core.problems import Location, Problem
from migtui.reports.json import check_json, explain_json
from tests.support.explanations import divergent

CONFLICT: dict[str, Any] = {
    "app_label": "blog",
    "leaves": ["0003_tags", "0004_more"],
    "fork": ["0002_body"],
    "branches": [
        {
            "leaf": "0003_tags",
            "migrations": ["0003_tags"],
            "operations": [
                {
                    "migration": "0003_tags",
                    "type": "AddField",
                    "text": "Add field tags to post",
                    "path": "blog/migrations/0003_tags.py",
                    "line": 9,
                    "reach": None,
                },
                {
                    "migration": "0003_tags",
                    "type": "AlterField",
                    "text": "Alter field title on post",
                    "path": "blog/migrations/0003_tags.py",
                    "line": 12,
                    "reach": None,
                },
            ],
            "published": True,
            "author": "Ada",
            "git_branch": "main",
            "applied": {"default": True, "replica": None},
            "git_branches": None,
            "added": None,
        },
        {
            "leaf": "0004_more",
            "migrations": ["0003_title", "0004_more"],
            "operations": [
                {
                    "migration": "0003_title",
                    "type": "AlterField",
                    "text": "Alter field title on post",
                    "path": "blog/migrations/0003_title.py",
                    "line": 9,
                    "reach": None,
                },
                {
                    "migration": "0004_more",
                    "type": "RunPython",
                    "text": "Raw Python operation",
                    "path": "blog/migrations/0004_more.py",
                    "line": 15,
                    "reach": None,
                },
            ],
            "published": None,
            "author": None,
            "git_branch": None,
            "applied": None,
            "git_branches": None,
            "added": None,
        },
    ],
    "verdict": {
        "kind": "opaque",
        "visible_kind": "divergent",
        "orders": [["0003_tags", "0004_more"], ["0004_more", "0003_tags"]],
        "overlaps": [
            {
                "resource": "blog.post.title",
                "kind": "divergent",
                "why": "0003_tags and 0003_title both set blog.post.title: the later one wins.",
                "operations": [
                    {"migration": "0003_tags", "type": "AlterField", "line": 12},
                    {"migration": "0003_title", "type": "AlterField", "line": 9},
                ],
            }
        ],
        "opaque": [{"migration": "0004_more", "type": "RunPython", "line": 15}],
        "evidence": [
            {
                "method": "footprint",
                "vendor": None,
                "server": None,
                "kind": "opaque",
                "note": "RunPython was not read",
                "tried": [],
                "differences": [],
            },
            {
                "method": "scratch",
                "vendor": "sqlite",
                "server": "SQLite 3.40.1",
                "kind": "ordered",
                "note": "one order fails",
                "tried": [
                    {"order": ["0003_tags", "0004_more"], "end": 0, "error": None},
                    {"order": ["0004_more", "0003_tags"], "end": None, "error": "no such table"},
                ],
                "differences": [{"resource": "blog_post.title", "first": "a", "second": ""}],
            },
            {
                "method": "scratch",
                "vendor": "postgresql",
                "server": None,
                "kind": None,
                "note": "no server",
                "tried": [],
                "differences": [],
            },
        ],
    },
    "resolutions": [
        {
            "strategy": "order",
            "order": ["0003_tags", "0004_more"],
            "possible": True,
            "recommended": True,
            "why": "It runs.",
        },
        {
            "strategy": "merge",
            "order": ["0003_tags", "0004_more"],
            "possible": True,
            "recommended": False,
            "why": "Or so.",
        },
        {
            "strategy": "order",
            "order": ["0004_more", "0003_tags"],
            "possible": False,
            "recommended": False,
            "why": "A cycle.",
        },
    ],
}


def test_a_conflict() -> None:
    document = json.loads(explain_json(divergent()))
    assert document == {
        "schema_version": 1,
        **CONFLICT,
        "notices": ["Read from the files alone."],
    }
    assert list(document)[:2] == ["schema_version", "app_label"]


def test_problems_with_the_conflict_of_each_app_that_has_one() -> None:
    problems = (
        Problem(
            "migtui.E001",
            "blog",
            "Two.",
            "Resolve.",
            (Location("blog/migrations/0003_tags.py", 7),),
        ),
        Problem("migtui.W001", "shop", "Twice.", ""),
    )
    text = check_json(problems, {"blog": divergent()}, project=".", apps=2, migrations=5)
    assert json.loads(text) == {
        "schema_version": 1,
        "project": ".",
        "base": None,
        "apps": 2,
        "migrations": 5,
        "database": None,
        "problems": [
            {
                "code": "migtui.E001",
                "severity": "error",
                "app_label": "blog",
                "message": "Two.",
                "help": "Resolve.",
                "files": [{"path": "blog/migrations/0003_tags.py", "line": 7}],
                "conflict": CONFLICT,
            },
            {
                "code": "migtui.W001",
                "severity": "warning",
                "app_label": "shop",
                "message": "Twice.",
                "help": "",
                "files": [],
                "conflict": None,
            },
        ],
        "summary": {"errors": 1, "warnings": 1},
    }


def test_nothing_wrong() -> None:
    assert json.loads(check_json((), {}, project="sub/site", apps=0, migrations=0)) == {
        "schema_version": 1,
        "project": "sub/site",
        "base": None,
        "apps": 0,
        "migrations": 0,
        "database": None,
        "problems": [],
        "summary": {"errors": 0, "warnings": 0},
    }


def test_odd_text_stays_valid_json() -> None:
    problem = Problem("migtui.E004", "blog", "\x1b[31m \udcff “ü”", "", ())
    text = check_json((problem,), {}, project=".", apps=1, migrations=1)
    assert text.isascii()
    assert json.loads(text)["problems"][0]["message"] == problem.message
