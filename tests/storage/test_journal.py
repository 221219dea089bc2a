"""Where the journal lies, and what is told when mending is not possible."""

import os
from pathlib import Path

import pytest

from migtui.core.changes import ChangeSet, Create, Rewrite
from migtui.errors import StaleFileError, StorageError
from migtui.storage.journal import journal_directory, read_history
from migtui.storage.transaction import apply, recover, undo
from tests.support.projects import write
from tests.support.repositories import commit, git, init


def test_it_lies_in_the_git_directory(tmp_path: Path) -> None:
    init(tmp_path)
    assert journal_directory(tmp_path) == tmp_path / ".git/migtui"


def test_projects_below_the_top_have_one_each(tmp_path: Path) -> None:
    init(tmp_path)
    (tmp_path / "back/api").mkdir(parents=True)
    assert journal_directory(tmp_path / "back/api") == (
        tmp_path / ".git/migtui/projects/back%2Fapi"
    )


def test_a_worktree_has_its_own(tmp_path: Path) -> None:
    main = init(tmp_path / "main")
    commit(main, "first")
    git(main, "worktree", "add", "-q", "../other")
    assert journal_directory(tmp_path / "other") == main / ".git/worktrees/other/migtui"


def test_a_submodule_has_its_own(tmp_path: Path) -> None:
    inner, outer = init(tmp_path / "inner"), init(tmp_path / "outer")
    commit(inner, "first")
    git(outer, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(inner), "sub")
    assert journal_directory(outer / "sub") == outer / ".git/modules/sub/migtui"


def test_without_git_it_lies_in_the_project_and_git_would_ignore_it(tmp_path: Path) -> None:
    directory = journal_directory(tmp_path)
    assert directory == tmp_path / ".migtui"

    apply(tmp_path, directory, ChangeSet("new", (Create("new.py", b""),)))
    init(tmp_path)
    assert git(tmp_path, "status", "--porcelain") == "?? new.py\n"


@pytest.mark.parametrize("content", [b"", b"gitdir: nowhere\n", b"\xff", b"gitdir"])
def test_a_git_file_that_leads_nowhere_counts_as_none(tmp_path: Path, content: bytes) -> None:
    write(tmp_path, {".git": content})
    assert journal_directory(tmp_path) == tmp_path / ".migtui"


def test_git_sees_nothing_of_it(tmp_path: Path) -> None:
    init(tmp_path)
    write(tmp_path, {"a.py": b"a"})
    commit(tmp_path, "first")
    directory = journal_directory(tmp_path)
    apply(tmp_path, directory, ChangeSet("change", (Rewrite("a.py", b"a", b"b"),)))
    undo(tmp_path, directory)
    assert git(tmp_path, "status", "--porcelain", "--ignored") == ""
    git(tmp_path, "fsck", "--strict")


def cut_off(root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Leave a write half done: one file written that could not be taken back, one not written."""
    directory = journal_directory(root)
    changes = ChangeSet("cut", (Rewrite("a.py", b"a", b"A"), Rewrite("b.py", b"b", b"B")))
    real = os.replace

    def refuse(source: str | Path, target: str | Path) -> None:
        if Path(target).name == "b.py" or Path(source).suffix == ".old":
            raise OSError(5, "Input/output error")
        real(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", refuse)
        with pytest.raises(StorageError, match="could not be taken back"):
            apply(root, directory, changes)
    return directory


def test_recovery_stops_at_a_file_that_somebody_changed_and_names_both_versions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = write(tmp_path, {"a.py": b"a", "b.py": b"b"})
    directory = cut_off(root, monkeypatch)
    assert (root / "a.py").read_bytes() == b"A"
    (root / "b.py").write_bytes(b"mine")

    with pytest.raises(StaleFileError) as caught:
        recover(root, directory)

    assert caught.value.message == (
        "Writing “cut” was interrupted, and changed since by somebody else: b.py."
    )
    versions = [Path(word.strip(",;")) for word in caught.value.help.split() if "objects" in word]
    assert [path.read_bytes() for path in versions] == [b"b", b"B"]
    assert (root / "a.py").read_bytes() == b"A"
    assert (root / "b.py").read_bytes() == b"mine"

    with pytest.raises(StorageError, match="interrupted and is not mended"):
        apply(root, directory, ChangeSet("other", (Create("c.py", b""),)))

    (root / "b.py").write_bytes(b"b")
    assert recover(root, directory) == "Writing “cut” was interrupted; it is finished now."
    assert (root / "b.py").read_bytes() == b"B"


def test_an_interrupted_entry_that_cannot_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = write(tmp_path, {"a.py": b"a", "b.py": b"b"})
    directory = cut_off(root, monkeypatch)
    entry = directory / "entries/0001.writing.json"
    entry.write_bytes(b"[]")

    with pytest.raises(StorageError, match=r"0001\.writing\.json can't be read"):
        recover(root, directory)
    entry.unlink()
    assert recover(root, directory) is None


def test_an_entry_survives_odd_text(tmp_path: Path) -> None:
    title = "blog: [red]\x1b[31m \udcff “ü”"
    directory = journal_directory(tmp_path)
    entry = apply(tmp_path, directory, ChangeSet(title, (Create("\udcff.py", b""),)))
    assert read_history(directory).entries == (entry,)
