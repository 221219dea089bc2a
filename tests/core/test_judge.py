"""Verdicts from reading alone, on conflicts written as lists of operations."""

from collections.abc import Sequence

import pytest

from migtui.core.conflict import Branch, Conflict
from migtui.core.judge import judge
from migtui.core.migration import MigrationKey, Operation
from migtui.core.verdict import Kind, Verdict
from tests.support.truth import APP, FORK, read, verdict

BASE = (
    (
        'CreateModel("Author", [("id", models.AutoField(primary_key=True)),'
        ' ("name", models.CharField(max_length=20))])'
    ),
    (
        'CreateModel("Post", [("id", models.AutoField(primary_key=True)),'
        ' ("title", models.CharField(max_length=20)), ("stars", models.IntegerField()),'
        ' ("author", models.ForeignKey("Author", models.CASCADE, related_name="posts"))])'
    ),
)


def judged(
    *branches: Sequence[str] | str, functions: str = "", base: Sequence[str] = BASE
) -> Verdict:
    """The verdict on branches ``0002_a``, ``0002_b`` and so on."""
    lists = [[branch] if isinstance(branch, str) else branch for branch in branches]
    return verdict([read(branch, functions) for branch in lists], read(base))


def orders(found: Verdict) -> set[str]:
    """The orders that run, each as the letters of its leaves."""
    return {"".join(key.name[-1] for key in order) for order in found.orders}


def function(body: str) -> str:
    """A data migration ``forwards`` with this body."""
    lines = "\n".join(f"    {line}" for line in body.strip().splitlines())
    return f"def forwards(apps, schema_editor):\n{lines}\n"


PYTHON = "RunPython(forwards)"
UPDATE = function('apps.get_model("blog", "Post").objects.filter(stars=1).update(title="x")')
CREATE = function('apps.get_model("blog", "Post").objects.create(title="x")')


@pytest.mark.parametrize(
    ("one", "other", "kind", "runs"),
    [
        (
            'AddField("Post", "a", models.IntegerField(null=True))',
            'AddField("Post", "b", models.IntegerField(null=True))',
            Kind.INDEPENDENT,
            {"ab", "ba"},
        ),
        (
            'AddField("Post", "a", models.IntegerField(null=True))',
            'AddField("post", "A", models.IntegerField(null=True))',
            Kind.COLLIDING,
            set(),
        ),
        (
            'AlterField("Post", "title", models.TextField())',
            'AlterField("Post", "title", models.CharField(max_length=9))',
            Kind.DIVERGENT,
            {"ab", "ba"},
        ),
        (
            'AlterField("Post", "title", models.TextField())',
            'AlterField("Post", "title", models.TextField())',
            Kind.INDEPENDENT,
            {"ab", "ba"},
        ),
        (
            'AlterField("Post", "title", models.TextField())',
            'RemoveField("Post", "title")',
            Kind.ORDERED,
            {"ab"},
        ),
        (
            'RenameField("Post", "title", "headline")',
            'AddIndex("Post", models.Index(fields=["title"], name="i"))',
            Kind.ORDERED,
            {"ba"},
        ),
        (
            'RenameModel("Post", "Article")',
            'AddField("Post", "a", models.IntegerField(null=True))',
            Kind.ORDERED,
            {"ba"},
        ),
        (
            'CreateModel("Tag", [("id", models.AutoField(primary_key=True))])',
            'AddField("Post", "tag", models.ForeignKey("Tag", models.CASCADE, null=True))',
            Kind.ORDERED,
            {"ab"},
        ),
        (
            'AddField("Author", "rank", models.IntegerField(null=True))',
            'AddField("Post", "rank", models.IntegerField(null=True))',
            Kind.INDEPENDENT,
            {"ab", "ba"},
        ),
    ],
)
def test_two_operations(one: str, other: str, kind: Kind, runs: set[str]) -> None:
    found = judged(one, other)
    assert (found.kind, orders(found)) == (kind, runs)


def test_a_foreign_key_to_a_model_that_goes_collides() -> None:
    base = (*BASE, 'CreateModel("Tag", [("id", models.AutoField(primary_key=True))])')
    key = 'AddField("Post", "tag", models.ForeignKey("Tag", models.CASCADE, null=True))'
    assert judged('DeleteModel("Tag")', key, base=base).kind is Kind.COLLIDING


