"""What can be wrong between a database's history and the files, with what would mend it."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from migtui.core.migration import MigrationKey
from migtui.core.problems import Location, Problem

TABLE = "django_migrations"
TO_FINISH = "migtui.W003"


@dataclass(frozen=True, slots=True)
class LostRow:
    """A row of ``django_migrations`` that no file stands for.

    Attributes:
        key: Its migration.
        is_installed: Whether its app is installed.
        renamed_to: The file that does the same and is not applied; None where there is none.
        commit: The commit that still has the file; empty where none has.
        path: Of the file in that commit, relative to the project.
    """

    key: MigrationKey
    is_installed: bool
    renamed_to: MigrationKey | None = None
    commit: str = ""
    path: str = ""


def rename_sql(old: MigrationKey, new: MigrationKey) -> str:
    """The statement that has a database know a migration by its new name; ``applied`` stays."""
    return f"UPDATE {TABLE} SET name = {_text(new.name)} {_where(old)};"  # noqa: S608 - quoted, printed


def ways_to_follow(
    alias: str, *, is_local: bool, first: Sequence[str], sql: Sequence[str]
) -> tuple[str, ...]:
    """What to do about a database that has applied what is renamed: the choices, with the SQL.

    Args:
        alias: The database.
        is_local: Whether it is on this machine.
        first: What has to be run there before anything else.
        sql: The statements that rename its rows.
    """
    found = (
        f"{alias!r} has applied what is renamed. Until it is told so, Django sees it as applied "
        "without a file, and would apply it once more under its new name."
    )
    by_flag = "by --update-db, or " if is_local and not first else ""
    rename = f"Either its rows are renamed, {by_flag}by whoever runs this there:"
    shim = (
        "Or --replaces-shim: the file says that it replaces its old name, and every database "
        "follows at its next migrate, also those that nobody here knows. Once all have it, it is "
        "finished like a squash: migtui squash APP --finish."
    )
    return (found, *first, rename, *(f"    {statement}" for statement in sql), shim)


def delete_sql(key: MigrationKey) -> str:
    """The statement that has a database take a migration for not applied."""
    return f"DELETE FROM {TABLE} {_where(key)};"  # noqa: S608 - as above


def _where(key: MigrationKey) -> str:
    return f"WHERE app = {_text(key.app_label)} AND name = {_text(key.name)}"


def insert_sql(key: MigrationKey) -> str:
    """The statement that has a database take a migration for applied."""
    values = f"{_text(key.app_label)}, {_text(key.name)}, CURRENT_TIMESTAMP"
    return f"INSERT INTO {TABLE} (app, name, applied) VALUES ({values});"  # noqa: S608 - as above


def _text(value: str) -> str:
    quoted = value.replace("'", "''")
    return f"'{quoted}'"


def out_of_order(
    alias: str,
    parents: Mapping[MigrationKey, Collection[MigrationKey]],
    applied: Collection[MigrationKey],
    lost: Sequence[LostRow],
    places: Mapping[MigrationKey, Location],
) -> Iterator[Problem]:
    """E101: Django's ``check_consistent_history``, which refuses every migrate then.

    Args:
        alias: The database.
        parents: Of every migration.
        applied: What counts as applied.
        lost: Rows without a file.
        places: Where migrations stand.
    """
    renamed = {row.renamed_to: row.key for row in lost if row.renamed_to is not None}
    for key in sorted(applied):
        for parent in sorted(parents.get(key, ())):
            if parent in applied:
                continue
            yield Problem(
                "migtui.E101",
                key.app_label,
                f"The database {alias!r} has applied {key} before {parent}, which it depends on.",
                _mend_order(alias, key, parent, renamed.get(parent)),
                (places[key],) if key in places else (),
            )


def _mend_order(
    alias: str, key: MigrationKey, parent: MigrationKey, old: MigrationKey | None
) -> str:
    if old is not None:
        return f"{parent} is what was applied as {old.name}. Tell the database: " + rename_sql(
            old, parent
        )
    return (
        f"If what {parent} does is in the database already: {insert_sql(parent)} If it is not: "
        f"{delete_sql(key)} then `migtui migrate {parent.app_label} {parent.name} --database "
        f"{alias}`, then {insert_sql(key)}"
    )


def without_file(alias: str, lost: Sequence[LostRow]) -> Iterator[Problem]:
    """E102: rows without a file; W101: rows of apps that are not installed."""
    foreign: dict[str, list[str]] = {}
    for row in lost:
        key = row.key
        if not row.is_installed:
            foreign.setdefault(key.app_label, []).append(key.name)
            continue
        if row.renamed_to is not None:
            what = f"It was renamed to {row.renamed_to.name}, which does the same."
            mend = f"Tell the database: {rename_sql(key, row.renamed_to)}"
        elif row.commit:
            what = f"Commit {row.commit[:12]} still has it."
            mend = (
                f"Unapply it: `migtui rollback` takes the file from there. Or bring it back: git "
                f"checkout {row.commit[:12]} -- {row.path}"
            )
        else:
            what = "No commit has it, and no file does the same."
            mend = (
                "Find out who applied it. Where its effect is to stay without a file: "
                f"{delete_sql(key)}"
            )
        yield Problem(
            "migtui.E102",
            key.app_label,
            f"The database {alias!r} has applied {key}, which has no file. {what}",
            mend,
        )
    for app_label, names in sorted(foreign.items()):
        yield Problem(
            "migtui.W101",
            app_label,
            f"The database {alias!r} has applied migrations of {app_label}, which is not an "
            f"installed app: {', '.join(names)}.",
            "Django passes them over. Put the app into INSTALLED_APPS to unapply them.",
        )


def models_changed(operations: Mapping[str, Sequence[str]]) -> Iterator[Problem]:
    """E103: what ``makemigrations`` would write, for each app."""
    for app_label, texts in sorted(operations.items()):
        yield Problem(
            "migtui.E103",
            app_label,
            f"Models and migrations of {app_label} disagree: makemigrations would write "
            f"{'; '.join(texts)}.",
            f"Run `python manage.py makemigrations {app_label}`, or take the change of the models "
            "back.",
        )


def squashes_recorded(
    alias: str, squashes: Iterable[MigrationKey], places: Mapping[MigrationKey, Location]
) -> Iterator[Problem]:
    """W003: squashes that a database has recorded."""
    for key in squashes:
        yield Problem(
            TO_FINISH,
            key.app_label,
            f"The database {alias!r} has recorded the squash {key}.",
            f"When every other database has: `migtui squash {key.app_label} --finish {key.name}`.",
            (places[key],),
        )
