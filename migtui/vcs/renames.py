"""Which files were renamed, as the history before HEAD tells: one walk over it."""

from collections.abc import Collection, Mapping

from migtui.vcs.program import legible
from migtui.vcs.repository import Repository


def renamed_files(repository: Repository, directories: Collection[str]) -> Mapping[str, str]:
    """The present path of each file that was renamed within these directories, by its old one.

    Args:
        repository: Where.
        directories: From the top of the working tree.

    Returns:
        Empty where there is no commit, or git can't tell.
    """
    if repository.head is None or not directories:
        return {}
    answer = repository.ask(
        "log", "--format=", "--name-status", "-z", "--find-renames", "--diff-filter=R",
        "--no-ext-diff", "--no-textconv", repository.head, "--", *sorted(directories),
    )  # fmt: skip
    fields = iter((answer or "").split("\0"))
    latest: dict[str, str] = {}
    for status in fields:
        if status.lstrip("\n").startswith("R"):
            old, new = next(fields, ""), next(fields, "")
            # Newest first: a file may have been renamed again since.
            latest.setdefault(legible(old), latest.get(legible(new), legible(new)))
    return latest
