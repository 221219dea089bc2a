"""Operations of every kind on one small state, and pairs of branches compared with Django."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import django

from migtui.core.verdict import Kind, Verdict
from tests.support.truth import Outcome, Truth, read, real_kind, verdict

CHECK = "condition" if django.VERSION >= (5, 1) else "check"
FUNCTIONS = """
def fill(apps, schema_editor):
    Author = apps.get_model("blog", "Author")
    Post = apps.get_model("blog", "Post")
    Tag = apps.get_model("blog", "Tag")
    ada = Author.objects.create(name="Ada", slug="ada")
    Author.objects.create(name="Bob", slug="bob")
    for number in range(3):
        Tag.objects.create(name=f"tag{number}", kind="x", rank=number)
        Post.objects.create(title=f"post{number}", body="", stars=number, author=ada)


def clear_views(apps, schema_editor):
    apps.get_model("blog", "Post").objects.filter(stars__gt=0).update(views=0)


def copy_title(apps, schema_editor):
    for post in apps.get_model("blog", "Post").objects.all():
        post.body = post.title
        post.save()


def add_post(apps, schema_editor):
    Author = apps.get_model("blog", "Author")
    Post = apps.get_model("blog", "Post")
    author = Author.objects.get(slug="ada")
    Post.objects.create(title="new", body="b", stars=9, author=author)


def delete_bob(apps, schema_editor):
    apps.get_model("blog", "Author").objects.filter(name="Bob").delete()


def delete_ada(apps, schema_editor):
    Author = apps.get_model("blog", "Author")
    for author in Author.objects.filter(posts__title="post0").distinct():
        author.delete()


def rank_tags(apps, schema_editor):
    Tag = apps.get_model("blog", "Tag")
    for rank, tag in enumerate(Tag.objects.order_by("-name")):
        setattr(tag, "rank", rank)
        tag.save(update_fields=["rank"])
