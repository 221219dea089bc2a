"""The SQL of migrations as JSON."""

import json

from migtui.core.hazards.judge import judge
from migtui.core.sql import PYTHON, MigrationSql, RowCount, SqlScript, Statement
from migtui.reports.sql_json import sql_json


def test_what_is_known_of_each_statement_stands_beside_it() -> None:
    script = SqlScript(
        "postgresql",
        "16",
        (
            MigrationSql(
                "blog",
                "0003_tags",
                backwards=False,
                atomic=True,
                statements=(
                    Statement('ALTER TABLE "post" ADD "tags" text NOT NULL', "AddField", 9),
                    Statement("", "RunPython", None, note="def fill(): ...", unknown=PYTHON),
                ),
                error="no such field",
            ),
        ),
    )
    rows = [RowCount("post", 7, is_estimate=True), RowCount("tag", None, error="no")]
    assert json.loads(sql_json(script, judge(script), notes=["squawk"], rows=rows)) == {
        "schema_version": 1,
        "vendor": "postgresql",
        "server_version": "16",
        "migrations": [
            {
                "app_label": "blog",
                "migration": "0003_tags",
                "backwards": False,
                "atomic": True,
                "statements": [
                    {
                        "sql": 'ALTER TABLE "post" ADD "tags" text NOT NULL',
                        "operation": "AddField",
                        "line": 9,
                        "note": None,
                        "error": None,
                        "hazards": [
                            {
                                "code": "migtui.H005",
                                "message": "Leaves post.tags NOT NULL without a default in the "
                                "database. Code that is still running does not know it, and its "
                                "INSERTs fail. With rows in the table it fails at once.",
                                "help": "Give the field a db_default (Django 5.0), or add it with "
                                "null=True and make it NOT NULL in a later release.",
                            }
                        ],
                        "silenced": [],
                        "not_judged": None,
                        "effects": {
                            "locks": [
                                {
                                    "table": "post",
                                    "mode": "ACCESS EXCLUSIVE",
                                    "blocks": "reads and writes",
                                }
                            ],
                            "rewrites": False,
                            "scans": True,
                            "algorithm": None,
                            "rolls_back": True,
                            "destroys_data": False,
                            "breaks_running_code": True,
                        },
                        "supposes_failed": False,
                    },
                    {
                        "sql": "",
                        "operation": "RunPython",
                        "line": None,
                        "note": "def fill(): ...",
                        "error": None,
                        "hazards": [
                            {
                                "code": "migtui.H016",
                                "message": "post stays locked (ACCESS EXCLUSIVE, reads and writes "
                                "wait) while rows are changed: it is one transaction.",
                                "help": "Put the change of data into a migration of its own, after "
                                "the change of the schema.",
                            }
                        ],
                        "silenced": [],
                        "not_judged": "is not judged: it is Python",
                        "effects": None,
                        "supposes_failed": False,
                    },
                ],
                "error": "no such field",
            }
        ],
        "notes": ["squawk"],
        "rows": [
            {"table": "post", "rows": 7, "is_estimate": True, "error": None},
            {"table": "tag", "rows": None, "is_estimate": False, "error": "no"},
        ],
        "comparison": None,
    }


def test_what_rests_on_a_failed_operation_is_marked() -> None:
    failed = (
        Statement("SELECT 1", "RunSQL"),
        Statement("", "AddThing", 9, note="as if", error="ValueError: no"),
        Statement("SELECT 2", "RunSQL"),
    )
    migrations = [
        MigrationSql("blog", name, backwards=False, atomic=True, statements=statements)
        for name, statements in (("0002_x", failed), ("0003_y", failed[:1]))
    ]
    script = SqlScript("postgresql", "16", tuple(migrations))
    first, second = json.loads(sql_json(script, judge(script)))["migrations"]
    assert (first["error"], second["error"]) == ("ValueError: no", None)
    assert [(s["error"], s["supposes_failed"]) for s in first["statements"]] == [
        (None, False),
        ("ValueError: no", False),
        (None, True),
    ]
    assert first["statements"][1]["hazards"] is None
    assert first["statements"][1]["not_judged"] == "is not judged: its operation failed"
    assert [s["supposes_failed"] for s in second["statements"]] == [True]
