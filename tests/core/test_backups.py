from dataclasses import replace

import pytest

from migtui.core.backups import (
    Manifest,
    Origin,
    Place,
    backup_name,
    manifest_text,
    read_manifest,
    to_drop,
)

MADE = Manifest(
    id="default-1",
    created="2026-11-25T10:00:00+00:00",
    alias="default",
    place=Place("postgresql", "shop", "db", "5432"),
    origin=Origin("/srv/shop", "shop.settings", "a" * 40, "main"),
    server_version="15.4",
    program="pg_dump 15.4",
    applied=(("blog", "0001_initial"),),
    rows={"blog_post": 3, "blog_log": None},
    file="database.dump",
    size=10,
    sha256="b" * 64,
)


def test_a_manifest_comes_back_as_it_was() -> None:
    assert read_manifest(manifest_text(MADE)) == MADE


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"format": 1}', '{"format": 2}'])
def test_what_is_no_manifest_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        read_manifest(text)


@pytest.mark.parametrize("name", ["../database.dump", "/etc/passwd", ".", "", "a/b"])
def test_a_manifest_leads_nowhere_else(name: str) -> None:
    with pytest.raises(ValueError, match="leads elsewhere"):
        read_manifest(manifest_text(replace(MADE, file=name)))


def test_the_oldest_backups_of_the_same_database_are_dropped_and_never_the_newest() -> None:
    olds = [replace(MADE, id=f"old-{n}", created=f"2026-11-2{n}T00:00:00") for n in range(3)]
    other = replace(MADE, id="other", created="2026-01-01", place=Place("sqlite", "/x"))

    assert [m.id for m in to_drop([*olds, other, MADE], MADE, 2)] == ["old-0", "old-1"]
    assert to_drop([*olds, MADE], MADE, 4) == to_drop([*olds, MADE], MADE, 0) == ()
    assert len(to_drop([*olds, MADE], MADE, 1)) == 3


def test_an_alias_makes_a_plain_name() -> None:
    assert backup_name("../a b", "20261125", "ab") == "___a_b-20261125-ab"
