"""The merge of two commits as git itself would make it, without making it.

git works in a scratch repository that borrows the objects of the real one: what it writes is gone
afterwards, and neither the repository's configuration nor that of the user is there to name a
merge driver, a filter or a hook.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from migtui.errors import GitError
from migtui.vcs.objects import Objects
from migtui.vcs.program import git_at, outcome
from migtui.vcs.repository import Repository
from migtui.vcs.union import Merge, Unmerged, unite

if TYPE_CHECKING:
    from git.cmd import Git

SHA256_LENGTH = 64
UNKNOWN_OPTION = 129
CLEAN_OR_CONFLICTS = (0, 1)


@contextmanager
def merged(repository: Repository, ours: str, theirs: str) -> Iterator[tuple[Objects, Merge]]:
    """What a merge of two commits would give; nothing is written to the repository.

    Args:
        repository: Where.
        ours: SHA of a commit.
        theirs: SHA of another.

    Yields:
        The merge, and the objects that it can be read from until the end of the block.

    Raises:
        GitError: The two have no common beginning, as far as this clone knows, or the repository
            lacks what would be needed.
    """
    base = require_merge_base(repository, ours, theirs)
    with _scratch(repository, ours) as git, Objects(git) as objects:
        yield objects, _by_git(git, ours, theirs) or unite(objects, base, ours, theirs)


def require_merge_base(repository: Repository, ours: str, theirs: str) -> str:
    """The commit at which two others have parted; of several, the one that git names first.

    Raises:
        GitError: There is none, or it lies beyond the end of a shallow clone.
    """
    base = repository.merge_base(ours, theirs)
    if base is not None:
        return base
    if repository.boundary:
        raise GitError(
            f"This shallow clone doesn't reach back to where {ours[:12]} and {theirs[:12]} have "
            "parted.",
            help="Fetch more of the history: `git fetch --unshallow`, or in CI a checkout with "
            "its whole depth (`fetch-depth: 0`).",
        )
    raise GitError(
        f"{ours[:12]} and {theirs[:12]} have no commit in common, so git would not merge them.",
        help="Name a branch of the same history.",
    )


def _by_git(git: "Git", ours: str, theirs: str) -> Merge | None:
    """The merge that git itself makes; None where git is too old for it."""
    status, output, errors = outcome(git, "merge-tree", "--write-tree", "-z", ours, theirs)
    if status not in CLEAN_OR_CONFLICTS:
        if status == UNKNOWN_OPTION or "--write-tree" in errors:
            return None
        raise GitError(
            f"git can't tell what a merge of {ours[:12]} and {theirs[:12]} would give.",
            help="In a partial or shallow clone fetch what is missing; `git fsck` tells what is "
            "damaged.",
            detail=errors,
        )
    tree, *records = output.split("\0")
    stages: dict[str, dict[str, str]] = {}
    for record in records:
        facts, separator, path = record.partition("\t")
        if not separator:
            break  # behind an empty record follow messages for people
        _, sha, stage = facts.split(" ")
        stages.setdefault(path, {})[stage] = sha
    unmerged = tuple(
        Unmerged(path, found.get("1"), found.get("2"), found.get("3"))
        for path, found in stages.items()
    )
    return Merge(tree, unmerged, by_git=True)


@contextmanager
def _scratch(repository: Repository, sha: str) -> Iterator["Git"]:
    """A runner of git in an empty repository that has the objects of the real one."""
    with tempfile.TemporaryDirectory(prefix="migtui-merge-") as name:
        top = Path(name)
        (top / "refs").mkdir()
        (top / "objects" / "info").mkdir(parents=True)
        (top / "HEAD").write_text("ref: refs/heads/none\n")
        is_sha256 = len(sha) == SHA256_LENGTH
        extension = "[extensions]\n\tobjectFormat = sha256\n" if is_sha256 else ""
        version = int(is_sha256)
        (top / "config").write_text(
            f"[core]\n\trepositoryFormatVersion = {version}\n\tbare = true\n{extension}"
        )
        alternate = os.fsencode(repository.common_dir / "objects")
        (top / "objects" / "info" / "alternates").write_bytes(_quoted(alternate) + b"\n")
        if repository.boundary:
            (top / "shallow").write_text("".join(f"{end}\n" for end in repository.boundary))
        git = git_at(top)
        git.update_environment(
            GIT_DIR=str(top),
            GIT_CONFIG_NOSYSTEM="1",
            GIT_CONFIG_GLOBAL=os.devnull,  # git 2.32
            HOME=os.devnull,  # older ones
            XDG_CONFIG_HOME=os.devnull,
            GIT_ATTR_NOSYSTEM="1",
        )
        yield git


def _quoted(path: bytes) -> bytes:
    r"""A path as git reads it in ``alternates``: with C's escapes where it holds odd bytes."""
    if not any(byte in path for byte in b'\n"\\') and not path.startswith(b"#"):
        return path
    escaped = path.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n")
    return b'"' + escaped + b'"'
