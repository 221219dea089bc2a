"""A project whose blog is worth squashing: data migrations, helpers, another app in between."""

import subprocess
import sys
from pathlib import Path

from migtui.core.squash_plan import SquashChoice, SquashPlan
from migtui.engine.client import Engine
from migtui.services.consult import Consultation, consult_lightly
from migtui.services.project import open_project
from migtui.services.squash import plan_squash
from tests.support.projects import migration, write_project
from tests.support.repositories import commit, init, merge, switch

ID = '("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, '
ID += 'verbose_name="ID"))'
FILL = """\
import re

DASH = "-"


def slug(text):
    return re.sub(r"\\W+", DASH, text)


def forwards(apps, schema_editor):
    Post = apps.get_model("blog", "Post")
    Post.objects.create(title=slug("first post"), body="")
"""
COUNT = """\
def slug(text):
    return len(text)


def forwards(apps, schema_editor):
    Post = apps.get_model("blog", "Post")
    for post in Post.objects.all():
        post.length = slug(post.title)
        post.save()


def backwards(apps, schema_editor):
    pass
"""
MODELS = """\
    from django.db import models


    class Post(models.Model):
        title = models.CharField(max_length=200)
        body = models.TextField()
        length = models.IntegerField(default=0)
"""
SHOP = """\
    from django.db import models


    class Item(models.Model):
        post = models.ForeignKey("blog.Post", models.CASCADE)
"""
NAMES = ("0001_initial", "0002_body", "0003_fill", "0004_length", "0005_title")


def write_blog(root: Path, **options: str) -> Path:
    """The project, with manage.py and SQLite; ``options`` as ``write_project`` takes them."""

    def after(number: int) -> list[tuple[str, str]]:
        return [("blog", NAMES[number - 1])]

    title = "models.CharField(max_length={0})"
    files: dict[str, str | bytes] = {
        "blog/models.py": MODELS,
        "shop/models.py": SHOP,
        "0001_initial": migration(
            f'migrations.CreateModel("Post", [{ID}, ("title", {title.format(100)})])'
        ),
        "0002_body": migration(
            'migrations.AddField("post", "body", models.TextField(default=""), '
            "preserve_default=False)",
            dependencies=after(1),
        ),
        "0003_fill": migration(
            "migrations.RunPython(forwards, lambda apps, schema_editor: None)",
            dependencies=after(2),
            header=FILL,
        ),
        "0004_length": migration(
            'migrations.AddField("post", "length", models.IntegerField(default=0))',
            "migrations.RunPython(forwards, backwards)",
            dependencies=after(3),
            header=COUNT,
        ),
        "0005_title": migration(
            f'migrations.AlterField("post", "title", {title.format(200)})', dependencies=after(4)
        ),
        "shop/migrations/0001_initial.py": migration(
            f'migrations.CreateModel("Item", [{ID}, '
            '("post", models.ForeignKey("blog.post", models.CASCADE))])',
            dependencies=after(2),
        ),
    }
    moved = {f"blog/migrations/{name}.py" if name in NAMES else name: text
             for name, text in files.items()}  # fmt: skip
    return write_project(root, ["blog", "shop"], moved, **options)


def write_branch(root: Path) -> Path:
    """The same in git: two migrations of blog on main, three more on ``work``, shop upon these."""
    init(write_blog(root))
    migrations = root / "blog/migrations"
    held = {path: path.read_bytes() for path in migrations.glob("000[345]*.py")}
    for path in held:
        path.unlink()
    commit(root, "main")
    switch(root, "work", "main")
    for path, content in held.items():
        path.write_bytes(content)
    shop = root / "shop/migrations/0001_initial.py"
    shop.write_text(shop.read_text().replace("0002_body", "0003_fill"))
    commit(root, "work")
    return root


def write_conflict(root: Path) -> Path:
    """The same with a migration more on main, merged into ``work``."""
    write_branch(root)
    field = 'models.TextField(default="")'
    switch(root, "main")
    (root / "blog/migrations/0003_subtitle.py").write_text(
        migration(
            f'migrations.AddField("post", "subtitle", {field})',
            dependencies=[("blog", "0002_body")],
        )
    )
    models = root / "blog/models.py"
    models.write_text(f"{models.read_text()}    subtitle = {field}\n")
    commit(root, "subtitle")
    switch(root, "work")
    merge(root, "main")
    return root


SLY = """\
class Sly(migrations.AddField):
    def reduce(self, operation, app_label):
        if isinstance(operation, migrations.RunPython):
            field = models.CharField(max_length=5, default="0")
            return [migrations.AddField("post", "length", field), operation]
        return super().reduce(operation, app_label)


class Migration"""


def make_sly(root: Path) -> None:
    """Have the optimizer make something else of an operation of ``0004_length``."""
    path = root / "blog/migrations/0004_length.py"
    text = path.read_text().replace("migrations.AddField", "Sly")
    path.write_text(text.replace("class Migration", SLY))


def plan_of(root: Path, engine: Engine, choice: SquashChoice) -> tuple[Consultation, SquashPlan]:
    """What Django says of a project, and the plan of a squash."""
    consultation = consult_lightly(open_project(root, python=sys.executable), engine)
    plan = plan_squash(
        consultation.project,
        engine,
        consultation.facts,
        choice,
        applied=consultation.applied,
    )
    return consultation, plan


def manage(root: Path, *arguments: str) -> str:
    """Run manage.py, which has to succeed; what it prints."""
    ran = subprocess.run(
        [sys.executable, "-B", "manage.py", *arguments],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout
