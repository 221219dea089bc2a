"""Takes the README's screenshots from the demo: ``python -m screenshots.make``, from the top.

What is on them depends on the demo and on the version of Django alone: the project is made in a
home directory of its own.
"""

import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from migtui.config import Config
from migtui.services.demo import create_demo
from migtui.tui.widgets.sidebar import Sidebar
from tests.support.command_line import run
from tests.support.screens import (
    AppPilot,
    conflict_shown,
    django_answered,
    main_screen,
    running,
    see,
    wait_for,
)

HERE = Path(__file__).parent
WIDE = (140, 42)
NARROW = (80, 24)


async def diff(pilot: AppPilot) -> None:
    """The files that an order would change."""
    await pilot.press("2")
    await see(pilot, "rename catalog/migrations/")


async def sql(pilot: AppPilot) -> None:
    """The SQL of an order."""
    await pilot.press("3")
    await see(pilot, "H005 Leaves")


async def overlap(pilot: AppPilot) -> None:
    """The thing that both branches set."""
    await pilot.press("a", "down")
    await conflict_shown(pilot, "customers")
    await pilot.press("n", "tab")
    await see(pilot, "≠ 1/1")


async def three_leaves(pilot: AppPilot) -> None:
    """A conflict of three branches."""
    await pilot.press("a", "down", "down")
    await conflict_shown(pilot, "orders")
    await pilot.press("tab")
    await pilot.pause()


async def forecast(pilot: AppPilot) -> None:
    """Branches by apps, and one that collides."""
    await pilot.press("F")
    await see(pilot, "8 collisions")
    await pilot.press("n", "n", "n")
    await see(pilot, "feature/payments")


async def settling(pilot: AppPilot) -> None:
    """What the branches dispute, and what models.py says."""
    await overlap(pilot)
    await pilot.press("s")
    await see(pilot, "models.py says so")


async def evidence(pilot: AppPilot) -> None:
    """Every order and what came of it."""
    await overlap(pilot)
    screen = main_screen(pilot)
    await wait_for(
        pilot,
        lambda: screen.explanation and len(screen.explanation.verdict.evidence) > 1,
    )
    await pilot.press("t")
    await see(pilot, "How the verdict is known")


async def confirm(pilot: AppPilot) -> None:
    """The question before anything is written."""
    await diff(pilot)
    await pilot.press("w")
    await see(pilot, "Leave it")


async def written(pilot: AppPilot) -> None:
    """What was verified after writing."""
    await confirm(pilot)
    await pilot.press("enter")
    await see(pilot, "✓ Django loads")


async def squash(pilot: AppPilot) -> None:
    """What a squash would be, once the conflict of its app is resolved."""
    screen = main_screen(pilot)
    root = screen.session.project.root
    words = ["orders", "--recommended", "--noinput", "--project", root, "--python", sys.executable]
    await asyncio.to_thread(run, "resolve", *words)
    await pilot.press("r")
    await see(pilot, "4 apps")
    await wait_for(pilot, lambda: not screen.is_asking)
    await pilot.press("a", "end", "enter")
    sidebar = screen.query_one(Sidebar)
    while sidebar.app_label != "orders":
        await pilot.press("down")
    await pilot.press("S")
    await see(pilot, "operations become one")
    await pilot.press("end")
    await pilot.pause()


async def proof(pilot: AppPilot) -> None:
    """What was proved of it, and what would be written."""
    await squash(pilot)
    await pilot.press("w")
    await see(pilot, "Leave it")


async def databases(pilot: AppPilot) -> None:
    """What is applied."""
    await pilot.press("D")
    await see(pilot, "applied, 0 not applied")
    await pilot.press("end", *["up"] * 6)
    await see(pilot, "orders.0003_order_gift_message")


async def rollback(pilot: AppPilot) -> None:
    """The plan of a rollback, with what goes and what breaks."""
    await databases(pilot)
    await pilot.press("B", "enter")
    await see(pilot, "What the models of the working tree use")


SHOTS: tuple[
    tuple[str, Callable[[AppPilot], Awaitable[None]], tuple[int, int], str | None], ...
] = (
    ("conflict", overlap, WIDE, None),
    ("diff", diff, WIDE, None),
    ("sql", sql, WIDE, None),
    ("three-leaves", three_leaves, WIDE, None),
    ("forecast", forecast, WIDE, None),
    ("settling", settling, WIDE, None),
    ("evidence", evidence, WIDE, None),
    ("confirm", confirm, WIDE, None),
    ("written", written, WIDE, None),
    ("squash", squash, WIDE, None),
    ("proof", proof, WIDE, None),
    ("narrow", overlap, NARROW, None),
    ("light", diff, WIDE, "migtui-light"),
)

MIGRATED: tuple[tuple[str, Callable[[AppPilot], Awaitable[None]]], ...] = (
    ("databases", databases),
    ("rollback", rollback),
)
"""Those of a demo whose conflicts are merged, and whose database is migrated."""


async def take(
    name: str,
    drive: Callable[[AppPilot], Awaitable[None]],
    size: tuple[int, int],
    theme: str | None,
) -> None:
    """One screenshot of a demo of its own."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["HOME"] = home
        root = create_demo(Path(home) / "shop")
        async with running(root, size=size, config=Config(theme=theme)) as pilot:
            await conflict_shown(pilot, "catalog")
            await django_answered(pilot)
            await drive(pilot)
            svg = pilot.app.export_screenshot(title="migtui")
            (HERE / f"{name}.svg").write_text(svg + "\n", encoding="utf-8")


def do(*arguments: object) -> None:
    """Run a command of migtui, which has to work."""
    found = run(*arguments)
    if found.code:
        raise RuntimeError(found.err)


async def take_migrated() -> None:
    """The screenshots that take a database; its path is on them, and is the same each time."""
    place = Path(tempfile.gettempdir()) / "shop"
    root = create_demo(place)
    try:
        words = ("--project", root, "-v0")
        order = ("0003_order_gift_message", "0004_invoice_paid_orders", "0004_order_paid_at")
        do("resolve", "catalog", "--merge", "--noinput", *words)
        do("resolve", "customers", "--merge", "--noinput", *words)
        do("resolve", "orders", "--noinput", *words, "--order", *order)
        do("migrate", *words)
        for name, drive in MIGRATED:
            async with running(root, size=WIDE) as pilot:
                await django_answered(pilot)
                await drive(pilot)
                svg = pilot.app.export_screenshot(title="migtui")
                (HERE / f"{name}.svg").write_text(svg + "\n", encoding="utf-8")
    finally:
        shutil.rmtree(place)


async def main() -> None:
    """Take them all."""
    for shot in SHOTS:
        await take(*shot)
    await take_migrated()


if __name__ == "__main__":
    asyncio.run(main())
