"""Nothing is done to a database on another machine unless its alias is typed or given."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command_line import Terminal, run
from tests.support.projects import migration
from tests.support.vendors import Site, picture, site

ANOTHER = "127.1"
"""A host's name that is not known to be this machine's, and that a server answers to."""
FILES = {
    "blog/migrations/0001_initial.py": migration(
        'migrations.CreateModel("Post", [("id", models.BigAutoField(primary_key=True))])'
    ),
    "blog/migrations/0002_views.py": migration(
        'migrations.AddField("post", "views", models.IntegerField(null=True))',
        dependencies=[("blog", "0001_initial")],
    ),
}
ROLLBACK = ("rollback", "blog", "0001")


@pytest.fixture(params=["mysql"])
def distant(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    vendor: str = request.param
    with site(tmp_path / "project", vendor, FILES) as made:
        settings = made.root / "settings.py"
        here = f"'HOST': {made.entry['HOST']!r}"
        assert here in settings.read_text()
        settings.write_text(settings.read_text().replace(here, f"'HOST': {ANOTHER!r}"))
        assert run("migrate", "--project", made.root, "-v0").code == 0
        made.ask("INSERT INTO blog_post (views) VALUES (1), (2)")
        yield made


def test_without_a_terminal_the_alias_has_to_be_given(distant: Site) -> None:
    before = picture(distant)
    backup = Path(run("backup", "--project", distant.root).out.strip()).name
    given = ("--noinput", "--database", "default", "--project", distant.root)
    for words in (ROLLBACK, ("restore", backup)):
        found = run(*words, "--noinput", "--project", distant.root)
        assert (found.code, found.out) == (2, "")
        assert f"on {ANOTHER}:{distant.entry['PORT']} is not on this machine" in found.err
        assert "--noinput --database default says that it may be changed" in found.err
    assert picture(distant) == before

    assert run(*ROLLBACK, *given).code == 0
    assert distant.applied() == ["0001_initial"]
    assert run("restore", backup, *given).code == 0
    assert picture(distant) == before


@pytest.mark.parametrize("distant", ["postgresql"], indirect=True)
def test_on_a_terminal_the_alias_is_typed_unless_nothing_is_asked(distant: Site) -> None:
    before = picture(distant)
    backup = Path(run("backup", "--project", distant.root).out.strip()).name
    for words, typed, code, applied in (
        (ROLLBACK, "y", 1, 2),
        (ROLLBACK, "default", 0, 1),
        (("restore", backup), "y", 1, 1),
        (("restore", backup), "default", 0, 2),
    ):
        where = f"{ANOTHER}:{distant.entry['PORT']}"
        with Terminal(*words, "--project", distant.root) as terminal:
            terminal.read_until(f"on {where} is not on this machine. Type default to ")
            terminal.type(f"{typed}\n")
            assert terminal.finish() == code, terminal.text
        assert len(distant.applied()) == applied
    for words in (ROLLBACK, ("restore", backup)):
        with Terminal(*words, "--noinput", "--project", distant.root) as terminal:
            assert terminal.finish() == 2, terminal.text
    assert picture(distant) == before
