"""The models of Django's own apps that data migrations ask for, where Django can't be asked.

Written as a migration, for a reader of migrations. Only what leads from one model to another and
decides about order is of use: fields, options and managers as Django 4.2 to 6.1 have them.
"""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from functools import cache

from migtui.core.migration import MigrationKey, Operation
from migtui.source.operations import read_operations

HEAD = """
import django.contrib.auth.models
import django.contrib.contenttypes.models
import django.contrib.sites.models
import django.utils.timezone
from django.db import migrations, models

class Migration(migrations.Migration):
    operations = [migrations.CreateModel(
"""
ID = '("id", models.AutoField(primary_key=True))'
CONTENT_TYPE = f"""
    "ContentType", [{ID}, ("app_label", models.CharField(max_length=100)),
        ("model", models.CharField(max_length=100))],
    options={{"unique_together": {{("app_label", "model")}}}},
    managers=[("objects", django.contrib.contenttypes.models.ContentTypeManager())],
"""
PERMISSION = f"""
    "Permission", [{ID}, ("name", models.CharField(max_length=255)),
        ("content_type", models.ForeignKey("contenttypes.ContentType", models.CASCADE)),
        ("codename", models.CharField(max_length=100))],
    options={{"ordering": ["content_type__app_label", "content_type__model", "codename"],
        "unique_together": {{("content_type", "codename")}}}},
    managers=[("objects", django.contrib.auth.models.PermissionManager())],
"""
GROUP = f"""
    "Group", [{ID}, ("name", models.CharField(max_length=150, unique=True)),
        ("permissions", models.ManyToManyField("auth.Permission", blank=True))],
    managers=[("objects", django.contrib.auth.models.GroupManager())],
"""
USER = f"""
    "User", [{ID}, ("password", models.CharField(max_length=128)),
        ("last_login", models.DateTimeField(blank=True, null=True)),
        ("is_superuser", models.BooleanField(default=False)),
        ("username", models.CharField(max_length=150, unique=True)),
        ("first_name", models.CharField(max_length=150, blank=True)),
        ("last_name", models.CharField(max_length=150, blank=True)),
        ("email", models.EmailField(max_length=254, blank=True)),
        ("is_staff", models.BooleanField(default=False)),
        ("is_active", models.BooleanField(default=True)),
        ("date_joined", models.DateTimeField(default=django.utils.timezone.now)),
        ("groups", models.ManyToManyField("auth.Group", related_name="user_set")),
        ("user_permissions", models.ManyToManyField("auth.Permission", related_name="user_set"))],
    options={{"swappable": "AUTH_USER_MODEL"}},
    managers=[("objects", django.contrib.auth.models.UserManager())],
"""
SITE = f"""
    "Site", [{ID}, ("domain", models.CharField(max_length=100, unique=True)),
        ("name", models.CharField(max_length=50))],
    options={{"ordering": ["domain"]}},
    managers=[("objects", django.contrib.sites.models.SiteManager())],
"""
MODELS = (("contenttypes", CONTENT_TYPE), ("auth", PERMISSION), ("auth", GROUP), ("sites", SITE))
DJANGOS = frozenset(app_label for app_label, _ in MODELS)
USER_MODEL = "AUTH_USER_MODEL"


def djangos_history(
    known: AbstractSet[str], swappable: Mapping[str, str]
) -> Iterator[tuple[MigrationKey, tuple[Operation, ...]]]:
    """What makes the models of Django's apps, as if it were migrations.

    Args:
        known: The labels of apps whose own migrations are read; they are left out.
        swappable: The model, or only the app, that a setting points to. Where it is not known to be
            Django's, another model may be at the other end of the relations of ``User``.
    """
    models = [*MODELS]
    if swappable.get(USER_MODEL, "").lower() in ("auth", "auth.user"):
        models.append(("auth", USER))
    for app_label, source in models:
        if app_label not in known:
            yield MigrationKey(app_label, "0001_initial"), _read(source)


@cache
def _read(source: str) -> tuple[Operation, ...]:
    return read_operations(f"{HEAD}{source})]\n".encode())
