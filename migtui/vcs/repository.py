"""A git repository around a project, as far as its refs and trees go."""

import difflib
import os
import tempfile
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, TYPE_CHECKING

from migtui.errors import GitError, NotFoundError
from migtui.vcs.program import git_at, outcome, run

if TYPE_CHECKING:
    from git.cmd import Git

DEFAULT_NAMES = ("main", "master", "develop")


@dataclass(frozen=True, slots=True)
class Ref:
    """A branch: its full name, ``refs/heads/main``, and the commit that it points to."""

    name: str
    sha: str

    @property
    def branch(self) -> str:
        """The name as people say it, without ``refs/heads/`` or the remote: ``main``."""
        kind, _, rest = self.name.removeprefix("refs/").partition("/")
        return rest.partition("/")[2] if kind == "remotes" else rest

    @property
    def label(self) -> str:
        """The name as git says it, with the remote: ``origin/main``."""
        return self.name.removeprefix("refs/").partition("/")[2]


class Repository:
    """A repository with a working tree. Nothing here changes it, but for ``stage``.

    Args:
        git: The runner, at the top of the working tree.
        top: That directory, resolved.
        git_dir: Its git directory; of a linked worktree, its own.
        common_dir: The git directory that all worktrees share.
        base: The default branch, where git doesn't tell.
    """

    def __init__(
        self, git: "Git", top: Path, git_dir: Path, common_dir: Path, base: str | None
    ) -> None:
        self.git = git
        self.top = top
        self.git_dir = git_dir
        self.common_dir = common_dir
        self._base = base

    @cached_property
    def head(self) -> str | None:
        """The SHA of HEAD; None before the first commit."""
        return self.ask("rev-parse", "--verify", "--quiet", "HEAD^{commit}")

    @cached_property
    def branch(self) -> str | None:
        """The branch that is checked out; None where HEAD is detached."""
        return self.ask("symbolic-ref", "--quiet", "--short", "HEAD")

    @cached_property
    def default(self) -> Ref | None:
        """The default branch, as others have it where there is a remote.

        In this order: the configured one, the one that ``origin`` names, ``init.defaultBranch``,
        main, master, develop.
        """
        remote = self.ask("symbolic-ref", "--quiet", "refs/remotes/origin/HEAD")
        inherited = self.ask("config", "--get", "init.defaultBranch")
        wanted = [
            *_candidates(self._base),
            *([remote] if remote else []),
            *(ref for name in (inherited, *DEFAULT_NAMES) for ref in _candidates(name)),
        ]
        found = {ref.name: ref for ref in self.refs(*wanted)}
        return next((found[name] for name in wanted if name in found), None)

    @cached_property
    def boundary(self) -> frozenset[str]:
        """The commits where a shallow clone ends: what came before them is not known."""
        try:
            return frozenset((self.common_dir / "shallow").read_text("ascii").split())
        except OSError:
            return frozenset()

    def commit(self, name: str) -> str:
        """The SHA of the commit that a branch, tag, SHA or other revision names.

        A branch of this name is taken before one of ``origin``; nothing is fetched.

        Raises:
            NotFoundError: There is none.
        """
        if name and not name.startswith("-") and "\n" not in name and "\0" not in name:
            for candidate in (name, f"refs/remotes/origin/{name}"):
                sha = self.ask(
                    "rev-parse",
                    "--verify",
                    "--quiet",
                    "--end-of-options",
                    f"{candidate}^{{commit}}",
                )
                if sha is not None:
                    return sha.removeprefix("--end-of-options\n")
        known = sorted({ref.label for ref in self.refs("refs/heads/", "refs/remotes/")})
        near = difflib.get_close_matches(name, known)
        if near:
            help_ = f"Did you mean {' or '.join(near)}?"
        else:
            help_ = "`git branch --all` lists the branches; `git fetch` gets those of others."
        raise NotFoundError(f"git knows no commit {name!r} in {self.top}.", help=help_)

    def merge_base(self, ours: str, theirs: str) -> str | None:
        """The commit at which two others have parted; None where none is known."""
        return self.ask("merge-base", ours, theirs)

    def refs(
        self, *patterns: str, contains: str | None = None, points_at: str | None = None
    ) -> tuple[Ref, ...]:
        """The refs under these names, the ones with the oldest commit first.

        Args:
            patterns: Full names or prefixes of them.
            contains: A SHA that must be in their history.
            points_at: A SHA that they must point to.
        """
        query = ["--sort=refname", "--sort=committerdate"]
        if contains is not None:
            query.append(f"--contains={contains}")
        if points_at is not None:
            query.append(f"--points-at={points_at}")
        answer = self.ask(
            "for-each-ref", "--format=%(refname) %(objectname)", *query, "--", *patterns
        )
        entries = (line.rpartition(" ") for line in (answer or "").splitlines())
        return tuple(Ref(name, sha) for name, _, sha in entries)

    def path(self, file: Path) -> str | None:
        """A file's path as git has it, from the top; None outside the working tree."""
        place = os.path.normpath(file)
        with suppress(ValueError):
            return Path(place).relative_to(self.top).as_posix()
        return None

    def files(self, sha: str, paths: Iterable[str]) -> frozenset[str] | None:
        """Those of the paths that are files in a commit's tree; None where that can't be told."""
        wanted = [*paths]
        if not wanted:
            return frozenset()
        listing = self.ask("ls-tree", "-z", "--name-only", "--full-tree", sha, "--", *wanted)
        return None if listing is None else frozenset(listing.split("\0")).intersection(wanted)

    def blobs(self, sha: str, paths: Collection[str]) -> Mapping[str, str]:
        """The names of these files' contents in a commit, of those that it has."""
        listing = self.ask("ls-tree", "-z", "--full-tree", sha, "--", *paths) or ""
        entries = (entry.partition("\t") for entry in filter(None, listing.split("\0")))
        return {path: facts.split(" ")[2] for facts, _, path in entries}

    def require_inside(self, files: Collection[Path]) -> tuple[str, ...]:
        """The files' paths from the top.

        Raises:
            GitError: One of them lies outside the working tree.
        """
        paths = [self.path(file) for file in files]
        outside = [str(file) for file, path in zip(files, paths, strict=True) if path is None]
        if outside:
            raise GitError(
                f"{outside[0]} is not in the working tree {self.top}, so it can't be staged.",
                help="Leave out --stage.",
            )
        return tuple(filter(None, paths))

    def stage(self, files: Collection[Path]) -> None:
        """Put these files into the index as they are now; those that are gone are removed from it.

        Raises:
            GitError: A file lies outside the working tree, or git refused.
        """
        paths = self.require_inside(files)
        if paths:
            self.change_index("update-index", "--add", "--remove", "--", *paths)

    def index_entries(self, paths: Collection[str]) -> tuple[str, ...]:
        """What the index has of these files: ``mode sha stage<tab>path``, one for each stage.

        Raises:
            GitError: The index can't be read.
        """
        listing = run(self.git, "ls-files", "--stage", "--full-name", "-z", "--", *paths)
        return tuple(filter(None, listing.split("\0")))

    def set_index_entries(self, paths: Collection[str], entries: Collection[str]) -> None:
        """Make the index have these entries of these files, and no others.

        Args:
            paths: From the top.
            entries: As ``index_entries`` gives them.

        Raises:
            GitError: git refused.
        """
        nothing = "0" * len(self.head or "0" * 40)
        records = [*(f"0 {nothing}\t{path}" for path in paths), *entries]
        content = b"".join(os.fsencode(record) + b"\0" for record in records)
        with tempfile.TemporaryFile() as file:
            file.write(content)
            file.seek(0)
            self.change_index("update-index", "-z", "--index-info", stdin=file)

    def filters(self, paths: Iterable[str]) -> tuple[tuple[str, str], ...]:
        """The files that git would run a program for when they are staged, and its name."""
        answer = self.ask("check-attr", "-z", "filter", "--", *paths) or ""
        fields = answer.split("\0")
        found = zip(fields[0::3], fields[2::3], strict=False)
        return tuple((path, name) for path, name in found if name not in ("unspecified", "unset"))

    def change_index(self, *arguments: str, stdin: IO[bytes] | None = None) -> None:
        """Run a git command that writes the index.

        Args:
            arguments: The command.
            stdin: What it reads.

        Raises:
            GitError: git refused; where another git is writing it, that is said.
        """
        try:
            run(self.git, *arguments, stdin=stdin)
        except GitError as error:
            if "index.lock" in error.detail:
                raise GitError(
                    f"Another git is writing the index of {self.top}: there is an index.lock.",
                    help="Wait for it to end. If none is running, remove "
                    f"{self.git_dir / 'index.lock'}.",
                    detail=error.detail,
                ) from error
            raise

    def ask(self, *arguments: str) -> str | None:
        """What a git command says; None where it fails."""
        try:
            return run(self.git, *arguments)
        except GitError:
            return None


