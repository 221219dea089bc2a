"""A merge of two commits put together from trees alone: what each side changed since they parted.

For a git that has no ``merge-tree --write-tree`` (before 2.38), and where hundreds of merges are
asked for: directories that one side alone has changed are not even read.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from migtui.vcs.merge_text import merge_text
from migtui.vcs.objects import DIRECTORY, LINK, SUBMODULE, Objects, TreeEntry
from migtui.vcs.tree_changes import TreeChange, TreeChanges, change_tree, diff_trees


@dataclass(frozen=True, slots=True)
class Unmerged:
    """A file that both sides have changed in ways that don't go together.

    Attributes:
        path: From the top of the working tree.
        base: Name of the content that both sides started from; None where there was no file.
        ours: Name of the content on the first side; None where it has deleted the file.
        theirs: The same on the other side.
    """

    path: str
    base: str | None
    ours: str | None
    theirs: str | None


@dataclass(frozen=True, slots=True)
class Merge:
    """What a merge of two commits would give.

    Attributes:
        tree: Name of its tree, in which files that don't go together have git's markers.
        unmerged: Those files.
        by_git: Whether git has merged, or the trees were united.
    """

    tree: str
    unmerged: tuple[Unmerged, ...] = ()
    by_git: bool = False


def unite(objects: Objects, base: str, ours: str, theirs: str) -> Merge:
    """What a merge would give, without git: files that were renamed unchanged are followed.

    Args:
        objects: Where the trees are; it gets what the merge adds.
        base: Name of the commit at which the two have parted.
        ours: Name of one commit.
        theirs: Name of the other.

    Raises:
        GitError: The repository has not got one of the trees or files.
    """
    mine, others = diff_trees(objects, base, ours), diff_trees(objects, base, theirs)
    moved, moved_there = _renames(mine), _renames(others)
    files: dict[str, TreeEntry | None] = {}
    followed: dict[str, TreeEntry | None] = {}
    unmerged: list[Unmerged] = []
    for path, change in others.items():
        own = mine.get(path)
        if own is None:
            files[path] = change.after
        elif own.after == change.after:
            continue
        elif path in moved and change.after is not None:
            # Renamed here and changed there: the change goes with the file.
            followed[moved[path]] = change.after
        elif path in moved_there and own.after is not None:
            followed |= {path: None, moved_there[path]: own.after}
        else:
            entry, failed = _together(objects, path, own, change)
            files[path] = entry
            unmerged += [failed] if failed else []
    return Merge(change_tree(objects, ours, files | followed), tuple(unmerged))


def _renames(changes: TreeChanges) -> Mapping[str, str]:
    """New paths by old ones, of files that were renamed and not changed."""
    added = {
        change.after: path
        for path, change in changes.items()
        if change.before is None and change.after is not None
    }
    return {
        path: added[change.before]
        for path, change in changes.items()
        if change.after is None and change.before is not None and change.before in added
    }


def _together(
    objects: Objects, path: str, own: TreeChange, other: TreeChange
) -> tuple[TreeEntry | None, Unmerged | None]:
    """The content of a file that both sides have changed, and whether that did not go."""
    sides = (own.before, own.after, other.after)
    failed = Unmerged(path, *(None if side is None else side.sha for side in sides))
    if own.after is None or other.after is None:
        return own.after or other.after, failed
    if any(side and side.mode in (LINK, SUBMODULE, DIRECTORY) for side in sides):
        return own.after, failed
    base = b"" if own.before is None else objects.blob(own.before.sha)
    first, second = objects.blob(own.after.sha), objects.blob(other.after.sha)
    content, is_clean = merge_text(base, first, second)
    entry = TreeEntry(own.after.mode, objects.add_blob(content))
    return entry, None if is_clean else failed
