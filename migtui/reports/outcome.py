"""What a resolution changes, and what was verified of it, as text."""

from collections.abc import Iterator

from migtui.core.changes import Change, ChangeSet, Create, Delete, Rename, Rewrite
from migtui.core.safe_text import safe_line
from migtui.core.verdict import Kind, Verdict
from migtui.core.verification import DJANGO, Verification
from migtui.reports.paint import Paint


def changes_text(changes: ChangeSet) -> str:
    """The title, and each file that changes on a line."""
    return "\n".join([safe_line(changes.title), *map(_change, changes.changes), ""])


def verification_text(app_label: str, verification: Verification, *, paint: Paint) -> str:
    """What is known of an app with a resolution in it, and how."""
    return "\n".join([*_verification(app_label, verification, paint), ""])


def basis_text(app_label: str, verdict: Verdict) -> str:
    """On what it rests that an order runs."""
    tried = [
        entry.server or entry.vendor or entry.method
        for entry in verdict.evidence
        if entry.method == "scratch" and entry.kind is not None
    ]
    if tried:
        return f"Before it was written, orders were tried on {safe_line(', '.join(tried))}."
    basis = (
        "Not all that the branches do could be read"
        if verdict.kind is Kind.OPAQUE
        else "That they do is read from the files"
    )
    way = f"`migtui explain {safe_line(app_label)}`"
    return f"{basis}; it was tried on no database: {way} tries it, while the conflict is there."


def _change(change: Change) -> str:
    match change:
        case Create(path):
            text = f"+ {path}"
        case Rewrite(path):
            text = f"~ {path}"
        case Rename(path, new_path):
            text = f"~ {path} → {new_path}"
        case Delete(path):
            text = f"- {path}"
    return f"    {safe_line(text)}"


def _verification(app_label: str, verification: Verification, paint: Paint) -> Iterator[str]:
    leaves = safe_line(", ".join(verification.leaves))
    if not verification.passed:
        reason = verification.error or f"{app_label} has several leaves: {leaves}"
        yield f"{paint('error', 'Not verified:')} {safe_line(reason)}"
    elif verification.how == DJANGO:
        yield (
            f"{paint('good', 'Verified:')} Django loads the project and sees one leaf of "
            f"{app_label}: {leaves}."
        )
    else:
        yield (
            f"{paint('warning', 'Not verified by Django:')} the files, as read, have one leaf of "
            f"{app_label}: {leaves}."
        )
    if verification.changes_after is None:
        return
    if not verification.new_changes:
        yield "makemigrations would write no more than before."
        return
    yield paint("warning", "makemigrations would now write what it would not have written before:")
    for label, texts in verification.new_changes.items():
        for text in texts:
            yield f"    {safe_line(f'{label}: {text}')}"
