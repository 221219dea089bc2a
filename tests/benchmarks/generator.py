"""Generates Django projects of a chosen size, with or without a conflict in one of the apps."""

from pathlib import Path

from tests.support.projects import migration, write, write_project


def generate(root: Path, *, apps: int, migrations: int, leaves: int = 1) -> Path:
    """A project of ``apps`` apps with ``migrations`` migrations each, ``leaves`` in the first.

    Models and migrations agree, so that Django has nothing else to say.
    """
    names = [f"app{number:03}" for number in range(apps)]
    write_project(root, names)
    for index, name in enumerate(names):
        ends = leaves if index == 0 else 1
        write_app(root, name, migrations, ends, after=names[index - 1] if index else None)
    return root


def write_app(root: Path, app: str, migrations: int, leaves: int, after: str | None) -> None:
    """One app; models and migrations agree."""
    linear = migrations - leaves + 1
    fields = [f"field_{number}" for number in range(1, linear)]
    files: dict[str, str | bytes] = {}
    previous = "0001_initial"
    first = [(after, "0001_initial")] if after else []
    files[f"{previous}.py"] = migration(
        'migrations.CreateModel(name="Item", fields=['
        '("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False,'
        ' verbose_name="ID")), ("title", models.CharField(max_length=100))])',
        dependencies=first,
    )
    for number, field in enumerate(fields[: linear - 2], start=2):
        name = f"{number:04}_{field}"
        files[f"{name}.py"] = _add_field(app, field, previous)
        previous = name
    for field in [*fields[linear - 2 :], *[f"extra_{number}" for number in range(1, leaves)]]:
        files[f"{linear:04}_{field}.py"] = _add_field(app, field, previous)
        if field not in fields:
            fields.append(field)
    write(root / app / "migrations", files)
    lines = [f"    {field} = models.IntegerField(default=0)" for field in fields]
    model = ["class Item(models.Model):", "    title = models.CharField(max_length=100)", *lines]
    text = "\n".join(["from django.db import models", "", "", *model, ""])
    write(root / app, {"models.py": text.encode()})


def _add_field(app: str, field: str, previous: str) -> str:
    return migration(
        f'migrations.AddField(model_name="item", name="{field}",'
        " field=models.IntegerField(default=0))",
        dependencies=[(app, previous)],
    )