def test_an_overlap_names_both_operations_and_says_why() -> None:
    found = judged(
        'AlterField("Post", "title", models.TextField())', 'RemoveField("Post", "title")'
    )
    (overlap,) = found.overlaps
    assert overlap.resource == "blog.post.title"
    assert {ref.type for ref in overlap.operations} == {"AlterField", "RemoveField"}
    assert overlap.why == (
        "RemoveField in 0002_b takes away field title of blog.post, which AlterField in 0002_a "
        "needs: 0002_a has to run first."
    )


def test_a_renamed_field_is_followed() -> None:
    renaming = [
        'RenameField("Post", "title", "headline")',
        'AlterField("Post", "headline", models.TextField())',
    ]
    found = judged(renaming, 'AlterField("Post", "title", models.CharField(max_length=9))')
    assert orders(found) == {"ba"}


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        (
            'RenameField("Post", "title", "a")',
            'RenameField("Post", "title", "a")',
            "both rename field title of blog.post, to a: one of the two has to go.",
        ),
        (
            'RenameField("Post", "title", "a")',
            'RenameField("Post", "title", "b")',
            "both rename field title of blog.post, to a and to b: one of the two has to go.",
        ),
        (
            'RenameModel("Post", "A")',
            'RenameModel("Post", "B")',
            "both rename model blog.post, to A and to B: one of the two has to go.",
        ),
        (
            'RenameField("Post", "title", "a")',
            'AddField("Post", "a", models.TextField(null=True))',
            "both make field a of blog.post.",
        ),
        (
            'RenameModel("Post", "A")',
            'CreateModel("A", [("id", models.AutoField(primary_key=True))])',
            "both make model blog.a.",
        ),
    ],
)
def test_two_new_names_for_one_thing_collide_and_so_does_one_for_two(
    one: str, other: str, why: str
) -> None:
    found = judged(one, other)
    assert (found.kind, orders(found)) == (Kind.COLLIDING, set())
    assert any(overlap.why.endswith(why) for overlap in found.overlaps)
    assert not any("first" in overlap.why for overlap in found.overlaps)


@pytest.mark.parametrize(
    "changing",
    [
        'AlterField("Post", "title", models.TextField())',
        'RenameField("Post", "title", "b")',
        'AddField("Post", "x", models.TextField(null=True))',
    ],
)
def test_what_changes_a_model_by_its_old_name_goes_before_its_new_one(changing: str) -> None:
    assert orders(judged('RenameModel("Post", "Article")', changing)) == {"ba"}


def test_keyword_arguments_in_another_order_make_no_other_field() -> None:
    one = 'AlterField("Post", "title", models.CharField(max_length=9, null=True))'
    other = 'AlterField("Post", "title", models.CharField(null=True, max_length=9))'
    assert judged(one, other).kind is Kind.INDEPENDENT


def test_a_branch_without_operations_hides_nothing() -> None:
    assert judged("RunPython(elsewhere)", []).kind is Kind.INDEPENDENT


SORTED = (
    'sortedm2m.operations.AlterSortedManyToManyField(model_name="post", name="authors",'
    ' field=models.ManyToManyField("Author", related_name="+"))'
)


@pytest.mark.parametrize(
    ("other", "kind"),
    [
        ('AddField("Post", "a", models.IntegerField(null=True))', Kind.INDEPENDENT),
        ('AlterField("Post", "authors", models.ManyToManyField("Author"))', Kind.DIVERGENT),
        ('RemoveField("Post", "authors")', Kind.ORDERED),
    ],
)
def test_a_subclass_of_djangos_that_packages_bring_is_read_as_what_it_is(
    other: str, kind: Kind
) -> None:
    base = (*BASE, 'AddField("Post", "authors", models.ManyToManyField("Author"))')
    found = judged(SORTED, other, functions="import sortedm2m.operations\n", base=base)
    assert found.visible_kind is kind


def test_a_custom_operation_is_opaque_and_listed() -> None:
    found = judged("Custom()", 'AddField("Post", "a", models.IntegerField(null=True))')
    assert found.kind is Kind.OPAQUE
    assert [(ref.type, bool(ref.why)) for ref in found.opaque] == [("Custom", True)]


def test_opaque_does_not_hide_what_can_be_seen() -> None:
    one = ["Custom()", 'AlterField("Post", "title", models.TextField())']
    found = judged(one, 'AlterField("Post", "title", models.CharField(max_length=9))')
    assert (found.kind, found.visible_kind) == (Kind.OPAQUE, Kind.DIVERGENT)


