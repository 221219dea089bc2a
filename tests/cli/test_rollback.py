import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command_line import Result, run
from tests.support.projects import migration, write_project
from tests.support.repositories import commit, git, init, switch
from tests.support.vendors import Site, copy_of, picture, site

POST = 'migrations.CreateModel("Post", [("id", models.BigAutoField(primary_key=True))])'
TAG = (
    'migrations.CreateModel("Tag", [("id", models.BigAutoField(primary_key=True)), '
    '("posts", models.ManyToManyField("blog.Post"))])'
)
ADD = 'migrations.AddField("post", "{}", models.IntegerField(null=True))'
LOG = (
    'migrations.CreateModel("Entry", [("id", models.BigAutoField(primary_key=True)), '
    '("post", models.ForeignKey("blog.Post", models.CASCADE))])'
)
FILES = {
    "blog/migrations/0001_initial.py": migration(POST),
    "blog/migrations/0002_views.py": migration(
        ADD.format("views"), dependencies=[("blog", "0001_initial")]
    ),
    "blog/migrations/0003_stars.py": migration(
        ADD.format("stars"),
        'migrations.RenameField("post", "stars", "points")',
        dependencies=[("blog", "0002_views")],
    ),
    "blog/migrations/0004_tags.py": migration(TAG, dependencies=[("blog", "0003_stars")]),
    "log/migrations/0001_initial.py": migration(LOG, dependencies=[("blog", "0002_views")]),
}
ALL = ["0001_initial", "0002_views", "0003_stars", "0004_tags"]
ROWS = [
    "INSERT INTO blog_post (views, points) VALUES (1, NULL), (2, 5), (3, 7)",
    "INSERT INTO blog_tag (id) VALUES (1), (2)",
    "INSERT INTO blog_tag_posts (tag_id, post_id) VALUES (1, 1)",
    "INSERT INTO log_entry (post_id) VALUES (3)",
]
BROKEN = 'migrations.RunSQL("SELECT 1", "INSERT INTO nowhere VALUES (1)")'


@pytest.fixture(params=["postgresql", "mysql"])
def blog(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path / "project", request.param, FILES, apps=("blog", "log")) as made:
        fill(made)
        yield made


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    root = tmp_path_factory.mktemp("filled") / "project"
    with site(root, "sqlite", FILES, apps=("blog", "log")) as made:
        fill(made)
        yield root


@pytest.fixture
def sqlite(tmp_path: Path, filled: Path) -> Site:
    return copy_of(filled, tmp_path / "project")


def fill(made: Site) -> None:
    assert run("migrate", "--project", made.root, "-v0").code == 0
    for sql in ROWS:
        made.ask(sql)


def test_a_rollback_says_what_it_destroys_and_its_backup_brings_all_back(blog: Site) -> None:
    before = picture(blog)
    words = ("rollback", "blog", "0002", "--project", blog.root)

    plan = json.loads(run(*words, "--plan", "--counts", "--format", "json").out)

    assert [f"{step['app_label']}.{step['migration']}" for step in plan["steps"]] == [
        "blog.0004_tags",
        "blog.0003_stars",
    ]
    assert [(item["table"], item["column"], item["count"]) for item in plan["destroyed"]] == [
        ("blog_tag", "", 2),
        ("blog_tag_posts", "", 1),
        ("blog_post", "points", 2),
    ]
    assert [script["error"] for script in plan["sql"]] == [None, None]
    assert picture(blog) == before

    found = run(*words, "--noinput")
    assert found.code == 0, found.err
    assert found.out == "Unapplied: blog.0004_tags, blog.0003_stars.\n"
    assert blog.applied() == ALL[:2]
    assert blog.applied("log") == ["0001_initial"]

    (backup,) = json.loads(run("backups", "--project", blog.root, "--format", "json").out)[
        "backups"
    ]
    assert run("restore", backup["id"], "--project", blog.root, "--noinput").code == 0
    assert picture(blog) == before


