"""Carries functions and classes from migration files into another, with all that they need.

What a definition needs is found by following names: helpers, constants, statements that change
these, imports. Where two files call different things by one name, the later one gets another name.
"""

import ast
import builtins
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from migtui.core.migration import MigrationKey
from migtui.errors import RewriteError
from migtui.source.carry import Import, read_imports
from migtui.source.module_statements import (
    are_submodules,
    changed_in,
    is_dunder,
    is_migration,
    written_operation,
)
from migtui.source.parse import parse
from migtui.source.renamed_text import RenamedText
from migtui.source.scopes import bound_by, module_names
from migtui.source.splice import SourceFile

_WORDS = re.compile(r"[^\W\d]\w*")
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class CarriedFrom:
    """A migration file, and what of it another file is to have.

    Attributes:
        key: The migration.
        content: Its file.
        names: Functions and classes.
        operations: Operations that are taken as they are written: by their place in the list, how
            many there are, and the name of the class.
    """

    key: MigrationKey
    content: bytes
    names: frozenset[str] = frozenset()
    operations: frozenset[tuple[int, int, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Definitions:
    """What a file has to hold.

    Attributes:
        text: Definitions, in the order of the files that they come from.
        imports: What they need.
        names: What each name that was asked for is called there.
        operations: The source of each operation, by its migration and place there.
        futures: Features that are imported from ``__future__``.
    """

    text: str
    imports: frozenset[Import]
    names: Mapping[tuple[MigrationKey, str], str]
    operations: Mapping[tuple[MigrationKey, int], str]
    futures: frozenset[str] = frozenset()


def carry_definitions(files: Sequence[CarriedFrom], imports: Iterable[Import]) -> Definitions:
    """The definitions that another file is to have.

    Args:
        files: In the order in which their definitions are to stand.
        imports: Those of the other file itself.

    Raises:
        RewriteError: Something can't be carried, and why.
    """
    target = _Target({entry.bound: entry for entry in imports})
    target.words = {
        word for file in files for word in _WORDS.findall(file.content.decode("latin-1"))
    }
    target.words.update(target.meanings)
    texts = []
    for file in files:
        texts += _File(file, target).carried()
    return Definitions(
        "\n\n\n".join(texts),
        frozenset(entry for entry in target.meanings.values() if isinstance(entry, Import)),
        dict(target.names),
        dict(target.operations),
        frozenset(target.futures),
    )


@dataclass(slots=True)
class _Target:
    """The file that is being put together.

    Attributes:
        meanings: What each of its names is: an import, or else the migration that defines it.
        names: By migration and name, what that is called here.
        operations: As in ``Definitions``.
        futures: As in ``Definitions``.
        words: All words of all files: no new name is one of them.
    """

    meanings: dict[str, Import | MigrationKey]
    names: dict[tuple[MigrationKey, str], str] = field(default_factory=dict)
    operations: dict[tuple[MigrationKey, int], str] = field(default_factory=dict)
    futures: set[str] = field(default_factory=set)
    words: set[str] = field(default_factory=set)

    def new_name(self, name: str, key: MigrationKey) -> str:
        numbered = _NUMBER.match(key.name)
        mark = numbered[0] if numbered else key.name
        found, count = f"{name}_{mark}", 1
        while found in self.words or found in self.meanings:
            count += 1
            found = f"{name}_{mark}_{count}"
        return found


class _File:
    """One file that things are carried from."""

    def __init__(self, file: CarriedFrom, target: _Target) -> None:
        parsed = parse(file.content)
        if len(parsed) > 1 or parsed[0].error is not None:
            raise RewriteError(f"{file.key} could not be read whole.")
        if "Migration" in file.names:
            raise RewriteError(
                f"A function of {file.key} stands inside its class Migration.",
                help="Move it to the top of the file.",
            )
        self.key = file.key
        self.asked = file.names
        self.target = target
        self.body = [node for node in parsed[0].body if not is_migration(node)]
        self.source = SourceFile(file.content)
        self.bound = {id(node): bound_by(node) for node in self.body}
        self.renamed: dict[str, str] = {}
        self.operations = {
            index: written_operation(parsed[0].body, file.key, index, count, kind)
            for index, count, kind in file.operations
        }
        used = frozenset[str]().union(*(self._uses(node) for node in self.operations.values()))
        self._require_known(used)
        self.wanted = file.names | used

    def _require_known(self, names: Collection[str]) -> None:
        """Operations may use what stands in their class; that does not come along."""
        known = frozenset[str]().union(*self.bound.values())
        for name in sorted(names):
            if name not in known and not hasattr(builtins, name):
                self._require_no_star(name)
                raise RewriteError(
                    f"An operation of {self.key} uses {name}, which stands inside its class.",
                    help="Move it to the top of the file.",
                )

    def carried(self) -> list[str]:
        """The texts of the statements that are needed; imports go to the target."""
        needed, statements = self._needed()
        definitions = [
            node for node in statements if not isinstance(node, ast.Import | ast.ImportFrom)
        ]
        defined = {name for node in definitions for name in self.bound[id(node)]}
        for node in statements:
            if isinstance(node, ast.Import | ast.ImportFrom):
                self._import(node, needed, defined)
        for name in sorted(defined):
            self._define(name)
        for name in self.asked:
            self.target.names[self.key, name] = self.renamed.get(name, name)
        for node in self.body:
            if isinstance(node, ast.ImportFrom) and node.module == "__future__" and definitions:
                self.target.futures.update(alias.name for alias in node.names)
        renamed = RenamedText(self.key, self.source, self.renamed)
        for index, operation in self.operations.items():
            self.target.operations[self.key, index] = renamed.text(operation)
        return [renamed.text(node) for node in definitions]

    def _needed(self) -> tuple[set[str], list[ast.stmt]]:
        """Names that are needed, and the statements that make them what they are."""
        needed = set(self.wanted)
        taken: set[int] = set()
        pending = list(needed)
        while pending:
            name = pending.pop()
            found = [node for node in self.body if self._makes(node, name)]
            if not found and not hasattr(builtins, name) and not is_dunder(name):
                self._require_no_star(name)
            for node in found:
                if id(node) in taken:
                    continue
                taken.add(id(node))
                if isinstance(node, ast.Import | ast.ImportFrom):
                    continue
                for used in self._uses(node) | self.bound[id(node)]:
                    if used not in needed:
                        needed.add(used)
                        pending.append(used)
        return needed, [node for node in self.body if id(node) in taken]

    def _makes(self, node: ast.stmt, name: str) -> bool:
        if name in self.bound[id(node)]:
            return True
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            return any(
                isinstance(inner, ast.Global) and name in inner.names for inner in ast.walk(node)
            )
        return name in changed_in(node)

    @staticmethod
    def _uses(node: ast.AST) -> set[str]:
        found: set[str] = set()
        for entry in module_names(node):
            found.update(entry.names if isinstance(entry, ast.Global) else [entry.id])
        return found

    def _require_no_star(self, name: str) -> None:
        for node in self.body:
            if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names):
                raise RewriteError(
                    f"{self.key} uses {name}, which may come from `from {node.module} import *`.",
                    help="Import it by its name there.",
                )

    def _import(
        self, node: ast.Import | ast.ImportFrom, needed: set[str], defined: set[str]
    ) -> None:
        for entry in read_imports([node]):
            if entry.bound not in needed or entry.module == "__future__":
                continue
            if entry.bound in defined:
                raise RewriteError(
                    f"{self.key} imports {entry.bound} and defines it as well.",
                    help=f"Give one of them another name in {self.key.name}.",
                )
            known = self.target.meanings.get(entry.bound)
            if known is None or known == entry or are_submodules(known, entry):
                key = entry.bound if known is None or known == entry else entry.module
                self.target.meanings[key] = entry
                continue
            if not entry.name and not entry.alias and "." in entry.module:
                raise RewriteError(
                    f"{entry.bound} means different things in {self.key.name} and in another "
                    "migration of the range.",
                    help="Import it under another name in one of them.",
                )
            same = [
                name
                for name, meaning in self.target.meanings.items()
                if isinstance(meaning, Import)
                and (meaning.module, meaning.name) == (entry.module, entry.name)
                and name == meaning.bound
            ]
            alias = same[0] if same else self.target.new_name(entry.bound, self.key)
            if not same:
                self.target.meanings[alias] = Import(entry.module, entry.name, alias)
            self.renamed[entry.bound] = alias

    def _define(self, name: str) -> None:
        if name in self.target.meanings or name == "Migration":
            self.renamed[name] = self.target.new_name(name, self.key)
        self.target.meanings[self.renamed.get(name, name)] = self.key