def test_of_three_branches_only_those_that_touch_are_ordered() -> None:
    found = judged(
        'AlterField("Post", "title", models.TextField())',
        'RemoveField("Post", "title")',
        'AddField("Author", "rank", models.IntegerField(null=True))',
    )
    assert found.kind is Kind.ORDERED
    assert orders(found) == {"abc", "acb", "cab"}


def test_sixteen_branches_are_judged_without_trying_every_order() -> None:
    adding = [f'AddField("Post", "f{i}", models.IntegerField(null=True))' for i in range(16)]
    found = judged(*adding)
    assert found.kind is Kind.INDEPENDENT
    assert len(found.orders) == 120


def test_seven_branches_on_one_field_diverge() -> None:
    found = judged(
        *(f'AlterField("Post", "title", models.CharField(max_length={n}))' for n in range(7))
    )
    assert found.kind is Kind.DIVERGENT


def test_a_migration_that_two_branches_share_runs_once() -> None:
    keys = [MigrationKey(APP, name) for name in ("0002_shared", "0003_a", "0003_b")]
    operations: dict[MigrationKey, tuple[Operation, ...]] = {
        keys[0]: read(['AddField("Post", "a", models.IntegerField(null=True))']),
        keys[1]: read(['AlterField("Post", "a", models.IntegerField(default=1))']),
        keys[2]: read(['AddField("Post", "b", models.IntegerField(null=True))']),
    }
    branches = (Branch(keys[1], (keys[0], keys[1])), Branch(keys[2], (keys[0], keys[2])))
    found = judge(Conflict(APP, branches, (FORK,)), operations, [(FORK, read(BASE))])
    assert found.kind is Kind.INDEPENDENT


@pytest.mark.parametrize(
    ("operation", "functions", "kind"),
    [
        ('AddField("Post", "a", models.IntegerField(null=True))', UPDATE, Kind.INDEPENDENT),
        ('AddField("Post", "a", models.IntegerField(null=True))', CREATE, Kind.INDEPENDENT),
        ('AddField("Post", "a", models.IntegerField(default=1))', CREATE, Kind.INDEPENDENT),
        (
            'AddField("Post", "a", models.IntegerField(default=1), preserve_default=False)',
            CREATE,
            Kind.ORDERED,
        ),
        ('AddField("Post", "a", models.UUIDField(default=uuid.uuid4))', CREATE, Kind.OPAQUE),
        ('AddField("Author", "a", models.IntegerField(default=1))', CREATE, Kind.INDEPENDENT),
        ('RemoveField("Post", "title")', UPDATE, Kind.ORDERED),
        ('RemoveField("Author", "name")', UPDATE, Kind.INDEPENDENT),
        ('AlterField("Post", "title", models.TextField())', UPDATE, Kind.OPAQUE),
        (
            'AlterField("Post", "title", models.CharField("Name", max_length=20))',
            UPDATE,
            Kind.OPAQUE,
        ),
        (
            'AlterField("Post", "title", models.CharField(max_length=20, help_text="x"))',
            UPDATE,
            Kind.INDEPENDENT,
        ),
        ('DeleteModel("Post")', UPDATE, Kind.ORDERED),
        (
            'AddConstraint("Post", models.UniqueConstraint(fields=["title"], name="u"))',
            UPDATE,
            Kind.OPAQUE,
        ),
        ('AddIndex("Post", models.Index(fields=["title"], name="i"))', UPDATE, Kind.INDEPENDENT),
        ('AlterModelOptions("Post", {"verbose_name": "x"})', UPDATE, Kind.INDEPENDENT),
        ('AlterModelOptions("Post", {"ordering": ["title"]})', UPDATE, Kind.OPAQUE),
    ],
)
def test_work_on_rows_against_a_change_of_the_schema(
    operation: str, functions: str, kind: Kind
) -> None:
    assert judged(PYTHON, operation, functions=functions).kind is kind


@pytest.mark.parametrize("body", ["post.subtitle = post.title", "print(post.subtitle)"])
def test_a_field_that_only_the_other_branch_adds_has_to_be_there_first(body: str) -> None:
    loop = 'for post in apps.get_model("blog", "Post").objects.all():\n    ' + body
    adding = 'AddField("Post", "subtitle", models.TextField(default=""))'
    assert orders(judged(adding, PYTHON, functions=function(loop))) == {"ab"}


