from migtui.core.changes import ChangeSet, Create, Delete, Rename, Rewrite
from migtui.tui.documents.diff import diff_lines


def shown(*changes: Create | Delete | Rename | Rewrite) -> list[str]:
    return [f"{line.gutter}{line.text}" for line in diff_lines(ChangeSet("", changes))]


def test_a_new_file_is_all_added() -> None:
    assert shown(Create("a/0002.py", b"one\ntwo\n")) == [
        "+ create a/0002.py",
        "   1 + one",
        "   2 + two",
        "   3 + ",
    ]


def test_a_rename_beside_itself_names_the_directory_once_and_shows_what_is_edited() -> None:
    before = b"".join(b"line %d\n" % number for number in range(1, 21))
    lines = shown(Rename("a/0002.py", "a/0003.py", before, before.replace(b"e 10\n", b"e ten\n")))
    assert lines[0] == "> rename a/0002.py → 0003.py and edit"
    assert " 10    - line 10" in lines
    assert "    10 + line ten" in lines
    assert not any("line 6" in line for line in lines)


def test_files_that_lie_apart_are_named_whole() -> None:
    assert shown(Rename("a/x.py", "b/x.py", b"", b""))[0] == "> rename a/x.py → b/x.py"


def test_a_change_of_line_breaks_alone_is_told() -> None:
    assert shown(Rewrite("a.py", b"one\r\n", b"one\n")) != ["~ edit a.py"]


def test_a_deleted_file_is_all_removed() -> None:
    assert shown(Delete("a.py", b"one"))[1:] == [" 1   - one"]


def test_distant_changes_are_apart() -> None:
    before = b"".join(b"line %d\n" % number for number in range(1, 41))
    after = before.replace(b"line 3\n", b"third\n").replace(b"line 38\n", b"late\n")
    assert any(line.strip() == "⋯" for line in shown(Rewrite("a.py", before, after)))
