"""git's index follows what was written, where that is wanted; nothing is ever committed."""

from collections.abc import Iterable

from migtui.core.journal import Entry, Index
from migtui.errors import GitError
from migtui.services.project import Project
from migtui.storage.journal import journal_directory, keep_index
from migtui.vcs.repository import Repository, open_repository, require_repository


def stage(project: Project, entry: Entry) -> Entry:
    """Put the files that an entry of the journal has written into the index.

    Files that were unmerged are merged then. What the index held before is kept in the journal,
    so that ``undo`` gives it back.

    Returns:
        The entry with that.

    Raises:
        GitError: There is no repository, or git did not take a file; the files stay written.
    """
    repository = require_repository(project.root, base=project.config.base)
    files = [project.root / file.path for file in entry.files]
    paths = repository.require_inside(files)
    _require_no_filter(repository, paths)
    before = repository.index_entries(paths)
    repository.stage(files)
    after = repository.index_entries(paths)
    return keep_index(journal_directory(project.root), entry, Index(paths, before, after))


def follow(project: Project, entry: Entry, *, forwards: bool = False) -> str | None:
    """Give the index back what it held, once an entry that was staged is undone; or redo it.

    Only where it still holds what was staged: what the developer has staged since is left alone.

    Returns:
        What was done, or why it was not, in a sentence; None where nothing had been staged.
    """
    if entry.index is None:
        return None
    paths, before, after = entry.index.paths, entry.index.before, entry.index.after
    if forwards:
        before, after = after, before
    repository = open_repository(project.root, base=project.config.base)
    if repository is None:
        return "git's index was left as it is: git can't be asked."
    try:
        if repository.index_entries(paths) != after:
            return "git's index has changed since these files were staged, and was left as it is."
        repository.set_index_entries(paths, before)
    except GitError as error:
        return f"git's index was left as it is: {error.message}"
    if forwards:
        return "The files are staged again."
    return "git's index is as it was before these files were staged."


def _require_no_filter(repository: Repository, paths: Iterable[str]) -> None:
    """Stop where staging would run a program that the repository names."""
    for path, name in repository.filters(paths):
        raise GitError(
            f"{path} was written, but not staged: .gitattributes has git run the filter {name!r} "
            "for it, and migtui runs no program that a repository names.",
            help="Stage the files with `git add`.",
        )
