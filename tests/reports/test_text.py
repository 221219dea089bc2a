"""Problems and conflicts as text: whole documents, as they stand on the terminal."""

import re
import textwrap
from dataclasses import replace

import pytest

from migtui.core.problems import Location, Problem
from migtui.core.resolution import Resolution
from migtui.core.verdict import Evidence, Kind, Verdict
from migtui.reports.explanation import explain_text
from migtui.reports.outcome import basis_text
from migtui.reports.paint import Paint
from migtui.reports.text import check_text
from tests.support.explanations import MORE, TAGS, divergent

CONFLICT = Problem(
    "migtui.E001",
    "blog",
    "blog has 2 leaves: 0003_tags, 0004_more.",
    "Run `migtui resolve blog`.",
    (Location("blog/migrations/0003_tags.py", 7), Location("blog/migrations/0004_more.py", 8)),
)
NUMBER = Problem("migtui.W001", "shop", "0002 is used twice.", "", ())


def test_a_conflict_side_by_side() -> None:
    assert explain_text(divergent(), width=90, paint=Paint()) == textwrap.dedent("""\
        blog: 2 leaves after 0002_body

        0003_tags                                   │ 0004_more
        main · Ada · published · applied in default │
          + Add field tags to post                  │ 0003_title
        ! ~ Alter field title on post               │ ! ~ Alter field title on post
                                                    │
                                                    │ 0004_more
                                                    │ ? p Raw Python operation

        ! touches what another branch touches
        ? its effect can't be seen

        Touched by more than one branch:
          blog.post.title (divergent)
            0003_tags and 0003_title both set blog.post.title: the later one wins.
            AlterField in 0003_tags:12, AlterField in 0003_title:9

        Verdict: opaque: what some operations do can't be seen. What can be seen is divergent.
          RunPython in 0004_more:15 can't be seen
          read from the files: opaque; RunPython was not read
          tried on a scratch database (SQLite 3.40.1): ordered; one order fails
          tried on a scratch database (postgresql): no answer; no server

        Ways out:
          → order 0003_tags, 0004_more (recommended)
              It runs.
              migtui resolve blog --order 0003_tags 0004_more
            merge
              Or so.
              migtui resolve blog --merge
          ✗ order 0004_more, 0003_tags (not possible)
              A cycle.

        Note: Read from the files alone.
        """)


def test_a_conflict_in_a_narrow_terminal_has_its_lanes_one_under_another() -> None:
    text = explain_text(divergent(), width=50, paint=Paint())

    assert text.startswith(
        textwrap.dedent("""\
        blog: 2 leaves after 0002_body

        0003_tags
        main · Ada · published · applied in default
          + Add field tags to post
        ! ~ Alter field title on post
        ──────────────────────────────────
        0004_more

        0003_title
        ! ~ Alter field title on post
        """)
    )
    # Commands are left whole, to be copied.
    assert all(len(line) <= 50 for line in text.splitlines() if "migtui resolve" not in line)


def test_without_a_common_ancestor_it_says_so() -> None:
    found = divergent()
    found = replace(found, conflict=replace(found.conflict, fork=()))
    text = explain_text(found, width=90, paint=Paint())
    assert text.startswith("blog: 2 leaves with no migration in common\n")


def test_orders_that_run_are_named_where_not_all_do() -> None:
    verdict = Verdict(Kind.ORDERED, Kind.ORDERED, orders=((TAGS, MORE),))
    text = explain_text(replace(divergent(), verdict=verdict), width=90, paint=Paint())
    assert (
        "Verdict: ordered: some orders run, others do not.\n  0003_tags, 0004_more runs.\n" in text
    )


def test_many_ways_out_are_cut_short() -> None:
    ways = (Resolution("merge", (TAGS, MORE), possible=True, recommended=False, why=""),) * 24
    text = explain_text(replace(divergent(), resolutions=ways), width=90, paint=Paint())
    assert text.count("migtui resolve blog --merge") == 8
    assert "    and 16 more; --format json lists all of them\n" in text


def test_problems_are_listed_with_place_code_and_help() -> None:
    text = check_text(
        [CONFLICT, NUMBER], {"blog": divergent()}, apps=2, migrations=3400, paint=Paint()
    )
    assert text == textwrap.dedent("""\
        blog/migrations/0003_tags.py:7: error migtui.E001: blog has 2 leaves: 0003_tags, 0004_more.
            also blog/migrations/0004_more.py:8
            Verdict: opaque: what some operations do can't be seen. What can be seen is divergent.
            Run `migtui resolve blog`.

        warning migtui.W001: 0002 is used twice.

        1 error, 1 warning in 2 apps with 3,400 migrations.
        """)


def test_nothing_wrong_is_one_line() -> None:
    text = check_text([], {}, apps=1, migrations=1, paint=Paint())
    assert text == "No problems in 1 app with 1 migration.\n"


@pytest.mark.parametrize("width", [50, 90])
def test_colours_add_nothing_but_colours(width: int) -> None:
    plain = explain_text(divergent(), width=width, paint=Paint())
    coloured = explain_text(divergent(), width=width, paint=Paint(enabled=True))
    assert coloured != plain
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == plain


def test_hostile_names_cannot_steer_the_terminal() -> None:
    found = divergent()
    facts = {TAGS: replace(found.facts[TAGS], author="\x1b]0;owned\x07", git_branch="a\nb\r\x9b2J")}
    problem = replace(CONFLICT, message="[red]\x1b[31m", locations=(Location("\x1b[2J.py"),))

    text = explain_text(replace(found, facts=facts), width=90, paint=Paint())
    text += check_text([problem], {}, apps=1, migrations=1, paint=Paint())
    assert {character for character in text if not character.isprintable()} == {"\n"}
    assert "[red]" in text


@pytest.mark.parametrize(
    ("evidence", "kind", "beginning"),
    [
        ((), Kind.ORDERED, "That they do is read from the files; it was tried on no database:"),
        ((), Kind.OPAQUE, "Not all that the branches do could be read; it was tried on no"),
        (
            (Evidence("scratch", Kind.ORDERED, "sqlite", server="SQLite 3.40.1"),),
            Kind.OPAQUE,
            "Before it was written, orders were tried on SQLite 3.40.1.",
        ),
        ((Evidence("scratch", None, "sqlite"),), Kind.ORDERED, "That they do is read from the"),
    ],
)
def test_on_what_an_order_rests_is_said(
    evidence: tuple[Evidence, ...], kind: Kind, beginning: str
) -> None:
    verdict = Verdict(kind=kind, visible_kind=kind, orders=(), evidence=evidence)
    assert basis_text("blog", verdict).startswith(beginning)