@pytest.mark.parametrize(
    "body",
    [
        'apps.get_model("blog", "Post").objects.update(editor_id=1)',
        'apps.get_model("blog", "Post").objects.filter(editor__name="x").delete()',
    ],
)
def test_a_relation_that_only_the_other_branch_adds_has_to_be_there_first(body: str) -> None:
    adding = 'AddField("Post", "editor", models.ForeignKey("Author", models.SET_NULL, null=True))'
    assert orders(judged(adding, PYTHON, functions=function(body))) == {"ab"}


def test_the_way_back_of_a_relation_that_only_the_other_branch_adds_is_seen() -> None:
    body = 'apps.get_model("blog", "Author").objects.filter(edited__title="x").update(name="y")'
    adding = (
        'AddField("Post", "editor", models.ForeignKey("Author", models.SET_NULL, null=True,'
        ' related_name="edited"))'
    )
    assert judged(adding, PYTHON, functions=function(body)).kind is not Kind.INDEPENDENT


def test_a_name_that_a_query_makes_is_no_field() -> None:
    body = 'apps.get_model("blog", "Post").objects.annotate(n=models.Count("id")).filter(n=1)'
    adding = 'AddField("Post", "subtitle", models.TextField(default=""))'
    assert judged(adding, PYTHON, functions=function(body)).kind is Kind.INDEPENDENT


def test_work_on_rows_of_one_model_against_rows_of_another_is_independent() -> None:
    functions = (
        UPDATE + 'def others(apps, editor):\n    apps.get_model("blog.Author").objects.all()\n'
    )
    found = judged(PYTHON, "RunPython(others)", functions=functions)
    assert found.kind is Kind.INDEPENDENT
    assert found.evidence[0].note == (
        "Rests on the reading of RunPython in 0002_a, RunPython in 0002_b."
    )


def test_work_on_rows_of_one_model_in_two_branches_is_opaque() -> None:
    assert judged(PYTHON, PYTHON, functions=UPDATE).kind is Kind.OPAQUE


ROWS = (
    *BASE[:1],
    (
        'CreateModel("Post", [("id", models.AutoField(primary_key=True)),'
        ' ("title", models.CharField(max_length=20)), ("stars", models.IntegerField()),'
        ' ("mood", models.TextField(null=True)), ("changed", models.DateTimeField(auto_now=True)),'
        ' ("author", models.ForeignKey("Author", models.CASCADE, related_name="posts"))],'
        ' options={"unique_together": {("stars", "mood")}, "ordering": ["title"]})'
    ),
)


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        ("filter(stars=1).update(mood='x')", "filter(author_id=1).update(author=2)", "independent"),
        ("filter(stars=1).update(mood='x')", "filter(mood=None).update(author=2)", "opaque"),
        ("update(author=1)", "update(author_id=2)", "opaque"),
        ("update(author=1)", "filter(author__name='x').update(stars=2)", "opaque"),
        ("update(author=1)", "first().delete()", "opaque"),
        ("update(author=1)", "create(title='x')", "opaque"),
        ("update(author=1)", "values()", "opaque"),
        ("update(author=1)", "update(**options())", "opaque"),
        # The order in which the other side meets rows, what a constraint ties together, and what
        # Django sets when a row is saved.
        ("update(title='x')", "filter(author=1).update(mood='x')", "opaque"),
        ("update(stars=1)", "update(mood='x')", "opaque"),
        ("update(author=1)", "filter(changed=None).update(mood='x')", "opaque"),
        ("update(author=1)", "update(changed=None)", "opaque"),
    ],
)  # fmt: skip
def test_rows_that_only_change_commute_where_the_fields_differ(
    one: str, other: str, kind: str
) -> None:
    functions = "".join(
        f'def {name}(apps, editor):\n    apps.get_model("blog.Post").objects.{body}\n'
        for name, body in (("one", one), ("other", other))
    )
    for pair in (("RunPython(one)", "RunPython(other)"), ("RunPython(other)", "RunPython(one)")):
        assert judged(*pair, functions=functions, base=ROWS).kind == kind


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("for post in rows.all():\n post.author_id = post.stars\n post.save()", "independent"),
        (
            (
                "some = []\nfor post in rows.all():\n post.author_id = 1\n some.append(post)\n"
                "rows.bulk_update(some, ['author'])"
            ),
            "independent",
        ),
        # A row is told from those before it, or is one of several.
        ("for at, post in enumerate(rows.all()):\n post.author_id = at\n post.save()", "opaque"),
        ("at = 0\nfor post in rows.all():\n at += 1\n post.author_id = at\n post.save()", "opaque"),
        ("for post in rows.all()[:9]:\n post.author_id = 1\n post.save()", "opaque"),
        ("post = rows.first()\npost.author_id = 1\npost.save()", "opaque"),
        (
            (
                "seen = []\nfor post in rows.all():\n if post.stars in seen:\n"
                "  post.author_id = 1\n"
                "  post.save()\n seen.append(post.stars)"
            ),
            "opaque",
        ),
        (
            (
                "before = 0\nfor post in rows.all():\n post.author_id = before\n post.save()\n"
                " before = post.stars"
            ),
            "opaque",
        ),
        ("for post in rows.all():\n post.author.name = post.stars\n post.author.save()", "opaque"),
        ("for post in rows.all():\n mend(post)", "opaque"),
    ],
)
def test_rows_of_which_the_first_is_treated_otherwise_do_not_commute(body: str, kind: str) -> None:
    lines = "".join(f"\n    {line}" for line in body.splitlines())
    functions = f"""
def mend(post):
    author = post.author
    author.name = post.stars
    author.save()
def one(apps, editor):
    rows = apps.get_model("blog.Post").objects{lines}
def other(apps, editor):
    apps.get_model("blog.Post").objects.update(mood="x")
"""
    branches = ("RunPython(one)", "RunPython(other)")
    assert judged(*branches, functions=functions, base=ROWS).kind == kind


