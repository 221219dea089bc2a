"""What is known of a statement, in lines that stand beside it; each begins with a sign and a word.

Both the command line and the screen show them, so that nothing rests on colour alone.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from migtui.core.hazards.impact import Impact, who_waits
from migtui.core.hazards.judge import Judgement, Judgements
from migtui.core.safe_text import safe_line
from migtui.core.sql import RowCount, SqlScript


@dataclass(frozen=True, slots=True)
class HazardLine:
    """One line.

    Attributes:
        text: What it says, safe to show.
        style: ``warning``, ``muted`` or empty.
    """

    text: str
    style: str = ""


def hazard_lines(judgement: Judgement, vendor: str) -> Iterator[HazardLine]:
    """What to say of a statement; nothing of one that is at once and harmless.

    Args:
        judgement: What is known of it.
        vendor: Of the server.
    """
    cost = cost_of(judgement.impact, vendor) if judgement.impact is not None else ""
    if cost:
        yield HazardLine(f"· {cost}", "muted")
    for hazard in judgement.hazards or ():
        yield HazardLine(safe_line(f"! {hazard.code} {hazard.message}"), "warning")
        if hazard.help:
            yield HazardLine(safe_line(f"  → {hazard.help}"), "muted")
    for entry in judgement.silenced:
        yield HazardLine(safe_line(f"~ {entry.hazard.code} ignored: {entry.reason}"), "muted")
    if judgement.why:
        yield HazardLine(safe_line(f"? This {judgement.why}."), "muted")


def summary_of(script: SqlScript, judgements: Judgements) -> HazardLine:
    """How many hazards there are, of which codes, and how much was not judged.

    Args:
        script: The SQL.
        judgements: Of each statement of each migration in it.
    """
    every = [judgement for judged in judgements for judgement in judged]
    codes = Counter(hazard.code for judgement in every for hazard in judgement.hazards or ())
    unknown = sum(bool(judgement.why) for judgement in every)
    counts = ", ".join(f"{code} ({count})" for code, count in sorted(codes.items()))
    found = f"{codes.total()} {'hazard' if codes.total() == 1 else 'hazards'}"
    text = f"! {found}: {counts}" if codes else "· No hazards found"
    if unknown:
        text += f"; {unknown} {'entry' if unknown == 1 else 'entries'} not judged"
    if not script.is_complete:
        text += "; what could not be written is not judged"
    return HazardLine(safe_line(f"{text}."), "warning" if codes else "muted")


def cost_of(impact: Impact, vendor: str) -> str:
    """What a statement costs, on one line; empty where nobody has to wait for it.

    Args:
        impact: What it costs.
        vendor: Of the server.
    """
    words = []
    for lock in impact.locks:
        waiting = who_waits(lock.mode, vendor)
        where = lock.table or ("the database" if vendor == "sqlite" else "its table")
        if waiting and (impact.is_long or vendor != "sqlite"):
            words.append(f"{lock.mode} on {where}: {waiting} wait")
    if impact.method and (words or impact.is_long):
        words.append(impact.method)
    for verb, value in (("rewrites", impact.rewrites), ("reads", impact.scans)):
        if value:
            words.append(f"{verb} all rows")
        elif value is None:
            words.append(f"may {verb.removesuffix('s')} all rows")
        if value and verb == "rewrites":
            break
    return safe_line("; ".join(words))


def rows_lines(counts: Iterable[RowCount]) -> Iterator[str]:
    """How many rows tables have, a line each."""
    for count in counts:
        if count.rows is None:
            reason = f"rows not known: {count.error}" if count.error else "not there yet"
            yield safe_line(f"{count.table}: {reason}")
        else:
            about = "about " if count.is_estimate else ""
            source = " (the server's estimate)" if count.is_estimate else ""
            word = "row" if count.rows == 1 else "rows"
            yield safe_line(f"{count.table}: {about}{count.rows:,} {word}{source}")
