"""Migrations that end half-way, on each vendor."""

from tests.support.projects import migration
from tests.support.vendors import Site

BEFORE = migration(
    """migrations.CreateModel("Author", [
        ("id", models.BigAutoField(primary_key=True)), ("name", models.TextField())])""",
    """migrations.CreateModel("Post", [
        ("id", models.BigAutoField(primary_key=True)),
        ("title", models.CharField(max_length=20, unique=True)),
        ("body", models.TextField(null=True)),
        ("lead", models.CharField(max_length=9, null=True)),
        ("author", models.ForeignKey("blog.Author", models.CASCADE))])""",
    """migrations.AddIndex("post", models.Index(fields=["lead", "title"], name="by_lead"))""",
)
CHANGES = (
    'migrations.AddField("post", "views", models.IntegerField(default=1))',
    'migrations.RunSQL("UPDATE blog_post SET views = 2", migrations.RunSQL.noop)',
    'migrations.RenameField("post", "body", "text")',
    'migrations.AlterField("post", "title", models.CharField(max_length=50, default="a\'%"))',
    'migrations.RemoveIndex("post", "by_lead")',
    'migrations.RemoveField("post", "lead")',
    """migrations.CreateModel("Tag", [
        ("id", models.BigAutoField(primary_key=True)),
        ("post", models.ForeignKey("blog.Post", models.CASCADE))])""",
)
"""Operations with several statements each, that make, change, rename, and destroy."""

FAILING = '''
import re
from pathlib import Path

from django.db import OperationalError
from django.db.backends.signals import connection_created

HERE = Path(__file__).parent
WRITES = re.compile(r"\\s*(ALTER|CREATE|DROP|RENAME|UPDATE|INSERT|DELETE|SET CONSTRAINTS)\\b")


def fail(execute, sql, params, many, context):
    """Fail at the statement whose number the file has, as a server that is stopped does."""
    place = HERE / "fail_at"
    if place.exists() and WRITES.match(str(sql)) and "django_" not in str(sql):
        left = int(place.read_text())
        place.write_text(str(left - 1))
        if left <= 0:
            raise OperationalError("gone")
    return execute(sql, params, many, context)


def watch(connection, **_):
    if fail not in connection.execute_wrappers:
        connection.execute_wrappers.append(fail)


connection_created.connect(watch)
'''
"""For the end of settings."""


def empty(made: Site) -> None:
    """Drop all that is in a database; not all that migrations do can be taken back by them."""
    if made.vendor == "sqlite":
        (made.root / "db.sqlite3").unlink()
    elif made.vendor == "postgresql":
        made.ask("DROP SCHEMA public CASCADE")
        made.ask("CREATE SCHEMA public")
    else:
        with made.connection() as connection, connection.cursor() as cursor:
            cursor.execute("SET FOREIGN_KEY_CHECKS = 0")
            cursor.execute("SHOW TABLES")
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP TABLE `{name}`")
