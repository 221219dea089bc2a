"""Verdicts, facts and ways out in words, each with a sign so that nothing rests on colour alone."""

from migtui.core.branch_facts import BranchFacts
from migtui.core.migration import MigrationKey
from migtui.core.resolution import Resolution
from migtui.core.verdict import Evidence, Kind, Verdict

SIGNS = {
    Kind.INDEPENDENT: "=",
    Kind.ORDERED: "»",
    Kind.DIVERGENT: "≠",
    Kind.COLLIDING: "✗",
    Kind.OPAQUE: "?",
}
STYLES = {
    Kind.INDEPENDENT: "good",
    Kind.ORDERED: "warning",
    Kind.DIVERGENT: "warning",
    Kind.COLLIDING: "error",
    Kind.OPAQUE: "warning",
}
_SENTENCES = {
    Kind.INDEPENDENT: "every order runs and ends in the same state.",
    Kind.ORDERED: "some orders run, some do not.",
    Kind.DIVERGENT: "orders run but end differently: one has to win.",
    Kind.COLLIDING: "the branches run in no order as they are.",
    Kind.OPAQUE: "what some operations do can't be seen.",
}
_METHODS = {
    "footprint": "read from the files",
    "state": "replayed on Django's state",
}


def arrow(order: tuple[MigrationKey, ...]) -> str:
    """Leaves in an order: ``0003_a → 0004_b``."""
    return " → ".join(key.name for key in order)


def verdict_sentence(verdict: Verdict) -> str:
    """What a verdict says, without its kind."""
    sentence = _SENTENCES[verdict.kind]
    if verdict.kind is Kind.OPAQUE:
        types = ", ".join(dict.fromkeys(entry.type for entry in verdict.opaque))
        return f"{types or 'something'} can't be read whole; the rest is {verdict.visible_kind}."
    if verdict.kind is Kind.ORDERED and verdict.orders:
        return f"{sentence} This one does: {arrow(verdict.orders[0])}."
    return sentence


def evidence_sentence(verdict: Verdict) -> str:
    """How a verdict is known; the kind is left out where it is the verdict's."""
    told = (_told(entry, verdict.kind) for entry in verdict.evidence)
    return " · ".join(told) or "Not looked at yet."


def contradiction(verdict: Verdict) -> str:
    """What contradicts the reading, in one sentence; empty where nothing does."""
    read = next((entry.kind for entry in verdict.evidence if entry.method == "footprint"), None)
    for entry in verdict.evidence:
        if entry.note.startswith("contradicts"):
            stands = verdict.visible_kind
            return f"Read as {read}, but {how_known(entry)} it is {entry.kind}: {stands} stands."
    return ""


def how_known(evidence: Evidence) -> str:
    """How something is known: ``tried on SQLite 3.40.1``."""
    if evidence.method == "scratch":
        return f"tried on {evidence.server or evidence.vendor or 'a scratch database'}"
    return _METHODS.get(evidence.method, evidence.method)


def _told(evidence: Evidence, kind: Kind) -> str:
    said = "no answer" if evidence.kind is None else "" if evidence.kind is kind else evidence.kind
    notes = [part for part in evidence.note.split("; ") if not part.startswith("not counted")]
    note = f"({'; '.join(notes)})" if any(notes) else ""
    return " ".join(filter(None, (how_known(evidence) + (":" if said else ""), said, note)))


def origin(facts: BranchFacts) -> str:
    """Where a branch comes from: ``tags · Ada · 2026-11-20``; empty where nothing is known."""
    mine = "yours" if facts.mine else ""
    return " · ".join(filter(None, (facts.git_branch, facts.author, facts.date, mine)))


def standing(facts: BranchFacts) -> str:
    """How far a branch has gone: ``published · not applied``; names databases where several."""
    found = []
    if facts.published is not None:
        found.append("published" if facts.published else "not published")
    if facts.unfinished:
        found.append(facts.unfinished)
    for alias, applied in facts.applied:
        if applied is not None:
            where = f" in {alias}" if len(facts.applied) > 1 else ""
            found.append(f"applied{where}" if applied else f"not applied{where}")
    return " · ".join(found)


def way_out(resolution: Resolution) -> str:
    """A resolution's name: ``Order 0003_a → 0004_b``."""
    match resolution.strategy:
        case "order":
            return f"Order  {arrow(resolution.order)}"
        case "merge":
            return f"Merge  {', '.join(key.name for key in resolution.order)}"
        case "settle":
            return f"Settle  {arrow(resolution.order) or 'by a merge'}  (s decides)"
        case "collapse":
            *before, last = resolution.order
            return f"Collapse  {last.name}  behind {arrow(tuple(before))}"
        case other:
            return f"{other.capitalize()}  {arrow(resolution.order)}"
