"""What was verified after writing, and how, as the dialog tells it."""

from collections.abc import Iterator

from migtui.core.verification import Verification
from migtui.tui.documents.lines import Line, line, plain_lines


def outcome_lines(app_label: str, verification: Verification) -> tuple[Line, ...]:
    """What is known of an app after a resolution was written."""
    return tuple(_outcome(app_label, verification))


def _outcome(app_label: str, verification: Verification) -> Iterator[Line]:
    leaves = ", ".join(verification.leaves)
    by_django = verification.how == "django"
    if verification.passed and by_django:
        yield line(
            f"✓ Django loads the project and sees one leaf of {app_label}: {leaves}.", "good"
        )
    elif verification.passed:
        yield line(f"· The files, as read, have one leaf of {app_label}: {leaves}.", "warning")
        yield line("  Django was not asked: whether it agrees is not known.", "warning")
    else:
        who = "Django" if by_django else "The reader"
        yield line(
            f"✗ {who} sees {len(verification.leaves)} leaves of {app_label}: {leaves}.", "error"
        )
    if verification.error:
        yield from plain_lines(verification.error, "error")
    if verification.detail:
        yield Line()
        yield from plain_lines(verification.detail, "muted")
    yield from _model_changes(verification)


def _model_changes(verification: Verification) -> Iterator[Line]:
    if verification.changes_after is None:
        return
    if not verification.new_changes:
        yield line("✓ makemigrations would write no more than before.", "good")
        return
    yield line("! makemigrations would now write what it would not have written before:", "warning")
    for app_label, texts in verification.new_changes.items():
        for text in texts:
            yield line(f"    {app_label}: {text}", "warning")