def test_a_failure_stops_there_says_where_it_stands_and_the_next_run_goes_on(blog: Site) -> None:
    name = blog.root / "blog/migrations/0003_stars.py"
    good = name.read_text()
    name.write_text(
        migration(
            BROKEN,
            ADD.format("stars"),
            'migrations.RenameField("post", "stars", "points")',
            dependencies=[("blog", "0002_views")],
        )
    )
    words = ("rollback", "blog", "0001", "--project", blog.root, "--noinput")

    found = run(*words)

    assert (found.code, found.out) == (1, "")
    assert "Unapplying blog.0003_stars failed: " in found.err
    assert "Unapplied before that: log.0001_initial, blog.0004_tags." in found.err
    assert "blog.0003_stars counts as applied." in found.err
    assert "It failed at: INSERT INTO nowhere VALUES (1)" in found.err
    assert "migtui restore default-" in found.err
    assert blog.applied() == ALL[:3]
    if blog.vendor == "mysql":
        assert "these statements have taken effect:" in found.err
        blog.ask("ALTER TABLE blog_post ADD COLUMN points integer NULL")
    else:
        assert "Nothing of it has stayed" in found.err

    name.write_text(good)
    assert run(*words, "--no-backup").code == 0
    assert blog.applied() == ALL[:1]
    assert blog.applied("log") == []


def test_what_was_applied_last_is_unapplied(sqlite: Site) -> None:
    found = run("rollback", "blog", "--last", "2", "--project", sqlite.root, "--noinput")

    assert found.out == "Unapplied: blog.0004_tags, blog.0003_stars.\n"
    assert sqlite.applied() == ALL[:2]


def test_all_of_an_app_is_unapplied_with_what_others_build_upon_it(sqlite: Site) -> None:
    found = run("rollback", "blog", "zero", "--project", sqlite.root, "--noinput")

    assert found.code == 0, found.err
    assert found.out.startswith("Unapplied: ")
    assert sqlite.applied() == sqlite.applied("log") == []
    assert run("rollback", "blog", "zero", "--project", sqlite.root, "--noinput").out == (
        "Nothing to roll back in 'default': it is there already.\n"
    )


def test_one_side_of_an_applied_merge_is_unapplied_and_the_other_stays(tmp_path: Path) -> None:
    root = write_project(
        tmp_path,
        ["blog"],
        {
            "blog/migrations/0001_initial.py": migration(POST),
            "blog/migrations/0002_a.py": migration(
                ADD.format("a"), dependencies=[("blog", "0001_initial")]
            ),
            "blog/migrations/0002_b.py": migration(
                ADD.format("b"), dependencies=[("blog", "0001_initial")]
            ),
            "blog/migrations/0003_b.py": migration(
                ADD.format("c"), dependencies=[("blog", "0002_b")]
            ),
            "blog/migrations/0004_merge.py": migration(
                dependencies=[("blog", "0002_a"), ("blog", "0003_b")]
            ),
        },
    )
    made = Site(root, "sqlite", {})
    assert run("migrate", "--project", root, "-v0").code == 0

    found = run("rollback", "blog", "0003_b", "--side", "--project", root, "--noinput")

    assert found.out == "Unapplied: blog.0004_merge, blog.0003_b, blog.0002_b.\n"
    assert made.applied() == ["0001_initial", "0002_a"]
    assert [row[1] for row in made.ask("PRAGMA table_info(blog_post)")] == ["id", "a"]
    found = run("rollback", "blog", "0001", "--side", "--project", root, "--noinput")
    assert found.code == 1
    assert "is not on one side of a fork" in found.err


def test_a_branch_that_is_not_checked_out_any_more_is_unapplied_from_git(
    sqlite: Site, tmp_path: Path
) -> None:
    root = sqlite.root
    (root / ".gitignore").write_text("*.sqlite3\n__pycache__\n")
    kept = (root / "blog/migrations/0004_tags.py").read_text()
    (root / "blog/migrations/0004_tags.py").unlink()
    commit(init(root), "Everything but tags")
    git(root, "tag", "v1")
    switch(root, "tags", "main")
    marker = tmp_path / "executed"
    (root / "blog/migrations/0004_tags.py").write_text(f"open({str(marker)!r}, 'w')\n{kept}")
    sha = commit(root, "Tags")
    switch(root, "main")
    words = ("rollback", "--to-ref", "v1", "--project", root)

    plan = run(*words, "--plan")
    assert plan.code == 0, plan.err
    assert f"blog.0004_tags   (file from commit {sha[:12]})" in plan.out
    assert "as its file reads: Create model Tag" in plan.out
    assert "--allow-git-code" in plan.out
    refused = run(*words, "--noinput")
    assert refused.code == 2
    assert "Unapplying them runs their code." in refused.err
    assert not marker.exists()
    assert sqlite.applied() == ALL

    found = run(*words, "--noinput", "--allow-git-code")

    assert found.code == 0, found.err
    assert found.out == "Unapplied: blog.0004_tags.\n"
    assert sqlite.applied() == ALL[:3]
    assert git(root, "status", "--porcelain") == ""
    assert not (root / "blog/migrations/0004_tags.py").exists()


