"""A project on disk: where it is, its migrations as read from the files, and their graph."""

import difflib
import os
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from migtui.config import Config
from migtui.core.changes import Change, onto
from migtui.core.conflict import Conflict, find_conflict, find_conflicts
from migtui.core.graph import MigrationGraph
from migtui.core.migration import Migration, MigrationKey, Operation
from migtui.core.problems import Problem, find_problems
from migtui.core.problems.files import MARKERS, added_on_both_sides, changed_on_both_sides, unmerged
from migtui.errors import NotFoundError, ProjectError, ResolutionError, StorageError
from migtui.services.location import locate
from migtui.services.lock_files import lock_problems
from migtui.services.repository import is_under_way
from migtui.source.discover import discover
from migtui.source.files import DISK, Files, Overlaid
from migtui.source.layout import Layout, read_layout
from migtui.source.own_labels import call_as_written

if TYPE_CHECKING:  # where no merge is unfinished, none of it is needed
    from migtui.services.sides import Unfinished

if TYPE_CHECKING:  # imported where code is read
    from migtui.source.helpers import Helpers


class Project:
    """The migrations of a directory, read once; ``open_project`` makes it, ``reload`` reads again.

    Attributes:
        root: The project's directory, absolute; paths elsewhere are relative to it.
        config: ``[tool.migtui]``.
        manage_py: The project's manage.py, None where there is none.
        settings: The settings module asked for on the command line, None where there is none.
        python: The interpreter asked for on the command line, None where there is none.
        layout: Which packages hold migrations, and the labels of their apps.
        files: Where its files are read from: the disk, unless it is a commit of git; with what
            ``unfinished`` lays over it.
        unfinished: What a merge has left undone; None where there is nothing of the kind.
        merged_with: The ref that HEAD is merged with here, though it is not in the working tree.
        graph: Of every migration that was read.
    """

    def __init__(
        self,
        root: Path,
        config: Config,
        layout: Layout,
        migrations: Iterable[Migration],
        *,
        manage_py: Path | None = None,
        settings: str | None = None,
        python: str | None = None,
        files: Files = DISK,
        unfinished: "Unfinished | None" = None,
        merged_with: str | None = None,
    ) -> None:
        self.root = root
        self.files = files
        self.unfinished = unfinished
        self.merged_with = merged_with
        self.config = config
        self.layout = layout
        self.manage_py = manage_py
        self.settings = settings
        self.python = python
        self.graph = MigrationGraph.of(migrations, layout.swappable)

    def corrected(self, layout: Layout, migrations: Iterable[Migration]) -> "Project":
        """The same project with another layout and what was read in it."""
        return Project(
            self.root,
            self.config,
            layout,
            migrations,
            manage_py=self.manage_py,
            settings=self.settings,
            python=self.python,
            files=self.files,
            unfinished=self.unfinished,
            merged_with=self.merged_with,
        )

    def reload(self) -> "Project":
        """The project read anew from its files."""
        return open_project(self.root, settings=self.settings, python=self.python)

    @cached_property
    def conflicts(self) -> tuple[Conflict, ...]:
        """Every app with several leaves, sorted by app label."""
        return find_conflicts(self.graph)

    def conflict(self, app_label: str) -> Conflict:
        """The conflict of an app.

        Raises:
            NotFoundError: There is no such app.
            ResolutionError: It has one leaf.
        """
        self.require_apps([app_label])
        conflict = find_conflict(self.graph, app_label)
        if conflict is None:
            raise ResolutionError(
                f"{app_label} has no conflict: it has {len(self.graph.leaves(app_label))} leaf.",
                help="`migtui check` lists the apps that have one.",
            )
        return conflict

    def problems(self, app_labels: Sequence[str] = ()) -> tuple[Problem, ...]:
        """What is wrong with the graph, in all apps or in those named, errors first.

        Raises:
            NotFoundError: There is no such app.
        """
        self.require_apps(app_labels)
        every = (*self._read_problems(), *self._unfinished(), *lock_problems(self))
        found = (p for p in every if not app_labels or p.app_label in app_labels)
        return tuple(sorted(found, key=lambda p: (p.severity, p.code, p.app_label)))

    def _unfinished(self) -> Iterator[Problem]:
        """What only git can tell of files that it could not put together."""
        if self.unfinished is None:
            return
        twins = {twin.key for twin in self.unfinished.twins}
        for migration in self.unfinished.marked:
            if self.merged_with is None:
                read = self.graph.migrations.get(migration.key)
                if read is None or read.error is None:  # else it is told as it is
                    is_kept = self.root / migration.path in self.unfinished.contents
                    kind = self.unfinished.kind
                    yield unmerged(migration, kind, is_kept=is_kept)
            elif migration.key not in twins:
                yield changed_on_both_sides(migration, self.unfinished.ours, self.unfinished.theirs)
        for twin in self.unfinished.twins:
            yield added_on_both_sides(twin)

    def _read_problems(self) -> Iterator[Problem]:
        """What is wrong with the graph as it was read."""
        for problem in find_problems(self.graph):
            # What git would leave in files of a merge that was not made, is told of its two sides.
            if self.merged_with is None or problem.code != MARKERS:
                yield problem

    def onto_disk(self, changes: Sequence[Change]) -> tuple[Change, ...]:
        """Changes of the project as it was read, as changes of the files that are there.

        They differ where a merge is not finished: both sides of it are written then, too.
        """
        if self.unfinished is None or not self.unfinished.contents:
            return tuple(changes)
        laid_over = {
            Path(os.path.relpath(path, self.root)).as_posix(): content
            for path, content in self.unfinished.contents.items()
        }
        below: dict[str, bytes | None] = {}
        for path in laid_over:
            try:
                below[path] = DISK.read(self.root / path)
            except OSError:
                below[path] = None
        return onto(laid_over, below, changes)

    def require_apps(self, app_labels: Iterable[str]) -> None:
        """Make sure that these apps have migrations.

        Raises:
            NotFoundError: One of them has none.
        """
        for app_label in app_labels:
            if app_label not in self.graph.app_labels:
                near = difflib.get_close_matches(app_label, self.graph.app_labels)
                raise NotFoundError(
                    f"No app with the label {app_label!r} has migrations in {self.root}.",
                    help=f"Did you mean {' or '.join(near)}?" if near else "See `migtui check`.",
                )

    def operations(self, key: MigrationKey, *, with_code: bool = True) -> tuple[Operation, ...]:
        """What a migration does, in the order of its file; what can't be seen, as is vouched for.

        Of a file that can't be loaded, an ``Unreadable`` one stands for the rest.

        Args:
            key: Of the migration.
            with_code: Whether RunPython's functions and RunSQL's statements are read, too.
        """
        from migtui.source import operations  # noqa: PLC0415 - few need any

        migration = self.graph.migrations[key]
        path, error = migration.path, migration.error
        unread: tuple[Operation, ...] = ()
        if error is not None and error.kind != "markers" and not error.newer_python:
            unread = (Operation("Unreadable", line=error.line, source=error.message),)
            if error.kind == "compiled":
                return unread
        imports = self._helpers.of(self.root / path) if with_code else None
        found = operations.read_operations(self.read(path), imports, with_code=with_code)
        if not any(operation.type == "Unreadable" for operation in found):
            found = (*found, *unread)
        labels = self.config.touches.get(str(key))
        return found if labels is None else operations.with_vouch(found, labels)

    @cached_property
    def _helpers(self) -> "Helpers":
        from migtui.source.helpers import Helpers  # noqa: PLC0415 - few need any

        near = self.manage_py.parent if self.manage_py else self.root
        return Helpers(tuple(dict.fromkeys([near, self.root, self.root / "src"])))

    def read(self, path: str) -> bytes:
        """The content of a file, its path relative to the project.

        Raises:
            StorageError: It can't be read.
        """
        try:
            return self.files.read(self.root / path)
        except OSError as error:
            raise StorageError(
                f"{path} can't be read: {error.strerror}.", help="Reload the project."
            ) from error


