"""What differs between two trees of git, and a tree with some of its files changed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from migtui.vcs.objects import DIRECTORY, Objects, TreeEntry

TreeChanges: TypeAlias = Mapping[str, "TreeChange"]


@dataclass(frozen=True, slots=True)
class TreeChange:
    """A file that two trees have not in common: what each has there, None for nothing."""

    before: TreeEntry | None
    after: TreeEntry | None


def diff_trees(objects: Objects, before: str, after: str) -> TreeChanges:
    """The files that differ, by path from the top; directories that are equal are not read.

    Args:
        objects: Where the trees are.
        before: Name of a tree or commit.
        after: Another.

    Raises:
        GitError: The repository has not got one of the trees.
    """
    if before == after:
        return {}
    return dict(_differing(objects, objects.tree(before), objects.tree(after), ""))


def _differing(
    objects: Objects, before: Mapping[str, TreeEntry], after: Mapping[str, TreeEntry], prefix: str
) -> Iterator[tuple[str, TreeChange]]:
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        path = f"{prefix}{name}"
        was, becomes = _inside(objects, old), _inside(objects, new)
        if was or becomes:
            yield from _differing(objects, was, becomes, f"{path}/")
        old = None if old is not None and old.is_directory else old
        new = None if new is not None and new.is_directory else new
        if old != new:
            yield path, TreeChange(old, new)


def _inside(objects: Objects, entry: TreeEntry | None) -> Mapping[str, TreeEntry]:
    return objects.tree(entry.sha) if entry is not None and entry.is_directory else {}


def change_tree(objects: Objects, tree: str, files: Mapping[str, TreeEntry | None]) -> str:
    """The name of a tree with other files at these paths, None for no file there.

    It is kept in ``objects`` and not written to the repository.
    """
    return _changed(objects, objects.tree(tree), files) or objects.add_tree({})


def _changed(
    objects: Objects, entries: Mapping[str, TreeEntry], files: Mapping[str, TreeEntry | None]
) -> str | None:
    """The name of the changed tree, None where nothing is left in it."""
    result = dict(entries)
    below: dict[str, dict[str, TreeEntry | None]] = {}
    for path, entry in files.items():
        name, separator, rest = path.partition("/")
        if separator:
            below.setdefault(name, {})[rest] = entry
        elif entry is not None:
            result[name] = entry
        elif name not in below:
            result.pop(name, None)
    for name, inner in below.items():
        sha = _changed(objects, _inside(objects, result.get(name)), inner)
        if sha is not None:
            result[name] = TreeEntry(DIRECTORY, sha)
        elif name in result and result[name].is_directory:
            del result[name]
    return objects.add_tree(result) if result else None
