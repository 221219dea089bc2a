"""What git knows about the branches of a conflict."""

import hashlib
import posixpath
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from migtui.config import Config
from migtui.core.branch_facts import Addition, BranchFacts
from migtui.core.conflict import Branch, Conflict
from migtui.core.migration import Migration, MigrationKey
from migtui.errors import GitError
from migtui.vcs.origins import Origin, find_branches, find_origins
from migtui.vcs.program import legible
from migtui.vcs.repository import Repository, open_repository


@dataclass(frozen=True, slots=True)
class Tips:
    """Commits whose history counts besides that of HEAD: the sides of a merge.

    Attributes:
        commits: Their SHAs.
        files: Where a migration is in them that has another path here, by its path here: the path
            there, relative to the project too, and the SHA.
        is_checked_out: Whether the working tree is what the migrations were read from.
    """

    commits: tuple[str, ...] = ()
    files: tuple[tuple[str, str, str], ...] = ()
    is_checked_out: bool = True


def branch_facts(
    root: Path,
    conflict: Conflict,
    migrations: Mapping[MigrationKey, Migration],
    config: Config,
    tips: Tips | None = None,
) -> Mapping[MigrationKey, BranchFacts]:
    """Who wrote each branch of a conflict, when, where, and whether others have it, by leaf.

    Args:
        root: The project's directory, which the migrations' paths are relative to.
        conflict: The conflict.
        migrations: At least those of the conflict.
        config: Names the default branch where git doesn't tell.
        tips: More histories to look into than that of HEAD.

    Returns:
        Empty where there is no git or no repository.
    """
    repository = open_repository(root, base=config.base)
    if repository is None:
        return {}
    tips = tips or Tips()
    paths = _paths(repository, root.resolve(), (migrations[key] for key in conflict.migrations))
    default = repository.default
    public = repository.files(default.sha, paths.values()) if default else None
    heads = tuple(dict.fromkeys(filter(None, (repository.head, *tips.commits))))
    committed = _committed(repository, heads, paths.values())
    origins = {
        **find_origins(repository, committed or (), heads),
        **_elsewhere(repository, root.resolve(), tips),
    }
    leaves = {paths[leaf] for leaf in conflict.leaves if leaf in paths}
    brought = find_branches(
        repository,
        {origin.commit for path, origin in origins.items() if path in leaves},
        published={origin.commit for path, origin in origins.items() if path in (public or ())},
    )
    states = _states(repository, paths.values()) if tips.is_checked_out else {}
    known = _Known(repository, paths, public, committed, origins, brought, states)
    return {branch.leaf: known.facts(branch) for branch in conflict.branches}


@dataclass(frozen=True, slots=True)
class _Known:
    """What git tells of the migrations of a conflict.

    Attributes:
        repository: The repository.
        paths: Of the migrations' files, as git has them.
        public: The files that the default branch has; None where git tells no default branch.
        committed: The files that one of the heads has; None where that can't be told.
        origins: By path, the commit that brought it.
        brought: By such a commit, the branch that it came with.
        states: By path, what the working tree has of it that is not committed.
    """

    repository: Repository
    paths: Mapping[MigrationKey, str]
    public: frozenset[str] | None
    committed: frozenset[str] | None
    origins: Mapping[str, Origin]
    brought: Mapping[str, str]
    states: Mapping[str, str]

    def facts(self, branch: Branch) -> BranchFacts:
        """Of a branch of the conflict; none where not all of its files are in the repository."""
        if not self.paths.keys() >= set(branch.migrations):
            return BranchFacts()
        leaf = self.paths[branch.leaf]
        origin = self.origins.get(leaf)
        is_new = self.committed is not None and leaf not in self.committed and origin is None
        branch_name = self.brought.get(origin.commit) if origin else None
        added = tuple(map(self._added, branch.migrations))
        published = None if self.public is None else all(entry.published for entry in added)
        return BranchFacts(
            published,
            author=origin.author if origin else None,
            git_branch=self.repository.branch if is_new else branch_name,
            mine=None if published is None else not published,
            added=added,
            holders=_holders(self.repository, origin.commit) if origin else (),
        )

    def _added(self, key: MigrationKey) -> Addition:
        path = self.paths[key]
        origin = self.origins.get(path)
        return Addition(
            key,
            commit=origin.commit if origin else None,
            author=origin.author if origin else None,
            date=origin.date if origin else None,
            published=None if self.public is None else path in self.public,
            state=self.states.get(path),
        )


