"""Files that are gone from the working tree, as the last commit had them that knew them."""

from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass

from migtui.errors import GitError
from migtui.vcs.objects import Objects
from migtui.vcs.repository import Repository

MARK = "\x01"


@dataclass(frozen=True, slots=True)
class LostFile:
    """A file of the past.

    Attributes:
        path: From the top of the repository.
        commit: SHA of the newest commit, by any branch, tag or reflog, that wrote it.
        content: As it was there.
    """

    path: str
    commit: str
    content: bytes


def find_lost(repository: Repository, paths: Collection[str]) -> dict[str, LostFile]:
    """Those of the paths that some commit has written, whichever branch it is on.

    Args:
        repository: The repository.
        paths: From its top.
    """
    if not paths:
        return {}
    told = repository.ask(
        "log",
        "--all",
        "--reflog",
        "--no-renames",
        "--diff-filter=AM",
        f"--format={MARK}%H",
        "--name-only",
        "--",
        *sorted(paths),
    )
    found: dict[str, LostFile] = {}
    with Objects(repository.git) as objects:
        for commit, path in _written(told or ""):
            if path in paths and path not in found:
                name = repository.ask("rev-parse", "--verify", "--quiet", f"{commit}:{path}")
                with suppress(GitError):
                    if name is not None:
                        found[path] = LostFile(path, commit, objects.blob(name.strip()))
    return found


def _written(told: str) -> Iterator[tuple[str, str]]:
    commit = ""
    for line in told.splitlines():
        if line.startswith(MARK):
            commit = line.removeprefix(MARK)
        elif line:
            yield commit, line
