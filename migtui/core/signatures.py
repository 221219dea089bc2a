"""Names of the positional parameters of Django's operations, 4.2 to 6.1.

A migration may give arguments by position; they are bound to names without importing Django.
"""

from collections.abc import Mapping
from types import MappingProxyType

DJANGO = "django.db.migrations.operations"
POSTGRES = "django.contrib.postgres.operations"

_DJANGO = {
    "AddConstraint": "model_name constraint",
    "AddField": "model_name name field preserve_default",
    "AddIndex": "model_name index",
    "AlterConstraint": "model_name name constraint",
    "AlterField": "model_name name field preserve_default",
    "AlterIndexTogether": "name index_together",
    "AlterModelManagers": "name managers",
    "AlterModelOptions": "name options",
    "AlterModelTable": "name table",
    "AlterModelTableComment": "name table_comment",
    "AlterOrderWithRespectTo": "name order_with_respect_to",
    "AlterUniqueTogether": "name unique_together",
    "CreateModel": "name fields options bases managers",
    "DeleteModel": "name",
    "RemoveConstraint": "model_name name",
    "RemoveField": "model_name name field",
    "RemoveIndex": "model_name name",
    "RenameField": "model_name old_name new_name",
    "RenameIndex": "model_name new_name old_name old_fields",
    "RenameModel": "old_name new_name",
    "RunPython": "code reverse_code atomic hints elidable",
    "RunSQL": "sql reverse_sql state_operations hints elidable",
    "SeparateDatabaseAndState": "database_operations state_operations",
}
_POSTGRES = {
    "AddConstraintNotValid": "model_name constraint",
    "AddIndexConcurrently": "model_name index",
    "BloomExtension": "hints",
    "BtreeGinExtension": "hints",
    "BtreeGistExtension": "hints",
    "CITextExtension": "hints",
    "CreateCollation": "name locale",
    "CreateExtension": "name hints",
    "CryptoExtension": "hints",
    "HStoreExtension": "hints",
    "RemoveCollation": "name locale",
    "RemoveIndexConcurrently": "model_name name",
    "TrigramExtension": "hints",
    "UnaccentExtension": "hints",
    "ValidateConstraint": "model_name name",
}

PARAMETERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {name: tuple(names.split()) for name, names in (_DJANGO | _POSTGRES).items()}
)
"""Positional parameters by the operation's class name; no two operations share one."""


def parameters(path: str) -> tuple[str, ...]:
    """The positional parameters of the operation with this dotted path.

    Returns:
        Empty where it is not one of Django's.
    """
    return PARAMETERS.get(path.rpartition(".")[2], ()) if is_djangos(path) else ()


def is_djangos(path: str) -> bool:
    """Whether a dotted path, however it was imported, names an operation of Django."""
    module, _, name = path.rpartition(".")
    if name in _POSTGRES:
        return module == POSTGRES
    in_migrations = module == "django.db.migrations" or f"{module}.".startswith(f"{DJANGO}.")
    return name in _DJANGO and (in_migrations or module == POSTGRES)