def open_project(
    directory: Path, *, settings: str | None = None, python: str | None = None
) -> Project:
    """Read the project that ``directory`` is in, without importing any of it.

    Args:
        directory: Where the developer stands; manage.py is looked for here and upward, else
            below where there is just one.
        settings: A settings module, before that of the configuration.
        python: An interpreter for the engine, before that of the configuration.

    Raises:
        ProjectError: The directory is not there, or holds no migrations.
        ConfigError: ``[tool.migtui]`` is not right.
    """
    location = locate(directory, settings=settings, python=python)
    root, config, manage_py = location.root, location.config, location.manage_py
    chosen = settings or config.settings or os.environ.get("DJANGO_SETTINGS_MODULE")
    layout = discover(root, config, chosen)
    if manage_py is None and not layout.packages:
        raise ProjectError(
            f"No Django project in {location.directory}: "
            "neither a manage.py nor a migrations package.",
            help="Start migtui in a project's directory, or give it with --project.",
        )
    layout, migrations = call_as_written(layout, read_layout(root, layout))
    files: Files = DISK
    unfinished = _find_unfinished(root, config, layout, migrations)
    if unfinished is not None and unfinished.contents:
        files = Overlaid(DISK, unfinished.contents)
        layout = discover(root, config, chosen, files)
        layout, migrations = call_as_written(layout, read_layout(root, layout, files))
    return Project(
        root,
        config,
        layout,
        migrations,
        manage_py=manage_py,
        settings=settings,
        python=python,
        files=files,
        unfinished=unfinished,
    )


def _find_unfinished(
    root: Path, config: Config, layout: Layout, migrations: Sequence[Migration]
) -> "Unfinished | None":
    """What a merge has left undone, where the files or git's directory give cause to ask."""
    marked = any(item.error is not None and item.error.kind == "markers" for item in migrations)
    if not marked and not is_under_way(root):
        return None
    from migtui.services.unfinished import find_unfinished  # noqa: PLC0415 - git is rarely asked

    return find_unfinished(root, config, layout, migrations)
