"""Ranges that are proved, where the squash of all of a range is not: as few, as long as can be.

Django makes some indexes and constraints at the end of a migration, for instance; an operation
that looks for one finds none where the squash holds both. Cut between the two, each part will do.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from migtui.core.migration import MigrationKey
from migtui.core.squash import FEWEST
from migtui.core.squash_plan import SquashChoice, SquashPlan, SquashProof
from migtui.engine.client import Engine
from migtui.engine.protocol.base import Progress, Report
from migtui.engine.protocol.project import ProjectFacts
from migtui.errors import ResolutionError, UsageError
from migtui.services.project import Project
from migtui.services.prove import is_proved, prove_each
from migtui.services.squash import plan_squash

MOST = 12
"""Squashes that are tried."""


@dataclass(frozen=True, slots=True)
class ProvedParts:
    """What was found.

    Attributes:
        plans: The squashes that are proved, first to last; migrations between them stay.
        tried: How many squashes were tried.
        is_complete: Whether all of the range was looked at before ``MOST`` were tried.
    """

    plans: tuple[SquashPlan, ...]
    tried: int
    is_complete: bool


def find_proved_parts(
    project: Project,
    engine: Engine,
    facts: ProjectFacts,
    plan: SquashPlan,
    proofs: Sequence[SquashProof],
    *,
    progress: Report | None = None,
) -> ProvedParts:
    """Cut a range so that the squash of each part is proved.

    Args:
        project: The project.
        engine: Django.
        facts: Its databases.
        plan: The squash that is not proved.
        proofs: What speaks against it.
        progress: Called as the trials get on.

    Raises:
        EngineError: Django can't be asked.
        EngineCancelledError: The developer did not want to wait.
    """
    trials = _Trials(project, engine, facts, plan, progress)
    found: list[SquashPlan] = []
    rest, hint, failing = plan.replaces, _before_failure(plan, proofs), len(plan.replaces)
    while len(rest) >= FEWEST and not trials.are_over:
        part = trials.longest(rest, hint, failing)
        if part is not None:
            found.append(part)
        rest = rest[len(part.replaces) if part is not None else 1 :]
        hint, failing = len(rest), len(rest) + 1  # all of it first
    return ProvedParts(tuple(found), trials.tried, len(rest) < FEWEST)


class _Trials:
    """Squashes of parts, tried one after another."""

    def __init__(
        self,
        project: Project,
        engine: Engine,
        facts: ProjectFacts,
        whole: SquashPlan,
        progress: Report | None,
    ) -> None:
        self._project = project
        self._engine = engine
        self._facts = facts
        self._whole = whole
        self._progress = progress
        self.tried = 0

    @property
    def are_over(self) -> bool:
        return self.tried >= MOST

    def longest(
        self, keys: Sequence[MigrationKey], hint: int | None, failing: int
    ) -> SquashPlan | None:
        """The longest beginning of a range that is proved, as far as trials are left.

        Args:
            keys: The range.
            hint: How many migrations to try first.
            failing: How many are known not to do; one more than there are where none is known.
        """
        best, proved = None, 1
        while failing - proved > 1 and not self.are_over:
            is_told = hint is not None and proved < hint < failing
            count = hint if hint is not None and is_told else (proved + failing) // 2
            plan, proofs = self._try(keys[:count])
            if plan is not None and is_proved(proofs, self._facts):
                best, proved = plan, count
                hint = count + 1 if is_told else None  # which should fail, as it was told
            else:
                failing = count
                hint = _before_failure(plan, proofs) if plan is not None else None
        return best

    def _try(
        self, keys: Sequence[MigrationKey]
    ) -> tuple[SquashPlan | None, tuple[SquashProof, ...]]:
        self.tried += 1
        if self._progress is not None:
            text = f"trying {keys[0].name} to {keys[-1].name}"
            self._progress(Progress(self.tried, MOST, f"{text} ({self.tried} of at most {MOST})"))
        try:
            plan = plan_squash(self._project, self._engine, self._facts, self._choice(keys))
        except (ResolutionError, UsageError):
            return None, ()
        proofs = []
        for proof in prove_each(
            self._project, self._engine, self._facts, plan, progress=self._progress
        ):
            proofs.append(proof)
            if proof.speaks_against:
                break
        return plan, tuple(proofs)

    def _choice(self, keys: Sequence[MigrationKey]) -> SquashChoice:
        whole = self._whole
        return replace(
            whole.choice,
            start=None if keys[0] == whole.chain[0] and whole.choice.start is None else keys[0],
            end=keys[-1],
            name=None,
            elide=tuple(key for key in whole.choice.elide if key in keys),
            keep=tuple(key for key in whole.choice.keep if key in keys),
        )


def _before_failure(plan: SquashPlan, proofs: Sequence[SquashProof]) -> int | None:
    """How many migrations of a range come before the one whose operation failed, where known."""
    operations = plan.draft.operations if plan.draft is not None else ()
    names = [key.name for key in plan.replaces]
    for proof in proofs:
        if proof.failing is not None and proof.failing < len(operations):
            name = operations[proof.failing].migration
            return names.index(name) if name in names else None
    return None
