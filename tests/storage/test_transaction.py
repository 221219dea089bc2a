"""Writing, undo and redo on real files, with what real systems put in the way."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from migtui.core.changes import Change, ChangeSet, Create, Delete, Rename, Rewrite
from migtui.core.journal import State
from migtui.errors import StaleFileError, StorageError
from migtui.storage.journal import journal_directory, read_history
from migtui.storage.transaction import apply, recover, redo, undo
from tests.support.projects import write

BEFORE = {
    "blog/migrations/__init__.py": b"",
    "blog/migrations/0002_tags.py": b"tags",
    "blog/migrations/0002_views.py": b"views",
    "blog/migrations/0003_old.py": b"old",
    "shop/migrations/0001_initial.py": b"shop",
}
AFTER = {
    "blog/migrations/__init__.py": b"",
    "blog/migrations/0002_tags.py": b"tags",
    "blog/migrations/0003_views.py": b"views after tags",
    "blog/migrations/0004_merge.py": b"merge",
    "shop/migrations/0001_initial.py": b"shop after views",
}
CHANGES = ChangeSet(
    "blog: order 0002_tags, 0003_views",
    (
        Rename(
            "blog/migrations/0002_views.py",
            "blog/migrations/0003_views.py",
            b"views",
            b"views after tags",
        ),
        Rewrite("shop/migrations/0001_initial.py", b"shop", b"shop after views"),
        Create("blog/migrations/0004_merge.py", b"merge"),
        Delete("blog/migrations/0003_old.py", b"old"),
    ),
    "migtui resolve blog --order 0002_tags 0002_views",
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write(tmp_path / "project", BEFORE)


@pytest.fixture
def directory(root: Path) -> Path:
    return journal_directory(root)


def tree(root: Path) -> dict[str, bytes]:
    """Every file of a project but those of the journal, hidden left-overs included."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and ".migtui" not in path.relative_to(root).parts
    }


def test_apply_writes_every_change_and_keeps_an_entry(root: Path, directory: Path) -> None:
    entry = apply(root, directory, CHANGES)

    assert tree(root) == AFTER
    assert read_history(directory).entries == (entry,)
    assert (entry.id, entry.state, entry.title, entry.command) == (
        1,
        State.DONE,
        CHANGES.title,
        CHANGES.command,
    )
    assert entry.time.endswith("+00:00")
    assert {file.path for file in entry.files} == set(CHANGES.files_before())


def test_undo_and_redo_give_the_same_bytes(root: Path, directory: Path) -> None:
    apply(root, directory, CHANGES)

    assert undo(root, directory).state is State.UNDONE
    assert tree(root) == BEFORE
    assert redo(root, directory).state is State.DONE
    assert tree(root) == AFTER
    undo(root, directory)
    assert tree(root) == BEFORE


def test_undo_walks_back_entry_by_entry_and_redo_forward(root: Path, directory: Path) -> None:
    apply(root, directory, CHANGES)
    middle = tree(root)
    apply(root, directory, ChangeSet("two", (Create("blog/migrations/0005.py", b"5"),)))
    end = tree(root)

    assert undo(root, directory).title == "two"
    assert tree(root) == middle
    assert undo(root, directory).title == CHANGES.title
    assert tree(root) == BEFORE
    assert redo(root, directory).title == CHANGES.title
    assert tree(root) == middle
    assert redo(root, directory).title == "two"
    assert tree(root) == end


def test_what_was_undone_before_a_new_write_is_not_redone(root: Path, directory: Path) -> None:
    apply(root, directory, CHANGES)
    undo(root, directory)
    new = ChangeSet("new", (Create("blog/migrations/0009.py", b"9"),))
    apply(root, directory, new)

    with pytest.raises(StorageError, match="nothing to redo"):
        redo(root, directory)

    undo(root, directory)
    assert redo(root, directory).title == "new"


@pytest.mark.parametrize("take", [undo, redo])
def test_an_empty_journal_has_nothing_to_offer(
    root: Path, directory: Path, take: Callable[[Path, Path], object]
) -> None:
    with pytest.raises(StorageError, match=f"nothing to {take.__name__}"):
        take(root, directory)
    assert not directory.exists()


def test_apply_names_every_file_that_changed_appeared_or_vanished(
    root: Path, directory: Path
) -> None:
    write(
        root, {"shop/migrations/0001_initial.py": b"edited", "blog/migrations/0004_merge.py": b""}
    )
    (root / "blog/migrations/0003_old.py").unlink()
    found = tree(root)

    with pytest.raises(StaleFileError) as caught:
        apply(root, directory, CHANGES)

    assert "shop/migrations/0001_initial.py was changed" in caught.value.message
    assert "blog/migrations/0004_merge.py has appeared" in caught.value.message
    assert "blog/migrations/0003_old.py has vanished" in caught.value.message
    assert tree(root) == found
    assert read_history(directory).entries == ()


