"""The branches of a repository, and where each left another: two calls of git for all of them."""

import fnmatch
import subprocess
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from migtui.errors import GitError
from migtui.vcs.program import legible, run
from migtui.vcs.repository import Ref, Repository


@dataclass(frozen=True, slots=True)
class Tip:
    """A commit that branches point to.

    Attributes:
        ref: The branch; a local one where there is one.
        also: Other branches that it stands for.
        date: Of the commit, in seconds since 1970.
        author: Of the commit.
    """

    ref: Ref
    date: int
    author: str
    also: tuple[Ref, ...] = ()


@dataclass(frozen=True, slots=True)
class Parting:
    """Where a branch has left another.

    Attributes:
        base: The commit that both have; None where there is none, as far as this clone knows.
        since: Date of the first commit after it, in seconds since 1970.
        commits: What the branch has and the other has not.
    """

    base: str | None
    since: int
    commits: frozenset[str]


def find_tips(
    repository: Repository, patterns: Collection[str] = (), *, since: int | None = None
) -> tuple[Tip, ...]:
    """The local and remote branches, by commit; the oldest commit first.

    Args:
        repository: Where.
        patterns: Globs; a branch counts whose name, with or without its remote, fits one.
        since: Seconds since 1970; branches without a commit since then are left out.

    Raises:
        GitError: git can't list them.
    """
    form = "%00".join(
        f"%({name})" for name in ("refname", "objectname", "committerdate:unix", "authorname")
    )
    answer = run(
        repository.git,
        "for-each-ref",
        f"--format={form}%00%(symref)",
        "--sort=refname",
        "--sort=committerdate",
        "refs/heads/",
        "refs/remotes/",
    )
    found: dict[str, Tip] = {}
    for line in filter(None, answer.split("\n")):
        name, sha, date, author, symref = line.split("\0")
        ref = Ref(name, sha)
        is_wanted = not patterns or _fits(ref, patterns)
        if symref or not date or not is_wanted or (since is not None and int(date) < since):
            continue
        known = found.get(sha)
        if known is None:
            found[sha] = Tip(ref, int(date), legible(author))
        else:  # local branches come first: refs/heads/ sorts before refs/remotes/
            found[sha] = replace(known, also=(*known.also, ref))
    return tuple(found.values())


def _fits(ref: Ref, patterns: Iterable[str]) -> bool:
    return any(
        fnmatch.fnmatchcase(name, pattern)
        for pattern in patterns
        for name in (ref.label, ref.branch)
    )


def find_partings(
    repository: Repository, base: str, tips: Collection[Tip]
) -> Mapping[str, Parting | None]:
    """Where each branch has left the base, by SHA; None for one that the base has already.

    Args:
        repository: Where.
        base: SHA of a commit.
        tips: The branches.

    Raises:
        GitError: git can't read the history.
    """
    asked = "\n".join([f"^{base}", *(tip.ref.sha for tip in tips), ""])
    # GitPython ends the process when the object around it is gone.
    running = repository.git.rev_list(
        "--parents", "--timestamp", "--stdin", as_process=True, istream=subprocess.PIPE
    )
    output, errors = running.proc.communicate(asked.encode("ascii"))
    if running.proc.returncode:
        raise GitError(
            "git can't read the history of the branches.",
            help="`git fsck` tells what is damaged.",
            detail=errors.decode("utf-8", "replace"),
        )
    parents: dict[str, tuple[int, list[str]]] = {}
    for line in output.decode("ascii").splitlines():
        date, sha, *others = line.split(" ")
        parents[sha] = (int(date), others)
    return {tip.ref.sha: _parting(repository, base, tip.ref.sha, parents) for tip in tips}


def _parting(
    repository: Repository, base: str, sha: str, parents: Mapping[str, tuple[int, list[str]]]
) -> Parting | None:
    if sha not in parents:
        return None
    own = {sha}
    shared: set[str] = set()
    stack = [sha]
    while stack:
        for other in parents[stack.pop()][1]:
            if other not in parents:
                shared.add(other)
            elif other not in own:
                own.add(other)
                stack.append(other)
    since = min(parents[commit][0] for commit in own)
    # With one commit where the histories meet, that is the merge base; of several, git tells.
    parted = next(iter(shared)) if len(shared) == 1 else None
    if len(shared) > 1:
        parted = repository.merge_base(base, sha)
    return Parting(parted, since, frozenset(own))
