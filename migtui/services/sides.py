"""A merge that is not finished, or was never made, put in order: both sides' migrations kept.

What git could not put together is read from both sides. A name that both have added becomes two
migrations; a migration that one side has only laid out anew becomes what the other side made of it.
"""

import ast
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from migtui.core.edits import MigrationEdit, changes_text
from migtui.core.migration import Migration, MigrationKey
from migtui.core.twins import Twin, twin_name
from migtui.errors import RewriteError
from migtui.source.decode import decode
from migtui.source.files import DISK, Files
from migtui.source.layout import Layout, MigrationPackage
from migtui.source.operations import read_operations
from migtui.source.read import read_migration
from migtui.source.rewrite import rewrite
from migtui.source.written import as_written
from migtui.vcs.facts import Tips
from migtui.vcs.trees import TreeFiles
from migtui.vcs.union import Unmerged

MARKER = b"<<<<<<< "


@dataclass(frozen=True, slots=True)
class Trees:
    """What both sides of a merge have, and what the default branch has; None where unknown."""

    ours: TreeFiles | None = None
    theirs: TreeFiles | None = None
    default: TreeFiles | None = None


@dataclass(frozen=True, slots=True)
class Unfinished:
    """What a merge leaves to be done.

    Attributes:
        ours: The side that HEAD is on: a branch, for people.
        theirs: The other side.
        kind: What git is in the middle of: ``merge``, ``rebase`` …
        contents: What is laid over the files, by path: the two sides' migrations.
        twins: Names that both sides have added.
        marked: The migrations that git could not put together, as their files are.
        stages: The unmerged files, by path from the top of the working tree.
        trees: What either side has.
        is_checked_out: Whether it is in the working tree, and not a merge that was never made.
    """

    ours: str
    theirs: str
    kind: str = "merge"
    contents: Mapping[Path, bytes | None] = field(default_factory=lambda: MappingProxyType({}))
    twins: tuple[Twin, ...] = ()
    marked: tuple[Migration, ...] = ()
    stages: tuple[Unmerged, ...] = ()
    trees: Trees = field(default_factory=Trees)
    is_checked_out: bool = True

    @property
    def tips(self) -> Tips:
        """Where the history of either side is to be looked for."""
        sides = {self.ours: self.trees.ours, self.theirs: self.trees.theirs}
        commits = {label: tree.tree for label, tree in sides.items() if tree}
        files = [
            (here, twin.path, commits[side])
            for twin in self.twins
            for here, side in ((twin.path, twin.kept_by), (twin.new_path, twin.renamed_of))
            if side in commits
        ]
        return Tips(tuple(commits.values()), tuple(files), is_checked_out=self.is_checked_out)

    @property
    def mine(self) -> str:
        """The side that the developer's own work is on: what is rebased, else what HEAD is."""
        return self.theirs if self.kind == "rebase" else self.ours

    def side_of(self, path: Path) -> str | None:
        """The side that alone has a file, as its commit tells; None where both or neither do."""
        for twin in self.twins:
            if path.as_posix().endswith(f"/{twin.path}"):
                return twin.kept_by
            if path.as_posix().endswith(f"/{twin.new_path}"):
                return twin.renamed_of
        if self.trees.ours is None or self.trees.theirs is None:
            return None
        here, there = (tree.is_file(path) for tree in (self.trees.ours, self.trees.theirs))
        if here == there:
            return None
        return self.ours if here else self.theirs


