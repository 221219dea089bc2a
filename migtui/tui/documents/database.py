"""A database on the screen: what is applied, with the marks and sentences for it."""

import textwrap
from dataclasses import dataclass

from migtui.core.applied import AppliedMigration, Standing
from migtui.core.backups import Manifest
from migtui.core.migration import MigrationKey
from migtui.core.problems import Problem
from migtui.services.applied import Applied
from migtui.services.database_check import DatabaseCheck
from migtui.tui.documents.lines import Line, line

APPLIED, PENDING, LOST, REPLACED = "✓", "·", "✗", "»"
MARKS = {
    Standing.APPLIED: APPLIED,
    Standing.PENDING: PENDING,
    Standing.LOST: LOST,
    Standing.FOREIGN: LOST,
    Standing.REPLACED: REPLACED,
}


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the list.

    Attributes:
        key: The migration.
        mark: Whether it is applied, pending, applied and without a file, or replaced by a squash.
        applied: When; empty where it is not.
        source: The file, or the commit that has it, in words.
        word: What stands beside it in the list.
    """

    key: MigrationKey
    mark: str
    applied: str = ""
    source: str = ""
    word: str = ""

    @property
    def text(self) -> str:
        """As it stands in the list."""
        return f"{self.mark} {self.key.name}  {self.word}"

    def matches(self, wanted: str) -> bool:
        """Whether all words of a search are in what is shown of it, whatever their case."""
        shown = f"{self.key} {self.mark} {self.word} {self.applied} {self.source}".lower()
        return all(word in shown for word in wanted.lower().split())


@dataclass(frozen=True, slots=True)
class DatabaseView:
    """All that is shown of a database: its state, and what is wrong with it."""

    state: Applied
    check: DatabaseCheck

    @property
    def alias(self) -> str:
        """Its name in the settings."""
        return self.state.history.alias

    @property
    def rows(self) -> tuple[Row, ...]:
        """Every migration, by app, then name."""
        return tuple(map(_row, self.check.listed))


def _row(item: AppliedMigration) -> Row:
    mark = MARKS[item.standing]
    match item.standing:
        case Standing.APPLIED:
            time = item.applied or "by the ones it replaces"
            return Row(item.key, mark, time, item.path, time[:16])
        case Standing.PENDING:
            return Row(item.key, mark, "", item.path, "not applied")
        case Standing.REPLACED:
            source = f"{item.now} stands for it now. {item.path}"
            return Row(item.key, mark, item.applied, source, "replaced")
        case Standing.FOREIGN:
            source = "Its app is not installed; Django passes it over."
            return Row(item.key, mark, item.applied, source, "no app")
        case Standing.LOST:
            source = f"commit {item.commit[:12]} has it" if item.commit else "nowhere in git"
            if item.now is not None:
                source = f"It is {item.now.name} now; {source}."
            return Row(item.key, mark, item.applied, source, "no file")


def database_lines(view: DatabaseView, width: int) -> tuple[Line, ...]:
    """The database as a whole, in lines of at most this width."""
    history = view.state.history
    applied = sum(row.mark == APPLIED for row in view.rows)
    pending = sum(row.mark == PENDING for row in view.rows)
    where = "" if history.is_local else "  (not on this machine)"
    lines = [
        *_wrapped(f"{view.alias}: {history.vendor}, {history.place}{where}", "strong", width),
        line(f"{applied} applied, {pending} not applied."),
    ]
    if not view.check.problems:
        lines.append(line("✓ Files, models and this database agree.", "good"))
    if view.check.unknown:
        lines += _wrapped(view.check.unknown, "warning", width)
    return tuple(lines)


def _wrapped(text: str, style: str, width: int) -> tuple[Line, ...]:
    parts = textwrap.wrap(text, max(width, 20), break_on_hyphens=False)
    return tuple(line(part, style) for part in parts)


def row_lines(view: DatabaseView, row: Row, width: int) -> tuple[Line, ...]:
    """The database, the migration under the cursor, and what is wrong, its own app first."""
    words = {
        APPLIED: ("good", f"Applied {row.applied}"),
        PENDING: ("muted", "Not applied"),
        LOST: ("error", f"Applied {row.applied}, but there is no file"),
        REPLACED: ("good", f"Applied {row.applied}"),
    }
    style, text = words[row.mark]
    lines = [*database_lines(view, width), Line(), line(str(row.key), "strong")]
    lines += [*_wrapped(text, style, width), *_wrapped(row.source, "muted", width)]
    first = [problem for problem in view.check.problems if problem.app_label == row.key.app_label]
    others = [problem for problem in view.check.problems if problem not in first]
    for problem in (*first, *others):
        lines += [Line(), *_problem_lines(problem, width)]
    return tuple(lines)


def _problem_lines(problem: Problem, width: int) -> tuple[Line, ...]:
    is_error = problem.severity == "error"
    sign, style = ("✗", "error") if is_error else ("!", "warning")
    return (
        *_wrapped(f"{sign} {problem.code} {problem.message}", style, width),
        *_wrapped(problem.help, "", width),
    )


def backup_line(manifest: Manifest) -> str:
    """A backup as it stands in the list."""
    last = ".".join(manifest.applied[-1]) if manifest.applied else "nothing applied"
    return (
        f"{manifest.created[:19].replace('T', ' ')}  {manifest.alias}  "
        f"{manifest.size / (1 << 20):,.1f} MB  {last}"
    )
