"""The merge, rebase or the like that git is in the middle of around a project."""

from collections.abc import Sequence
from pathlib import Path

from migtui.config import Config
from migtui.core.migration import Migration
from migtui.errors import GitError
from migtui.services.sides import Separation, Trees, Unfinished
from migtui.source.files import DISK
from migtui.source.layout import Layout
from migtui.vcs.objects import Objects
from migtui.vcs.repository import Repository, open_repository
from migtui.vcs.trees import TreeFiles
from migtui.vcs.unmerged import under_way, unmerged_files


def find_unfinished(
    root: Path, config: Config, layout: Layout, migrations: Sequence[Migration]
) -> Unfinished | None:
    """What git has not put together in the working tree, and both sides of it.

    Args:
        root: The project's directory.
        config: Names the default branch where git doesn't tell.
        layout: As read from the working tree.
        migrations: As read from there.

    Returns:
        None where git is in the middle of nothing, or can't be asked.
    """
    repository = open_repository(root, base=config.base)
    if repository is None:
        return None
    unmerged, state = unmerged_files(repository), under_way(repository)
    if not unmerged and state.kind == "change":
        return None
    with Objects(repository.git) as objects:
        separation = Separation(root, repository.top, DISK, layout, objects.blob)
        trees = Trees(
            _tree(objects, state.ours.commit, repository),
            _tree(objects, state.theirs.commit, repository),
            default_tree(objects, repository),
        )
        names = (state.kind, state.ours.label, state.theirs.label)
        try:
            return separation.separate(migrations, unmerged, names, trees)
        except GitError:  # a content that is not in this clone: the files are all there is
            return None


def default_tree(objects: Objects, repository: Repository) -> TreeFiles | None:
    """What the default branch has, where there is one."""
    default = repository.default
    return _tree(objects, default.sha if default else None, repository)


def _tree(objects: Objects, commit: str | None, repository: Repository) -> TreeFiles | None:
    return TreeFiles(objects, commit, repository.top) if commit else None