def test_undo_refuses_and_names_every_file_that_was_changed_since(
    root: Path, directory: Path
) -> None:
    apply(root, directory, CHANGES)
    write(
        root,
        {"blog/migrations/0003_views.py": b"mine", "shop/migrations/0001_initial.py": b"mine"},
    )
    found = tree(root)

    with pytest.raises(StaleFileError) as caught:
        undo(root, directory)

    assert "blog/migrations/0003_views.py was changed" in caught.value.message
    assert "shop/migrations/0001_initial.py was changed" in caught.value.message
    assert tree(root) == found
    assert [entry.state for entry in read_history(directory).entries] == [State.DONE]


def test_redo_refuses_where_a_file_was_changed_since(root: Path, directory: Path) -> None:
    apply(root, directory, CHANGES)
    undo(root, directory)
    write(root, {"shop/migrations/0001_initial.py": b"mine"})

    with pytest.raises(StaleFileError, match=r"shop/migrations/0001_initial\.py was changed"):
        redo(root, directory)

    assert tree(root) == BEFORE | {"shop/migrations/0001_initial.py": b"mine"}


def test_modes_stay_also_through_renaming_and_undo(root: Path, directory: Path) -> None:
    (root / "blog/migrations/0002_views.py").chmod(0o750)
    (root / "blog/migrations/0003_old.py").chmod(0o640)

    apply(root, directory, CHANGES)
    assert (root / "blog/migrations/0003_views.py").stat().st_mode & 0o7777 == 0o750

    undo(root, directory)
    assert (root / "blog/migrations/0002_views.py").stat().st_mode & 0o7777 == 0o750
    assert (root / "blog/migrations/0003_old.py").stat().st_mode & 0o7777 == 0o640


def test_new_files_get_what_the_umask_leaves(root: Path, directory: Path) -> None:
    before = os.umask(0o027)
    try:
        apply(root, directory, CHANGES)
    finally:
        os.umask(before)
    assert (root / "blog/migrations/0004_merge.py").stat().st_mode & 0o7777 == 0o640


def test_a_linked_file_stays_a_link_and_its_target_is_written(root: Path, directory: Path) -> None:
    shared = write(root.parent / "shared", {"0001_initial.py": b"shop"}) / "0001_initial.py"
    link = root / "shop/migrations/0001_initial.py"
    link.unlink()
    link.symlink_to(shared)

    apply(root, directory, CHANGES)
    assert link.is_symlink()
    assert shared.read_bytes() == b"shop after views"

    undo(root, directory)
    assert link.is_symlink()
    assert shared.read_bytes() == b"shop"
    assert [path.name for path in shared.parent.iterdir()] == [shared.name]


def test_a_linked_file_is_not_renamed(root: Path, directory: Path) -> None:
    path = root / "blog/migrations/0002_views.py"
    path.rename(root / "elsewhere.py")
    path.symlink_to(root / "elsewhere.py")

    with pytest.raises(StorageError, match="symbolic link"):
        apply(root, directory, CHANGES)
    assert tree(root) == BEFORE | {"elsewhere.py": b"views"}


@pytest.mark.parametrize(
    "change",
    [Create("linked/0002.py", b""), Rename("linked/0001_initial.py", "linked/0002.py", b"", b"")],
)
def test_nothing_follows_a_link_out_of_the_project(
    root: Path, directory: Path, change: Change
) -> None:
    outside = write(root.parent / "outside", {"0001_initial.py": b""})
    (root / "linked").symlink_to(outside)

    with pytest.raises(StorageError, match="outside the project"):
        apply(root, directory, ChangeSet("out", (change,)))
    assert [path.name for path in outside.iterdir()] == ["0001_initial.py"]


def test_a_link_to_elsewhere_in_the_repository_is_followed(root: Path, directory: Path) -> None:
    (root.parent / ".git").mkdir()
    shared = write(root.parent / "shared", {"0001_initial.py": b""})
    (root / "linked").symlink_to(shared)

    apply(root, directory, ChangeSet("in", (Create("linked/0002.py", b"new"),)))
    assert (shared / "0002.py").read_bytes() == b"new"


def test_a_package_beside_the_project_can_be_written(root: Path, directory: Path) -> None:
    beside = write(root.parent / "beside", {"0001_initial.py": b"one"})
    changes = ChangeSet(
        "beside",
        (
            Create("../beside/0002_merge.py", b"two"),
            Rewrite("../beside/0001_initial.py", b"one", b"1"),
        ),
    )

    apply(root, directory, changes)
    assert tree(beside) == {"0001_initial.py": b"1", "0002_merge.py": b"two"}
    undo(root, directory)
    assert tree(beside) == {"0001_initial.py": b"one"}


@pytest.mark.parametrize(
    "path",
    [
        "/tmp/absolute.py",
        "blog/../../escape.py",
        "blog/./dot.py",
        "nul\0.py",
        "",
        "../nobody.py",
        "missing/0001.py",
        "blog/migrations/__init__.py/0001.py",
    ],
)
def test_odd_paths_are_refused(root: Path, directory: Path, path: str) -> None:
    with pytest.raises(StorageError):
        apply(root, directory, ChangeSet("odd", (Create(path, b""),)))
    assert tree(root) == BEFORE
    assert tree(root.parent).keys() == {f"project/{name}" for name in BEFORE}


