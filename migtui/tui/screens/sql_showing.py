"""The SQL tabs: asked for when they are in front, laid out, compared, saved, for any vendor."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING

from platformdirs import user_downloads_path
from textual import on, work
from textual.widgets import TabbedContent

from migtui.engine.protocol.sql import WriteSql
from migtui.errors import MigtuiError
from migtui.reports.paint import Paint
from migtui.tui.documents.lines import line, plain_lines
from migtui.tui.documents.sql import sql_lines
from migtui.tui.documents.sql_difference import difference_lines
from migtui.tui.screens.inspecting import InspectingScreen
from migtui.tui.widgets.preview import BACKWARDS, FORWARDS, Preview

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from migtui.core.migration import MigrationKey
    from migtui.core.resolution import Resolution
    from migtui.core.sql import RowCount, SqlScript
    from migtui.services.judging import JudgedSql
    from migtui.services.resolve import Plan
    from migtui.tui.documents.lines import Line

VENDORS = ("", "sqlite", "postgresql", "mysql", "mariadb")
"""What ``v`` goes through; the empty one is that of the database."""


@dataclass(frozen=True, slots=True)
class _Shown:
    """What a tab holds: the SQL, and the comparison that stands in its place, if one does.

    Attributes:
        judged: The SQL.
        difference: The comparison.
        rows: How many rows the tables have, where somebody asked.
    """

    judged: JudgedSql
    difference: tuple[Line, ...] = ()
    rows: tuple[RowCount, ...] = ()


def _save(stem: str, text: str) -> Path:
    """Write a text into the directory of downloads, under a name that is free."""
    directory = user_downloads_path()
    directory.mkdir(parents=True, exist_ok=True)
    for number in count(1):
        path = directory / f"{stem}{f'-{number}' if number > 1 else ''}.sql"
        try:
            with path.open("x", encoding="utf-8", errors="surrogateescape") as file:
                file.write(text)
        except FileExistsError:
            continue
        return path
    raise AssertionError("numbers don't end")


def _rows(shown: _Shown) -> Iterator[str]:
    if shown.rows:
        from migtui.reports.hazards import rows_lines  # noqa: PLC0415 - the screen is painted before

        yield from rows_lines(shown.rows)


class SqlScreen(InspectingScreen):
    """Shows the SQL of a plan.

    Attributes:
        plan: What would be written, None where nothing can be.
        previewed: What the preview is about, None where it is about nothing.
        why_no_plan: Why there is no plan.
    """

    plan: Plan | None = None
    previewed: Resolution | None = None
    why_no_plan = "Choose a way out first."
    _formatted = False
    _vendor = ""
    _compared = 0
    _awaited: tuple[Plan, str] | None = None

    def forget_sql(self) -> None:
        """The plan is another one, or none."""
        self._sql: dict[str, _Shown] = {}
        self._compared = 0
        self._awaited = None

    @on(TabbedContent.TabActivated)
    def show_sql(self) -> None:
        """Ask for the SQL of the plan where its tab is in front and it is not there yet."""
        name = self.query_one(Preview).active
        if self.plan is None or name not in (FORWARDS, BACKWARDS) or name in self._shown:
            return
        if self._awaited != (self.plan, name):
            self._awaited = (self.plan, name)
            self._ask_sql(self.plan, name)

    @property
    def _shown(self) -> dict[str, _Shown]:
        return getattr(self, "_sql", {})

    def action_sql_format(self) -> None:
        """Lay statements out over several lines, or each on one."""
        self._formatted = not self._formatted
        self._show(*self._shown)

    def action_sql_vendor(self) -> None:
        """Write for the next vendor."""
        self._vendor = VENDORS[(VENDORS.index(self._vendor) + 1) % len(VENDORS)]
        self.tell(f"SQL for {self._vendor or 'the vendor of the database'}.")
        self.forget_sql()
        self.show_sql()

    def action_sql_difference(self) -> None:
        """Compare with the other ways that the branches could run, one after another."""
        name = self.query_one(Preview).active
        others = self._others()
        if self.plan is None or name not in self._shown or not others:
            self.tell("There is no SQL to compare yet.", severity="warning")
            return
        self._compared = (self._compared + 1) % (len(others) + 1)
        if not self._compared:
            self._sql[name] = _Shown(self._shown[name].judged)
            self._show(name)
            return
        title, order = others[self._compared - 1]
        self._compare(self.plan, name, title, order)

    @work(exit_on_error=False)
    async def action_sql_save(self) -> None:
        """Save what the tab holds as a file."""
        name = self.query_one(Preview).active
        shown = self._shown.get(name)
        if shown is None or self.plan is None:
            self.tell("There is no SQL to save yet.", severity="warning")
            return
        from migtui.reports.sql import sql_text  # noqa: PLC0415 - the screen is painted before

        judged = shown.judged
        script = judged.script
        stem = f"{script.migrations[0].app_label}-{name}-{script.vendor}"
        formatted = self._formatted

        def save() -> Path:
            text = sql_text(script, judged.judgements, paint=Paint(), formatted=formatted)
            return _save(stem, text)

        try:
            path = await self.ask("saving SQL", save)
        except OSError as error:
            self.tell(f"It can't be saved: {error}.", severity="error")
        else:
            self.tell(f"Saved as {path}.")

    def action_sql_rows(self) -> None:
        """Count the rows of the tables concerned, in the project's database."""
        name = self.query_one(Preview).active
        shown = self._shown.get(name)
        if shown is None or self.plan is None:
            self.tell("There is no SQL yet whose tables could be counted.", severity="warning")
        elif not shown.judged.tables:
            self.tell("The SQL is about no table that was there before.")
        else:
            self._count_rows(self.plan, name, shown)

    @work(exit_on_error=False, exclusive=True, group="sql")
    async def _count_rows(self, plan: Plan, name: str, shown: _Shown) -> None:
        try:
            rows = await self.ask("counting rows", self.session.plans.count_rows, shown.judged)
        except MigtuiError as error:
            self.tell(f"{error.message} {error.help}", severity="error")
            return
        if plan is self.plan and self._shown.get(name) is shown:
            self._sql[name] = replace(shown, rows=rows)
            self._show(name)

    @work(exit_on_error=False, exclusive=True, group="sql-lines")
    async def _show(self, *names: str) -> None:
        """Show what tabs hold; long scripts take a while to be laid out."""
        for name in names:
            shown = self._shown[name]
            lines = await self.ask("laying SQL out", self._lines, shown)
            if self._shown.get(name) is shown:
                self.query_one(Preview).show(name, lines)

    def _lines(self, shown: _Shown) -> tuple[Line, ...]:
        if shown.difference:
            return shown.difference
        judged = shown.judged
        notes = (line(note, "warning") for note in judged.notes)
        rows = (line(f"-- {text}", "muted") for text in _rows(shown))
        return (
            *notes,
            *rows,
            *sql_lines(judged.script, judged.judgements, formatted=self._formatted),
        )

    def _others(self) -> list[tuple[str, tuple[MigrationKey, ...]]]:
        """What the SQL can be compared with: other orders, and each branch alone."""
        resolution = self.previewed
        if resolution is None or len(resolution.order) < 2:  # noqa: PLR2004 - one branch is no order
            return []
        order = resolution.order
        turned = tuple(reversed(order))
        alone = [(f"{leaf.name} alone", (leaf,)) for leaf in order]
        names = " → ".join(leaf.name for leaf in turned)
        return [(names, turned), *alone]

    @work(exit_on_error=False, exclusive=True, group="sql")
    async def _ask_sql(self, plan: Plan, name: str) -> None:
        preview = self.query_one(Preview)
        reason = self.session.why_no_engine
        if reason:
            preview.show(name, plain_lines(f" {reason}", "muted"))
            return
        preview.show(name, plain_lines(" Django is writing the SQL…", "muted"))
        try:
            shown, lines = await self.ask_first("writing SQL", self._write, plan, name)
        except MigtuiError as error:
            preview.show(name, plain_lines(f" {error.message}\n {error.help}", "error"))
            return
        except asyncio.CancelledError:
            self.session.cancel(WriteSql)
            raise
        finally:
            if self._awaited == (plan, name):
                self._awaited = None
        if plan is self.plan:
            self._sql = {**self._shown, name: shown}
            preview.show(name, lines)

    def _write(self, plan: Plan, name: str) -> tuple[_Shown, tuple[Line, ...]]:
        backwards = name == BACKWARDS
        shown = _Shown(self.session.plans.sql(plan, backwards=backwards, vendor=self._vendor))
        return shown, self._lines(shown)

    @work(exit_on_error=False, exclusive=True, group="sql")
    async def _compare(
        self, plan: Plan, name: str, title: str, order: tuple[MigrationKey, ...]
    ) -> None:
        preview = self.query_one(Preview)
        preview.show(name, plain_lines(" Django is writing the SQL to compare with…", "muted"))
        judged = self._shown[name].judged
        try:
            lines = await self.ask_first(
                "comparing SQL", self._difference, name, judged, title, order
            )
        except MigtuiError as error:
            preview.show(name, plain_lines(f" {error.message}\n {error.help}", "error"))
            return
        if plan is self.plan:
            self._sql[name] = _Shown(judged, lines)
            preview.show(name, lines)

    def _difference(
        self, name: str, judged: JudgedSql, title: str, order: tuple[MigrationKey, ...]
    ) -> tuple[Line, ...]:
        other: SqlScript = self.session.plans.order_sql(
            order, backwards=name == BACKWARDS, vendor=self._vendor
        )
        this = "what the preview shows"
        return difference_lines(other, title, judged.script, this)
