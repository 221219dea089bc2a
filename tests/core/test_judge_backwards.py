"""Verdicts on work on rows that follows relations from the side of their target."""

import pytest

from migtui.core.verdict import Kind
from tests.core.test_judge import PYTHON, function, judged, orders

AUTHORS = 'apps.get_model("blog", "Author").objects.'
BACK = (
    'AlterField("Post", "author", models.ForeignKey("Author", models.CASCADE,'
    ' related_name="articles"))'
)


@pytest.mark.parametrize("body", ['filter(posts__stars=1).update(name="x")', "values('posts')"])
@pytest.mark.parametrize("other", ['RemoveField("Post", "author")', 'DeleteModel("Post")', BACK])
def test_the_name_of_a_relation_on_the_other_side_goes_with_it(body: str, other: str) -> None:
    assert orders(judged(PYTHON, other, functions=function(AUTHORS + body))) == {"ab"}


@pytest.mark.parametrize(
    "other",
    [
        'RenameField("Post", "author", "writer")',
        'RenameField("Post", "title", "headline")',
        'RemoveField("Post", "title")',
    ],
)
def test_it_stays_where_the_relation_has_another_name_or_another_field_goes(other: str) -> None:
    body = AUTHORS + 'filter(posts__stars=1).update(name="x")'
    assert judged(PYTHON, other, functions=function(body)).kind is Kind.INDEPENDENT


def test_the_name_of_an_annotation_is_none() -> None:
    body = AUTHORS + 'annotate(n=models.Count("posts")).filter(n__gt=1).update(name="x")'
    found = judged(PYTHON, 'RemoveField("Post", "title")', functions=function(body))
    assert found.kind is Kind.INDEPENDENT
