"""Where a migration has stopped on a database, and what leads out, as text and as JSON."""

from collections.abc import Iterator
from dataclasses import asdict

from migtui.core.halfway import Effect, Halfway, Way
from migtui.core.safe_text import safe_text
from migtui.reports.document import print_document

WORDS = {
    Effect.DONE: "✓ done",
    Effect.HALF: "! half done",
    Effect.UNKNOWN: "? unknown",
    Effect.MISSING: "· not done",
}


def halfway_text(found: Halfway) -> str:
    """SQL whose comments say how far it got; nothing but comments where that fits nowhere."""
    return "\n".join((*halfway_lines(found), ""))


def halfway_lines(found: Halfway) -> Iterator[str]:
    """The lines of that SQL and its comments."""
    name = f"{found.app_label}.{found.migration}"
    state = "applied, so it was being unapplied" if found.is_recorded else "not applied"
    yield from _comment(f"{name} on {found.alias!r} ({found.vendor}) counts as {state}.")
    yield from _comment(
        f"Its schema was compared with each point of the migration on {found.server}."
    )
    for note in found.notes:
        yield from _comment(note)
    if not found.steps and not found.differences:
        yield from _comment("The migration changes no schema: nothing can be told from that.")
        return
    if found.differences:
        yield ""
        yield from _comment("It is at none of these points, so no SQL is written. What fits not:")
        for text in found.differences:
            yield from _comment(f"  {text}")
        return
    yield ""
    yield from _comment("What has taken effect:")
    for number, step in enumerate(found.steps, 1):
        yield from _comment(f"{number}. {WORDS[step.effect]}: {step.evidence}")
        yield from _comment(f"     {' '.join(step.text.split())}")
    ends = ("not applied", "applied")[:: -1 if found.is_recorded else 1]
    yield from _way(found.back, f"Back to where {name} is {ends[0]}")
    yield from _way(found.onward, f"Forward to where {name} is {ends[1]}")


def _way(way: Way, title: str) -> Iterator[str]:
    yield ""
    proof = "led there on a scratch database" if way.is_proved else "NOT PROVED"
    yield from _comment(f"{title} ({proof})")
    if way.error:
        yield from _comment(way.error)
    for note in way.notes:
        yield from _comment(f"Note: {note}")
    if not way.statements and not way.error:
        yield from _comment("There is nothing to do.")
    for statement in way.statements:
        yield f"{safe_text(statement)};"


def _comment(text: str) -> Iterator[str]:
    for line in safe_text(text).splitlines():
        yield f"-- {line}"


def halfway_json(found: Halfway) -> str:
    """How far it got and what leads out, as JSON."""
    body = asdict(found)
    del body["trouble"]
    return print_document(body)
