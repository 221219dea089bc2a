"""What git knows about the branches of a conflict."""

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from migtui.config import Config
from migtui.core.conflict import Branch, Conflict
from migtui.core.migration import Migration, MigrationKey
from migtui.core.resolution import BranchFacts
from migtui.vcs.origins import find_branches, find_origins
from migtui.vcs.repository import Repository, open_repository


def branch_facts(
    root: Path,
    conflict: Conflict,
    migrations: Mapping[MigrationKey, Migration],
    config: Config,
    *,
    tips: Collection[str] = (),
) -> Mapping[MigrationKey, BranchFacts]:
    """Who wrote each branch of a conflict, where, and whether others have it, by leaf.

    Args:
        root: The project's directory, which the migrations' paths are relative to.
        conflict: The conflict.
        migrations: At least those of the conflict.
        config: Names the default branch where git doesn't tell.
        tips: SHAs of commits whose history counts, besides that of HEAD: the sides of a merge.

    Returns:
        Empty where there is no git or no repository.
    """
    repository = open_repository(root, base=config.base)
    if repository is None:
        return {}
    paths = _paths(repository, root.resolve(), (migrations[key] for key in conflict.migrations))
    leaves = [paths[leaf] for leaf in conflict.leaves if leaf in paths]
    default = repository.default
    public = repository.files(default.sha, paths.values()) if default else None
    heads = tuple(dict.fromkeys(filter(None, (repository.head, *tips))))
    trees = [repository.files(head, leaves) for head in heads]
    committed = None if None in trees else frozenset().union(*filter(None, trees))
    origins = find_origins(repository, committed or (), heads)
    brought = find_branches(
        repository,
        {origin.commit for origin in origins.values()},
        published={origin.commit for path, origin in origins.items() if path in (public or ())},
    )

    def facts(branch: Branch) -> BranchFacts:
        if not paths.keys() >= set(branch.migrations):
            return BranchFacts()
        published = None if public is None else public.issuperset(map(paths.get, branch.migrations))
        unpublished = None if published is None else not published
        leaf = paths[branch.leaf]
        if committed is not None and leaf not in committed:
            return BranchFacts(published, git_branch=repository.branch, mine=unpublished)
        origin = origins.get(leaf)
        return BranchFacts(
            published,
            author=origin.author if origin else None,
            git_branch=brought.get(origin.commit) if origin else None,
            mine=unpublished,
        )

    return {branch.leaf: facts(branch) for branch in conflict.branches}


def _paths(
    repository: Repository, root: Path, migrations: Iterable[Migration]
) -> Mapping[MigrationKey, str]:
    """The migrations' paths as git has them, without what is nobody's branch: site-packages."""
    places = ((item.key, repository.path(root / item.path)) for item in migrations if item.writable)
    return {key: path for key, path in places if path is not None}
