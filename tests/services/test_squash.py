"""Squashes of real projects: planned, proved, written, and met by databases of every kind."""

import sys
from collections.abc import Iterator
from pathlib import Path

import django
import pytest

from migtui.core.migration import MigrationKey
from migtui.core.squash_plan import SquashChoice, SquashPlan
from migtui.engine.client import Engine
from migtui.errors import ResolutionError, UsageError
from migtui.services.engines import open_engine
from migtui.services.journal import undo
from migtui.services.project import open_project
from migtui.services.prove import is_proved, prove
from migtui.services.proved_parts import find_proved_parts
from migtui.services.squash import write_squash
from tests.support.command_line import run
from tests.support.databases import postgresql_database
from tests.support.projects import migration, read_tree, write
from tests.support.squashes import ID, NAMES, make_sly, manage, plan_of, write_blog

NAME = "0001_squashed_0005_title"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_blog(tmp_path / "project")


@pytest.fixture
def engine(root: Path) -> Iterator[Engine]:
    with open_engine(open_project(root, python=sys.executable)) as found:
        yield found


def key(name: str) -> MigrationKey:
    return MigrationKey("blog", name)


def content(plan: SquashPlan) -> str:
    assert plan.changes is not None
    (text,) = plan.changes.files_after().values()
    assert text is not None
    return text.decode()


def edit(root: Path, name: str, old: str, new: str) -> None:
    path = root / f"blog/migrations/{name}.py"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_a_squash_carries_functions_with_their_helpers(root: Path, engine: Engine) -> None:
    _, plan = plan_of(root, engine, SquashChoice("blog", header=False))
    text = content(plan)
    assert text.startswith("import re\nfrom django.db import migrations, models\n")
    assert 'DASH = "-"' in text
    assert "migrations.RunPython(forwards, lambda apps, schema_editor: None)," in text
    assert "code=forwards_0004" in text
    assert "slug_0004(post.title)" in text
    assert "initial = True" in text
    assert plan.key == key(NAME)
    assert plan.draft is not None
    assert [entry.type for entry in plan.draft.operations if entry.is_barrier] == ["RunPython"] * 2


def test_it_is_proved_written_and_taken_back(root: Path, engine: Engine) -> None:
    before = read_tree(root)
    consultation, plan = plan_of(root, engine, SquashChoice("blog"))
    (proof,) = prove(consultation.project, engine, consultation.facts, plan)
    assert proof.is_equal, proof
    assert (proof.migrations, proof.ran_python) == (6, 2)
    assert is_proved([proof], consultation.facts)

    written = write_squash(consultation.project, plan, engine)

    assert written.verification.passed
    assert not written.verification.new_changes
    assert f"[ ] {NAME} (5 squashed migrations)" in manage(root, "showmigrations", "blog")
    assert manage(root, "makemigrations", "--check", "--dry-run") == "No changes detected\n"
    undo(consultation.project)
    (root / "db.sqlite3").unlink(missing_ok=True)
    assert read_tree(root) == before


@pytest.mark.parametrize(
    ("applied", "outlook", "runs"),
    [
        ("zero", f"runs {NAME} instead of what it replaces", [NAME]),
        ("0005", f"runs nothing of it, and records {NAME} as applied", []),
        (
            "0003",
            "runs what is missing, one by one (0004_length, 0005_title), then records " + NAME,
            ["0004_length", "0005_title"],
        ),
    ],
)
def test_databases_do_what_the_plan_said(
    root: Path, engine: Engine, applied: str, outlook: str, runs: list[str]
) -> None:
    if applied != "zero":
        manage(root, "migrate", "blog", applied)
    consultation, plan = plan_of(root, engine, SquashChoice("blog"))
    assert [entry.outlook(plan.key) for entry in plan.standings] == [outlook]
    write_squash(consultation.project, plan, engine)

    told = manage(root, "migrate")

    assert [name for name in (*NAMES, NAME) if f"Applying blog.{name}..." in told] == runs
    assert f"[X] {NAME}" in manage(root, "showmigrations", "blog")
    assert manage(root, "migrate", "--check") == ""
    counted = "from blog.models import Post; print(Post.objects.get().length)"
    assert manage(root, "shell", "-c", counted).splitlines()[-1] == "10"


