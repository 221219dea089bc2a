"""What a way out of a conflict would change; all of it blocks and is called in threads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migtui.core.verification import require_passed
from migtui.services import journal
from migtui.services.judging import count_rows, judge_sql
from migtui.services.rename_rows import find_stranded
from migtui.services.resolve import Choice, make_plan
from migtui.services.settle import checked_decision
from migtui.services.sql import order_sql, plan_sql
from migtui.services.verify import verify_plan
from migtui.services.witness import witness
from migtui.services.write_verified import write_plan

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migtui.core.explanation import Explanation
    from migtui.core.migration import MigrationKey
    from migtui.core.questions import Decision
    from migtui.core.resolution import Resolution
    from migtui.core.sql import RowCount, SqlScript
    from migtui.services.judging import JudgedSql
    from migtui.services.resolve import Plan
    from migtui.services.write_verified import Written
    from migtui.tui.session import Session


class Plans:
    """Plans of an open project: made, judged, written.

    Args:
        session: The open project.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def make(self, app_label: str, resolution: Resolution, keep: tuple[Decision, ...] = ()) -> Plan:
        """What a way out would change, with what is decided."""
        said = self._session.consultation
        version = said.facts.django_version if said is not None else None
        choice = Choice(resolution.strategy, resolution.order, keep=keep)
        known = self._session.explain(app_label, with_git=True) if keep else None
        return make_plan(
            self._session.project, app_label, choice, django_version=version, explanation=known
        )

    def check_decision(self, explanation: Explanation, decision: Decision) -> Decision:
        """A decision as it will stand in a command, its value checked."""
        return checked_decision(self._session.project, explanation, decision)

    def witness(
        self, explanation: Explanation, order: tuple[MigrationKey, ...]
    ) -> Mapping[str, MigrationKey]:
        """The branch that models.py agrees with, by resource; nothing without Django."""
        engine = self._session.available_engine
        if engine is None:
            return {}
        return witness(self._session.project, engine, explanation, order, explanation.questions)

    def verify(self, plan: Plan) -> None:
        """Have Django load a plan as if it were written, where it can be asked.

        Raises:
            ResolutionError: It does not load, or does not end in one leaf.
            EngineError: Django could not be asked.
        """
        engine = self._session.available_engine
        require_passed(verify_plan(self._session.project, plan, engine), plan.app_label)

    def sql(self, plan: Plan, *, backwards: bool, vendor: str = "") -> JudgedSql:
        """What a plan would execute, and what is dangerous about it."""
        script = plan_sql(
            self._session.project, self._session.engine, plan, backwards=backwards, vendor=vendor
        )
        return judge_sql(self._session.project, script, plan=plan)

    def count_rows(self, judged: JudgedSql) -> tuple[RowCount, ...]:
        """How many rows the tables that SQL is about have in the project's database."""
        return count_rows(self._session.engine, judged)

    def order_sql(
        self, order: tuple[MigrationKey, ...], *, backwards: bool, vendor: str
    ) -> SqlScript:
        """What branches would execute as they stand in the files, in an order."""
        return order_sql(
            self._session.project,
            self._session.engine,
            order[0].app_label,
            order,
            backwards=backwards,
            vendor=vendor,
        )

    def ways_to_follow(self, plan: Plan) -> tuple[str, ...]:
        """What to do about databases that have applied what a plan renames; empty where none."""
        said, engine = self._session.consultation, self._session.available_engine
        if not plan.renames or said is None or engine is None:
            return ()
        found = find_stranded(engine, said.applied, plan.renames, plan.graph)
        ways = [text for stranded in found for text in stranded.ways]
        if ways:
            ways.append(f"These are flags in a shell: {plan.changes.command}")
        return tuple(ways)

    def write(self, plan: Plan) -> Written:
        """Write a plan: verified before and after, by Django where it can be asked."""
        written = write_plan(self._session.project, plan, engine=self._session.available_engine)
        self._session.history = journal.history(self._session.project)
        return written
