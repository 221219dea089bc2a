"""Operations that are copied into another file, with what they need there."""

import pytest

from migtui.core.migration import MigrationKey
from migtui.errors import RewriteError
from migtui.source.carry import Import, carry, render_imports
from migtui.source.operations import read_operations

KEY = MigrationKey("blog", "0002_b")


def carried(header: str, operation: str) -> frozenset[Import]:
    text = f"{header}\n\nclass Migration(migrations.Migration):\n    operations = [{operation}]\n"
    found = carry(text.encode(), KEY, read_operations(text.encode())[0])
    assert found.source == operation
    return found.imports


def test_brings_the_imports_that_it_uses_and_no_others() -> None:
    imports = carried(
        "import uuid\nimport os.path\nimport blog.models as b\nfrom . import tools as t, other\n"
        "from django.db import migrations, models",
        "migrations.AlterField('a', 'b', models.UUIDField(default=uuid.uuid4, choices=t.X + b.Y))",
    )
    assert render_imports(imports) == (
        "import blog.models as b\n"
        "import uuid\n"
        "from . import tools as t\n"
        "from django.db import migrations, models"
    )


def test_knows_pythons_own_names_and_those_of_a_lambda() -> None:
    imports = carried(
        "from django.db import migrations", "migrations.AlterModelOptions(str('x'), lambda y: y)"
    )
    assert imports == {Import("django.db", "migrations")}


def test_refuses_what_the_file_defines_itself() -> None:
    with pytest.raises(RewriteError, match="it uses LENGTH, which that file defines") as caught:
        carried(
            "from django.db import migrations, models\nLENGTH = 3",
            "migrations.AlterField('a', 'b', models.CharField(max_length=LENGTH))",
        )
    assert caught.value.help.startswith("Order the branches so that it runs last")


def test_refuses_one_name_for_two_things() -> None:
    with pytest.raises(RewriteError, match="Now means different things"):
        render_imports([Import("a", "Now"), Import("b", "Now")])


def test_takes_modules_of_one_package_together() -> None:
    modules = [Import("django.db.models"), Import("django.contrib.postgres.fields")]
    assert render_imports(modules) == (
        "import django.contrib.postgres.fields\nimport django.db.models"
    )
