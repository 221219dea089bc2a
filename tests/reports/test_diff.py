"""The diff of a ChangeSet is one that git applies."""

import subprocess
from pathlib import Path

import pytest

from migtui.core.changes import Change, ChangeSet, Create, Delete, Rename, Rewrite
from migtui.reports.diff import painted_diff, unified_diff
from migtui.reports.paint import Paint
from tests.support.projects import write
from tests.support.repositories import git, init

BEFORE = b"".join(b"line %d\n" % number for number in range(30))


@pytest.mark.parametrize(
    "change",
    [
        Create("blog/new.py", b"one\ntwo\n"),
        Create("blog/no_end.py", b"one"),
        Create("blog/empty.py", b""),
        Rewrite("a.py", BEFORE, BEFORE.replace(b"line 3\n", b"").replace(b"line 20", b"-- 20")),
        Rewrite("a.py", b"x\r\ny\r\n", b"x\r\nz\r\n"),
        Rewrite("a.py", b"x\n", b"y"),
        Rewrite("a.py", b"x", b"y\n"),
        Rewrite("a.py", b"\xff\xfe\x0c\x1c\n", b"\xff\xfd\x0c\x1c\n"),
        Rewrite("a.py", b"x\x85\xe2\x80\xa8y\n", b"x\x85\xe2\x80\xa8z\n"),
        Rename("a.py", "b.py", BEFORE, BEFORE),
        Rename("a.py", "b.py", BEFORE, BEFORE + b"end\n"),
        Delete("a.py", b"one\n"),
        Create('we"ird \\ \t ü\x1b.py', b"one\n"),
        Create("with space.py", b"one\n"),
    ],
    ids=repr,
)
def test_git_applies_it(tmp_path: Path, change: Change) -> None:
    changes = ChangeSet("change", (change,))
    init(tmp_path)
    write(
        tmp_path,
        {path: text for path, text in changes.files_before().items() if text is not None},
    )

    diff = unified_diff(changes).encode("utf-8", "surrogateescape")
    subprocess.run(
        ["git", "apply", "--whitespace=nowarn", "-"], cwd=tmp_path, input=diff, check=True
    )

    for path, content in changes.files_after().items():
        if content is None:
            assert not (tmp_path / path).exists()
        else:
            assert (tmp_path / path).read_bytes() == content
    assert git(tmp_path, "status", "--porcelain", "--ignored").count("\n") <= 1


def test_a_terminal_gets_it_in_colours_and_without_what_would_steer_it() -> None:
    changes = ChangeSet("change", (Rewrite("a.py", b"old\x1b[2J\n", b"new\r\n"),))
    assert painted_diff(changes, paint=Paint()) == (
        "diff --git a/a.py b/a.py\n--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-old�[2J\n+new�\n"
    )
    assert "\x1b[31m-old�[2J\x1b[0m\n" in painted_diff(changes, paint=Paint(enabled=True))
