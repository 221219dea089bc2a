"""The sentences of a verdict: what stands between two operations, for a tired reader."""

from migtui.core.apply_effect import Failure
from migtui.core.data_rules.clash import Clash
from migtui.core.effects import Creates, Destroys, Hides, Lacks, Renames, Resource, Touches
from migtui.core.step import Step
from migtui.core.walk import Difference, Event


def name_resource(resource: Resource) -> str:
    """A resource in words: ``field title of blog.post``."""
    of = f" of {resource.model}" if resource.model else ""
    match resource.kind:
        case "model" if resource.model.startswith("table:"):
            return f"table {resource.model.removeprefix('table:')}"
        case "model":
            return f"model {resource.model}"
        case "option":
            return f"{resource.name}{of}"
        case "relation":
            return f"the table or index name {resource.name}"
        case "object":
            return resource.name
        case kind:
            return f"{kind} {resource.name}{of}"


def name_step(step: Step) -> str:
    """An operation in words: ``AddField in 0003_tags``."""
    return f"{step.operation.type} in {step.migration.name}"


def say_failure(failure: Failure, other: Step | None) -> str:
    """Why an order does not run."""
    thing = name_resource(failure.resource)
    mine = name_step(failure.step)
    if other is None:
        return f"{mine} needs {thing}, which is not there."
    theirs = name_step(other)
    match failure.effect:
        case Renames(resource) if resource == failure.resource and _alike(failure.step, other):
            first, second = _new_name(other), _new_name(failure.step)
            to = f"to {first}" if first == second else f"to {first} and to {second}"
            return f"{theirs} and {mine} both rename {thing}, {to}: one of the two has to go."
        case Creates() | Lacks() if failure.by is not None:
            return f"{mine} and {theirs} both make {thing}."
        case Renames(_, to) if to == failure.resource:
            return f"{mine} gives the name of {thing}, which {theirs} takes as well."
        case Destroys() if failure.is_held:
            return f"{mine} takes away {thing}, which {theirs} still refers to."
        case Creates() | Lacks():
            return f"{mine} makes {thing}, which has to go first in {theirs}."
        case _ if failure.by is None:
            return f"{mine} needs {thing}, which only {theirs} makes: that has to run first."
        case _:
            return (
                f"{theirs} takes away {thing}, which {mine} needs: "
                f"{failure.step.migration.name} has to run first."
            )


def say_both_ways(reasons: list[str]) -> str:
    """Why no order runs, from why each of two does not."""
    for reason in reasons:
        if " both " in reason:
            return reason  # which goes for either order
    kept = [reason.partition(": ")[0] if reason.endswith(FIRST) else reason for reason in reasons]
    sentences = list(dict.fromkeys(f"{reason.removesuffix('.')}." for reason in kept))
    return " The other way round, ".join(sentences)


FIRST = "has to run first."
"""How the reason of an order that does not run may end, which helps where the other one does."""


def _alike(step: Step, other: Step) -> bool:
    """Whether two operations give new names of one kind."""
    return step.operation.type == other.operation.type


def _new_name(step: Step) -> str:
    return step.operation.string("new_name") or "another name"


def say_lost(step: Step, resource: Resource, other: Step | None) -> str:
    """Why an order does not run in which a name leads nowhere."""
    after = f" after {name_step(other)}" if other else ""
    thing = f"{resource.model}.{resource.name}"
    return (
        f"{name_step(step)} follows {thing}, which leads nowhere{after}: "
        f"{step.migration.name} has to run first."
    )


def say_difference(difference: Difference) -> str:
    """Why two orders end in different states."""
    thing = name_resource(difference.resource)
    cells = (difference.first, difference.second)
    steps = [cell.step for cell in cells if cell is not None and cell.step is not None]
    names = list(dict.fromkeys(map(name_step, steps)))
    if not difference.certain:
        return f"{' and '.join(names)} set {thing} to values that can't be compared."
    if len(names) == 1:
        return f"What {names[0]} makes of {thing} depends on what ran before it."
    return f"{' and '.join(names)} set {thing} differently: the one that runs last wins."


def say_clash(rows: Event, other: Event, why: Clash) -> str:
    """Why work on rows does not commute with something."""
    effect = rows.effect
    thing = "" if isinstance(effect, Hides) else name_resource(effect.resource)
    done = "touches rows of" if isinstance(effect, Touches) else "changes"
    ending = (
        f"; {rows.step.migration.name} has to run first."
        if why.rows_first
        else ", so the order may matter."
    )
    return f"{name_step(rows.step)} {done} {thing}, and {name_step(other.step)} {why.why}{ending}"
