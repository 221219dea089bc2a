"""Puts rows into every table of a project, and prints what it left out and why, as JSON.

A program of its own, ``python rows.py COUNT``, in the project's directory. Rows go in as they are:
no model's own code runs.
"""

import json
import os
import sys
import uuid
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from graphlib import CycleError, TopologicalSorter
from typing import Any

import django
from django.apps import apps
from django.db import DatabaseError, models, transaction

MOMENT = datetime(2026, 11, 25, 12, 30, 15, 123456, UTC)
BY_TYPE: dict[str, Callable[[int], object]] = {
    "BooleanField": lambda i: i % 2 == 0,
    "NullBooleanField": lambda i: i % 2 == 0,
    "DateField": lambda i: (MOMENT + timedelta(days=i)).date(),
    "DateTimeField": lambda i: MOMENT + timedelta(seconds=i),
    "TimeField": lambda i: (MOMENT + timedelta(seconds=i)).time(),
    "DurationField": lambda i: timedelta(days=i, microseconds=7),
    "UUIDField": lambda i: uuid.UUID(int=i + (1 << 90)),
    "BinaryField": lambda i: bytes([0, 255, 39, 92, i % 256]),
    "JSONField": lambda i: {"é": [i, None, '"\\']},
    "GenericIPAddressField": lambda i: f"192.0.2.{i % 256}",
    "FloatField": lambda i: i / 7,
    "DecimalField": lambda i: i,
}


def main(count: int) -> None:
    warnings.simplefilter("ignore")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
    sys.path.insert(0, "")
    django.setup()
    left_out = {}
    for model in _ordered():
        for number in range(count):
            try:
                with transaction.atomic():
                    _insert(model, number)
            except (DatabaseError, LookupError, ValueError, TypeError) as error:
                left_out[model._meta.db_table] = f"{type(error).__name__}: {error}"[:200]
    json.dump(left_out, sys.stdout)


def _ordered() -> Iterator[Any]:
    """Every model with a table, after those that it refers to, as far as there is such an order."""
    graph = {
        model: {
            field.related_model
            for field in model._meta.local_concrete_fields
            if field.is_relation and field.related_model not in (None, model) and not field.null
        }
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and not model._meta.swapped
    }
    while True:
        try:
            yield from (m for m in TopologicalSorter(graph).static_order() if m in graph)
        except CycleError as error:
            graph[error.args[1][1]].discard(error.args[1][0])
        else:
            return


def _insert(model: Any, number: int) -> None:  # noqa: ANN401 - any model
    fields = [
        field
        for field in model._meta.local_concrete_fields
        if not isinstance(field, models.AutoField) and not getattr(field, "generated", False)
    ]
    instance = model()
    for field in fields:
        setattr(instance, field.attname, _value(field, number))
    model._base_manager._insert([instance], fields=fields, using="default", raw=True)


def _value(field: Any, number: int) -> Any:  # noqa: ANN401 - any field
    if field.is_relation:
        return _target(field, number)
    kind = field.get_internal_type()
    if kind in BY_TYPE:
        return BY_TYPE[kind](number)
    if "Integer" in kind:
        return number + 1
    if field.null and number == 0 and not field.primary_key:
        return None
    text = f"{number} é☃ '\"\\%s {field.name}" if "Slug" not in kind else f"{number}-{field.name}"
    return text[: field.max_length]


def _target(field: Any, number: int) -> Any:  # noqa: ANN401 - any key
    target = field.related_model
    name = field.target_field.attname
    if target is field.model and field.null:
        return None
    values = list(target._base_manager.order_by("pk").values_list(name, flat=True)[: number + 1])
    if not values and field.null:
        return None
    return values[min(number, len(values) - 1)]


if __name__ == "__main__":
    main(int(sys.argv[1]))
