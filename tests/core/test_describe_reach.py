"""What was read of data migrations, in words."""

import pytest

from migtui.core.describe_reach import say_reach
from tests.support.truth import read

FUNCTIONS = """
def forwards(apps, schema_editor):
    Post = apps.get_model("blog", "Post")
    apps.get_model("blog", "Tag")
    for post in Post.objects.filter(author__name="x"):
        post.views = len(post.title)
        post.save()
    Post.objects.create(title="y")
    hidden(Post)
"""
BY_WORD = "by your word, blog.tag: changes any field; adds rows; deletes rows; may read any field"


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        (
            "RunPython(forwards)",
            (
                "blog.post: reads author.name, title; changes views; adds rows",
                "blog.tag: is asked for",
                "not read: calls hidden, which is not in this file (line 19)",
            ),
        ),
        ("RunPython(migrations.RunPython.noop)", ("touches no rows",)),
        (
            'RunSQL("UPDATE blog_post SET title = body; DELETE FROM blog_tag")',
            (
                "table blog_post: reads body, title",
                "table blog_post: changes title",
                "table blog_tag: deletes rows",
            ),
        ),
        ('RunSQL("DROP INDEX IF EXISTS i")', ("drop index i",)),
        ('AddField("Post", "a", models.IntegerField(null=True))', ()),
        (
            "\n# migtui: touches blog.tag\nRunSQL(hidden)",
            (BY_WORD,),
        ),
    ],
)  # fmt: skip
def test_what_an_operation_touches_in_words(operation: str, expected: tuple[str, ...]) -> None:
    (found,) = read([operation], FUNCTIONS)
    assert say_reach(found) == expected