class Separation:
    """Puts both sides of unmerged migrations beside each other.

    Args:
        root: The project's directory.
        top: The top of the working tree.
        files: The files with what git left in them.
        layout: The packages in them.
        blob: Gives a content by its name in git.
    """

    def __init__(
        self,
        root: Path,
        top: Path,
        files: Files,
        layout: Layout,
        blob: Callable[[str], bytes],
    ) -> None:
        self._root = root
        self._top = top
        self._files = files
        self._blob = blob
        self._is_checked_out = files is DISK
        self._packages = {package.directory: package for package in layout.packages}
        self._contents: dict[Path, bytes | None] = {}
        self._twins: list[Twin] = []

    def separate(
        self,
        migrations: Sequence[Migration],
        unmerged: Iterable[Unmerged],
        names: tuple[str, str, str],
        trees: Trees,
    ) -> Unfinished:
        """Look at every unmerged file that is a migration.

        Args:
            migrations: As read from the files.
            unmerged: From git.
            names: What git is in the middle of; the side of HEAD; the other side.
            trees: What either side has.

        Raises:
            GitError: A content is not in the repository.
        """
        kind, ours, theirs = names
        unmerged = tuple(unmerged)
        by_path = {migration.path: migration for migration in migrations}
        marked = []
        for entry in unmerged:
            path = self._top / entry.path
            package = self._packages.get(path.parent)
            if package is None or path.suffix != ".py" or not package.writable:
                continue
            migration = by_path.get(self._relative(path))
            if migration is None or not self._is_as_git_left_it(path, package, entry):
                continue
            marked.append(migration)
            if entry.base is None and entry.ours and entry.theirs:
                self._twin(path, package, entry, (ours, theirs), trees)
            elif entry.base and entry.ours and entry.theirs:
                self._together(path, entry)
        for twin in self._twins:
            self._follow(twin, migrations, ours, trees)
        return Unfinished(
            ours,
            theirs,
            kind,
            MappingProxyType(self._contents),
            tuple(self._twins),
            tuple(marked),
            unmerged,
            trees,
            self._is_checked_out,
        )

    def _relative(self, path: Path) -> str:
        return Path(os.path.relpath(path, self._root)).as_posix()

    def _is_as_git_left_it(self, path: Path, package: MigrationPackage, entry: Unmerged) -> bool:
        """Whether nobody has mended the file: by hand, or by keeping both sides.

        Where it is what one side has, the other's operations may be lost.
        """
        try:
            content = self._files.read(path)
        except OSError:
            return True
        if MARKER in content:
            return True
        sides = {self._blob(sha) for sha in (entry.ours, entry.theirs) if sha}
        if len(sides) == 1:  # the other one has deleted or renamed it
            return content in sides
        if content not in sides or entry.base is not None:
            return False
        others = [file for file in package.files if file != path]
        kept = {_operations(self._files.read(file)) for file in others}
        return any(_operations(side) not in kept for side in sides - {content})

    def _twin(
        self,
        path: Path,
        package: MigrationPackage,
        entry: Unmerged,
        names: tuple[str, str],
        trees: Trees,
    ) -> None:
        """Both contents under names of their own; what the default branch has keeps its name."""
        published = trees.default.blob_name(path) if trees.default is not None else None
        kept, given = (entry.ours or "", entry.theirs or "")
        kept_by, renamed_of = names
        if published == entry.theirs != entry.ours:
            kept, given = given, kept
            kept_by, renamed_of = renamed_of, kept_by
        taken = {file.stem for file in package.files} | {
            twin.new_key.name for twin in self._twins if twin.key.app_label == package.app_label
        }
        name = twin_name(path.stem, renamed_of, taken)
        other = path.with_name(f"{name}.py")
        self._contents[path] = self._blob(kept)
        self._contents[other] = self._blob(given)
        self._twins.append(
            Twin(
                MigrationKey(package.app_label, path.stem),
                MigrationKey(package.app_label, name),
                self._relative(path),
                self._relative(other),
                kept_by,
                renamed_of,
            )
        )

    def _together(self, path: Path, entry: Unmerged) -> None:
        """The content of a file that one side alone has really changed, if it is so."""
        base, ours, theirs = (self._blob(sha or "") for sha in
                              (entry.base, entry.ours, entry.theirs))  # fmt: skip
        shapes = [_shape(content) for content in (base, ours, theirs)]
        if None in shapes:
            return
        if shapes[1] in (shapes[0], shapes[2]):
            self._contents[path] = theirs
        elif shapes[2] == shapes[0]:
            self._contents[path] = ours

    def _follow(self, twin: Twin, migrations: Iterable[Migration], ours: str, trees: Trees) -> None:
        """Let the files of the side that gave up the name name the migration that they mean."""
        given, kept = trees.theirs, trees.ours
        if twin.renamed_of == ours:
            given, kept = kept, given
        for path, migration in self._of_side(migrations, twin, given, kept):
            package = self._packages.get(path.parent)
            edit = as_written(
                MigrationEdit(migration.key, renamed={twin.key: twin.new_key}), package
            )
            content = self._contents.get(path) or self._files.read(path)
            read = read_migration(content, edit.migration)
            if changes_text(edit, read):
                try:
                    self._contents[path] = rewrite(content, edit)
                except RewriteError:  # it then names the one that keeps the name, as git has it
                    continue

    def _of_side(
        self,
        migrations: Iterable[Migration],
        twin: Twin,
        given: TreeFiles | None,
        kept: TreeFiles | None,
    ) -> Iterator[tuple[Path, Migration]]:
        """The migrations of the side whose migration gets the new name, those of twins too."""
        for other in self._twins:
            if other is not twin and other.renamed_of == twin.renamed_of:
                yield self._root / other.new_path, Migration(other.new_key, other.new_path)
        if given is None or kept is None:
            return
        for migration in migrations:
            path = Path(self._root, migration.path)
            if given.is_file(path) and not kept.is_file(path):
                yield path, migration


def _operations(content: bytes) -> tuple[str, ...]:
    """The sources of a migration's operations, which stay when it is renamed or re-parented."""
    return tuple(operation.source for operation in read_operations(content))


def _shape(content: bytes) -> str | None:
    """What a file says, whatever its layout and comments; None where it can't be parsed."""
    try:
        return ast.dump(ast.parse(decode(content).text))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
