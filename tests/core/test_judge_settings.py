"""Verdicts where a model is only named by a setting."""

from collections.abc import Mapping

import pytest

from migtui.core.conflict import Branch, Conflict
from migtui.core.judge import judge
from migtui.core.migration import MigrationKey
from migtui.core.verdict import Kind
from tests.core.test_judge import BASE
from tests.support.truth import APP, FORK, read

ONE, OTHER = (MigrationKey(APP, name) for name in ("0002_a", "0002_b"))
OWNER = 'AddField("Post", "owner", models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE))'
MEMBER = 'CreateModel("{0}", [("id", models.AutoField(primary_key=True))])'


@pytest.mark.parametrize(
    ("swappable", "other", "is_independent"),
    [
        ({"AUTH_USER_MODEL": "blog.Member"}, 'DeleteModel("Guest")', True),
        ({"AUTH_USER_MODEL": "blog.Member"}, 'RenameModel("Guest", "Visitor")', True),
        ({"AUTH_USER_MODEL": "blog.Member"}, 'DeleteModel("Member")', False),
        ({"AUTH_USER_MODEL": "blog.Member"}, 'RenameModel("Member", "Person")', False),
        # Its name at the fork is another one.
        ({"AUTH_USER_MODEL": "blog.Person"}, 'RenameModel("Member", "Person")', False),
        ({"AUTH_USER_MODEL": "blog.Person"}, 'DeleteModel("Guest")', False),
        ({"AUTH_USER_MODEL": "blog"}, 'DeleteModel("Guest")', False),
        ({}, 'DeleteModel("Guest")', False),
        ({"AUTH_USER_MODEL": "accounts.User"}, 'DeleteModel("Guest")', True),
    ],
)
def test_a_model_that_goes_is_the_users_only_if_settings_may_mean_it(
    swappable: Mapping[str, str], other: str, *, is_independent: bool
) -> None:
    base = (*BASE, MEMBER.format("Member"), MEMBER.format("Guest"))
    conflict = Conflict(APP, (Branch(ONE, (ONE,)), Branch(OTHER, (OTHER,))), (FORK,))
    branches = {ONE: read([OWNER]), OTHER: read([other])}
    found = judge(conflict, branches, [(FORK, read(base))], swappable=swappable)
    assert (found.kind is Kind.INDEPENDENT) is is_independent
