"""Statements of a file as text, with the names that another file has for what they use."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from migtui.core.migration import MigrationKey
from migtui.errors import RewriteError
from migtui.source.carry import read_imports
from migtui.source.scopes import module_names
from migtui.source.splice import SourceFile, Splice

_WORDS = re.compile(r"[^\W\d]\w*")
_HEAD = re.compile(r"(?:async\s+)?(?:def|class)\s+")


@dataclass(frozen=True, slots=True)
class RenamedText:
    """The text of a file's statements.

    Attributes:
        key: The migration that the file is.
        source: The file.
        renamed: New names of what its module defines or imports, by the old ones.
    """

    key: MigrationKey
    source: SourceFile
    renamed: Mapping[str, str]

    def text(self, node: ast.stmt | ast.expr) -> str:
        """A statement with the comments above it, its names as the target has them."""
        start, end = self.source.span(node) if isinstance(node, ast.expr) else self._span(node)
        splices = sorted(set(self._splices(node)))
        pieces, done = [], start
        for splice in splices:
            pieces += [self.source.text[done : splice.start], splice.text]
            done = splice.end
        return "".join([*pieces, self.source.text[done:end]]).rstrip()

    def _span(self, node: ast.stmt) -> tuple[int, int]:
        decorators = getattr(node, "decorator_list", [])
        start = min([self.source.span(node)[0], *(self.source.span(d)[0] for d in decorators)])
        end = self.source.span(node)[1]
        if self.source.indent(start) is None and decorators:  # the @ stands before it
            start = self.source.line_start(start)
        if self.source.indent(start) is not None:
            while start > 0:
                above = self.source.line_start(start - 1)
                if not self.source.text[above:start].lstrip().startswith("#"):
                    break
                start = above
        return start, end

    def _splices(self, node: ast.stmt | ast.expr) -> Iterator[Splice]:
        if not self.renamed:
            return
        for inner in self._definitions(node):
            start = self.source.span(inner)[0]
            head = _HEAD.match(self.source.text, start)
            if inner.name in self.renamed and head is not None:
                at = head.end()
                yield Splice(at, at + len(inner.name), self.renamed[inner.name])
        for entry in module_names(node):
            if isinstance(entry, ast.Global):
                start, end = self.source.span(entry)
                for word in _WORDS.finditer(self.source.text, start, end):
                    if word[0] in self.renamed:
                        yield Splice(word.start(), word.end(), self.renamed[word[0]])
            elif entry.id in self.renamed:
                yield Splice(*self.source.span(entry), self.renamed[entry.id])

    def _definitions(
        self, node: ast.AST
    ) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
        """Functions and classes that a statement gives the module; one under a condition too."""
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node
        elif isinstance(node, ast.Import | ast.ImportFrom):
            return
        else:
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.Import | ast.ImportFrom):
                    clash = {entry.bound for entry in read_imports([child])} & set(self.renamed)
                    if clash:
                        raise RewriteError(
                            f"{min(clash)} of {self.key} is imported under a condition, and "
                            "means something else in another migration of the range.",
                            help="Give one of them another name.",
                        )
                if isinstance(child, ast.stmt | ast.ExceptHandler):
                    yield from self._definitions(child)
