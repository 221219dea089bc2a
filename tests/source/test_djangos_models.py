import subprocess
import sys
from pathlib import Path

import pytest

from migtui.core.expressions import Collection, as_string
from migtui.core.verdict import Kind
from migtui.source.djangos_models import djangos_history
from tests.support.branches import explain_blog, write_conflict

REAL = """
import django
from django.conf import settings
settings.configure(INSTALLED_APPS=["django.contrib." + name for name in (
    "auth", "contenttypes", "sites")], SITE_ID=1)
django.setup()
from django.db.migrations.loader import MigrationLoader
for key, model in MigrationLoader(None).project_state().models.items():
    for name, field in model.fields.items():
        target = field.remote_field and field.remote_field.model.lower()
        print(".".join(key), name, target)
"""


@pytest.fixture(scope="module")
def real() -> set[str]:
    found = subprocess.run([sys.executable, "-c", REAL], capture_output=True, text=True, check=True)
    return set(found.stdout.splitlines())


def test_the_models_are_those_of_django(real: set[str]) -> None:
    written = set()
    for key, (operation,) in djangos_history(set(), {"AUTH_USER_MODEL": "auth.User"}):
        model = f"{key.app_label}.{as_string(operation.argument('name'))}".lower()
        fields = operation.argument("fields")
        assert isinstance(fields, Collection)
        for entry in fields.items:
            assert isinstance(entry, Collection)
            name, field = entry.items
            target = next(map(as_string, getattr(field, "arguments", ())), None)
            written.add(f"{model} {as_string(name)} {target and target.lower()}")
    assert written == real


GRANT = """
def grant(apps, schema_editor):
    group, _ = apps.get_model("auth", "Group").objects.get_or_create(name="Editors")
    for permission in apps.get_model("auth.Permission").objects.filter(
        codename="add_post", content_type__app_label="blog"
    ):
        group.permissions.add(permission)
"""


def test_what_points_from_one_of_them_to_another_is_followed(tmp_path: Path) -> None:
    adding = "migrations.AddField('post', 'tags', models.TextField(default=''))"
    root = write_conflict(tmp_path, "migrations.RunPython(grant)", adding, header=GRANT)
    assert explain_blog(root).verdict.kind is Kind.INDEPENDENT
    both = write_conflict(
        tmp_path, "migrations.RunPython(grant)", "migrations.RunPython(grant)", header=GRANT
    )
    assert explain_blog(both).verdict.kind is Kind.OPAQUE


def test_no_user_stands_for_one_that_may_be_another() -> None:
    for swappable in ({}, {"AUTH_USER_MODEL": "accounts"}):
        assert len(list(djangos_history(set(), swappable))) == 4
    assert [key.app_label for key, _ in djangos_history({"auth", "sites"}, {})] == ["contenttypes"]
