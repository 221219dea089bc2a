"""What calls and attributes in a data migration do: to models, rows, SQL, and in the unknown."""

import ast
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import replace

from migtui.core.reach import Access, Unread, Use
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
    inner,
)
from migtui.source.queries import (
    ACCESS,
    CONTAINERS,
    CONTENT_TYPES,
    CREATIONS,
    FILLING,
    INSTANCES,
    MANAGERS,
    METHODS,
    MUTATING,
    NAMES,
    OPTIONS,
    PLAINS,
    QUERYSETS,
    READS_INSTANCE,
    RELATED,
    TEXTS,
    VALUES,
    WRITES,
)

SETTINGS = "django.conf.settings."
SIGNALS = "django.db.models.signals."
SEQUENCES = "RESET sequences"
"""Stands for the SQL by which Django lets sequences go on where tables end; it touches no rows."""
READING_PAIRS = frozenset({"items", "keys", "values", "get", "copy"})
"""Methods of a dict that leave it as it is."""
MOST_STEPS = 4
"""So many names are followed from a model on; what is beyond is only known to be touched."""
Keywords = Sequence[tuple[str, Value]]


class CallReader(ABC):
    """Reads calls; what runs the statements around them is in the interpreter.

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
    def fill(self, container: ast.expr, value: Value, scope: int) -> None:
        """Something is put into what a name holds."""

    @abstractmethod
    def mutate(self, owner: Value) -> None:
        """A value is changed in place."""

    @abstractmethod
    def store(self, owner: Value, name: str, value: Value) -> None:
        """An attribute is set."""

    # Attributes

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

    def _model_attribute(self, label: str, name: str) -> set[object]:
        if name in MANAGERS or name.endswith(("objects", "manager")):
            return {Rows(label, many=True)}
        if name == "_meta":
            return {Rows(label, ("_meta",))}
        if name.startswith("__") or name[:1].isupper():
            return {Plain()}
        return {Rows(label, (name,), many=True)}

    def _rows_attribute(self, rows: Rows, name: str) -> set[object]:
        if rows.path[-1:] == ("_meta",):
            return {Rows(rows.label, rows.path)} if name != "db_table" else {Plain()}
        if name == "_meta":
            return {Rows(rows.label, (*rows.path, "_meta"))}
        if name == "through":
            return {Rows(rows.label, rows.path, many=True, through=True)}
        if name in MANAGERS:
            return {rows}
        if name.startswith("__dict__"):
            self.use(rows.label, rows.path, Access.EVERY)
            return {Plain()}
        if name.startswith("_") or rows.many:
            return {Plain()}
        if rows.through:
            return {Plain(), rows}
        self.use(rows.label, (*rows.path, name), Access.READ)
        if len(rows.path) >= MOST_STEPS:
            self.use(rows.label, (*rows.path, name), Access.EVERY)
            return {rows, Plain()}
        return {Rows(rows.label, (*rows.path, name)), Plain()}

    # Methods

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

    def _registry(
        self, name: str, arguments: Sequence[Value], keywords: Keywords, node: ast.Call
    ) -> set[object]:
        if name == "get_app_config" and arguments:
            return {Config(text) for text in _texts(arguments[0])} or {Config("")}
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

    def _model_method(
        self, label: str, name: str, arguments: Sequence[Value], keywords: Keywords, node: ast.Call
    ) -> set[object]:
        if name in METHODS:  # a manager's, called on the class by mistake or by a custom class
            return self._rows_method(Rows(label, many=True), name, arguments, keywords, node)
        self.hide(f"calls {label}.{name}, which is not Django's", node)
        return {Plain()}

    def _meta(self, rows: Rows, name: str, arguments: Sequence[Value]) -> set[object]:
        path = rows.path[:-1]
        if name == "get_field" and arguments and _texts(arguments[0]):
            for text in _texts(arguments[0]):
                self.use(rows.label, (*path, text), Access.READ)
            return {Plain()}
        self.use(rows.label, path, Access.EVERY)
        return {Plain(), rows}

    def _rows_method(
        self, rows: Rows, name: str, arguments: Sequence[Value], keywords: Keywords, node: ast.Call
    ) -> set[object]:
        if rows.through:
            self.use(rows.label, rows.path, Access.WRITE if name not in QUERYSETS else Access.READ)
            self._arguments(arguments, keywords)
            return {rows, Plain()}
        if rows.path and not rows.many and name in MUTATING & METHODS:
            self.mutate(frozenset({rows}))
        if rows.many or (rows.path and name in METHODS):
            return self._query(rows, name, arguments, keywords, node)
        if rows.path and name in MUTATING:
            self.mutate(frozenset({rows}))
        if rows.path and name not in ("save", "delete", "asave", "adelete"):
            # A method of a value: of text, a date, a file.
            return set(self._arguments(arguments, keywords) | {Plain()})
        return self._instance(rows, name, arguments, keywords, node)

    def _instance(
        self, rows: Rows, name: str, arguments: Sequence[Value], keywords: Keywords, node: ast.Call
    ) -> set[object]:
        label, path = rows.label, rows.path
        if name in ("save", "asave"):
            self.use(label, path, Access.CREATE if rows.fresh else Access.ROWS)
            if not rows.fresh:
                self.saved.add((label, path))
        elif name in ("delete", "adelete"):
            self.use(label, path, Access.DELETE)
        elif name.startswith("get_") and name.endswith("_display"):
            self.use(label, (*path, name[4:-8]), Access.READ)
        elif name in READS_INSTANCE:
            self.use(label, path, Access.ROWS)
        elif name in TEXTS:
            pass
        elif name == "serializable_value" and arguments and _texts(arguments[0]):
            for text in _texts(arguments[0]):
                self.use(label, (*path, text), Access.READ)
        else:
            self.hide(f"calls {name} of {label}, which is not Django's", node)
        self._arguments(arguments, keywords)
        return {Plain()}

    # Queries

    def _query(
        self, rows: Rows, name: str, arguments: Sequence[Value], keywords: Keywords, node: ast.Call
    ) -> set[object]:
        label, path = rows.label, rows.path
        if name in CONTENT_TYPES:
            self.use(label, path, Access.CREATE)
            return {Rows(label, path), Plain()}
        if name not in METHODS:
            self.hide(f"calls {name} of {'.'.join((label, *path))}, which is not Django's", node)
            return {rows, Plain()}
        self.use(label, path, ACCESS.get(name, Access.ROWS))
        if name in RELATED and path:
            self.use(label, path, Access.WRITE)
        self._lookups(rows, name, arguments)
        for key, value in keywords:
            self._keyword(rows, name, key, value)
        if name in VALUES and not arguments and not keywords:
            self.use(label, path, Access.EVERY)
        if name == "bulk_create":
            self._bulk(rows, keywords)
        self._arguments([value for value in arguments if not _is_rows_only(value)], ())
        many = replace(rows, many=True, values=rows.values or name in VALUES)
        one = Plain() if many.values else Rows(label, path)
        if name in ("get_or_create", "update_or_create"):
            return {Several((frozenset({one}), PLAIN))}
        if name in CREATIONS or name in INSTANCES:
            return {one}
        if name in QUERYSETS | VALUES:
            return {many} if name != "in_bulk" else {one, Plain()}
        return {Plain()} if name in PLAINS | WRITES | RELATED | {"delete"} else {many}

    def _bulk(self, rows: Rows, keywords: Keywords) -> None:
        """Rows of ``bulk_create`` that are there already may be overwritten."""
        for key, value in keywords:
            if key == "update_fields":
                for text in _texts(elements(value)):
                    self.use(rows.label, (*rows.path, text), Access.WRITE)

    def _lookups(self, rows: Rows, name: str, arguments: Sequence[Value]) -> None:
        """Names of fields among a query's positional arguments."""
        label, path = rows.label, rows.path
        given = arguments[1:] if name == "bulk_update" else arguments
        for value in given:
            for atom in inner(value):
                if isinstance(atom, Lookup):
                    self.use(label, (*path, *_path(atom.name)), Access.READ)
                elif isinstance(atom, Known) and isinstance(atom.value, str):
                    if name in NAMES:
                        self.use(label, (*path, *_path(atom.value)), Access.READ)
                    elif name == "bulk_update":
                        self.use(label, (*path, atom.value), Access.WRITE)
                elif isinstance(atom, Plain) and name in NAMES - {"distinct", "in_bulk"}:
                    self.use(label, path, Access.EVERY)
                elif isinstance(atom, Plain) and name == "bulk_update":
                    self.use(label, path, Access.EVERY)
                    self.use(label, (*path, "*"), Access.WRITE)

    def _keyword(self, rows: Rows, name: str, key: str, value: Value) -> None:
        """A keyword argument of a query: a lookup, a value, or an option."""
        label, path = rows.label, rows.path
        for atom in inner(value):
            if isinstance(atom, Lookup):
                self.use(label, (*path, *_path(atom.name)), Access.READ)
        if any(f"{key}__".startswith(f"{alias}__") for alias in self.aliases):
            return  # what an aggregate without a name of its own is called
        if key in ("defaults", "create_defaults") or key == "**":
            self._spread(rows, name, key, value)
        elif name == "bulk_update" and key == "fields":
            self._lookups(rows, name, (NOTHING, value))
        elif (key in OPTIONS and name not in ("filter", "exclude", "update", "create")) or name in (
            "annotate",
            "alias",
            "aggregate",
            "in_bulk",
            "using",
        ):
            return
        elif name == "update":
            self.use(label, (*path, key), Access.WRITE)
        else:
            self.use(label, (*path, *_path(key)), Access.READ)

    def _spread(self, rows: Rows, name: str, key: str, value: Value) -> None:
        """A dict of lookups or values."""
        label, path = rows.label, rows.path
        writes = name == "update" or (name == "update_or_create" and key == "defaults")
        access = Access.WRITE if writes else Access.READ
        if name in ("annotate", "alias", "aggregate"):
            return
        for atom in value:
            if isinstance(atom, Keys):
                for text in atom.names:
                    self.use(label, (*path, *_path(text)), access)
        if any(isinstance(atom, Plain) for atom in value):
            self.use(label, path, Access.EVERY)
            if writes:
                self.use(label, (*path, "*"), Access.WRITE)

    # SQL

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
        known = list(_texts(arguments[0])) if arguments else []
        if self.is_final:
            self.statements |= dict.fromkeys(known)
        if not arguments or len(known) != len(arguments[0]):
            self.hide("executes SQL that only running it would tell", node)

    # Functions

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
                return {Config(text) for text in _texts(arguments[0])} or {Config("")}
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
                             for text in _texts(value)}  # fmt: skip
            if name != "Value":
                kept |= {Lookup(text) for value in arguments for text in _texts(value)}
                kept |= {
                    Lookup(key) for key, _ in keywords if name in ("Q", "When", "FilteredRelation")
                }
                if name == "Q":
                    for value in arguments:
                        for atom in value:
                            if isinstance(atom, Several) and atom.entries:
                                kept |= {Lookup(text) for text in _texts(atom.entries[0])}
        found = self._lambdas(every, every)
        return kept | set(found) | {Plain()}

    def _create_permissions(self, config: Value, node: ast.AST) -> set[object]:
        """Permissions are made for the models of an app, where they are not there."""
        for atom in config:
            if isinstance(atom, Config) and atom.label:
                self.use(atom.label, (), Access.SURVEY)
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
        names = list(_texts(arguments[1])) if len(arguments) > 1 else []
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


