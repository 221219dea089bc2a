"""Parameters and scripts of RunSQL, as drivers and Django take them."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
import sqlparse

from migtui.engine.raw_sql import GIVEN_UP, LONGEST_SCRIPT, fill, guarded_splitting


@pytest.mark.parametrize(
    ("sql", "params", "filled"),
    [
        ("SELECT %s, %s", ["a", 1], "SELECT 'a', 1"),
        ("SELECT %(a)s, %(a)s", {"a": 1}, "SELECT 1, 1"),
        ("SELECT '100%%', %s", (1,), "SELECT '100%', 1"),
        ("SELECT 1", (), "SELECT 1"),
    ],
)
@pytest.mark.parametrize("vendor", ["sqlite", "postgresql", "mysql"])
def test_parameters_are_put_in(vendor: str, sql: str, params: object, filled: str) -> None:
    assert fill(sql, params, repr, vendor) == filled


@pytest.mark.parametrize(
    ("sql", "params", "said"),
    [
        ("SELECT %s, %s", ["a"], "differ in number: 2 and 1"),
        ("SELECT 1", ["a"], "differ in number: 0 and 1"),
        ("SELECT %(a)s", ["a"], "%(a)s stands where parameters are given otherwise"),
        ("SELECT %s", {"a": 1}, "%s stands where parameters are given otherwise"),
        ("SELECT 100%, %s", ["a"], "a % stands alone"),
    ],
)
def test_parameters_that_a_driver_refuses_are_refused(sql: str, params: object, said: str) -> None:
    with pytest.raises(ValueError, match=said.replace("(", r"\(").replace(")", r"\)")):
        fill(sql, params, repr, "postgresql")


def test_a_name_that_is_not_given_is_named() -> None:
    with pytest.raises(KeyError, match="b"):
        fill("SELECT %(b)s", {"a": 1}, repr, "mysql")


def test_sqlite_takes_a_lone_percent_sign() -> None:
    assert fill("SELECT '100%', %s", ["a"], repr, "sqlite") == "SELECT '100%', 'a'"


def connection(split: object, notes: list[tuple[str, str]]) -> SimpleNamespace:
    def note(text: str, error: str = "") -> None:
        notes.append((text, error))

    return SimpleNamespace(
        ops=SimpleNamespace(prepare_sql_script=split), recorder=SimpleNamespace(note=note)
    )


def test_what_sqlparse_gives_up_on_is_kept_and_said() -> None:
    def split(sql: str) -> list[str]:
        raise RecursionError(f"at {sql}.")

    notes: list[tuple[str, str]] = []
    assert guarded_splitting(connection(split, notes))("SELECT 1") == ["SELECT 1"]
    assert notes == [(GIVEN_UP, "RecursionError: at SELECT 1")]


def test_what_would_take_minutes_is_not_asked() -> None:
    def split(sql: str) -> list[str]:
        raise AssertionError(sql)

    notes: list[tuple[str, str]] = []
    script = "x" * (LONGEST_SCRIPT + 1)
    assert guarded_splitting(connection(split, notes))(script) == [script]
    assert "it has 500,001 characters" in notes[0][0]


def test_what_is_no_text_fails_where_django_fails() -> None:
    def statements() -> Iterator[str]:
        yield "SELECT 1"

    split = guarded_splitting(connection(sqlparse.split, []))
    for script in (5, None, statements()):
        with pytest.raises(TypeError):
            split(script)