def test_after_a_rollback_to_a_ref_it_says_what_to_check_out(sqlite: Site) -> None:
    root = sqlite.root
    (root / ".gitignore").write_text("*.sqlite3\n__pycache__\n")
    tags = root / "blog/migrations/0004_tags.py"
    kept = tags.read_text()
    tags.unlink()
    commit(init(root), "Everything but tags")
    switch(root, "tags", "main")
    tags.write_text(kept)
    commit(root, "Tags")

    found = run("rollback", "--to-ref", "main", "--project", root, "--noinput")

    assert found.out == "Unapplied: blog.0004_tags.\n"
    assert "git checkout main" in found.err

    (root / "blog/migrations/0003_other.py").write_text(
        migration(dependencies=[("blog", "0002_views")])
    )
    commit(root, "A conflict")
    found = run("rollback", "--to-ref", "tags", "--project", root, "--noinput")
    assert found.code == 1
    assert "tags has several leaves in blog" in found.err


MODELS = """\
from django.db import models

class Entry(models.Model):
    id = models.BigAutoField(primary_key=True)
    headline = models.CharField(max_length=200)
    views = models.IntegerField(null=True)
    stars = models.IntegerField(null=True)

class Kept(models.Model):
    id = models.BigAutoField(primary_key=True)
    title = models.TextField()

class Tag(models.Model):
    id = models.BigAutoField(primary_key=True)
    entries = models.ManyToManyField(Entry)
"""
OLD = (
    'migrations.CreateModel("Post", [("id", models.BigAutoField(primary_key=True)), '
    '("title", models.CharField(max_length=50)), ("views", models.IntegerField(default=0)), '
    '("body", models.IntegerField())])'
)
KEPT = (
    'migrations.SeparateDatabaseAndState(state_operations=[migrations.CreateModel("Kept", '
    '[("id", models.BigAutoField(primary_key=True)), ("title", models.TextField())])])'
)
TAGGED = (
    'migrations.CreateModel("Tag", [("id", models.BigAutoField(primary_key=True)), '
    '("entries", models.ManyToManyField("blog.Entry"))])'
)
CHANGES = (
    'migrations.AlterField("post", "views", models.IntegerField(null=True))',
    'migrations.AlterField("post", "title", models.CharField(max_length=200))',
    'migrations.RenameField("post", "title", "headline")',
    'migrations.RemoveField("post", "body")',
    'migrations.RenameModel("Post", "Entry")',
    'migrations.AddField("entry", "stars", models.IntegerField(null=True))',
    KEPT,
    TAGGED,
)
# What fails when the models of the working tree use the database.
USE = """\
import os, django
os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
django.setup()
from django.apps import apps
for model in apps.get_app_config("blog").get_models(include_auto_created=True):
    for field in model._meta.local_concrete_fields:
        try:
            list(model.objects.values_list(field.name))
        except Exception:
            print(model._meta.label_lower + "." + field.name)
"""


def test_what_the_code_uses_and_finds_no_more_is_told_as_it_then_is(tmp_path: Path) -> None:
    files = {
        "blog/models.py": MODELS,
        "blog/migrations/0001_initial.py": migration(OLD),
        "blog/migrations/0002_more.py": migration(
            *CHANGES, dependencies=[("blog", "0001_initial")]
        ),
    }
    with site(tmp_path / "project", "postgresql", files) as made:
        made.ask("CREATE TABLE blog_kept (id bigint PRIMARY KEY, title text NOT NULL)")
        assert run("migrate", "--project", made.root, "-v0").code == 0
        words = ("rollback", "blog", "0001", "--project", made.root)
        plan = json.loads(run(*words, "--plan", "--rows", "--format", "json").out)
        text = run(*words, "--plan").out
        assert run(*words, "--noinput", "--no-backup").code == 0
        used = subprocess.run(
            [sys.executable, "-c", USE], cwd=made.root, check=True, text=True, capture_output=True
        )

    found = {(item["model"], item["kind"]) for item in plan["breaks"]}
    assert found == {
        ("blog.entry", "table-renamed"),
        ("blog.entry", "column-returns"),
        ("blog.entry.headline", "column-renamed"),
        ("blog.entry.headline", "column-type"),
        ("blog.entry.views", "column-not-null"),
        ("blog.entry.stars", "column-goes"),
        ("blog.tag", "table-goes"),
        ("blog.tag.entries", "table-goes"),
    }
    fails = used.stdout.split()
    assert {name.split(".")[1] for name in fails} == {"entry", "tag", "tag_entries"}
    assert "column blog_post.body (blog.post.body), NOT NULL without a default: fails" in text
    assert {item["table"] for item in plan["destroyed"]} == {
        "blog_entry",
        "blog_tag",
        "blog_tag_entries",
    }
    (script,) = plan["sql"]
    dropped = [
        statement
        for statement in script["statements"]
        if "migtui.H002" in [hazard["code"] for hazard in statement["hazards"]]
    ]
    assert [item["sql"].removesuffix(" CASCADE") for item in dropped] == [
        'ALTER TABLE "blog_entry" DROP COLUMN "stars"'
    ]
    assert dropped[0]["effects"]["locks"][0]["mode"] == "ACCESS EXCLUSIVE"
    assert "ACCESS EXCLUSIVE on blog_entry: reads and writes wait" in text
    assert {count["table"] for count in plan["rows"]} >= {"blog_entry", "blog_tag"}


