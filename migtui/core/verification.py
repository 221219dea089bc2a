"""Whether a ChangeSet does what it should, and how that is known."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from migtui.core.graph import MigrationGraph
from migtui.errors import ResolutionError

DJANGO = "django"
STATIC = "static"


@dataclass(frozen=True, slots=True)
class Verification:
    """What is known of the project as it would be, or is, with a resolution in it.

    Attributes:
        how: ``django`` where its loader was asked, ``static`` where the files were only read.
        leaves: Names of the app's leaves.
        error: What Django, or the reading, refuses; empty where nothing is wrong.
        detail: Django's traceback, or why Django was not asked.
        changes_before: What ``makemigrations`` would have written before, by app label; None where
            that is not known.
        changes_after: What it would write with the resolution.
    """

    how: str
    leaves: tuple[str, ...]
    error: str = ""
    detail: str = ""
    changes_before: Mapping[str, tuple[str, ...]] | None = None
    changes_after: Mapping[str, tuple[str, ...]] | None = None

    @property
    def passed(self) -> bool:
        """Whether the migrations load and the app has one leaf."""
        return not self.error and len(self.leaves) == 1

    @property
    def new_changes(self) -> Mapping[str, tuple[str, ...]]:
        """What ``makemigrations`` would write now and would not have written before."""
        before = self.changes_before or {}
        found = {
            app_label: tuple(text for text in texts if text not in before.get(app_label, ()))
            for app_label, texts in (self.changes_after or {}).items()
        }
        return MappingProxyType({app_label: texts for app_label, texts in found.items() if texts})


def verify_read(before: MigrationGraph, after: MigrationGraph, app_label: str) -> Verification:
    """Whether migrations, as read, end an app's conflict and are nowhere worse than before.

    Args:
        before: With the conflict.
        after: With the resolution.
        app_label: The app.
    """
    error = ""
    broken = sorted(set(after.conflicting_apps) - set(before.conflicting_apps))
    if len(after.missing) > len(before.missing):
        entry = after.missing[-1]
        name = f"{entry.dependency.app_label}.{entry.dependency.name}"
        error = f"{entry.migration} depends on {name}, which is not there."
    elif len(after.cycles) > len(before.cycles):
        error = f"There is a cycle: {' -> '.join(map(str, after.cycles[-1]))}."
    elif broken:
        error = f"{broken[0]} has several leaves."
    leaves = tuple(key.name for key in after.leaves(app_label))
    return Verification(STATIC, leaves, error)


def require_passed(verification: Verification, app_label: str) -> None:
    """Stop where a resolution does not verify.

    Raises:
        ResolutionError: It does not, and why.
    """
    if verification.passed:
        return
    if verification.error:
        refusal = "Django does not load it" if verification.how == DJANGO else "It can't be loaded"
        raise ResolutionError(f"{refusal}: {verification.error}", detail=verification.detail)
    raise ResolutionError(
        f"{app_label} would still have {len(verification.leaves)} leaves: "
        f"{', '.join(verification.leaves)}."
    )
