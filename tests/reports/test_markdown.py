from collections.abc import Iterator
from dataclasses import replace

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from migtui.core.problems import Location, Problem
from migtui.core.safe_text import safe_line
from migtui.core.sql import MigrationSql, SqlScript, Statement
from migtui.reports.markdown import check_markdown, code, fenced, prose
from migtui.reports.places import Places
from tests.support import hostile
from tests.support.explanations import divergent

OURS = {"<code>", "</code>", "<!-- -->", "<br>"}
CONFLICT = Problem("migtui.E001", "blog", "Two leaves.", "", (Location("a.py", 4),))
OTHER = Problem("migtui.W001", "shop", "Twice.", "Rename.", (Location("b.py", 1),))


def tokens(text: str) -> Iterator[Token]:
    """What GitHub's Markdown makes of a text."""
    for token in MarkdownIt("gfm-like").parse(text):
        yield token
        yield from token.children or ()


def script(sql: str) -> SqlScript:
    statement = Statement(sql, "RunSQL", 9)
    migration = MigrationSql(
        "blog", "0003_tags", backwards=False, atomic=True, statements=(statement,)
    )
    return SqlScript("postgresql", "16", (migration,))


def test_nothing_found_is_said() -> None:
    assert check_markdown([], {}, places=Places()) == "## Migrations: no problems\n"


def test_a_conflict_shows_branches_verdict_evidence_and_ways_out() -> None:
    text = check_markdown([CONFLICT], {"blog": divergent()}, places=Places())
    assert text.startswith(
        "## Migrations: 1 error\n\n### `blog`: 2 leaves after `0002_body`, opaque"
    )
    assert "| `0003_tags` · `main` · `Ada` · published | `0004_more` |\n| --- | --- |\n" in text
    assert "| `+ Add field tags to post` | **`0003_title`** |" in text
    assert "! `~ Alter field title on post`" in text
    assert ": ordered; one order fails; tried on a scratch database (" in text
    assert "- `migtui resolve blog --order 0003_tags 0004_more` (recommended): It runs." in text
    assert "- order `0004_more, 0003_tags` (not possible): A cycle." in text


def test_other_problems_stand_in_a_table_with_their_places() -> None:
    text = check_markdown([CONFLICT, OTHER], {"blog": divergent()}, places=Places("site"))
    assert "### Other problems\n\n| code | where | what |" in text
    assert "| migtui.W001 | `site/b.py:1` | Twice. Rename. |" in text


def test_sql_is_folded_away_and_no_text_in_it_ends_its_fence() -> None:
    hostile_sql = "SELECT 1; -- ```\n````\n</details># x"
    scripts = {"blog": script(hostile_sql)}
    text = check_markdown([CONFLICT], {"blog": divergent()}, places=Places(), scripts=scripts)
    assert "<summary>SQL of blog, postgresql 16</summary>" in text
    (fence,) = [token for token in tokens(text) if token.type == "fence"]
    assert hostile_sql in fence.content
    assert fence.info == "sql"
    assert text.endswith("`````\n\n</details>\n")


def test_sql_without_a_conflict_is_shown_too() -> None:
    text = check_markdown([], {}, places=Places(), scripts={"shop": script("SELECT 1")})
    assert "SELECT 1;" in text


@pytest.mark.parametrize("name", hostile.NAMES)
def test_nothing_hostile_becomes_markup(name: str) -> None:
    found, explanations = hostile.conflict(name)
    problems = [found, hostile.problem(name)]
    text = check_markdown(problems, explanations, places=Places(), notices=[name])
    found_tokens = list(tokens(text))
    types = {token.type for token in found_tokens}
    assert not types & {"link_open", "image", "em_open", "s_open", "code_block", "fence", "hr"}
    inline = {token.content for token in found_tokens if token.type == "html_inline"}
    assert inline <= OURS
    assert not [token for token in found_tokens if token.type == "html_block"]
    headings = [token.markup for token in found_tokens if token.type == "heading_open"]
    assert headings == ["##", "###", "###"]
    cells = [token for token in found_tokens if token.type == "th_open"]
    assert len(cells) == 2 + 3
    assert not {"\x1b", "\u202e"} & set(text)


@pytest.mark.parametrize("name", hostile.NAMES)
def test_what_is_shown_of_a_name_is_the_name(name: str) -> None:
    for written in (code(name), prose(name)):
        (inline,) = [
            token for token in MarkdownIt("gfm-like").parse(f"x {written}") if token.children
        ]
        shown = "".join(
            token.content
            for token in inline.children or ()
            if token.type in ("text", "text_special", "code_inline")
        )
        assert shown.rstrip() == f"x {safe_line(name)}".rstrip()


@pytest.mark.parametrize(
    "text", ["@ada", "by @ada and @migtui/core", "#12", "see acme/app#12", "!7", "www.evil.example"]
)
def test_nobody_is_mentioned_and_nothing_is_linked(text: str) -> None:
    assert "<!-- -->" in prose(text)
    parsed = list(tokens(prose(text)))
    assert not [token for token in parsed if token.type == "link_open"]
    pieces = [token.content for token in parsed if token.type in ("text", "text_special")]
    assert not {"@ada", "#12", "!7"} & set(pieces)


def test_a_fence_is_longer_than_what_it_holds() -> None:
    assert fenced("a") == "```\na\n```"
    assert fenced("````", "sql") == "`````sql\n````\n`````"


def test_a_wide_conflict_says_how_many_more_ways_there_are() -> None:
    plain = divergent()
    many = replace(plain, resolutions=plain.resolutions * 3)
    text = check_markdown([CONFLICT], {"blog": many}, places=Places())
    assert "- and 5 more: `migtui explain blog`" in text
