"""What calls and attributes in a data migration do: to models, rows, SQL, and in the unknown."""

import ast
from collections.abc import Sequence

from migtui.core.reach import ANY_APP, Access
from migtui.source.abstract import (
    NOTHING,
    PLAIN,
    Apps,
    Bound,
    Code,
    Config,
    Editor,
    Keys,
    Known,
    Lookup,
    Model,
    Named,
    Pairs,
    Plain,
    Rows,
    Several,
    Value,
    carries_rows,
    elements,
    texts,
)
from migtui.source.named_calls import NamedCallReader
from migtui.source.python_names import CONTAINERS, FILLING, HARMLESS
from migtui.source.reader import Keywords

SETTINGS = "django.conf.settings."
SEQUENCES = "RESET sequences"
"""Stands for the SQL by which Django lets sequences go on where tables end; it touches no rows."""
READING_PAIRS = frozenset({"items", "keys", "values", "get", "copy"})
"""Methods of a dict that leave it as it is."""


class CallReader(NamedCallReader):
    """Reads calls; what runs the statements around them is in the interpreter."""

    def attribute(self, owner: Value, name: str) -> Value:
        """What an attribute of something may be."""
        found: set[object] = set()
        for atom in owner:
            match atom:
                case Named(path):
                    found.add(Named(f"{path}.{name}"))
                    if path.endswith("._meta"):
                        found.add(Plain())
                case Model(label):
                    found |= self._model_attribute(label, name)
                case Rows():
                    found |= self._rows_attribute(atom, name)
                case Editor():
                    found.add(Editor() if name in ("connection", "ops") else Plain())
                case Several() | Keys():
                    found |= elements(frozenset({atom}))
                case Code():
                    found.add(Plain())
                case _:
                    found.add(Plain())
        if any(not isinstance(atom, Rows | Model | Apps | Editor) for atom in owner):
            found |= self.attributes.get(name, NOTHING)
        return frozenset(found)  # type: ignore[arg-type]

    def fills(self, function: ast.Attribute, owner: Value, value: Value, scope: int) -> None:
        """A container gets entries by a method."""
        if function.attr not in FILLING:
            return
        if any(isinstance(atom, Rows) and (atom.many or atom.path) for atom in owner):
            return
        if any(isinstance(atom, Plain | Several | Keys) for atom in owner):
            self.fill(function.value, elements(value) | value, scope)

    def method(
        self,
        owner: Value,
        name: str,
        arguments: Sequence[Value],
        keywords: Keywords,
        node: ast.Call,
    ) -> Value:
        """What a method call may give."""
        found: set[object] = set()
        in_container = any(isinstance(atom, Plain | Several | Keys) for atom in owner)
        pairs = [atom for atom in owner if isinstance(atom, Pairs)]
        if pairs and name in READING_PAIRS:
            found |= frozenset().union(*(_of_pairs(atom, name, arguments) for atom in pairs))
            owner = frozenset(atom for atom in owner if not isinstance(atom, Keys | Pairs))
        for atom in owner:
            match atom:
                case Apps():
                    found |= self._registry(name, arguments, keywords, node)
                case Model(label):
                    found |= self._model_method(label, name, arguments, keywords, node)
                case Rows(path=(*_, "_meta")):
                    found |= self._meta(atom, name, arguments)
                case Rows(path=(), many=False) if in_container and name in CONTAINERS:
                    found.add(atom)
                case Rows():
                    found |= self._rows_method(atom, name, arguments, keywords, node)
                case Editor():
                    given = [*arguments, *(v for key, v in keywords if key in ("sql", "query"))]
                    found |= self._editor(name, given, node)
                case Named(path) if path.startswith(SETTINGS):
                    found.add(atom)
                case Named() if name in HARMLESS:
                    found |= self._arguments(arguments, keywords) | PLAIN
                case Named(path):
                    found |= self._named(f"{path}.{name}", arguments, keywords, node)
                case Code() | Bound():
                    # Of a task, say: it runs at another time, or not at all.
                    self.hide(f"calls {name} of a function", node)
                    found.add(Plain())
                case Several():
                    found |= elements(frozenset({atom})) | PLAIN
                    self._arguments(arguments, keywords)
                case Lookup():
                    found.add(atom)
                case Config():
                    self.hide(f"calls {name} of an app", node)
                    found.add(Plain())
                case _:
                    found |= self._arguments(arguments, keywords) | PLAIN
        if not owner:
            self._arguments(arguments, keywords)
        return frozenset(found)  # type: ignore[arg-type]

    def _registry(
        self, name: str, arguments: Sequence[Value], keywords: Keywords, node: ast.Call
    ) -> set[object]:
        if name == "get_app_config" and arguments:
            return {Config(text) for text in texts(arguments[0])} or {Config("")}
        if name == "get_app_configs":
            return {Config(ANY_APP)}
        if name != "get_model":
            self.hide(f"calls apps.{name}", node)
            return {Plain()}
        named = dict(keywords)
        given = [*arguments, *(named[key] for key in ("app_label", "model_name") if key in named)]
        found: set[object] = set()
        for value in given:
            for atom in elements(value) | value:
                if isinstance(atom, Named) and atom.path.startswith(SETTINGS):
                    found.add(Model("settings." + atom.path.removeprefix(SETTINGS)))
        known = [[str(atom.value) for atom in value if isinstance(atom, Known)] for value in given]
        vague = any(
            not (isinstance(atom, Known)
                 or (isinstance(atom, Named) and atom.path.startswith(SETTINGS)))
            for value in given for atom in value
        )  # fmt: skip
        if len(known) == 1:
            found |= {Model(label.lower()) for label in known[0] if "." in label}
        elif len(known) > 1:
            found |= {Model(f"{a}.{b}".lower()) for a in known[0] for b in known[1]}
        if vague or not found:
            self.hide("asks for a model whose name only running it would tell", node)
        for model in found:
            if isinstance(model, Model):
                self.use(model.label, (), Access.NAMED)
        return found

    def _editor(self, name: str, arguments: Sequence[Value], node: ast.Call) -> set[object]:
        match name:
            case "execute" | "executemany":
                self._execute(arguments, node)
                return {Plain()}
            case "cursor" | "create_cursor" | "chunked_cursor":
                return {Editor()}
            case "fetchall" | "fetchone" | "fetchmany" | "quote_name" | "close" | "__enter__":
                return {Plain()}
            case "schema_editor":
                return {Editor()}
            case "sequence_reset_sql" | "sequence_list":
                return {Several((frozenset({Known(SEQUENCES)}),))}
            case _ if name in ("atomic", "mogrify", "set_autocommit", "check_constraints"):
                return {Plain()}
            case _:
                self.hide(f"calls schema_editor.{name}", node)
                return {Plain()}

    def _execute(self, arguments: Sequence[Value], node: ast.Call) -> None:
        known = list(texts(arguments[0])) if arguments else []
        if self.is_final:
            self.statements |= dict.fromkeys(known)
        if not arguments or len(known) != len(arguments[0]):
            self.hide("executes SQL that only running it would tell", node)

    def call(
        self, function: Value, arguments: Sequence[Value], keywords: Keywords, node: ast.AST
    ) -> Value:
        """What a call may give."""
        found: set[object] = set()
        for atom in function:
            match atom:
                case Code():
                    found |= self.enter(atom, arguments, keywords)
                case Bound(inside, first, named):
                    found |= self.call(inside, (*first, *arguments), (*named, *keywords), node)
                case Model(label):
                    found |= self._make(label, arguments, keywords)
                case Named(path):
                    found |= self._named(path, arguments, keywords, node)
                case Rows() | Plain() | Several() | Keys():
                    found |= self._arguments(arguments, keywords) | PLAIN
                    if carries_rows(frozenset().union(*arguments)):
                        self.hide("hands rows to code that could not be followed", node)
                case _:
                    found |= self._arguments(arguments, keywords) | PLAIN
        return frozenset(found)  # type: ignore[arg-type]

    def _make(self, label: str, arguments: Sequence[Value], keywords: Keywords) -> set[object]:
        """An instance is made; it becomes a row by ``save`` or ``bulk_create``."""
        rows = Rows(label, fresh=True)
        for key, value in keywords:
            if key == "**":
                self._spread(rows, "create", key, value)
            else:
                self.use(label, (key,), Access.READ)
        if arguments:
            self.use(label, (), Access.EVERY)
        return {rows}


def _of_pairs(pairs: Pairs, name: str, arguments: Sequence[Value]) -> Value:
    """What a method of a dict whose entries are known may give."""
    match name:
        case "keys":
            return frozenset({Several((pairs.keys,))})
        case "values":
            return frozenset({Several((pairs.values,))})
        case "items":
            return frozenset({Several(tuple(frozenset({Several(pair)}) for pair in pairs.entries))})
        case "get" if arguments:
            return pairs.get(arguments[0]) | frozenset().union(*arguments[1:]) | {Known(None)}
        case _:
            return frozenset({pairs})
