"""Names for values of Django's, which has no types: they tell the reader what mypy can't check."""

from typing import Any, TypeAlias

Connection: TypeAlias = Any
"""A ``BaseDatabaseWrapper`` of any vendor."""
SchemaEditor: TypeAlias = Any
"""A ``BaseDatabaseSchemaEditor`` of any vendor."""
Model: TypeAlias = Any
"""A model class."""
Field: TypeAlias = Any
"""A model's field."""
Migration: TypeAlias = Any
"""An instance of a ``Migration`` class."""
Operation: TypeAlias = Any
"""An operation of a migration."""
State: TypeAlias = Any
"""A ``ProjectState``."""