def test_elided_data_migrations_are_named_and_their_rows_may_differ(
    root: Path, engine: Engine
) -> None:
    choice = SquashChoice("blog", elide=(key("0003_fill"), key("0004_length")))
    consultation, plan = plan_of(root, engine, choice)
    assert plan.draft is not None
    assert [entry.migration for entry in plan.draft.elided] == ["0003_fill", "0004_length"]
    assert [entry.type for entry in plan.draft.operations] == ["CreateModel"]
    (proof,) = prove(consultation.project, engine, consultation.facts, plan)
    assert proof.is_equal, proof


def test_a_squash_that_makes_something_else_is_not_called_good(root: Path, engine: Engine) -> None:
    make_sly(root)
    consultation, plan = plan_of(root, engine, SquashChoice("blog"))
    (proof,) = prove(consultation.project, engine, consultation.facts, plan)
    assert not is_proved([proof], consultation.facts)
    found = {(entry.what, entry.resource) for entry in proof.differences}
    assert ("schema", "blog_post.length") in found, proof
    parts = find_proved_parts(
        consultation.project, engine, consultation.facts, plan, [proof], progress=None
    )
    assert [[entry.name for entry in part.replaces] for part in parts.plans] == [list(NAMES[:3])]
    assert parts.is_complete


def test_a_cycle_through_another_app_is_told_before_anything_is_written(
    root: Path, engine: Engine
) -> None:
    edit(
        root,
        "0005_title",
        "('blog', '0004_length')",
        "('blog', '0004_length'), ('shop', '0001_initial')",
    )
    _, plan = plan_of(root, engine, SquashChoice("blog"))
    assert plan.changes is None
    assert list(map(str, plan.crossing)) == [
        "blog.0005_title",
        "shop.0001_initial",
        "blog.0002_body",
    ]
    assert [len(part) for part in plan.parts] == [4, 1]
    _, shorter = plan_of(root, engine, SquashChoice("blog", end=key("0004_length")))
    assert shorter.changes is not None


def test_what_stands_between_runs_before_and_swappables_and_atomic_are_kept(
    root: Path, engine: Engine
) -> None:
    edit(
        root,
        "0004_length",
        "    dependencies = [",
        "    atomic = False\n    run_before = [('shop', '0001_initial')]\n"
        "    dependencies = [migrations.swappable_dependency('auth.User'),",
    )
    settings = (root / "settings.py").read_text()
    installed = "['django.contrib.auth', 'django.contrib.contenttypes', "
    write(
        root,
        {"settings.py": settings.replace("INSTALLED_APPS = [", "INSTALLED_APPS = " + installed)},
    )
    _, plan = plan_of(root, engine, SquashChoice("blog"))
    text = content(plan)
    assert "migrations.swappable_dependency(settings.AUTH_USER_MODEL)," in text
    assert "atomic = False" in text
    assert "run_before = [\n        ('shop', '0001_initial'),\n    ]" in text


def test_a_closure_in_a_list_that_is_no_literal_is_refused(root: Path, engine: Engine) -> None:
    edit(root, "0003_fill", "    operations = [", "    operations = list([")
    edit(root, "0003_fill", "None),\n    ]", "None),\n    ])")
    _, plan = plan_of(root, engine, SquashChoice("blog"))
    assert plan.changes is None
    assert "0003_fill" in plan.refusals[0]
    told = (
        "Django itself can't write the RunPython of 0003_fill: Cannot serialize function: lambda."
    )
    assert told in plan.refusals


def test_a_squash_of_a_squash_needs_django_6(root: Path, engine: Engine) -> None:
    text = migration(dependencies=[], replaces=[("blog", name) for name in NAMES[:2]])
    old = (root / "blog/migrations/0001_initial.py").read_text()
    body = text.replace("operations = [\n    ]", old[old.index("operations") :])
    write(root, {"blog/migrations/0001_squashed_0002_body.py": body.encode()})
    edit(root, "0001_squashed_0002_body", "    ]\n", "    ]\n")
    add = (root / "blog/migrations/0002_body.py").read_text()
    add = add[add.index("migrations.AddField") : add.rindex("]")].rstrip()
    path = root / "blog/migrations/0001_squashed_0002_body.py"
    path.write_text(path.read_text().rstrip().removesuffix("]") + f"    {add}\n    ]\n")
    if django.VERSION < (6, 0):
        with pytest.raises(ResolutionError, match="is a squash: Django") as caught:
            plan_of(root, engine, SquashChoice("blog"))
        assert "`migtui squash blog 0003_fill 0005_title`" in caught.value.help
        return
    consultation, plan = plan_of(root, engine, SquashChoice("blog"))
    assert [entry.name for entry in plan.replaces] == ["0001_squashed_0002_body", *NAMES[2:]]
    (proof,) = prove(consultation.project, engine, consultation.facts, plan)
    assert proof.is_equal, proof