@pytest.mark.parametrize("name", ["[red]x.py", "x\x1b[31m.py", "a\nb.py", 'it\'s "x".py', "ünï.py"])
def test_hostile_names_are_just_names(root: Path, directory: Path, name: str) -> None:
    path = f"blog/migrations/{name}"
    apply(root, directory, ChangeSet("name", (Create(path, b"x"),)))
    assert (root / path).read_bytes() == b"x"
    undo(root, directory)
    assert tree(root) == BEFORE


def test_what_is_no_file_is_said_not_read(root: Path, directory: Path) -> None:
    path = root / "shop/migrations/0001_initial.py"
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(StorageError, match="is not a file"):
        apply(root, directory, CHANGES)


def test_a_journal_that_cannot_be_made_stops_before_anything(root: Path) -> None:
    with pytest.raises(StorageError, match="journal can't be kept"):
        apply(root, root / "shop/migrations/0001_initial.py" / "journal", CHANGES)
    assert tree(root) == BEFORE


def test_entries_and_contents_past_a_hundred_are_dropped(root: Path, directory: Path) -> None:
    path = "shop/migrations/0001_initial.py"
    for number in range(102):
        before = (root / path).read_bytes()
        apply(root, directory, ChangeSet("n", (Rewrite(path, before, b"%d" % number),)))

    assert [entry.id for entry in read_history(directory).entries] == list(range(3, 103))
    assert len(list((directory / "objects").iterdir())) == 101
    undo(root, directory)
    assert (root / path).read_bytes() == b"100"


@pytest.mark.parametrize("refused", [1, 2, 3])
def test_a_rename_that_is_refused_in_the_middle_leaves_everything_as_before(
    root: Path, directory: Path, monkeypatch: pytest.MonkeyPatch, refused: int
) -> None:
    # Root may write everywhere, so that only a stand-in can refuse.
    real = os.replace
    renames: list[str] = []

    def refuse(source: str | Path, target: str | Path) -> None:
        if Path(target).suffix == ".py":
            renames.append(str(target))
            if len(renames) == refused:
                raise PermissionError(13, "Permission denied", str(target))
        real(source, target)

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(StorageError, match=r"Permission denied\. Everything is as it was"):
        apply(root, directory, CHANGES)

    assert len(renames) >= refused
    assert tree(root) == BEFORE
    assert recover(root, directory) is None


def test_ctrl_c_in_the_middle_takes_everything_back(
    root: Path, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.replace

    def interrupt(source: str | Path, target: str | Path) -> None:
        real(source, target)
        if Path(target).name == "0003_views.py":
            raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        apply(root, directory, CHANGES)
    assert tree(root) == BEFORE
    assert read_history(directory).entries == ()


def test_a_file_that_changes_while_writing_stops_it_and_is_left_alone(
    root: Path, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.link
    path = root / "shop/migrations/0001_initial.py"

    def edit(source: str | Path, target: str | Path) -> None:
        real(source, target)
        if Path(source).name == "0003_old.py":
            path.unlink()
            path.write_bytes(b"by an editor")

    monkeypatch.setattr(os, "link", edit)
    with pytest.raises(StaleFileError, match=r"shop/migrations/0001_initial\.py was changed"):
        apply(root, directory, CHANGES)
    assert tree(root) == BEFORE | {"shop/migrations/0001_initial.py": b"by an editor"}
    assert recover(root, directory) is None


def test_a_file_system_without_links_will_do(
    root: Path, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    apply(root, directory, CHANGES)
    assert tree(root) == AFTER
    undo(root, directory)
    assert tree(root) == BEFORE


def test_a_damaged_copy_stops_undo_before_anything(root: Path, directory: Path) -> None:
    apply(root, directory, CHANGES)
    for path in (directory / "objects").iterdir():
        path.write_bytes(b"rotten")

    with pytest.raises(StorageError, match="missing or damaged"):
        undo(root, directory)
    assert tree(root) == AFTER


def test_a_damaged_entry_is_named_and_the_others_stay_usable(root: Path, directory: Path) -> None:
    apply(root, directory, CHANGES)
    apply(root, directory, ChangeSet("two", (Create("blog/migrations/0005.py", b"5"),)))
    damaged = directory / "entries/0002.done.json"
    damaged.write_bytes(b"{")

    history = read_history(directory)
    assert [entry.id for entry in history.entries] == [1]
    assert history.damaged == ((2, State.DONE, str(damaged)),)
    with pytest.raises(StorageError, match=r"0002\.done\.json"):
        undo(root, directory)

    damaged.unlink()
    (root / "blog/migrations/0005.py").unlink()
    undo(root, directory)
    assert tree(root) == BEFORE


def _contents(files: Mapping[str, bytes | None]) -> set[bytes]:
    return {content for content in files.values() if content is not None}


def test_the_journal_keeps_both_versions(root: Path, directory: Path) -> None:
    apply(root, directory, CHANGES)
    kept = {path.read_bytes() for path in (directory / "objects").iterdir()}
    assert kept == _contents(CHANGES.files_before()) | _contents(CHANGES.files_after())