@pytest.mark.parametrize(
    ("sql", "kind"),
    [
        ("UPDATE blog_post SET author_id = 1 WHERE stars = 2", "independent"),
        ("UPDATE blog_post SET author_id = (SELECT a.id FROM blog_author a LIMIT 1)", "opaque"),
    ],
)
def test_a_statement_that_picks_rows_does_not_commute_with_their_change(
    sql: str, kind: str
) -> None:
    functions = """
def other(apps, editor):
    apps.get_model("blog.Post").objects.update(mood="x")
"""
    branches = (f"RunSQL({sql!r})", "RunPython(other)")
    assert judged(*branches, functions=functions, base=ROWS).kind == kind


@pytest.mark.parametrize(
    "field",
    [
        'tools.SlugField(populate_from="title")',
        'models.TextField(db_column="title")',
        'models.ImageField(width_field="stars")',
    ],
)
def test_a_field_that_sets_others_may_be_what_the_other_side_works_on(field: str) -> None:
    functions = """
def one(apps, editor):
    apps.get_model("blog.Post").objects.update(author=1)
def other(apps, editor):
    apps.get_model("blog.Post").objects.update(mood=1)
"""
    adding = f'AddField("Post", "more", {field})'
    branches = ("RunPython(one)", "RunPython(other)")
    assert judged(*branches, functions=functions, base=ROWS).kind is Kind.INDEPENDENT
    found = judged(*branches, functions=functions, base=(*ROWS, adding))
    assert found.kind is Kind.OPAQUE


def test_rows_reached_along_a_relation_are_touched() -> None:
    body = """
for author in apps.get_model("blog", "Author").objects.all():
    author.posts.update(title="x")
"""
    found = judged(PYTHON, 'RemoveField("Post", "title")', functions=function(body))
    assert orders(found) == {"ab"}


def test_rows_that_a_deletion_takes_along_are_touched() -> None:
    functions = UPDATE + (
        "def remove(apps, editor):\n"
        '    apps.get_model("blog.Author").objects.filter(name="x").delete()\n'
    )
    assert judged(PYTHON, "RunPython(remove)", functions=functions).kind is Kind.OPAQUE


def test_sql_on_the_table_of_a_model_touches_its_rows() -> None:
    sql = "RunSQL(\"UPDATE blog_post SET title = 'x'\")"
    assert orders(judged(sql, 'RemoveField("Post", "title")')) == {"ab"}


