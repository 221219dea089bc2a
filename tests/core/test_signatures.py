"""The tables agree with the Django that runs the tests, whichever of 4.2 to 6.1 it is."""

import inspect
from types import ModuleType

import django.contrib.postgres.operations as postgres
import pytest
from django.db.migrations import operations
from django.db.migrations.operations.base import Operation

from migtui.core.describe import symbol
from migtui.core.migration import Operation as ReadOperation
from migtui.core.signatures import PARAMETERS, is_djangos, parameters

NOT_FOR_MIGRATIONS = {"Operation", "CollationOperation"}


def classes(module: ModuleType) -> dict[str, type[Operation]]:
    return {
        f"{module.__name__}.{name}": cls
        for name, cls in vars(module).items()
        if inspect.isclass(cls) and issubclass(cls, Operation) and name not in NOT_FOR_MIGRATIONS
    }


DJANGOS = classes(operations) | classes(postgres)


@pytest.mark.parametrize("path", sorted(DJANGOS))
def test_positional_parameters_are_those_of_django(path: str) -> None:
    signature = inspect.signature(DJANGOS[path])
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    names = tuple(item.name for item in signature.parameters.values() if item.kind in kinds)
    assert parameters(path)[: len(names)] == names
    # What a newer Django added stands behind what this one has.
    newer = {"hints"} if "Extension" in path else set()
    assert set(parameters(path)) - set(names) <= newer


def test_every_operation_but_those_of_newer_djangos_exists() -> None:
    known = {path.rpartition(".")[2] for path in DJANGOS}
    assert set(PARAMETERS) - known <= {"AlterConstraint"}


@pytest.mark.parametrize("path", sorted(DJANGOS))
def test_symbols_are_those_of_django(path: str) -> None:
    expected = {
        "RunPython": "p", "RunSQL": "s", "SeparateDatabaseAndState": "?", "ValidateConstraint": "~",
    }  # fmt: skip
    category = getattr(DJANGOS[path], "category", None)  # since Django 5.1
    name = path.rpartition(".")[2]
    found = symbol(ReadOperation(name, path))
    if category is not None:
        assert found == category.value
    else:
        assert found == expected.get(name) or name.startswith(
            {"+": ("Add", "Create"), "-": ("Remove", "Delete"), "~": ("Alter", "Rename")}[found]
            if not name.endswith("Extension")
            else name
        )


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("django.db.migrations.AddField", True),
        ("django.db.migrations.operations.AddField", True),
        ("django.db.migrations.operations.fields.AddField", True),
        ("django.contrib.postgres.operations.AddIndexConcurrently", True),
        ("django.contrib.postgres.operations.AddIndex", True),
        ("shop.operations.AddField", False),
        ("django.db.models.AddField", False),
        ("django.db.migrations.Vacuum", False),
        ("AddField", False),
        ("", False),
    ],
)
def test_only_djangos_own_operations_count_as_djangos(path: str, expected: bool) -> None:  # noqa: FBT001 - a parameter
    assert is_djangos(path) is expected
