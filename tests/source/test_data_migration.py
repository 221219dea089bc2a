"""What is seen of a data migration, and what is admitted not to be."""

import textwrap

import pytest

from migtui.core.reach import Access, Reach, Use
from migtui.source.operations import read_operations

HEADER = """
from django.conf import settings
from django.db import connection, migrations, models
from django.db.models import Count, F, Q
"""
MIGRATION = """

class Migration(migrations.Migration):
    operations = [{operation}]
"""


def reach(code: str, operation: str = "migrations.RunPython(forwards)") -> Reach:
    """The reach of the one operation of a file."""
    text = HEADER + textwrap.dedent(code) + MIGRATION.format(operation=operation)
    (found,) = read_operations(text.encode())
    assert found.reach is not None
    return found.reach


def forwards(body: str) -> Reach:
    """The reach of a function with this body, in which ``Post`` is a model."""
    lines = ['Post = apps.get_model("blog", "Post")', *textwrap.dedent(body).strip().splitlines()]
    indented = "\n".join(f"    {line}" for line in lines)
    return reach(f"def forwards(apps, schema_editor):\n{indented}\n")


def uses(found: Reach) -> set[str]:
    """Uses as ``read blog.post author.name``; that a model is asked for goes without saying."""
    return {
        f"{use.access} {use.model} {'.'.join(use.path)}".strip()
        for use in found.uses
        if use.access is not Access.NAMED
    }


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Post.objects.filter(title='x').count()", {"rows blog.post", "read blog.post title"}),
        (
            "Post.objects.filter(author__name='x')",
            {"rows blog.post", "read blog.post author.name"},
        ),
        (
            "Post.objects.filter(Q(stars=1) | ~Q(draft=True))",
            {"rows blog.post", "read blog.post stars", "read blog.post draft"},
        ),
        (
            "Post.objects.update(stars=F('views') + 1)",
            {"rows blog.post", "write blog.post stars", "read blog.post views"},
        ),
        ("Post.objects.create(title='x')", {"create blog.post", "read blog.post title"}),
        ("Post(title='x').save()", {"create blog.post", "read blog.post title"}),
        (
            "Post.objects.bulk_create([Post(title='x')])",
            {"create blog.post", "read blog.post title"},
        ),
        ("Post.objects.all().delete()", {"rows blog.post", "delete blog.post"}),
        (
            "for post in Post.objects.all():\n    post.title = post.body.strip()\n    post.save()",
            {"rows blog.post", "write blog.post title", "read blog.post body"},
        ),
        (
            "for post in Post.objects.all():\n    post.data['x'].pop('y')\n    post.save()",
            {"rows blog.post", "read blog.post data", "write blog.post data"},
        ),
        (
            "for post in Post.objects.all():\n    data = post.data\n    data['x'] = 1; post.save()",
            {"rows blog.post", "read blog.post data", "write blog.post data"},
        ),
        (
            "for post in Post.objects.all():\n    post.save()",
            {"rows blog.post", "write blog.post *"},
        ),
        (
            "posts = [post for post in Post.objects.all()]\nposts[0].author.name = 'x'",
            {"rows blog.post", "read blog.post author", "write blog.post author.name"},
        ),
        (
            "Post.objects.values_list('title', flat=True)",
            {"rows blog.post", "read blog.post title"},
        ),
        ("Post.objects.values()", {"rows blog.post", "every blog.post"}),
        (
            "for post in Post.objects.all():\n    setattr(post, 'title', getattr(post, 'body'))",
            {"rows blog.post", "write blog.post title", "read blog.post body"},
        ),
        (
            "for name in ('title', 'body'):\n    Post.objects.filter(**{name: ''})",
            {"rows blog.post", "read blog.post title", "read blog.post body"},
        ),
        (
            (
                "post, made = Post.objects.get_or_create(slug='x', defaults={'title': 'y'})\n"
                "post.stars = 1"
            ),
            {
                "create blog.post",
                "read blog.post slug",
                "read blog.post title",
                "write blog.post stars",
            },
        ),
        (
            "Post.objects.annotate(n=Count('tags')).order_by('-stars')",
            {"rows blog.post", "read blog.post tags", "read blog.post stars"},
        ),
        (
            "for post in Post.objects.all():\n    post.tags.add(1)",
            {
                "rows blog.post",
                "read blog.post tags",
                "rows blog.post tags",
                "write blog.post tags",
            },
        ),
        (
            "sorted(Post.objects.all(), key=lambda post: post.stars)",
            {"rows blog.post", "read blog.post stars"},
        ),
        (
            "for name in ['Tag', 'Author']:\n    apps.get_model('blog', name).objects.count()",
            {"rows blog.tag", "rows blog.author"},
        ),
        (
            "apps.get_model(settings.AUTH_USER_MODEL).objects.count()",
            {"rows settings.AUTH_USER_MODEL"},
        ),
    ],
)
def test_what_a_function_touches(body: str, expected: set[str]) -> None:
    found = forwards(body)
    assert (uses(found), found.unread) == (expected, ())


def test_a_model_that_is_only_asked_for_has_to_be_there() -> None:
    assert Use("blog.post", (), Access.NAMED) in forwards("pass").uses