def test_without_history_the_table_of_a_model_may_be_any() -> None:
    sql = 'RunSQL("UPDATE entries SET title = 1")'
    assert judged(sql, PYTHON, functions=UPDATE, base=()).kind is Kind.OPAQUE
    assert judged(sql, PYTHON, functions=UPDATE).kind is Kind.INDEPENDENT


def test_a_model_that_is_only_asked_for_has_to_be_there() -> None:
    body = 'Post = apps.get_model("blog", "Post")\nprint("done")'
    found = judged(PYTHON, 'RenameModel("Post", "Article")', functions=function(body))
    assert orders(found) == {"ab"}


HEIR = (
    'CreateModel("Essay", [("post_ptr", models.OneToOneField("Post", models.CASCADE,'
    ' parent_link=True, primary_key=True)), ("length", models.IntegerField(default=0))],'
    ' bases=("blog.post",))'
)


def test_a_field_that_is_inherited_is_followed_to_the_model_that_has_it() -> None:
    body = 'apps.get_model("blog", "Essay").objects.filter(title="x").update(length=1)'
    renaming = 'RenameField("Post", "title", "headline")'
    found = judged(PYTHON, renaming, functions=function(body), base=(*BASE, HEIR))
    assert orders(found) == {"ab"}


@pytest.mark.parametrize(
    "taking",
    [
        'RemoveField("Post", "author")',
        'RenameModel("Post", "Article")',
        'DeleteModel("Post")',
    ],
)
def test_the_way_back_of_a_relation_is_lost_with_the_relation(taking: str) -> None:
    body = """
for author in apps.get_model("blog", "Author").objects.all():
    author.post_set.all().count()
"""
    base = (*BASE[:1], BASE[1].replace(', related_name="posts"', ""))
    assert orders(judged(PYTHON, taking, functions=function(body), base=base)) == {"ab"}


@pytest.mark.parametrize(
    "changing",
    [
        'AddField("Post", "a", models.IntegerField(null=True))',
        'RemoveField("Post", "stars")',
        'AddField("Author", "favourite", models.ForeignKey("Post", models.CASCADE, null=True))',
        'CreateModel("Vote", [("post", models.ForeignKey("Post", models.CASCADE))])',
    ],
)
def test_code_that_reads_whatever_fields_there_are_depends_on_them(changing: str) -> None:
    body = """
names = [field.name for field in apps.get_model("blog", "Post")._meta.get_fields()]
apps.get_model("blog", "Author").objects.create(name=str(names))
"""
    assert judged(PYTHON, changing, functions=function(body)).kind is Kind.OPAQUE


def test_what_both_sides_are_told_differently_is_lost_when_sqlite_makes_the_table_anew() -> None:
    apart = """SeparateDatabaseAndState(
        database_operations=[AlterField("Post", "title", models.CharField(max_length=99))],
        state_operations=[AlterField("Post", "title", models.CharField(max_length=98))])"""
    alike = apart.replace("98", "99")
    altering = 'AlterField("Post", "stars", models.BigIntegerField())'
    assert judged(apart, altering).kind is Kind.OPAQUE
    assert judged(alike, altering).kind is Kind.INDEPENDENT


def test_rows_of_a_model_that_django_believes_otherwise_are_not_judged() -> None:
    believing = """SeparateDatabaseAndState(
        state_operations=[AddField("Post", "late", models.IntegerField(null=True))])"""
    assert judged(believing, PYTHON, functions=UPDATE).kind is Kind.OPAQUE


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TRIGGER t BEFORE INSERT ON blog_post FOR EACH ROW EXECUTE PROCEDURE f()",
        "CREATE OR REPLACE FUNCTION f() RETURNS trigger AS $$ BEGIN; END; $$ LANGUAGE plpgsql",
        "DROP TRIGGER t",
    ],
)
def test_what_may_run_when_rows_change_does_not_commute_with_changing_rows(sql: str) -> None:
    assert judged(f'RunSQL("{sql}")', PYTHON, functions=UPDATE).kind is Kind.OPAQUE
    adding = 'AddField("Author", "a", models.IntegerField(null=True))'
    assert judged(f'RunSQL("{sql}")', adding).kind is Kind.INDEPENDENT


def test_a_view_needs_the_columns_that_it_names() -> None:
    view = 'RunSQL("CREATE VIEW v AS SELECT title FROM blog_post")'
    assert orders(judged(view, 'RenameField("Post", "title", "headline")')) == {"ab"}
    assert judged(view, 'RenameField("Post", "stars", "points")').kind is Kind.INDEPENDENT


