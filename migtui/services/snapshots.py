"""The project as other commits have it, read from git's objects: no checkout, nothing is run."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from migtui.config import load_config
from migtui.errors import GitError
from migtui.services.project import Project
from migtui.services.sides import Separation, Trees
from migtui.services.unfinished import default_tree
from migtui.source.discover import discover
from migtui.source.files import Files, Overlaid
from migtui.source.layout import Known, read_layout
from migtui.source.own_labels import call_as_written
from migtui.vcs.merging import merged, require_merge_base
from migtui.vcs.objects import Objects
from migtui.vcs.repository import Repository
from migtui.vcs.repository import require_repository as find_repository
from migtui.vcs.trees import TreeFiles
from migtui.vcs.union import Merge, unite


class Snapshots:
    """Reads a project at many commits; ``open_snapshots`` makes it.

    Contents are read once by their hash, migrations parsed once, directories that two commits
    share looked at once::

        with open_snapshots(project) as snapshots:
            ours = snapshots.at("HEAD")  # a Project: graph, conflicts, problems()
            theirs = snapshots.at("origin/main")
            project, merge = snapshots.union("HEAD", "origin/main")

    A Project of a commit has the root of the working tree, and its migrations' paths are as they
    would be there; ``explain(project, app_label, with_git=False)`` works on it, writing does not.

    Attributes:
        repository: The repository around the project.
        objects: Its objects. ``diff_trees(objects, sha, other)`` of ``migtui.vcs.tree_changes``
            tells which files two commits have not in common, cheaply.
    """

    def __init__(self, project: Project, repository: Repository, objects: Objects) -> None:
        self.repository = repository
        self.objects = objects
        self._project = project
        self._read: Known = {}

    def at(self, ref: str) -> Project:
        """The project as a commit has it.

        Args:
            ref: A branch, a tag, a SHA.

        Raises:
            NotFoundError: git knows no such commit.
            GitError: The repository has not got all of it.
            ConfigError: ``[tool.migtui]`` is not right there.
        """
        return self.of_tree(self.repository.commit(ref))

    def union(self, ours: str, theirs: str) -> tuple[Project, Merge]:
        """The project as a merge of two commits would have it, put together from their trees.

        As git would do it but for files that were both renamed and changed; for a single merge
        ``merged_project`` asks git itself.

        Args:
            ours: A branch, a tag, a SHA.
            theirs: Another.

        Raises:
            NotFoundError: git knows no such commit.
            GitError: They have no commit in common, or the repository has not got all of it.
            ConfigError: ``[tool.migtui]`` is not right there.
        """
        first, second = self.repository.commit(ours), self.repository.commit(theirs)
        base = require_merge_base(self.repository, first, second)
        merge = unite(self.objects, base, first, second)
        return self.of_merge(merge, (first, second), theirs), merge

    def of_merge(self, merge: Merge, sides: tuple[str, str], ref: str) -> Project:
        """The project as a merge would have it, both sides of what does not go together kept.

        Args:
            merge: The merge.
            sides: SHA of either side.
            ref: What the second one is called.

        Raises:
            GitError: The repository has not got all of it.
            ConfigError: ``[tool.migtui]`` is not right there.
        """
        top, root = self.repository.top, self._project.root
        files = TreeFiles(self.objects, merge.tree, top)
        read = read_tree(self._project, files, self._read)
        ours, theirs = (TreeFiles(self.objects, sha, top) for sha in sides)
        separation = Separation(root, top, files, read.layout, self.objects.blob)
        unfinished = separation.separate(
            tuple(read.graph.migrations.values()),
            merge.unmerged,
            ("merge", self.repository.branch or "HEAD", ref),
            Trees(ours, theirs, default_tree(self.objects, self.repository)),
        )
        if unfinished.contents:
            read = read_tree(self._project, Overlaid(files, unfinished.contents), self._read)
        read.unfinished = unfinished
        read.merged_with = ref
        return read

    def of_tree(self, tree: str) -> Project:
        """The project as a tree has it.

        Args:
            tree: SHA of a commit or a tree, or a name that ``objects`` has given to one.
        """
        return read_tree(
            self._project, TreeFiles(self.objects, tree, self.repository.top), self._read
        )


@contextmanager
def open_snapshots(project: Project) -> Iterator[Snapshots]:
    """Read a project at other commits, until the end of the block.

    Raises:
        GitError: The project is in no git repository, or git can't read it.
    """
    repository = require_repository(project)
    with Objects(repository.git) as objects:
        yield Snapshots(project, repository, objects)


@contextmanager
def merged_project(project: Project, ref: str) -> Iterator[tuple[Project, Merge]]:
    """The project as a merge of HEAD and another commit would have it, by git's own merge.

    Args:
        project: The project.
        ref: A branch, a tag, a SHA.

    Yields:
        The project, whose files can be read until the end of the block, and the merge.

    Raises:
        NotFoundError: git knows no such commit.
        GitError: There is no repository, HEAD has no commit, the two have none in common, or the
            repository lacks what would be needed.
        ConfigError: ``[tool.migtui]`` is not right in the merge.
    """
    repository = require_repository(project)
    if repository.head is None:
        raise GitError(f"{repository.top} has no commit yet.", help="Commit something first.")
    theirs = repository.commit(ref)
    with merged(repository, repository.head, theirs) as (objects, merge):
        snapshots = Snapshots(project, repository, objects)
        yield snapshots.of_merge(merge, (repository.head, theirs), ref), merge


def require_repository(project: Project) -> Repository:
    """The repository that a project lies in.

    Raises:
        GitError: There is none, or git can't read it.
    """
    return find_repository(project.root, base=project.config.base)


def read_tree(project: Project, files: Files, known: Known) -> Project:
    """The project as a tree has it.

    Args:
        project: The project of the working tree.
        files: The tree.
        known: What was read before; it is added to.

    Raises:
        GitError: The repository has not got all of it.
        ConfigError: ``[tool.migtui]`` is not right there.
    """
    root = project.root
    config = load_config(root, files.read)
    settings = project.settings or config.settings or os.environ.get("DJANGO_SETTINGS_MODULE")
    found = discover(root, config, settings, files)
    layout, migrations = call_as_written(found, read_layout(root, found, files, known))
    return Project(
        root,
        config,
        layout,
        migrations,
        manage_py=layout.manage_py,
        settings=project.settings,
        files=files,
    )
