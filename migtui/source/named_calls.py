"""What calls of imported and built-in functions do, by their dotted paths."""

import ast
from collections.abc import Sequence

from migtui.core.reach import ANY_APP, Access
from migtui.source.abstract import (
    PLAIN,
    Apps,
    Bound,
    Code,
    Config,
    Editor,
    Keys,
    Lookup,
    Model,
    Named,
    Plain,
    Rows,
    Several,
    Value,
    elements,
    inner,
    texts,
)
from migtui.source.python_names import BUILTINS
from migtui.source.reader import Keywords
from migtui.source.row_reader import RowReader

SIGNALS = "django.db.models.signals."


class NamedCallReader(RowReader):
    """Reads calls of what has a name outside of the file."""

    def _named(
        self, path: str, arguments: Sequence[Value], keywords: Keywords, node: ast.AST
    ) -> set[object]:
        """A call of something imported or built in."""
        every = frozenset().union(*arguments, *(value for _, value in keywords))
        match path:
            case "getattr" | "hasattr" | "setattr" | "delattr" if arguments:
                return self._by_name(path, arguments)
            case "type" if len(arguments) == 1:
                return {Model(atom.label) for atom in every if isinstance(atom, Rows)} | {Plain()}
            case (
                "vars"
                | "django.core.serializers.serialize"
                | "django.forms.models.model_to_dict"
                | "django.forms.model_to_dict"
            ):
                for atom in inner(every):
                    if isinstance(atom, Rows):
                        self.use(atom.label, atom.path, Access.EVERY)
                return {Plain()}
            case "functools.partial" if arguments:
                return {Bound(arguments[0], tuple(arguments[1:]), tuple(keywords))}
            case "dict":
                names = frozenset(key for key, _ in keywords if key != "**")
                return {Keys(names)} | set(every if arguments else elements(every) - PLAIN)
            case "eval" | "exec" | "__import__" | "globals" | "locals" | "super":
                self.hide(f"calls {path}", node)
                return {Plain()}
            case "django.db.connection.cursor" | "django.db.connections":
                return {Editor()}
            case "django.apps.apps.get_app_config" if arguments:
                return {Config(text) for text in texts(arguments[0])} or {Config("")}
            case "django.apps.apps.get_app_configs":
                return {Config(ANY_APP)}
            case "django.contrib.auth.management.create_permissions" if arguments:
                return self._create_permissions(arguments[0], node)
            case _ if path.startswith(SIGNALS):
                return self._signal(path.removeprefix(SIGNALS), arguments, keywords, node)
            case "enumerate" if arguments:
                return {Several((PLAIN, elements(arguments[0])))}
            case "zip":
                return {Several(tuple(elements(value) for value in arguments))}
            case "isinstance" | "len" | "print" | "str" | "bool" | "int" | "repr" | "issubclass":
                return {Plain()}
        if path in BUILTINS or self.is_safe(path):
            return self._harmless(path, arguments, keywords, every)
        known = self.imported(path)
        if known and all(isinstance(a, Code | Named) for a in known) and path not in self.followed:
            self.followed.append(path)
            given = self.call(known, arguments, keywords, node)
            self.followed.remove(path)
            return set(given)
        self._arguments(arguments, keywords)
        self.hide(f"calls {path}, which is not in this file", node)
        return {Plain()}

    def _harmless(
        self, path: str, arguments: Sequence[Value], keywords: Keywords, every: Value
    ) -> set[object]:
        """A function of Python or of Django that touches no rows by itself."""
        kept: set[object] = {
            atom
            for atom in elements(every) | every
            if isinstance(atom, Rows | Model | Lookup | Several)
        }
        if path.startswith(("django.db.models.", "django.contrib.postgres.")):
            name = path.rpartition(".")[2]
            self.aliases |= {f"{text}__{name.lower()}" for value in arguments[:1]
                             for text in texts(value)}  # fmt: skip
            if name != "Value":
                kept |= {Lookup(text) for value in arguments for text in texts(value)}
                kept |= {
                    Lookup(key) for key, _ in keywords if name in ("Q", "When", "FilteredRelation")
                }
                if name == "Q":
                    for value in arguments:
                        for atom in value:
                            if isinstance(atom, Several) and atom.entries:
                                kept |= {Lookup(text) for text in texts(atom.entries[0])}
        found = self._lambdas(every, every)
        return kept | set(found) | {Plain()}

    def _create_permissions(self, config: Value, node: ast.AST) -> set[object]:
        """Permissions are made for the models of an app, where they are not there."""
        for atom in config:
            if isinstance(atom, Config) and atom.label:
                self.use(atom.label, (), Access.SURVEY)
            elif isinstance(atom, Apps):  # which has the one method of a configuration that counts
                self.use(ANY_APP, (), Access.SURVEY)
            else:
                self.hide("makes permissions for an app that only running it would tell", node)
        for field in ("content_type", "codename", "name"):
            self.use("auth.permission", (field,), Access.READ)
        self.use("auth.permission", (), Access.CREATE)
        self.use("contenttypes.contenttype", (), Access.CREATE)
        return {Plain()}

    def _signal(
        self, name: str, arguments: Sequence[Value], keywords: Keywords, node: ast.AST
    ) -> set[object]:
        """What is connected to the end of all migrations runs as if it were one more of them."""
        if name != "post_migrate.connect":
            self.hide(f"calls {name} of a signal", node)
            return {Plain()}
        receivers = [*arguments[:1], *(value for key, value in keywords if key == "receiver")]
        given = [("sender", PLAIN), ("apps", frozenset({Apps()})), ("verbosity", PLAIN)]
        for receiver in receivers:
            self.call(receiver, (), given, node)
        return {Plain()}

    def _by_name(self, path: str, arguments: Sequence[Value]) -> set[object]:
        """An attribute whose name is a value."""
        names = list(texts(arguments[1])) if len(arguments) > 1 else []
        is_known = len(arguments) > 1 and len(names) == len(arguments[1])
        found: set[object] = {Plain()}
        for atom in inner(arguments[0]):
            if not isinstance(atom, Rows | Model | Editor | Apps):
                continue
            if not is_known and isinstance(atom, Rows | Model):
                self.use(atom.label, getattr(atom, "path", ()), Access.EVERY)
                if path not in {"hasattr", "getattr"}:
                    self.use(atom.label, (*getattr(atom, "path", ()), "*"), Access.WRITE)
            for name in names:
                if path == "setattr":
                    self.store(frozenset({atom}), name, arguments[2])
                elif isinstance(atom, Rows):
                    found |= self._rows_attribute(atom, name)
                elif isinstance(atom, Model):
                    found |= self._model_attribute(atom.label, name)
        return found
