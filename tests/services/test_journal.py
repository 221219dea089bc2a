"""The journal of a project, by way of its services."""

from pathlib import Path

import pytest

from migtui.core.changes import ChangeSet, Create
from migtui.core.journal import State
from migtui.errors import StorageError
from migtui.services import journal
from migtui.services.project import open_project
from migtui.storage.journal import journal_directory
from migtui.storage.transaction import apply
from tests.support.projects import write_project


def test_what_was_written_is_listed_taken_back_and_written_again(tmp_path: Path) -> None:
    project = open_project(write_project(tmp_path, ["blog"]))
    assert journal.history(project).entries == ()
    with pytest.raises(StorageError, match="nothing to undo"):
        journal.undo(project)

    new = tmp_path / "blog/new.py"
    apply(
        project.root,
        journal_directory(project.root),
        ChangeSet("new", (Create("blog/new.py", b""),)),
    )
    assert [entry.title for entry in journal.history(project).entries] == ["new"]
    assert journal.recover(project) is None

    assert journal.undo(project).state is State.UNDONE
    assert not new.exists()
    assert journal.redo(project).state is State.DONE
    assert new.exists()
