"""Deciding what branches dispute, by keys, up to what is written."""

from pathlib import Path

from migtui.services.project import open_project
from migtui.tui.screens.settling import Settling
from tests.support.branches import ALTER, POST, REMOVE, write_conflict
from tests.support.projects import write
from tests.support.screens import (
    AppPilot,
    conflict_shown,
    django_answered,
    main_screen,
    running,
    see,
    seen,
    wait_for,
)

OPTIONS = "migrations.AlterModelOptions('post', {{{0}}})"
MODELS = """\
    from django.db import models


    class Post(models.Model):
        id = models.BigAutoField(primary_key=True)
        title = models.CharField(max_length=9)
        views = models.IntegerField(default=0)
"""


async def settling(pilot: AppPilot) -> Settling:
    """Open the screen once Django has answered."""
    await wait_for(pilot, lambda: main_screen(pilot).explanation is not None)
    await django_answered(pilot)
    await pilot.press("s")
    await wait_for(pilot, lambda: isinstance(pilot.app.screen, Settling))
    screen = pilot.app.screen
    assert isinstance(screen, Settling)
    await wait_for(pilot, lambda: "is being asked" not in seen(pilot))
    return screen


async def accept(pilot: AppPilot) -> str:
    """Accept, and wait for the preview; the command that amounts to it."""
    screen = main_screen(pilot)
    await pilot.press("a")
    await wait_for(pilot, lambda: pilot.app.screen is screen)
    await wait_for(
        pilot,
        lambda: (
            screen.plan is not None
            and ("--keep" in screen.plan.changes.command or "--set" in screen.plan.changes.command)
        ),
    )
    assert screen.plan is not None
    return screen.plan.changes.command


async def test_what_models_py_says_is_chosen_and_written_as_any_way_out(tmp_path: Path) -> None:
    root = write_conflict(tmp_path, ALTER.format(9), ALTER.format(8))
    write(root, {"blog/models.py": MODELS})
    async with running(root, size=(160, 45)) as pilot:
        await settling(pilot)
        await see(pilot, "● Keep 0002_a  models.py says so  models.CharField(max_length=9)")
        command = await accept(pilot)
        assert command == "migtui resolve blog --merge --keep blog.post.title=0002_a"
        await see(pilot, "+ create blog/migrations/0003_merge_0002_a_0002_b.py")
        await pilot.press("w")
        await see(pilot, "Leave it")
        await pilot.press("enter")
        await see(pilot, "✓ Django loads the project and sees one leaf of blog")
        await pilot.press("enter", "6")
        await see(pilot, f"$ {command}")
    assert len(open_project(root).graph.leaves("blog")) == 1


async def test_questions_are_walked_and_a_value_is_typed(tmp_path: Path) -> None:
    root = write_conflict(
        tmp_path,
        [ALTER.format(9), OPTIONS.format("'ordering': ['title']")],
        [ALTER.format(8), OPTIONS.format("'verbose_name': 'x'")],
    )
    async with running(root, size=(160, 45)) as pilot:
        screen = await settling(pilot)
        await see(pilot, "by a merge")
        await pilot.press("a")
        await see(pilot, "blog.post.title is still open.")
        await pilot.press("n")
        first = screen.question.resource
        await pilot.press("N")
        assert screen.question.resource != first
        while screen.question.resource != "blog.post.title":
            await pilot.press("n")
        await pilot.press("v")
        await see(pilot, "models.CharField(max_length=8)")
        await pilot.press("ctrl+u", *"__import__(1)", "enter")
        await see(pilot, "is not a field, such as models.CharField(max_length=80).")
        await pilot.press("ctrl+u", *"models.TextField(default=1)", "enter")
        await wait_for(pilot, lambda: screen.question.resource != "blog.post.title")
        await pilot.press("end", "up", "enter")  # both
        await see(pilot, "0002_a then 0002_b")
        command = await accept(pilot)
    assert command == (
        "migtui resolve blog --merge "
        "--keep blog.post:option:ordering=0002_a,0002_b "
        "--set 'blog.post.title=models.TextField(default=1)'"
    )


async def test_altered_or_removed_is_asked_and_the_order_can_be_changed(tmp_path: Path) -> None:
    root = write_conflict(tmp_path, ALTER.format(9), REMOVE)
    async with running(root, size=(80, 24)) as pilot:
        await settling(pilot)
        await see(pilot, "by the order 0002_a → 0002_b")
        await pilot.press("home", "enter")
        await see(pilot, "● Keep 0002_a")
        await pilot.press("o")
        await see(pilot, "by the order 0002_b → 0002_a")
        await pilot.press("o")
        await see(pilot, "by the order 0002_a → 0002_b")
        await wait_for(pilot, lambda: "is being asked" not in seen(pilot))
        await pilot.press("home", "enter")
        command = await accept(pilot)
    assert command == "migtui resolve blog --order 0002_a 0002_b --keep blog.post.title=0002_a"


async def test_what_django_does_not_load_is_said_before_it_is_accepted(tmp_path: Path) -> None:
    root = write_conflict(tmp_path, ALTER.format(9), ALTER.format(8))
    async with running(root, size=(120, 40)) as pilot:
        await settling(pilot)
        await pilot.press("v", "ctrl+u", *"models.Nothing()", "enter")
        await see(pilot, "● A value of your own  models.Nothing()")
        await pilot.press("a")
        await see(pilot, "Django does not load it: ")
        await pilot.press("escape")
        await wait_for(pilot, lambda: pilot.app.screen is main_screen(pilot))


async def test_branches_that_dispute_nothing_have_nothing_to_settle(tmp_path: Path) -> None:
    root = write_conflict(tmp_path, ALTER.format(9), POST.replace("'Post'", "'Other'"))
    async with running(root) as pilot:
        await conflict_shown(pilot, "blog")
        await pilot.press("s")
        await see(pilot, "The branches need no decision.")