def test_names_that_mean_nothing_here_are_refused(root: Path, engine: Engine) -> None:
    with pytest.raises(UsageError, match="not in the range"):
        plan_of(root, engine, SquashChoice("blog", end=key("0002_body"), elide=(key("0003_fill"),)))
    with pytest.raises(UsageError, match="no RunPython and no RunSQL in 0002_body"):
        plan_of(root, engine, SquashChoice("blog", elide=(key("0002_body"),)))


def test_it_is_proved_on_postgresql_too(tmp_path: Path) -> None:
    with postgresql_database() as entry:
        root = write_blog(tmp_path / "project", database=repr(entry))
        with open_engine(open_project(root, python=sys.executable)) as engine:
            consultation, plan = plan_of(root, engine, SquashChoice("blog"))
            proofs = prove(consultation.project, engine, consultation.facts, plan)
    assert [proof.vendor for proof in proofs] == ["sqlite", "postgresql"]
    assert all(proof.is_equal for proof in proofs), proofs


def test_max_migration_follows(root: Path, engine: Engine) -> None:
    write(root, {"blog/migrations/max_migration.txt": "0005_title\n"})
    _, plan = plan_of(root, engine, SquashChoice("blog"))
    assert plan.changes is not None
    after = plan.changes.files_after()
    assert after["blog/migrations/max_migration.txt"] == f"{NAME}\n".encode()


ALTER = 'migrations.AlterField("post", "title", models.CharField(max_length=200))'


def test_a_function_that_defines_a_model_runs_in_the_chain_and_in_the_squash(
    root: Path, engine: Engine
) -> None:
    edit(
        root,
        "0003_fill",
        "def forwards(apps, schema_editor):",
        "def forwards(apps, schema_editor):\n"
        "    from django.db import models\n\n"
        "    class Bare(models.Model):\n"
        "        class Meta:\n"
        '            app_label, managed, db_table = "blog", False, "blog_post"\n',
    )
    consultation, plan = plan_of(root, engine, SquashChoice("blog"))
    (proof,) = prove(consultation.project, engine, consultation.facts, plan)
    assert proof.is_equal, proof


def test_a_foreign_key_that_django_left_small_on_sqlite_is_no_difference(
    root: Path, engine: Engine
) -> None:
    edit(root, "0001_initial", "BigAutoField", "AutoField")
    grown = f"migrations.AlterField('post', {ID[1:-1]})"
    edit(root, "0005_title", ALTER, grown)
    consultation, plan = plan_of(root, engine, SquashChoice("blog"))
    (proof,) = prove(consultation.project, engine, consultation.facts, plan)
    assert proof.is_equal, proof


def test_what_is_looked_for_too_early_on_postgresql_is_told_and_the_range_that_does_is_found(
    tmp_path: Path,
) -> None:
    with postgresql_database() as entry:
        root = write_blog(tmp_path / "project", database=repr(entry))
        edit(root, "0001_initial", ")])", ')], options={"unique_together": {("id", "title")}})')
        edit(root, "0005_title", ALTER, 'migrations.AlterUniqueTogether("post", set())')
        told = run("squash", "blog", "--noinput", "--project", root, "--python", sys.executable)
    assert "Proved on sqlite" in told.err
    if django.VERSION >= (6, 1):  # which takes a constraint back that is not made yet
        assert told.code == 0
        assert "Proved on postgresql" in told.err
        return
    assert told.code == 1
    assert "fails at AlterUniqueTogether (Alter unique_together for post (0 con" in told.err
    assert "end the range before that one" in told.err
    assert "Proved instead, each by itself:\n    migtui squash blog 0004_length\n" in told.err
    assert not (root / f"blog/migrations/{NAME}.py").exists()