def test_functions_of_the_file_are_followed() -> None:
    found = reach(
        """
        MODELS = [("blog", "Tag")]

        def rename(model, name):
            model.objects.update(name=name)

        def forwards(apps, schema_editor):
            for label, name in MODELS:
                rename(apps.get_model(label, name), name="x")
        """
    )
    assert (uses(found), found.unread) == ({"rows blog.tag", "write blog.tag name"}, ())


def test_a_function_made_by_a_function_is_followed() -> None:
    found = reach(
        """
        def make(name):
            def inner(apps, schema_editor):
                apps.get_model("blog", name).objects.count()
            return inner
        """,
        'migrations.RunPython(make("Post"))',
    )
    assert (uses(found), found.unread) == ({"rows blog.post"}, ())


@pytest.mark.parametrize("code", ["migrations.RunPython.noop", "lambda apps, editor: None"])
def test_a_function_that_does_nothing_touches_nothing(code: str) -> None:
    assert reach("", f"migrations.RunPython({code})") == Reach()


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("from blog.tools import mend\nmend(Post)", "calls blog.tools.mend"),
        ("from blog.models import Tag\nTag.objects.count()", "calls blog.models.Tag.objects.count"),
        ("apps.get_model('blog', input())", "asks for a model whose name"),
        ("apps.get_models()", "calls apps.get_models"),
        ("Post.objects.rebuild()", "calls rebuild of blog.post"),
        ("for post in Post.objects.all():\n    post.publish()", "calls publish of blog.post"),
        ("schema_editor.execute(input())", "executes SQL that only running it would tell"),
        ("schema_editor.alter_field(Post, 1, 2)", "calls schema_editor.alter_field"),
        ("eval('Post')", "calls eval"),
    ],
)
def test_what_can_not_be_followed_is_said(body: str, why: str) -> None:
    found = forwards(body)
    assert [entry.why for entry in found.unread if entry.why.startswith(why)]


def test_a_function_of_another_file_is_not_read() -> None:
    found = reach("from blog.tools import forwards")
    assert [entry.why for entry in found.unread] == [
        "calls blog.tools.forwards, which is not in this file"
    ]


def test_sql_that_a_function_executes_is_read() -> None:
    found = forwards("with connection.cursor() as c:\n    c.execute('DELETE FROM blog_post')")
    assert [(use.action, use.table) for use in found.sql] == [("delete", "blog_post")]
    assert found.unread == ()


def test_a_loop_that_feeds_itself_comes_to_an_end() -> None:
    body = "post = Post.objects.first()\nwhile post:\n    post = post.parent\n    x = [post, x]"
    assert "read blog.post parent" in uses(forwards(body))


@pytest.mark.parametrize(
    "code",
    [
        "# migtui: touches blog.post\ndef forwards(apps, schema_editor):\n    mend()",
        "# migtui: touches blog.post\n@decorated\ndef forwards(apps, schema_editor):\n    mend()",
    ],
)
def test_the_developer_can_say_what_a_function_touches(code: str) -> None:
    found = reach(code)
    assert found.vouched
    assert {use.model for use in found.uses} == {"blog.post"}
    assert found.unread == ()


def test_the_developer_can_say_that_an_operation_touches_nothing() -> None:
    found = reach(
        "", "\n        # migtui: touches nothing\n        migrations.RunSQL(read_file())\n    "
    )
    assert found == Reach(vouched=True)


def test_entries_of_a_dict_are_told_apart() -> None:
    found = reach(
        """
        FIELDS = {"blog.Post": "title", "blog.Tag": "name"}
        def forwards(apps, schema_editor):
            for label, field in FIELDS.items():
                Model = apps.get_model(label)
                for row in Model.objects.all():
                    setattr(row, field, "x")
            apps.get_model(FIELDS.get("x", "blog.Author"))
        """
    )
    assert {use.model for use in found.uses} == {"blog.post", "blog.tag", "blog.author"}
    assert found.unread == ()


def test_names_that_are_put_together_are_known() -> None:
    found = reach(
        """
        def forwards(apps, schema_editor):
            for kind in ["status", "role"]:
                apps.get_model(f"blog.{kind}").objects.count()
                apps.get_model("blog." + kind + "log").objects.count()
        """
    )
    assert {use.model for use in found.uses} == {
        "blog.status", "blog.role", "blog.statuslog", "blog.rolelog",
    }  # fmt: skip
    assert found.unread == ()


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("forwards.delay()", "calls delay of a function"),
        ("from django.db.models.signals import post_save\npost_save.connect(print)",
         "calls post_save.connect of a signal"),
        ("@wrapped\ndef inner(): pass\ninner()", "is decorated with wrapped"),
        ("apps.get_app_config('blog').get_models()", "calls get_models of an app"),
    ],
)  # fmt: skip
def test_what_runs_elsewhere_is_not_followed(body: str, why: str) -> None:
    assert [entry.why for entry in forwards(body).unread if entry.why.startswith(why)]


def test_what_an_aggregate_is_called_is_no_relation() -> None:
    found = forwards("Post.objects.annotate(Count('tags')).filter(tags__count__gt=1)")
    assert uses(found) == {"rows blog.post", "read blog.post tags"}
