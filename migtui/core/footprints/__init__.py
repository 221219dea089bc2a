"""One function for each of Django's operations; importing this package registers them all."""

from migtui.core.footprints import (
    constraints,
    data,
    fields,
    indexes,
    models,
    options,
    postgres,
    special,
    together,
)

__all__ = [
    "constraints",
    "data",
    "fields",
    "indexes",
    "models",
    "options",
    "postgres",
    "special",
    "together",
]