def open_repository(root: Path, *, base: str | None = None) -> Repository | None:
    """The repository that a project lies in.

    Args:
        root: The project's directory.
        base: The default branch, where git doesn't tell.

    Returns:
        None where there is no git, no repository, none with a working tree, or one that git
        refuses to read because somebody else owns it (``safe.directory``).
    """
    with suppress(GitError):
        return require_repository(root, base=base)
    return None


def require_repository(root: Path, *, base: str | None = None) -> Repository:
    """As ``open_repository``, where it has to be there.

    Raises:
        GitError: It is not, and why.
    """
    query = ("rev-parse", "--show-toplevel", "--absolute-git-dir", "--git-common-dir")
    status, output, errors = outcome(git_at(root), *query)
    places = output.split("\n")
    if status == 0 and len(places) == len(query) - 1:
        top, git_dir, common_dir = places
        return Repository(git_at(top), Path(top), Path(git_dir), root / common_dir, base)
    for sign, text, advice in _REFUSALS:
        if sign in errors:
            raise GitError(text.format(root), help=advice.format(root), detail=errors)
    raise GitError(
        f"git can't read the repository around {root}.",
        help="`git status` in that directory tells more.",
        detail=errors,
    )


_REFUSALS = (
    (
        "dubious ownership",
        "git does not read the repository around {0}: it belongs to another user.",
        "If you trust it: git config --global --add safe.directory {0}",
    ),
    (
        "must be run in a work tree",
        "{0} is in a bare repository, which has no files to look at.",
        "Clone it, or add a worktree.",
    ),
    (
        "not a git repository",
        "{0} is in no git repository.",
        "Other commits are only there.",
    ),
)
"""What git says where it does not open a repository, what that means, and what to do."""


def _candidates(name: str | None) -> tuple[str, ...]:
    """The refs that a branch's name may mean, the ones that others see first."""
    if not name:
        return ()
    return (f"refs/remotes/{name}", f"refs/remotes/origin/{name}", f"refs/heads/{name}")
