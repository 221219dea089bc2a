"""Git refs that a rollback may lead to, and what of a database they do not have."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from migtui.core.migration import MigrationKey
from migtui.errors import DatabaseError
from migtui.services.applied import Applied
from migtui.services.project import Project
from migtui.source.layout import is_installed


@dataclass(frozen=True, slots=True)
class Unwanted:
    """What has to go for a target.

    Attributes:
        keys: Migrations, applied or not; what is built upon them goes as well.
        checkout: What to check out afterwards; empty where that is the present commit.
        notes: What is left alone, and what else should be known.
    """

    keys: frozenset[MigrationKey]
    checkout: str = ""
    notes: tuple[str, ...] = ()


def not_in_ref(project: Project, state: Applied, ref: str) -> Unwanted:
    """The applied migrations that a ref does not have.

    Args:
        project: The project.
        state: Of the database.
        ref: A branch, a tag or a commit.

    Raises:
        NotFoundError: git knows no such ref.
        DatabaseError: The ref has a conflict, or a squash in part.
        GitError: There is no repository.
    """
    from migtui.services.snapshots import open_snapshots  # noqa: PLC0415 - git is rarely asked

    with open_snapshots(project) as snapshots:
        sha = snapshots.repository.commit(ref)
        there = snapshots.of_tree(sha)
        if there.conflicts:
            labels = ", ".join(conflict.app_label for conflict in there.conflicts)
            raise DatabaseError(
                f"{ref} has several leaves in {labels}, so Django would not migrate there.",
                help="Choose a ref without a conflict, or name an app and a migration.",
            )
        owned = {
            label: directory
            for label, directory in state.directories.items()
            if not is_installed(directory) and snapshots.repository.path(directory) is not None
        }
        known = _known_there(there, state, owned)
        is_there = snapshots.repository.head == sha
    notes = [
        *_left_alone(state, owned),
        *_differences(project, there, state.applied & known, ref),
        *_pending_there(there, state, owned),
    ]
    unwanted = {
        key
        for key in state.applied
        if key.app_label in owned and key not in known and not _has_parts(state, key, known, ref)
    }
    return Unwanted(frozenset(unwanted), "" if is_there else ref, tuple(notes))


def _known_there(there: Project, state: Applied, owned: Mapping[str, Path]) -> set[MigrationKey]:
    """The migrations that a ref has, by itself or as part of a squash."""
    migrations = there.graph.migrations
    replaced = {key for migration in migrations.values() for key in migration.replaced_keys}
    files = {
        key
        for key in state.applied
        if key.app_label in owned and there.files.is_file(owned[key.app_label] / f"{key.name}.py")
    }
    return {*migrations, *replaced, *files}


def _differences(
    project: Project, there: Project, stays: Collection[MigrationKey], ref: str
) -> Iterator[str]:
    """What stays applied and is written otherwise in a ref."""
    here = project.graph.migrations
    differing = sorted(
        key
        for key, migration in there.graph.migrations.items()
        if key in stays and key in here and here[key].sha256 != migration.sha256
    )
    if differing:
        names = ", ".join(map(str, differing))
        yield f"Stays applied, though its file is another one in {ref}: {names}."


def _pending_there(there: Project, state: Applied, owned: Collection[str]) -> Iterator[str]:
    """What a ref has and the database has not."""
    pending = sorted(
        key for key in there.graph.migrations if key.app_label in owned and key not in state.known
    )
    if pending:
        names = ", ".join(map(str, pending))
        yield f"Not applied here, `migtui migrate` does that there: {names}."


def _has_parts(state: Applied, key: MigrationKey, known: set[MigrationKey], ref: str) -> bool:
    """Whether a ref has all that a squash replaces, so that it is the same as having it.

    Raises:
        DatabaseError: It has some of that, and a squash can't be unapplied in part.
    """
    replaces = {
        MigrationKey(*replaced)
        for item in state.history.migrations
        if (item.app_label, item.name) == (key.app_label, key.name)
        for replaced in item.replaces
    }
    if not replaces & known:
        return False
    missing = sorted(replaces - known)
    if missing:
        raise DatabaseError(
            f"{key} replaces migrations of which {ref} has a part only; it lacks "
            f"{', '.join(map(str, missing))}. A squash is unapplied as a whole.",
            help="Check out a commit that has the files which it replaces and not the squash, and "
            "roll back from there.",
        )
    return True


def ref_names(project: Project) -> tuple[str, ...]:
    """The branches and tags of the repository, the newest first; none where there is none."""
    from migtui.vcs.repository import open_repository  # noqa: PLC0415 - git is rarely asked

    repository = open_repository(project.root, base=project.config.base)
    if repository is None:
        return ()
    refs = repository.refs("refs/heads/", "refs/tags/", "refs/remotes/")
    return tuple(ref.label for ref in reversed(refs))


def _left_alone(state: Applied, owned: Collection[str]) -> Iterator[str]:
    labels = {key.app_label for key in state.applied}
    foreign = sorted(labels.difference(owned))
    if foreign:
        names = ", ".join(foreign)
        yield f"Left alone, as git does not have them (installed packages): {names}."
    absent = sorted(
        {
            row.app_label
            for row in state.history.rows
            if row.app_label not in state.directories and row.app_label not in labels
        }
    )
    if absent:
        yield (
            f"Left alone, as these apps are not installed here: {', '.join(absent)}. Check out a "
            "commit that has them to roll them back."
        )