def test_what_can_not_be_reversed_is_told_before_anything_is_done(sqlite: Site) -> None:
    (sqlite.root / "blog/migrations/0003_stars.py").write_text(
        migration(
            'migrations.RunSQL("SELECT 1")',
            ADD.format("points"),
            dependencies=[("blog", "0002_views")],
        )
    )
    before = picture(sqlite)

    plan = run("rollback", "blog", "0001", "--project", sqlite.root, "--plan")
    found = run("rollback", "blog", "0001", "--project", sqlite.root, "--noinput")

    assert plan.code == found.code == 1
    place = "RunSQL can't be reversed (Raw SQL operation; blog/migrations/0003_stars.py, line 11)"
    assert f"blocked: {place}" in plan.out
    assert "Give it reverse_sql" in plan.out
    assert f"Not rolled back: blog.0003_stars: {place}" in found.err
    assert "migrations.RunSQL.noop" in found.err
    assert "--fake" in found.err
    assert picture(sqlite) == before
    assert run("backups", "--project", sqlite.root).out == ""


def test_an_applied_migration_whose_file_is_nowhere_is_named(sqlite: Site) -> None:
    (sqlite.root / "blog/migrations/0004_tags.py").unlink()

    found = run("rollback", "blog", "0002", "--project", sqlite.root, "--noinput")

    assert found.code == 1
    assert "without a file in the working tree or in any commit: blog.0004_tags" in found.err


def steps(found: Result) -> list[str]:
    assert found.err == ""
    return [step["migration"] for step in json.loads(found.out)["steps"]]


def test_any_name_of_a_commit_leads_to_what_it_has(sqlite: Site) -> None:
    root = sqlite.root
    (root / ".gitignore").write_text("*.sqlite3\n__pycache__\n")
    written = ["0002_views", "0003_stars", "0004_tags"]
    files = {name: root / f"blog/migrations/{name}.py" for name in written}
    texts = {name: path.read_text() for name, path in files.items()}
    for path in files.values():
        path.unlink()
    commit(init(root), "First")
    shas = {}
    for name in written:
        files[name].write_text(texts[name])
        shas[name] = commit(root, name)
    git(root, "tag", "-a", "-m", "Release", "v1", shas["0002_views"])
    git(root, "update-ref", "refs/remotes/origin/main", shas["0003_stars"])
    git(root, "branch", "old", "HEAD~2")

    def to(ref: str, *app_label: str) -> list[str]:
        words = ("rollback", *app_label, "--to-ref", ref, "--project", root)
        return steps(run(*words, "--plan", "--format", "json"))

    assert to("HEAD") == to("main") == []
    assert to("origin/main") == to("HEAD~1") == to(shas["0003_stars"][:9]) == ["0004_tags"]
    assert to("v1") == to("old") == to("HEAD^^") == ["0004_tags", "0003_stars"]
    assert to("v1", "log") == []
    assert to("v1", "blog") == ["0004_tags", "0003_stars"]
    # The log builds upon what goes, and its file is in every commit.
    assert to("HEAD~3") == ["0001_initial", "0004_tags", "0003_stars", "0002_views"]


def test_what_a_ref_has_in_other_words_is_told(sqlite: Site) -> None:
    root = sqlite.root
    (root / ".gitignore").write_text("*.sqlite3\n__pycache__\n")
    commit(init(root), "All")
    git(root, "tag", "before")
    stars = root / "blog/migrations/0003_stars.py"
    stars.write_text(stars.read_text() + "# Another one.\n")
    (root / "blog/migrations/0005_later.py").write_text(
        migration(dependencies=[("blog", "0004_tags")])
    )
    commit(root, "Another 0003")
    git(root, "tag", "other")
    git(root, "checkout", "--quiet", "before")
    sqlite.ask(
        "INSERT INTO django_migrations (app, name, applied) VALUES ('shop', '0001_initial', '')"
    )

    found = run("rollback", "--to-ref", "other", "--project", root, "--noinput")

    assert found.out == "Nothing to roll back in 'default': it is there already.\n"
    assert "though its file is another one in other: blog.0003_stars." in found.err
    assert "Not applied here, `migtui migrate` does that there: blog.0005_later." in found.err
    assert "not installed here: shop." in found.err


