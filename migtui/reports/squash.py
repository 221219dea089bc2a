"""A squash as planned, written and proved, as text."""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from migtui.core.migration import MigrationKey
from migtui.core.safe_text import safe_line, safe_text
from migtui.core.squash_plan import DraftOperation, SchemaDifference, SquashPlan, SquashProof
from migtui.reports.paint import Paint

_DEFINED = re.compile(r"(?:@.*\n)*def (?P<name>\w+)")


_LATE = (
    "Django makes some indexes and constraints at the end of a migration, so that a later "
    "operation of the same one finds none"
)


def squash_text(plan: SquashPlan, *, paint: Paint) -> str:
    """What a squash replaces and holds, what stops it, what databases would do."""
    return "\n".join([*_history(plan, paint), *_facts(plan, paint, command), *_sources(plan), ""])


def plan_text(
    plan: SquashPlan,
    *,
    paint: Paint,
    way: Callable[[SquashPlan, Sequence[MigrationKey]], str],
) -> str:
    """What a squash holds, what stops it, what databases would do; no history, no sources.

    Args:
        plan: The plan.
        paint: Colours what stands out.
        way: What to do to squash a part of the range.
    """
    return "\n".join([*_facts(plan, paint, way), ""])


def command(plan: SquashPlan, part: Sequence[MigrationKey]) -> str:
    """The command that squashes a part of the range."""
    return f"migtui squash {plan.key.app_label} {part[0].name} {part[-1].name}"


def proof_text(
    proofs: tuple[SquashProof, ...], *, paint: Paint, elided: Sequence[DraftOperation] = ()
) -> str:
    """Whether the squash makes the same of a database.

    Args:
        proofs: One for each kind of database.
        paint: Colours what stands out.
        elided: What the squash leaves out, so that rows could not be compared.
    """
    lines = [line for proof in proofs for line in _proof(proof, paint, is_whole=not elided)]
    if elided and any(proof.is_equal for proof in proofs):
        names = ", ".join(f"{entry.type} {origin(entry)}" for entry in elided)
        lines.append(f"{paint('warning', 'Rows were not compared')}: {safe_line(names)} left out.")
    return "".join(f"{line}\n" for line in lines)


def parts_text(plans: Sequence[SquashPlan], tried: int, *, is_complete: bool) -> str:
    """The parts of a range that are proved, as the commands that write them.

    Args:
        plans: One a part.
        tried: How many squashes were tried.
        is_complete: Whether all of the range was looked at.
    """
    lines = [f"    {plan.changes.command if plan.changes else ''}" for plan in plans]
    if lines:
        lines.insert(0, "Proved instead, each by itself:")
    else:
        lines.append("No part of it is proved.")
    if not is_complete:
        lines.append(f"The rest is not known: {tried} squashes were tried, and no more are.")
    return "".join(f"{safe_line(line)}\n" for line in lines)


def _history(plan: SquashPlan, paint: Paint) -> Iterator[str]:
    yield paint("heading", safe_line(f"{plan.key}"))
    inside = set(plan.replaces)
    for key in plan.chain:
        mark = "┃" if key in inside else " "
        yield f"  {mark} {safe_line(key.name)}"


def _facts(
    plan: SquashPlan,
    paint: Paint,
    way: Callable[[SquashPlan, Sequence[MigrationKey]], str],
) -> Iterator[str]:
    draft = plan.draft
    count = len(plan.replaces)
    if draft is None:
        yield f"{count} migrations, which can't be squashed as one."
    else:
        yield (
            f"{count} migrations with {draft.before} operations become one with "
            f"{len(draft.operations)}."
        )
    for refusal in plan.refusals:
        yield f"{paint('error', 'Not possible:')} {safe_line(refusal)}"
    if plan.crossing:
        yield from _ways_out(plan, way)
    for standing in () if plan.crossing else plan.standings:
        outlook = safe_line(standing.outlook(plan.key))
        yield f"Database {safe_line(standing.database)}: migrate {outlook}."
    for remark in plan.remarks:
        yield f"Note: {safe_line(remark)}"
    yield from _stops(plan, paint)
    if draft is not None and len(draft.gains) > 1:
        yield "Cut points, and how many operations a squash up to there would have:"
        width = max(len(f"{gain.before} → {gain.after}") for gain in draft.gains)
        for gain in draft.gains:
            counts = f"{gain.before} → {gain.after}"
            yield f"    {counts:>{width}}  {safe_line(gain.migration)}"
    for key, group in groupby(plan.carried, key=lambda entry: entry[0]):
        names = ", ".join(name for _, name in group)
        yield f"Carried along from {safe_line(key.name)}: {safe_line(names)}."


