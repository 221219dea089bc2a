"""Imports the migrations of an installed package with Django and prints what it sees, as JSON.

A program of its own, ``python imported.py PACKAGE``: Django can be set up once in a process.
"""

import importlib
import json
import sys
import warnings
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.db.migrations import Migration
from django.db.migrations.operations.base import Operation

CONTRIB = [
    f"django.contrib.{name}"
    for name in (
        "admin",
        "auth",
        "contenttypes",
        "flatpages",
        "messages",
        "redirects",
        "sessions",
        "sites",
    )
]
INSTALLED_APPS = {
    "allauth": [f"allauth{name}" for name in (
        "", ".account", ".mfa", ".socialaccount", ".usersessions")],
    "axes": ["axes"],
    "cms": ["cms", "menus", "sekizai", "treebeard"],
    "django.contrib": [],
    "django_celery_beat": ["django_celery_beat"],
    "django_q": ["django_q"],
    "djangocms_versioning": ["cms", "menus", "sekizai", "treebeard", "easy_thumbnails", "filer",
        *(f"djangocms_{name}" for name in (
            "alias", "file", "link", "picture", "snippet", "text", "versioning"))],
    "easy_thumbnails": ["easy_thumbnails"],
    "filer": ["easy_thumbnails", "filer"],
    "guardian": ["guardian"],
    "oauth2_provider": ["oauth2_provider"],
    "oscar": ["oscar", *(f"oscar.apps.{name}.apps.{config}Config" for name, config in (
        ("address", "Address"), ("analytics", "Analytics"), ("basket", "Basket"),
        ("catalogue", "Catalogue"), ("catalogue.reviews", "CatalogueReviews"),
        ("checkout", "Checkout"), ("communication", "Communication"), ("customer", "Customer"),
        ("offer", "Offer"), ("order", "Order"), ("partner", "Partner"), ("payment", "Payment"),
        ("search", "Search"), ("shipping", "Shipping"), ("voucher", "Voucher"),
        ("wishlists", "Wishlists"))), "treebeard"],
    "reversion": ["reversion"],
    "silk": ["silk"],
    "taggit": ["taggit"],
    "wagtail": [*(f"wagtail{name}" for name in (
        "", ".admin", ".contrib.forms", ".contrib.redirects", ".contrib.search_promotions",
        ".documents", ".embeds", ".images", ".locales", ".search", ".sites", ".snippets",
        ".users")), "modelcluster", "modelsearch", "taggit", "treebeard"],
}  # fmt: skip
"""What importing the migrations of a package takes; what is not installed is left out."""
PROJECTS = {
    "mayan": "mayan.settings.production",
    "pretix": "pretix.testutils.settings",
    "weblate": "weblate.settings_test",
}
"""Packages that are whole projects: their settings."""


def settings_of(package: str) -> dict[str, Any]:
    """The settings that one package takes, with a database in memory."""
    if package in PROJECTS:
        return _upper(PROJECTS[package]) | {"MIGRATION_MODULES": {}}
    more = _upper("oscar.defaults") if package == "oscar" else {}
    return dict(
        **more,
        INSTALLED_APPS=[
            *CONTRIB,
            *(app for app in INSTALLED_APPS[package] if find_spec(app.partition(".")[0])),
        ],
        CMS_CONFIRM_VERSION4=True,
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        HAYSTACK_CONNECTIONS={
            "default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}
        },
        LANGUAGES=[("en", "English")],
        LANGUAGE_CODE="en",
        MIDDLEWARE=["allauth.account.middleware.AccountMiddleware"],
        SECRET_KEY="tests",  # noqa: S106 - of nothing
        SITE_ID=1,
        USE_TZ=True,
        STATIC_URL="static/",
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "OPTIONS": {
                    "context_processors": ["django.template.context_processors.request"]
                    + ["sekizai.context_processors.sekizai"] * (package == "cms")
                },
            }
        ],
        WAGTAILADMIN_BASE_URL="https://example.com",
    )


def _upper(module: str) -> dict[str, Any]:
    found = vars(importlib.import_module(module))
    return {name: value for name, value in found.items() if name.isupper()}


def set_up(package: str, **overrides: object) -> None:
    """Configure Django for one package, with some settings as they are given."""
    settings.configure(**settings_of(package) | overrides)
    django.setup()


def seen(migration: type[Migration]) -> dict[str, Any]:
    """A migration's class as plain values."""
    return {
        **{
            name: [_key(entry) for entry in getattr(migration, name)]
            for name in ("dependencies", "run_before", "replaces")
        },
        "initial": vars(migration).get("initial"),
        "atomic": vars(migration).get("atomic"),
        "operations": [_operation(operation) for operation in migration.operations],
    }


def _key(entry: Any) -> list[str | None]:  # noqa: ANN401 - a tuple, or one with a setting
    model = getattr(entry, "setting", None)
    names = [name for name in dir(settings) if name.endswith("_MODEL")]
    setting = next((name for name in names if getattr(settings, name) == model), None)
    return [entry[0] if setting is None else None, entry[1], setting]


def _operation(operation: Operation) -> dict[str, Any]:
    category = getattr(operation, "category", None)  # since Django 5.1
    return {
        "type": type(operation).__name__,
        "text": operation.describe(),
        "symbol": category.value if category else None,
        "database_operations": [*map(_operation, getattr(operation, "database_operations", []))],
        "state_operations": [*map(_operation, getattr(operation, "state_operations", []))],
    }


def main(package: str) -> None:
    """Print what Django sees of every migration of a package, by path."""
    warnings.simplefilter("ignore")
    set_up(package)
    found = {}
    root = Path(importlib.import_module(package).__path__[0])
    for path in sorted(root.glob("**/migrations/[!_]*.py")):
        name = ".".join((package, *path.relative_to(root).with_suffix("").parts))
        imported = importlib.import_module(name)
        if hasattr(imported, "Migration"):
            found[str(path)] = seen(imported.Migration)
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
