"""What attributes and methods of models, managers, querysets and instances do to rows."""

import ast
from collections.abc import Sequence
from dataclasses import replace

from migtui.core.reach import Access
from migtui.source.abstract import (
    NOTHING,
    PLAIN,
    Keys,
    Known,
    Lookup,
    Plain,
    Rows,
    Several,
    Value,
    elements,
    inner,
    texts,
)
from migtui.source.python_names import MUTATING, TEXTS
from migtui.source.queries import (
    ACCESS,
    CONTENT_TYPES,
    CREATIONS,
    INSTANCES,
    MANAGERS,
    METHODS,
    NAMES,
    OPTIONS,
    PLAINS,
    QUERYSETS,
    READS_INSTANCE,
    RELATED,
    VALUES,
    WRITES,
)
from migtui.source.reader import Keywords, Reader

MOST_STEPS = 4
"""So many names are followed from a model on; what is beyond is only known to be touched."""


class RowReader(Reader):
    """Reads what is done to historical models and their rows."""

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

    def _model_method(
        self, label: str, name: str, arguments: Sequence[Value], keywords: Keywords, node: ast.Call
    ) -> set[object]:
        if name in METHODS:  # a manager's, called on the class by mistake or by a custom class
            return self._rows_method(Rows(label, many=True), name, arguments, keywords, node)
        self.hide(f"calls {label}.{name}, which is not Django's", node)
        return {Plain()}

    def _meta(self, rows: Rows, name: str, arguments: Sequence[Value]) -> set[object]:
        path = rows.path[:-1]
        if name == "get_field" and arguments and texts(arguments[0]):
            for text in texts(arguments[0]):
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
        elif name == "serializable_value" and arguments and texts(arguments[0]):
            for text in texts(arguments[0]):
                self.use(label, (*path, text), Access.READ)
        else:
            self.hide(f"calls {name} of {label}, which is not Django's", node)
        self._arguments(arguments, keywords)
        return {Plain()}

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
                for text in texts(elements(value)):
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


def _path(lookup: str) -> tuple[str, ...]:
    """The names in a lookup: ``author``, ``name`` for ``-author__name``."""
    return tuple(lookup.removeprefix("-").removeprefix("+").split("__"))


def _is_rows_only(value: Value) -> bool:
    return all(isinstance(atom, Rows) for atom in value)
