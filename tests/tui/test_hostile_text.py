"""Names and sources that would be markup, or would steer the terminal, are shown as text."""

from pathlib import Path

from tests.support.forks import added_field, blog
from tests.support.projects import migration
from tests.support.repositories import commit, git, init
from tests.support.screens import conflict_shown, django_answered, running, see, seen

ESCAPE = "\x1b[31m"


async def test_names_with_brackets_and_escapes_are_plain_text(tmp_path: Path) -> None:
    name = "0002_[red]x"
    files = {f"blog/migrations/{name}.py": added_field("bold", "0001_initial")}
    root = init(blog(tmp_path / "[bold]shop", "tags", files=files))
    commit(root, "First", author="[red]Ada[/x]")
    git(root, "checkout", "--quiet", "-b", "feature/red]x")
    (root / "blog/migrations/0002_c.py").write_text(added_field("c", "0001_initial"))
    commit(root, "Second", author=f"Eve{ESCAPE}")
    async with running(root, size=(200, 50)) as pilot:
        await conflict_shown(pilot, "blog")
        await see(pilot, "[red]Ada[/x]")
        for text in ("0002_[red]x", "feature/red]x", "[bold]shop"):
            assert text in seen(pilot)
        assert "\x1b" not in seen(pilot)
        for key in ("1", "2", "3", "4", "5", "6"):
            await pilot.press(key)
            await pilot.pause()
        await pilot.press("o")
        await see(pilot, "Order of the branches")
        await pilot.press("escape", "w")
        await see(pilot, "Leave it")


async def test_a_source_full_of_markup_and_escapes_is_shown_as_it_is(tmp_path: Path) -> None:
    nasty = added_field("x", "0001_initial") + f'TEXT = "[/x] ARRAY[b] {ESCAPE} \u202e"\n'
    root = blog(tmp_path, "tags", files={"blog/migrations/0002_x.py": nasty})
    async with running(root, size=(160, 45)) as pilot:
        await conflict_shown(pilot, "blog")
        await pilot.press("shift+tab", "enter", "end")
        await see(pilot, '"[/x] ARRAY[b] �[31m �"')


async def test_a_traceback_with_markup_is_shown_whole(tmp_path: Path) -> None:
    root = blog(tmp_path, "tags", "views")
    (root / "settings.py").write_text("raise RuntimeError('[/bold] \\x1b[2J [x]')\n")
    async with running(root, size=(160, 45)) as pilot:
        await conflict_shown(pilot, "blog")
        await see(pilot, "[/bold]")
        await pilot.press("d")
        await see(pilot, "RuntimeError: [/bold] �[2J [x]")


async def test_a_squash_of_names_and_sources_full_of_markup_is_shown_as_it_is(
    tmp_path: Path,
) -> None:
    sql = migration(
        f'migrations.RunSQL("SELECT \'[/x] ARRAY[b] \\\\x1b[31m {ESCAPE}\'", "")',
        dependencies=[("blog", "0002_[red]x")],
    )
    code = "def forwards(apps, schema_editor):\n    '[/bold]'\n"
    files = {
        "blog/migrations/0002_[red]x.py": migration(
            "migrations.RunPython(forwards)", dependencies=[("blog", "0001_initial")], header=code
        ),
        "blog/migrations/0003_[x.py": sql,
    }
    async with running(blog(tmp_path, files=files), size=(160, 45)) as pilot:
        await see(pilot, "Every app has one leaf")
        await django_answered(pilot)
        await pilot.press("S")
        await see(pilot, "All of it can be squashed as one.")
        await pilot.press("enter")
        await see(pilot, "blog.0001_squashed_0003_[x")
        await see(pilot, "RunPython in 0002_[red]x: forwards")
        await pilot.press("2")
        await see(pilot, "'[/bold]'")
        await see(pilot, "[/x] ARRAY[b]")
        assert "\x1b" not in seen(pilot)
        await pilot.press("3")
        await see(pilot, "0001_squashed_0003_[x.py")
        await pilot.press("w")
        await see(pilot, "Proved on sqlite")
        await see(pilot, "Leave it")