"""
BASE = (
    """CreateModel("Author", [
        ("id", models.AutoField(primary_key=True)), ("name", models.CharField(max_length=20)),
        ("slug", models.SlugField(unique=True))])""",
    """CreateModel("Tag", [
        ("id", models.AutoField(primary_key=True)), ("name", models.CharField(max_length=20)),
        ("kind", models.CharField(max_length=20)), ("rank", models.IntegerField(default=0))],
        options={"unique_together": {("name", "kind")}})""",
    f"""CreateModel("Post", [
        ("id", models.AutoField(primary_key=True)), ("title", models.CharField(max_length=20)),
        ("body", models.TextField()), ("stars", models.IntegerField(default=0)),
        ("views", models.IntegerField(null=True)),
        ("author", models.ForeignKey("blog.Author", models.CASCADE, related_name="posts")),
        ("tags", models.ManyToManyField("blog.Tag"))],
        options={{"ordering": ["title"],
            "indexes": [models.Index(fields=["stars"], name="post_stars")],
            "constraints": [models.CheckConstraint({CHECK}=Q(views__gte=0), name="post_views")]}})
    """,
    """CreateModel("Comment", [
        ("id", models.AutoField(primary_key=True)), ("text", models.TextField()),
        ("post", models.ForeignKey("blog.Post", models.CASCADE))])""",
    """CreateModel("Work", [
        ("id", models.AutoField(primary_key=True)), ("label", models.CharField(max_length=9))])""",
    """CreateModel("Essay", [
        ("work_ptr", models.OneToOneField("blog.Work", models.CASCADE, parent_link=True,
            primary_key=True, auto_created=True, serialize=False)),
        ("length", models.IntegerField(default=0))], bases=("blog.work",))""",
    """CreateModel("Legacy", [
        ("id", models.AutoField(primary_key=True)), ("old", models.IntegerField(null=True))],
        options={"managed": False})""",
    "RunPython(fill)",
)
OPERATIONS = (
    'AddField("Post", "subtitle", models.CharField(max_length=20, default=""))',
    'AddField("Post", "subtitle", models.CharField(max_length=20, null=True))',
    'AddField("post", "rating", models.IntegerField(default=5), preserve_default=False)',
    'AddField("Post", "score", models.IntegerField(null=True, db_column="rating"))',
    'AddField("Post", "editor", models.ForeignKey("blog.Author", models.SET_NULL, null=True))',
    'AddField("Post", "authors", models.ManyToManyField("Author", related_name="+"))',
    'AddField("Essay", "rating", models.IntegerField(null=True))',
    'AddField("Work", "rating", models.IntegerField(null=True))',
    """AddField("Comment", "by",
        models.ForeignKey("Author", models.CASCADE, null=True, to_field="slug"))""",
    'RemoveField("Post", "title")',
    'RemoveField("Post", "tags")',
    'RemoveField("Post", "author")',
    'RemoveField("Author", "name")',
    'RemoveField("Tag", "rank")',
    'AlterField("Post", "title", models.CharField(max_length=40))',
    'AlterField("Post", "title", models.TextField())',
    'AlterField("Post", "body", models.TextField(null=True))',
    """AlterField("Post", "author",
        models.ForeignKey("Author", models.CASCADE, null=True, related_name="posts"))""",
    'AlterField("Author", "id", models.BigAutoField(primary_key=True))',
    'RenameField("Post", "title", "headline")',
    'RenameField("Post", "stars", "rating")',
    'RenameField("Post", "author", "writer")',
    'RenameField("Author", "slug", "handle")',
    'RenameField("Tag", "name", "label")',
    'RenameModel("Post", "Article")',
    'RenameModel("Author", "Writer")',
    'DeleteModel("Comment")',
    'CreateModel("Thing", [("id", models.AutoField(primary_key=True))])',
    """CreateModel("Vote", [("id", models.AutoField(primary_key=True)),
        ("post", models.ForeignKey("Post", models.CASCADE))])""",
    """CreateModel("Other", [("id", models.AutoField(primary_key=True))],
        options={"db_table": "blog_post_authors"})""",
    'CreateModel("Short", [], options={"proxy": True}, bases=("blog.comment",))',
    'AddIndex("Post", models.Index(fields=["title"], name="post_title"))',
    'AddIndex("Comment", models.Index(fields=["post"], name="post_title"))',
    'AddIndex("Post", models.Index(fields=["body"], condition=Q(views__gt=3), name="post_part"))',
    'RemoveIndex("Post", "post_stars")',
    'RenameIndex("Post", new_name="post_title", old_name="post_stars")',
    'AddConstraint("Post", models.UniqueConstraint(fields=["title", "author"], name="post_once"))',
    f'AddConstraint("Post", models.CheckConstraint({CHECK}=Q(stars__lt=5), name="post_few"))',
    'RemoveConstraint("Post", "post_views")',
    'AlterUniqueTogether("Post", {("title", "author")})',
    'AlterUniqueTogether("Tag", {("name", "rank")})',
    'AlterOrderWithRespectTo("Comment", "post")',
    'AlterModelTable("Post", "posts")',
    'AlterModelOptions("Post", {"ordering": ["body"]})',
    'AlterModelOptions("Post", {"verbose_name": "article", "ordering": ["title"]})',
    'AlterModelManagers("Post", [("things", models.Manager())])',
    """SeparateDatabaseAndState(state_operations=[
        AlterField("Post", "body", models.CharField(max_length=9))])""",
    """SeparateDatabaseAndState(database_operations=[
        AddField("Post", "rating", models.IntegerField(null=True))])""",
    "RunPython(clear_views)",
    "RunPython(copy_title)",
    "RunPython(add_post)",
    "RunPython(delete_bob)",
    "RunPython(delete_ada)",
    "RunPython(rank_tags)",
    "RunSQL(\"UPDATE blog_tag SET rank = rank + 1 WHERE kind = 'x'\")",
    'RunSQL("CREATE INDEX by_hand ON blog_comment (text)")',
)
ORDER = list(Kind)
BRANCHES = [[operation] for operation in OPERATIONS]


@dataclass(frozen=True)
class Comparison:
    """What really comes of two branches, by database, and what migtui says."""

    branches: tuple[Sequence[str], Sequence[str]]
    real: list[Kind]
    errors: list[str]
    said: Verdict

    @property
    def worst(self) -> Kind:
        return max(self.real, key=ORDER.index)

    @property
    def is_worse(self) -> bool:
        """Whether it is said to be worse than it is; opaque is, where all would be well."""
        if self.said.kind is Kind.OPAQUE:
            return self.worst is Kind.INDEPENDENT
        return ORDER.index(self.said.kind) > ORDER.index(self.worst)

    @property
    def is_too_good(self) -> bool:
        """Whether it is said to commute, or to run, and does not."""
        if self.said.kind is Kind.INDEPENDENT:
            return self.worst is not Kind.INDEPENDENT
        return self.said.kind is Kind.DIVERGENT and self.worst is Kind.COLLIDING

    def __str__(self) -> str:
        return f"{self.branches}: said {self.said.kind}, is {self.real}; {self.errors}"


def compare(
    branches: tuple[Sequence[str], Sequence[str]], outcomes: Sequence[tuple[Outcome, Outcome]]
) -> Comparison:
    """One pair: each outcome is of both orders on one database."""
    readings = [read(branch, FUNCTIONS) for branch in branches]
    said = verdict(readings, read(BASE, FUNCTIONS))
    errors = [outcome.error for pair in outcomes for outcome in pair if outcome.error]
    return Comparison(branches, [real_kind(*pair) for pair in outcomes], errors, said)


def compare_pairs(truths: Sequence[Truth], chosen: Iterable[int]) -> Iterator[Comparison]:
    """The operations at these places of the list, each with all that stand behind it."""
    chosen = sorted(chosen)
    found: list[dict[tuple[int, int], Outcome]] = [{} for _ in truths]
    for truth, outcomes in zip(truths, found, strict=True):
        for one in range(chosen[0], len(BRANCHES)):
            others = {other for other in chosen if other < one}
            if one in chosen:
                others |= set(range(one + 1, len(BRANCHES)))
            if others:
                outcomes.update(truth.orders_from(one, BRANCHES, sorted(others)))
    for one, other in combinations(range(len(BRANCHES)), 2):
        if one in chosen:
            both = [(outcomes[one, other], outcomes[other, one]) for outcomes in found]
            yield compare((BRANCHES[one], BRANCHES[other]), both)