def _ways_out(
    plan: SquashPlan, way: Callable[[SquashPlan, Sequence[MigrationKey]], str]
) -> Iterator[str]:
    """What to do instead of a squash that would depend on itself."""
    yield "Ways out:"
    for part in plan.parts:
        if len(part) > 1:
            yield f"    {safe_line(way(plan, part))}"
    start, through = plan.crossing[0], plan.crossing[1]
    yield safe_line(
        f"    or let {start.name} no longer depend on {through}: move the operation that needs it "
        f"(a foreign key, say) into a migration of its own behind {plan.replaces[-1].name}."
    )


def _stops(plan: SquashPlan, paint: Paint) -> Iterator[str]:
    draft = plan.draft
    if draft is None:
        return
    barriers = [operation for operation in draft.operations if operation.is_barrier]
    if barriers:
        yield "Django's optimizer moves nothing past:"
        for operation in barriers:
            yield f"    {paint('warning', operation.type)} {safe_line(origin(operation))}"
    if draft.elided:
        yield "Left out, being elidable (a new database will not run it):"
        for operation in draft.elided:
            yield f"    {operation.type} {safe_line(origin(operation))}"


def data_work(plan: SquashPlan) -> tuple[DraftOperation, ...]:
    """The operations of a squash whose source can be shown, those that are left out among them."""
    draft = plan.draft
    if draft is None:
        return ()
    every = (*draft.operations, *draft.elided)
    order = {name: number for number, name in enumerate(draft.migrations)}
    found = [operation for operation in every if operation.functions or operation.sql]
    found.sort(key=lambda operation: order.get(operation.migration, len(order)))
    return tuple(found)


def _sources(plan: SquashPlan) -> Iterator[str]:
    """The sources of what is kept and of what is left out."""
    for operation in data_work(plan):
        yield f"{operation.type} {safe_line(origin(operation))}"
        for text in (*operation.functions, operation.sql):
            for line in safe_text(text).rstrip().splitlines():
                yield f"    {line}"


def origin(operation: DraftOperation) -> str:
    """Where an operation is from, and what it does: ``in 0003_fill: forwards``."""
    found = _DEFINED.match(operation.functions[0]) if operation.functions else None
    text = found["name"] if found else operation.text
    return f"in {operation.migration}: {text}" if operation.migration else text


def _proof(proof: SquashProof, paint: Paint, *, is_whole: bool) -> Iterator[str]:
    if proof.is_equal:
        ran = f", {proof.ran_python} RunPython among them" if proof.ran_python else ""
        yield (
            f"{paint('good', 'Proved')} on {proof.vendor}: the {proof.migrations} old "
            f"migrations{ran}, the squash, and the squash after the old ones leave the same "
            f"{'tables, rows and models' if is_whole else 'tables and models'}."
        )
    elif proof.error:
        word = "Refuted" if proof.is_refuted else "Not proved"
        yield f"{paint('error', word)} on {proof.vendor}: {safe_line(proof.error)}"
        if proof.is_refuted and "Found wrong number" in proof.error:
            yield f"{_LATE}: end the range before that one."
    else:
        yield f"{paint('error', 'Not the same')} on {proof.vendor}:"
        for entry in proof.differences:
            yield f"    {entry.what} {safe_line(entry.resource)}"
            yield f"      - {safe_line(entry.chain) or '(not there)'}"
            yield f"      + {safe_line(entry.squash) or '(not there)'}"
        if any(_is_left_over(entry) for entry in proof.differences):
            yield f"{_LATE}, and takes none away."


def _is_left_over(entry: SchemaDifference) -> bool:
    """Whether the squash leaves an index or a constraint that the old migrations do not."""
    return not entry.chain and re.search(r":(?:index|constraint):", entry.resource) is not None