def test_a_squash_is_what_it_replaces_and_goes_as_a_whole(sqlite: Site) -> None:
    root = sqlite.root
    (root / ".gitignore").write_text("*.sqlite3\n__pycache__\n")
    folder = root / "blog/migrations"
    kept = (folder / "0004_tags.py").read_text()
    commit(init(root), "Parts")
    git(root, "tag", "parts")
    (folder / "0004_tags.py").unlink()
    (folder / "0003_stars.py").unlink()
    commit(root, "Some")
    git(root, "tag", "some")
    (folder / "0002_views.py").unlink()
    parts = [("blog", name) for name in ALL[1:3]]
    squashed = migration(
        ADD.format("views"),
        ADD.format("points"),
        dependencies=[("blog", "0001_initial")],
        replaces=parts,
    )
    (folder / "0002_squashed_0003.py").write_text(squashed)
    (folder / "0004_tags.py").write_text(kept.replace("0003_stars", "0002_squashed_0003"))
    log = root / "log/migrations/0001_initial.py"
    log.write_text(log.read_text().replace("0002_views", "0002_squashed_0003"))
    commit(root, "Squashed")

    words = ("--project", root, "--plan", "--format", "json")
    assert steps(run("rollback", "--to-ref", "parts", *words)) == []
    found = run("rollback", "--to-ref", "some", *words)
    assert found.code == 1
    assert "blog.0002_squashed_0003 replaces migrations of which some has a part" in found.err
    assert "it lacks blog.0003_stars." in found.err
    found = run("rollback", "blog", "0003_stars", *words)
    assert found.code == 1
    assert "blog.0003_stars is part of blog.0002_squashed_0003" in found.err
    assert steps(run("rollback", "blog", "0001", *words)) == [
        "0001_initial",
        "0004_tags",
        "0002_squashed_0003",
    ]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ([], 2, "Where to?"),
        (["blog"], 2, "Where to?"),
        (["blog", "0001", "--to-ref", "main"], 2, "Give one of MIGRATION, --to-ref and --last"),
        (["blog", "--last", "0"], 2, "--last"),
        (["blog", "--last", "9"], 1, "blog has no 9 applied migrations, but 4."),
        (["--last", "1"], 2, "Where to?"),
        (["blog", "0001", "--database", "other"], 2, "no database 'other'"),
        (["shop", "0001"], 2, "There is no app 'shop' with migrations."),
        (["blogs", "0001"], 2, "Did you mean blog"),
        (["blog", "0009"], 2, "blog has no migration '0009'"),
        (["blog", "0003_start"], 2, "Did you mean 0003_stars"),
        (["blog", "zero", "--side"], 2, "blog has no migration 'zero'"),
        (["blog", "000"], 2, "short for several of blog"),
        (["--to-ref", "main"], 1, "is in no git repository"),
    ],
)
def test_bad_input_is_one_sentence(
    filled: Path, arguments: list[str], code: int, message: str
) -> None:
    found = run("rollback", *arguments, "--project", filled, "--noinput")

    assert (found.code, found.out) == (code, "")
    assert message in found.err
    assert "Traceback" not in found.err


def test_what_is_not_applied_or_not_there_is_told(sqlite: Site) -> None:
    sqlite.ask("DELETE FROM django_migrations WHERE name = '0004_tags'")
    found = run("rollback", "blog", "0004", "--project", sqlite.root, "--noinput")
    assert found.code == 1
    assert "blog.0004_tags is not applied to 'default'" in found.err

    found = run("rollback", "blog", "0001", "--project", sqlite.root)
    assert found.code == 2
    assert "--noinput" in found.err

    init(sqlite.root)
    commit(sqlite.root, "All")
    found = run("rollback", "--to-ref", "nowhere", "--project", sqlite.root, "--noinput")
    assert found.code == 2
    assert "nowhere" in found.err

    (sqlite.root / "db.sqlite3").unlink()
    found = run("rollback", "blog", "0001", "--project", sqlite.root, "--noinput")
    assert found.code == 1
    assert "The database 'default' does not exist" in found.err
    assert not (sqlite.root / "db.sqlite3").exists()
