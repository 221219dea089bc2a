import pytest

from migtui.core.hook_block import (
    command_block,
    has_block,
    is_worth_a_look,
    with_block,
    without_block,
)
from migtui.errors import MigtuiError

BLOCK = command_block("/opt/py thon", "post-merge", "back end/it's")
SCRIPTS = [
    b"#!/bin/sh\necho hi\nexit 0\n",
    b"#!/bin/sh\n",
    b"#!/usr/bin/env bash\nexec other",
    b"#!/bin/bash -e\n\xff\n",
]


@pytest.mark.parametrize("script", SCRIPTS)
def test_what_is_put_in_is_taken_out_to_the_byte(script: bytes) -> None:
    written = with_block(script, BLOCK)
    assert written.startswith(script.partition(b"\n")[0] + b"\n")
    assert has_block(written)
    expected = None if script == b"#!/bin/sh\n" else script
    assert without_block(written) == expected


def test_a_new_script_holds_nothing_else() -> None:
    written = with_block(None, BLOCK)
    assert written == b"#!/bin/sh\n" + BLOCK
    assert without_block(written) is None


def test_installing_again_replaces_the_lines() -> None:
    script = SCRIPTS[0]
    other = command_block("/usr/bin/python3", "post-merge", ".")
    assert with_block(with_block(script, BLOCK), other) == with_block(script, other)


@pytest.mark.parametrize("script", [b"#!/usr/bin/env python3\n", b"\x7fELF", b"echo hi\n", b""])
def test_what_is_no_shell_script_is_refused(script: bytes) -> None:
    with pytest.raises(MigtuiError, match="not a shell script"):
        with_block(script, BLOCK)


def test_lines_that_were_edited_are_left_alone() -> None:
    start, _, _ = with_block(None, BLOCK).rpartition(b"# <<<")
    with pytest.raises(MigtuiError, match="were edited"):
        without_block(start)


def test_paths_are_quoted() -> None:
    assert b"'/opt/py thon' -P -m migtui --project 'back end/it'\"'\"'s' hook run" in BLOCK


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["post-merge", "0"], True),
        (["post-checkout", "a", "b", "1"], True),
        (["post-checkout", "a", "a", "1"], False),
        (["post-checkout", "a", "b", "0"], False),
        (["post-rewrite", "rebase"], True),
        (["post-rewrite", "amend"], False),
    ],
)
def test_a_look_is_taken_where_migrations_may_have_come(
    words: list[str], *, expected: bool
) -> None:
    assert is_worth_a_look(words[0], words[1:], is_rebasing=False) is expected


def test_no_look_is_taken_at_the_steps_of_a_rebase() -> None:
    assert not is_worth_a_look("post-checkout", ["a", "b", "1"], is_rebasing=True)