def _committed(
    repository: Repository, heads: Iterable[str], paths: Collection[str]
) -> frozenset[str] | None:
    """The files that one of these commits has; None where that can't be told."""
    found: set[str] = set()
    for head in heads:
        files = repository.files(head, paths)
        if files is None:
            return None
        found |= files
    return frozenset(found)


def _elsewhere(repository: Repository, root: Path, tips: Tips) -> Mapping[str, Origin]:
    """The origins of files that have another path on their side of a merge."""
    found: dict[str, Origin] = {}
    for here, there, commit in tips.files:
        path, other = repository.path(root / here), repository.path(root / there)
        if path is not None and other is not None:
            origin = find_origins(repository, [other], [commit]).get(other)
            if origin is not None:
                found[path] = origin
    return found


def _holders(repository: Repository, commit: str) -> tuple[str, ...]:
    """The branches that have a commit, as git says them, local ones first."""
    refs = repository.refs("refs/heads/", "refs/remotes/", contains=commit)
    names = sorted((ref.name, legible(ref.label)) for ref in refs if ref.branch != "HEAD")
    return tuple(label for _, label in names)


def _states(repository: Repository, paths: Iterable[str]) -> Mapping[str, str]:
    """How far the working tree's files are from being committed, those that are there.

    Read from the index and HEAD's tree and compared here: `git status` would run the filters that
    a repository names.
    """
    files = {path: repository.top / path for path in paths}
    files = {path: file for path, file in files.items() if file.is_file()}
    if not files:
        return {}
    staged = {}
    try:
        entries = repository.index_entries([*files])
    except GitError:  # a damaged index: how far they are can't be told
        return {}
    for entry in entries:
        facts, _, path = entry.partition("\t")
        _, sha, stage = facts.split(" ")
        staged[path] = sha if stage == "0" else "unmerged"
    known = repository.blobs(repository.head, [*files]) if repository.head else {}
    return {path: _state(file, staged.get(path), known.get(path)) for path, file in files.items()}


def _state(file: Path, staged: str | None, committed: str | None) -> str:
    if staged is None:
        return "untracked"
    if staged == "unmerged":
        return staged
    if committed is None:
        return "not committed"
    try:
        content = file.read_bytes()
    except OSError:
        return "not committed"
    same = {_blob_name(form, committed) for form in (content, content.replace(b"\r\n", b"\n"))}
    return "committed" if staged == committed and committed in same else "changed"


def _blob_name(content: bytes, like: str) -> str:
    """The name that git gives a content, in the hash of another name."""
    algorithm = "sha1" if len(like) == 40 else "sha256"  # noqa: PLR2004 - digits of a SHA-1
    data = b"blob %d\0" % len(content) + content
    return hashlib.new(algorithm, data, usedforsecurity=False).hexdigest()


def _paths(
    repository: Repository, root: Path, migrations: Iterable[Migration]
) -> Mapping[MigrationKey, str]:
    """The migrations' paths as git has them, without what is nobody's branch.

    That are installed packages, and what lies in a repository of its own inside this one.
    """
    places = ((item.key, repository.path(root / item.path)) for item in migrations if item.writable)
    found = {key: path for key, path in places if path is not None}
    directories = {posixpath.dirname(path) for path in found.values()}
    inner = {path for path in directories if _is_inner(repository.top, path)}
    return {key: path for key, path in found.items() if posixpath.dirname(path) not in inner}


def _is_inner(top: Path, directory: str) -> bool:
    """Whether a directory is in a submodule, or in another repository inside this one."""
    while directory:
        if (top / directory / ".git").exists():
            return True
        directory = posixpath.dirname(directory)
    return False


def unpublished(
    root: Path, migrations: Iterable[Migration], config: Config, *, base: str | None = None
) -> frozenset[MigrationKey] | None:
    """Those migrations that a branch does not have.

    Args:
        root: The project's directory, which the migrations' paths are relative to.
        migrations: To choose from.
        config: Names the default branch where git doesn't tell.
        base: The branch, or another commit; the default branch where None.

    Returns:
        None where there is no repository, or no default branch.

    Raises:
        NotFoundError: git knows no such commit.
    """
    repository = open_repository(root, base=config.base)
    if repository is None:
        return None
    default = repository.default
    sha = repository.commit(base) if base is not None else default.sha if default else None
    if sha is None:
        return None
    paths = _paths(repository, root.resolve(), migrations)
    there = repository.files(sha, paths.values())
    return None if there is None else frozenset(k for k, path in paths.items() if path not in there)
