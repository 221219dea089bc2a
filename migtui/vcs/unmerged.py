"""Files that a merge of git has not finished with."""

from collections.abc import Iterable
from pathlib import Path

from migtui.vcs.repository import open_repository

BOTH_SIDES = frozenset("23")
"""The stages of a file that both sides have and the merge base has not (gitrevisions, ``:n:``)."""


def added_on_both_sides(root: Path, paths: Iterable[str]) -> frozenset[str]:
    """Those of the files that both sides of an unfinished merge have added.

    Args:
        root: The project's directory, which the paths are relative to.
        paths: With ``/``.

    Returns:
        Empty where there is no git or no repository.
    """
    repository = open_repository(root)
    if repository is None:
        return frozenset()
    names = {repository.path(root / path): path for path in paths}
    wanted = [name for name in names if name is not None]
    listing = repository.ask("ls-files", "--unmerged", "--full-name", "-z", "--", *wanted) or ""
    stages: dict[str, set[str]] = {}
    for entry in filter(None, listing.split("\0")):
        facts, _, name = entry.partition("\t")
        stages.setdefault(name, set()).add(facts[-1])
    return frozenset(names[name] for name, found in stages.items() if found == BOTH_SIDES)
