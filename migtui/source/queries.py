"""What the methods of managers, querysets and instances do, by name."""

from types import MappingProxyType

from migtui.core.reach import Access

MANAGERS = frozenset({"objects", "_default_manager", "_base_manager", "_objects", "all_objects"})

QUERYSETS = frozenset(
    {
        "all",
        "filter",
        "exclude",
        "order_by",
        "distinct",
        "select_related",
        "prefetch_related",
        "annotate",
        "alias",
        "defer",
        "only",
        "using",
        "reverse",
        "select_for_update",
        "none",
        "union",
        "intersection",
        "difference",
        "iterator",
        "complex_filter",
        "in_bulk",
        "db_manager",
        "get_queryset",
        "aiterator",
        "resolve_expression",
        "as_manager",
        "query",
    }
)
"""Methods that give rows again."""
INSTANCES = frozenset({"get", "first", "last", "latest", "earliest"})
"""Methods that give one row."""
PLAINS = frozenset({"count", "exists", "aggregate", "contains", "dates", "datetimes", "explain"})
"""Methods that give no rows."""
VALUES = frozenset({"values", "values_list"})
CREATIONS = frozenset({"create", "get_or_create", "update_or_create", "bulk_create"})
WRITES = frozenset({"update", "bulk_update"})
RELATED = frozenset({"add", "remove", "clear", "set"})
"""Methods of the manager of a relation that change who is related."""
NAMES = frozenset(
    {
        "order_by",
        "select_related",
        "prefetch_related",
        "defer",
        "only",
        "distinct",
        "values",
        "values_list",
        "latest",
        "earliest",
        "dates",
        "datetimes",
        "in_bulk",
        "prefetch",
    }
)
"""Methods whose strings are names of fields."""
OPTIONS = frozenset(
    {
        "flat",
        "named",
        "defaults",
        "create_defaults",
        "batch_size",
        "ignore_conflicts",
        "update_conflicts",
        "update_fields",
        "unique_fields",
        "chunk_size",
        "nowait",
        "skip_locked",
        "of",
        "no_key",
        "all",
        "field_name",
        "objs",
        "fields",
        "using",
        "bulk",
        "clear",
        "through_defaults",
        "id_list",
        "kind",
        "order",
        "tzinfo",
        "force_insert",
        "force_update",
    }
)
"""Keyword arguments that are no lookups."""

READS_INSTANCE = frozenset(
    {
        "full_clean",
        "clean",
        "clean_fields",
        "validate_unique",
        "refresh_from_db",
        "get_deferred_fields",
        "validate_constraints",
        "__str__",
        "date_error_message",
        "unique_error_message",
    }
)

CONTENT_TYPES = frozenset({"get_for_model", "get_for_models", "get_for_id", "get_by_natural_key"})
"""Methods of the managers that Django's own migrations keep."""

ACCESS = MappingProxyType(
    {
        **dict.fromkeys(QUERYSETS | INSTANCES | PLAINS | VALUES, Access.ROWS),
        **dict.fromkeys(CREATIONS, Access.CREATE),
        "delete": Access.DELETE,
    }
)
"""What a method does to the rows as such."""

METHODS = (
    QUERYSETS
    | INSTANCES
    | PLAINS
    | VALUES
    | CREATIONS
    | WRITES
    | RELATED
    | CONTENT_TYPES
    | {"delete"}
)

SAFE = frozenset(
    {
        "babel",
        "bleach",
        "bs4",
        "dateutil",
        "django.conf",
        "django.core.exceptions",
        "django.core.validators",
        "django.db.IntegrityError",
        "django.db.models",
        "django.db.transaction",
        "django.db.utils",
        "django.db.connection",
        "django.db.connections",
        "django.db.migrations",
        "django.db.DatabaseError",
        "django.db.OperationalError",
        "django.db.ProgrammingError",
        "django.db.DEFAULT_DB_ALIAS",
        "django.utils",
        "django.contrib.auth.hashers",
        "django.contrib.postgres",
        "django.core.files",
        "django.core.cache",
        "django.db.reset_queries",
        "django.core.management.color",
        "django.template.defaultfilters",
        "pycountry",
        "i18nfield",
        "netaddr",
        "treebeard.numconv",
        "django.core.serializers.json",
        "django.db.Error",
        "markdown",
        "nh3",
        "pytz",
        "simplejson",
        "six",
        "tqdm",
        "yaml",
        "packaging",
        "lxml",
    }
)
"""Modules, besides Python's own, whose functions touch no rows of their own accord."""
