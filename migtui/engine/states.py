"""A ProjectState as plain texts by resource, so that two of them can be compared and shown."""

import functools
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.db import models
from django.db.models.options import normalize_together
from django.utils.functional import Promise

from migtui.engine.untyped import Model, State

LISTED = {"indexes": "index", "constraints": "constraint"}
TOGETHER = ("unique_together", "index_together")


def describe_state(state: State) -> dict[str, str]:
    """Fields, options, indexes, constraints, managers and bases; not the order of fields."""
    return {
        resource: text
        for (app_label, model_name), model in state.models.items()
        for resource, text in _describe_model(f"{app_label}.{model_name}", model)
    }


def field_orders(state: State) -> dict[str, str]:
    """The order of each model's fields."""
    return {
        f"order of the fields of {app_label}.{model_name}": ", ".join(model.fields)
        for (app_label, model_name), model in state.models.items()
    }


def _describe_model(name: str, model: Model) -> Iterator[tuple[str, str]]:
    # A name of a model that differs in case is another name.
    yield name, model.name
    yield f"{name}:bases", write_value(model.bases)
    yield f"{name}:managers", write_value(model.managers)
    for field_name, field in model.fields.items():
        yield f"{name}.{field_name}", write_value(field)
    for option, value in model.options.items():
        if option in LISTED:
            for entry in value:
                yield f"{name}:{LISTED[option]}:{entry.name}", write_value(entry)
        elif option in TOGETHER and value:  # lists in some migrations, sets in others
            together = {tuple(names) for names in normalize_together(value)}
            yield f"{name}:option:{option}", write_value(together)
        elif value or value is False:  # an empty list is no other than none
            yield f"{name}:option:{option}", write_value(value)


def write_value(value: Any) -> str:  # noqa: ANN401 - whatever a migration may hold
    """A value as Python would write it; equal texts mean equal values.

    As ``MigrationAutodetector.deep_deconstruct`` takes values apart.
    """
    if isinstance(value, dict):
        pairs = sorted(f"{write_value(key)}: {write_value(item)}" for key, item in value.items())
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, set | frozenset):
        return f"{{{', '.join(sorted(map(write_value, value)))}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(write_value, value))}]"
    if isinstance(value, functools.partial):
        return f"partial({write_value([value.func, value.args, value.keywords])})"
    if isinstance(value, re.Pattern):
        return f"re.compile({value.pattern!r}, {value.flags})"
    if isinstance(value, Promise):
        return repr(str(value))
    if isinstance(value, models.Manager):
        as_manager, manager, queryset, arguments, keywords = value.deconstruct()
        path = f"{queryset}.as_manager" if as_manager else str(manager)
        return _call(path, arguments or (), keywords or {})
    if isinstance(value, type) or not hasattr(value, "deconstruct"):
        return _importable(value) or repr(value)
    # A field says its name first.
    path, arguments, keywords = value.deconstruct()[-3:]
    return _call(path, arguments, keywords)


def _call(path: str, arguments: Iterable[Any], keywords: Mapping[str, Any]) -> str:
    written = [write_value(item) for item in arguments]
    written += sorted(f"{key}={write_value(item)}" for key, item in keywords.items())
    return f"{path.removeprefix('django.db.')}({', '.join(written)})"


def _importable(value: object) -> str:
    """The dotted path by which a function or class can be imported; empty where it can't be."""
    module = getattr(value, "__module__", None)
    name = getattr(value, "__qualname__", None)
    if not isinstance(module, str) or not isinstance(name, str):
        return ""
    found: object = sys.modules.get(module)
    for part in name.split("."):
        found = getattr(found, part, None)
    return f"{module}.{name}" if found is value else ""