HARMLESS = frozenset(
    {
        "items",
        "keys",
        "split",
        "strip",
        "join",
        "format",
        "lower",
        "upper",
        "replace",
        "startswith",
        "endswith",
        "copy",
        "append",
        "title",
        "encode",
        "decode",
        "partition",
    }
)
"""Methods of what a constant may be, which no manager has."""
BUILTINS = frozenset(
    {
        "abs",
        "all",
        "any",
        "bytes",
        "callable",
        "chr",
        "dict",
        "divmod",
        "enumerate",
        "filter",
        "float",
        "format",
        "frozenset",
        "hash",
        "hex",
        "id",
        "input",
        "iter",
        "list",
        "map",
        "max",
        "min",
        "next",
        "object",
        "open",
        "ord",
        "pow",
        "range",
        "reversed",
        "round",
        "set",
        "slice",
        "sorted",
        "sum",
        "tuple",
        "zip",
        "Exception",
        "ValueError",
        "TypeError",
        "KeyError",
        "RuntimeError",
        "AssertionError",
        "NotImplementedError",
        "AttributeError",
        "LookupError",
        "unicode",
        "basestring",
        "long",
        "xrange",
        "staticmethod",
        "classmethod",
        "property",
    }
)
"""Functions and classes of Python itself that do nothing but compute."""


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


def _texts(value: Value) -> list[str]:
    """The strings that a value may be."""
    return [atom.value for atom in value if isinstance(atom, Known) and isinstance(atom.value, str)]


def _path(lookup: str) -> tuple[str, ...]:
    """The names in a lookup: ``author``, ``name`` for ``-author__name``."""
    return tuple(lookup.removeprefix("-").removeprefix("+").split("__"))


def _is_rows_only(value: Value) -> bool:
    return all(isinstance(atom, Rows) for atom in value)
