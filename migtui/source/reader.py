"""What every part of the reading of data migrations notes, and asks of the others."""

import ast
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence

from migtui.core.reach import Access, Unread, Use
from migtui.source.abstract import (
    NOTHING,
    PLAIN,
    Code,
    Lookup,
    Model,
    Rows,
    Value,
    elements,
    inner,
)

Keywords = Sequence[tuple[str, Value]]


class Reader(ABC):
    """Notes what code touches; its heirs tell what that is, part by part.

    Attributes:
        uses: What was touched.
        statements: SQL that was executed, None where it could not be read.
        unread: What could not be followed.
    """

    def __init__(self) -> None:
        self.uses: set[Use] = set()
        self.statements: dict[str, None] = {}
        self.unread: set[Unread] = set()
        self.saved: set[tuple[str, tuple[str, ...]]] = set()
        self.attributes: dict[str, Value] = {}
        self.aliases: set[str] = set()
        self.followed: list[str] = []
        self.is_final = False

    @abstractmethod
    def imported(self, path: str) -> Value:
        """What a file of the project holds under a dotted path; nothing where none is read."""

    @abstractmethod
    def use(self, label: str, path: tuple[str, ...], access: Access) -> None:
        """Note that something is touched."""

    @abstractmethod
    def hide(self, why: str, node: ast.AST | None) -> None:
        """Note that something can't be followed."""

    @abstractmethod
    def is_safe(self, path: str) -> bool:
        """Whether what stands under a dotted path touches no rows of its own accord."""

    @abstractmethod
    def enter(self, code: Code, arguments: Sequence[Value], keywords: Keywords) -> Value:
        """Run a function of the file."""

    @abstractmethod
    def call(
        self, function: Value, arguments: Sequence[Value], keywords: Keywords, node: ast.AST
    ) -> Value:
        """What a call may give."""

    @abstractmethod
    def fill(self, container: ast.expr, value: Value, scope: int) -> None:
        """Something is put into what a name holds."""

    @abstractmethod
    def mutate(self, owner: Value) -> None:
        """A value is changed in place."""

    @abstractmethod
    def store(self, owner: Value, name: str, value: Value) -> None:
        """An attribute is set."""

    def _arguments(self, arguments: Iterable[Value], keywords: Keywords) -> Value:
        """What is handed over, functions among it being called with the rest."""
        every = frozenset().union(*arguments, *(value for _, value in keywords))
        self._lambdas(every, every)
        return frozenset(atom for atom in inner(every) if isinstance(atom, Rows | Model | Lookup))

    def _lambdas(self, functions: Value, rest: Value) -> Value:
        given = elements(frozenset(atom for atom in rest if not isinstance(atom, Code)))
        found: Value = NOTHING
        for atom in inner(functions):
            if isinstance(atom, Code):
                several = len(atom.node.args.args)
                found |= self.enter(atom, [given | PLAIN] * several, ())
        return found
