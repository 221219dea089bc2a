"""What squashing asks of an open project; all of it blocks and is called in threads."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from migtui.core.collapse import COLLAPSE
from migtui.core.migration import MigrationKey
from migtui.core.squash import chain
from migtui.core.squash_finish import FinishPlan, find_squash
from migtui.errors import EngineStartError
from migtui.services import journal
from migtui.services.collapse import plan_range
from migtui.services.collapse_order import plan_collapse_order
from migtui.services.consult import installed
from migtui.services.finish import plan_finish, write_finish
from migtui.services.prove import is_proved, prove
from migtui.services.proved_parts import ProvedParts, find_proved_parts
from migtui.services.resolve import Choice, Plan
from migtui.services.roll_back_first import prepare_rollbacks
from migtui.services.rollback import run_rollback
from migtui.services.squash import outline_project, write_squash
from migtui.tui.database_session import LOCK_TIMEOUT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from migtui.core.runs import RunOutcome
    from migtui.core.squash_all import Outline
    from migtui.core.squash_plan import Collapse, SquashChoice, SquashPlan, SquashProof, Unapplied
    from migtui.engine.protocol.base import Report
    from migtui.services.consult import Consultation
    from migtui.services.rollback import Rollback
    from migtui.services.write_verified import Written
    from migtui.tui.session import Session

DATA = ("RunPython", "RunSQL")


@dataclass(frozen=True, slots=True)
class Step:
    """A migration on the time line.

    Attributes:
        key: Which one.
        data: The RunPython and RunSQL that it has, by name.
        is_squash: Whether it replaces others.
        applied: Whether the first database has applied it; None where that is not known.
    """

    key: MigrationKey
    data: tuple[str, ...]
    is_squash: bool
    applied: bool | None


def outline(session: Session) -> tuple[Outline, ...]:
    """What can be squashed of every app, in an order that works.

    Raises:
        EngineStartError: Django can't be asked.
    """
    if session.consultation is None:
        raise EngineStartError(session.why_no_engine)
    return outline_project(session.project, session.consultation.facts)


class Squashes:
    """Squashes of one app.

    Args:
        session: The open project.
        app_label: The app.
    """

    def __init__(self, session: Session, app_label: str) -> None:
        self._session = session
        self.app_label = app_label

    @property
    def _consultation(self) -> Consultation:
        if self._session.consultation is None:
            raise EngineStartError(self._session.why_no_engine)
        return self._session.consultation

    def steps(self) -> tuple[Step, ...]:
        """The app's history."""
        project, said = self._session.project, self._consultation
        graph = installed(project.graph, said.facts)
        known = next((entry for entry in said.applied if not entry.error), None)
        rows = None if known is None else {MigrationKey(*row) for row in known.rows}
        return tuple(
            Step(
                key,
                tuple(
                    operation.type
                    for operation in project.operations(key)
                    if operation.type in DATA and operation.is_django
                ),
                is_squash=bool(graph.migrations[key].replaces),
                applied=None if rows is None else key in rows,
            )
            for key in chain(graph, self.app_label)
        )

    def plan(self, choice: SquashChoice, *, collapses: bool, progress: Report) -> Collapse:
        """What is proved of a range and what is written; the same unless it is collapsed."""
        said = self._consultation
        return plan_range(
            self._session.project,
            self._session.engine,
            said.facts,
            choice,
            collapses=collapses,
            applied=said.applied,
            progress=progress,
        )

    def collapse_order(self, order: tuple[MigrationKey, ...], progress: Report) -> Plan:
        """What an order with its last branch as one migration would change."""
        said = self._consultation
        return plan_collapse_order(
            self._session.project,
            self._session.engine,
            said.facts,
            self.app_label,
            Choice(COLLAPSE, order),
            applied=said.applied,
            progress=progress,
        )

    def plan_rollbacks(self, unapplied: Sequence[Unapplied]) -> tuple[Rollback, ...]:
        """What has to be rolled back before files go."""
        return prepare_rollbacks(self._session.project, self._session.engine, unapplied)

    def run_rollback(self, rollback: Rollback, progress: Report) -> RunOutcome:
        """Roll back, after a backup."""
        session = self._session
        return run_rollback(
            session.project,
            session.engine,
            rollback,
            lock_timeout=LOCK_TIMEOUT,
            progress=progress,
        )

    def prove(self, plan: SquashPlan, progress: Report) -> tuple[tuple[SquashProof, ...], bool]:
        """What was tried, and whether it is enough."""
        facts = self._consultation.facts
        proofs = prove(self._session.project, self._session.engine, facts, plan, progress=progress)
        return proofs, is_proved(proofs, facts)

    def proved_parts(
        self,
        plan: SquashPlan,
        proofs: Sequence[SquashProof],
        progress: Report,
    ) -> ProvedParts:
        """The parts of a range that are proved where all of it is not."""
        session, facts = self._session, self._consultation.facts
        return find_proved_parts(
            session.project, session.engine, facts, plan, proofs, progress=progress
        )

    def write(self, plan: SquashPlan) -> Written:
        """Write a squash."""
        written = write_squash(self._session.project, plan, self._session.engine)
        self._session.history = journal.history(self._session.project)
        return written

    def file(self, path: str) -> Path:
        """A file that was typed, from the project's directory on."""
        return Path(os.path.relpath(self._session.project.root / Path(path).expanduser()))

    def finish_plan(self, key: MigrationKey | None, files: Sequence[Path] = ()) -> FinishPlan:
        """What finishing a squash would change; without a key, the only one of the app.

        Args:
            key: The squash.
            files: What databases elsewhere have applied.
        """
        said = self._consultation
        project = self._session.project
        graph = installed(project.graph, said.facts)
        found = find_squash(graph, self.app_label, key)
        return plan_finish(
            project, said.facts, self.app_label, found, applied=said.applied, files=files
        )

    def finish(self, plan: FinishPlan) -> Written:
        """Write the end of a squash."""
        written = write_finish(self._session.project, plan, self._session.engine)
        self._session.history = journal.history(self._session.project)
        return written