def test_a_selection_needs_the_columns_of_the_table_that_it_is_from() -> None:
    copying = 'RunSQL("INSERT INTO blog_author (name) SELECT title FROM blog_post")'
    assert orders(judged(copying, 'RemoveField("Post", "title")')) == {"ab"}


def test_the_columns_of_a_many_to_many_table_are_called_after_its_models() -> None:
    base = (*BASE, 'AddField("Post", "readers", models.ManyToManyField("Author"))')
    sql = 'RunSQL("DELETE FROM blog_post_readers WHERE author_id = 1")'
    assert orders(judged(sql, 'RenameModel("Author", "Writer")', base=base)) == {"ab"}


def test_a_field_that_orders_rows_can_not_be_renamed() -> None:
    ordering = 'AlterOrderWithRespectTo("Post", "author")'
    found = judged(ordering, 'RenameField("Post", "author", "writer")')
    assert (found.kind, orders(found)) == (Kind.COLLIDING, set())


@pytest.mark.parametrize(
    ("comparing", "kind"),
    [
        ('AddConstraint("Post", models.CheckConstraint(condition=Q(stars__lt=4), name="c"))', 1),
        ('AddIndex("Post", models.Index(fields=["title"], condition=Q(stars=1), name="i"))', 1),
        ('AddIndex("Post", models.Index(fields=["stars"], name="i"))', 0),
        ('AddConstraint("Post", models.CheckConstraint(condition=Q(title="x"), name="c"))', 0),
    ],
)
def test_a_comparison_does_not_commute_with_another_type_of_the_field(
    comparing: str, kind: int
) -> None:
    altering = 'AlterField("Post", "stars", models.CharField(max_length=9))'
    expected = (Kind.INDEPENDENT, Kind.OPAQUE)[kind]
    assert judged(altering, comparing).kind is expected


PERMISSIONS = (
    'create_permissions(apps.get_app_config("blog"), apps=apps, verbosity=0)',
    "apps.models_module = True\ncreate_permissions(apps, verbosity=0)",
    "for app in apps.get_app_configs():\n    create_permissions(app, apps=apps)",
)


@pytest.mark.parametrize("body", PERMISSIONS)
@pytest.mark.parametrize(
    ("changing", "kind"),
    [
        ('CreateModel("Tag", [("name", models.CharField(max_length=9))])', Kind.OPAQUE),
        ('AlterModelOptions("Post", {"permissions": [("a", "A")]})', Kind.OPAQUE),
        ('AlterModelOptions("Post", {"ordering": ["title"]})', Kind.INDEPENDENT),
        ('AddField("Post", "a", models.IntegerField(null=True))', Kind.INDEPENDENT),
    ],
)
def test_permissions_are_made_for_the_models_that_are_there(
    changing: str, kind: Kind, body: str
) -> None:
    importing = "from django.contrib.auth.management import create_permissions\n"
    assert judged(PYTHON, changing, functions=importing + function(body)).kind is kind


def test_what_runs_after_all_migrations_is_judged_as_if_it_ran_at_once() -> None:
    functions = """
from django.db.models.signals import post_migrate
def forwards(apps, schema_editor):
    def finish(sender=None, **kwargs):
        apps = kwargs["apps"]
        apps.get_model("blog", "Post").objects.filter(title="x").update(stars=1)
    post_migrate.connect(finish, sender=apps.get_app_config("blog"))
"""
    assert orders(judged(PYTHON, 'RemoveField("Post", "title")', functions=functions)) == {"ab"}


@pytest.mark.parametrize(
    "naming",
    [
        'AddIndex("Post", models.Index(fields=["author_id"], name="i"))',
        'AddConstraint("Post", models.UniqueConstraint(fields=["author_id", "title"], name="u"))',
        'AlterUniqueTogether("Post", {("author_id", "title")})',
    ],
)
def test_a_relation_may_be_named_by_its_attribute(naming: str) -> None:
    adding = 'AddField("Post", "a", models.IntegerField(null=True))'
    assert judged(naming, adding).kind is Kind.INDEPENDENT
    assert judged(naming, 'RemoveField("Post", "author")').kind is Kind.COLLIDING
    assert judged(naming, 'RenameField("Post", "author", "writer")').kind is Kind.COLLIDING
