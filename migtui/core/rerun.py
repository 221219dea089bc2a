"""Whether branches that were edited run one after another, by the same reading as the verdict."""

from collections.abc import Iterable, Mapping, Sequence

import migtui.core.footprints  # noqa: F401 - registers what each operation does
from migtui.core.conflict import Conflict
from migtui.core.migration import MigrationKey, Operation
from migtui.core.pairs import lasting
from migtui.core.walk import Ground, Operations, pointed_to, remember, run, suppose
from migtui.core.wording import say_failure


def why_not_running(
    conflict: Conflict,
    before: Operations,
    after: Operations,
    history: Iterable[tuple[MigrationKey, tuple[Operation, ...]]],
    sequence: Sequence[MigrationKey],
    *,
    swappable: Mapping[str, str],
) -> str:
    """Why edited branches do not run in an order; empty where they do, as far as is known.

    Args:
        conflict: Its branches.
        before: Their operations as they are.
        after: Their operations as edited.
        history: What runs before the branches.
        sequence: Their migrations in the order in which they will run.
        swappable: The model, or only the app, that a setting points to.
    """
    world = remember(history, swappable)
    swappable = pointed_to(swappable, world)
    ground = Ground(before, world, {}, swappable)
    alone = [run(ground, branch.migrations) for branch in conflict.branches]
    result = run(Ground(after, world, suppose(alone), swappable), sequence)
    failures = lasting(result.failures, *alone)
    return say_failure(failures[0], failures[0].by) if failures else ""
