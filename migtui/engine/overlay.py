"""Loads migrations as if changes were written, and always from their source.

Python asks ``sys.path_hooks`` who finds the modules of a directory. For directories of migrations
that is the finder here: it sees the files as they would be, lists them to ``pkgutil``, which
Django's loader asks, and compiles them from source, never from a ``.pyc`` (which is stale when a
file is rewritten within a second at the same size). Nothing of Django is patched.
"""

# The import system speaks plain strings, here some thousands of them.
# ruff: noqa: PTH112, PTH113, PTH118, PTH119, PTH120, PTH123, PTH208

import linecache
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.abc import PathEntryFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import decode_source, spec_from_file_location
from inspect import getmodulename
from os import listdir
from os.path import basename, dirname, isdir, isfile, join, realpath, sep
from types import CodeType, ModuleType
from typing import Any

from migtui.engine.protocol.base import OverlayFile

INIT = "__init__.py"


class Tree:
    """The files below the directories of migrations, as they would be.

    Args:
        directories: The migrations packages.
        overlay: The files that would differ from what is on disk.
    """

    def __init__(self, directories: Iterable[str], overlay: Iterable[OverlayFile] = ()) -> None:
        self._roots = tuple(join(realpath(directory), "") for directory in directories)
        self._above = frozenset(dirname(root.rstrip(sep)) for root in self._roots)
        self._changed: dict[str, dict[str, bytes | None]] = {}
        for file in overlay:
            self._folder(realpath(dirname(file.path)))[basename(file.path)] = file.content

    def _folder(self, directory: str) -> dict[str, bytes | None]:
        return self._changed.setdefault(directory, {})

    def hide(self, path: str) -> None:
        """Have a file look as if it were not there."""
        self._folder(realpath(dirname(path)))[basename(path)] = None

    def concerns(self, directory: str) -> bool:
        """Whether migrations, or a package of them, may be found in a (real) directory."""
        return directory in self._above or self.holds(directory)

    def holds(self, directory: str) -> bool:
        """Whether a (real) directory is one of migrations or lies below one."""
        return join(directory, "").startswith(self._roots)

    def changes(self, directory: str) -> Mapping[str, bytes | None]:
        """The content by name of the files that would differ in a (real) directory."""
        return self._changed.get(directory, {})

    def has(self, directory: str, name: str) -> bool:
        """Whether a file would be there."""
        changes = self.changes(directory)
        return changes[name] is not None if name in changes else isfile(join(directory, name))

    def read(self, path: str) -> bytes:
        """The content that a file would have.

        Raises:
            OSError: It would not be there, or can't be read.
        """
        changes = self.changes(realpath(dirname(path)))
        if basename(path) not in changes:
            with open(path, "rb") as file:
                return file.read()
        content = changes[basename(path)]
        if content is None:
            raise FileNotFoundError(path)
        return content


def install(tree: Tree, packages: Iterable[str]) -> None:
    """Have these packages, and all that is in them, imported anew and as the tree says.

    For the life of the process; there is no way back.
    """
    names = tuple(packages)
    below = tuple(f"{name}." for name in names)
    for name in list(sys.modules):
        if name in names or name.startswith(below):
            del sys.modules[name]
    hooks = list(sys.path_hooks)

    def hook(path: str) -> PathEntryFinder:
        directory = realpath(path)
        if not tree.concerns(directory):
            raise ImportError(path)
        return _Finder(path, directory, tree, _first(hooks, path))

    sys.path_hooks.insert(0, hook)
    sys.path_importer_cache.clear()


def _first(hooks: Sequence[Any], path: str) -> Any:  # noqa: ANN401 - hooks have no common type
    """The finder that Python would use for a directory, None where no hook wants it."""
    for hook in hooks:
        try:
            return hook(path)
        except ImportError:
            continue
    return None


class _Finder(PathEntryFinder):
    """Finds the modules of one directory."""

    def __init__(self, path: str, directory: str, tree: Tree, usual: Any) -> None:  # noqa: ANN401 - as _first
        self._path = path
        self._directory = directory
        self._tree = tree
        self._usual = usual

    def find_spec(self, fullname: str, target: ModuleType | None = None) -> ModuleSpec | None:
        name = fullname.rpartition(".")[2]
        inner = realpath(join(self._directory, name))
        if self._tree.holds(inner):
            locations = [join(self._path, name)]
            if self._tree.has(inner, INIT):
                return self._spec(fullname, join(self._path, name, INIT), locations)
            if INIT in self._tree.changes(inner):
                namespace = ModuleSpec(fullname, None, is_package=True)
                namespace.submodule_search_locations = locations
                return namespace
        if self._tree.holds(self._directory):
            file = f"{name}.py"
            if self._tree.has(self._directory, file):
                return self._spec(fullname, join(self._path, file), None)
            if file in self._tree.changes(self._directory):
                return None
        found: ModuleSpec | None = self._usual and self._usual.find_spec(fullname, target)
        return found

    def _spec(self, fullname: str, path: str, locations: list[str] | None) -> ModuleSpec | None:
        return spec_from_file_location(
            fullname,
            path,
            loader=_Loader(fullname, path, self._tree),
            submodule_search_locations=locations,
        )

    def iter_modules(self, prefix: str = "") -> Iterator[tuple[str, bool]]:
        """What ``pkgutil`` lists of this directory: names, and whether they are packages."""
        names = set(listdir(self._directory)) if isdir(self._directory) else set()
        for name, content in self._tree.changes(self._directory).items():
            (names.discard if content is None else names.add)(name)
        seen = {"__init__"}
        for name in sorted(names):
            module = getmodulename(name)
            is_package = module is None and "." not in name and self._is_package(name)
            found = name if is_package else module
            if found is not None and found not in seen and "." not in found:
                seen.add(found)
                yield prefix + found, is_package

    def _is_package(self, name: str) -> bool:
        inner = join(self._directory, name)
        return isdir(inner) and self._tree.has(realpath(inner), INIT)


class _Loader(SourceFileLoader):
    """Compiles a file as the tree has it, without looking for bytecode."""

    def __init__(self, fullname: str, path: str, tree: Tree) -> None:
        super().__init__(fullname, path)
        self._tree = tree

    def get_data(self, path: str) -> bytes:
        return self._tree.read(path)

    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        source = self.get_data(path)
        code: CodeType = self.source_to_code(source, path)
        # Tracebacks and inspect would read the file on disk, where other lines may stand.
        lines = decode_source(source).splitlines(keepends=True)
        linecache.cache[path] = (len(source), None, lines, path)
        return code
