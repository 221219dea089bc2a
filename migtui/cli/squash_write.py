"""Proves and writes a squash that was planned: the second half of ``migtui squash``."""

import argparse
import sys

from migtui.cli.changing import may_write
from migtui.cli.collapsing import are_confirmed, plan_rollbacks, roll_back, tell_what_is_next
from migtui.cli.output import narrate, narrate_report, paint_for, write_answer
from migtui.cli.progress import tell_steps
from migtui.core.squash_plan import Collapse, SquashPlan, SquashProof
from migtui.engine.client import Engine
from migtui.reports.outcome import changes_text, verification_text
from migtui.reports.squash import parts_text, proof_text, squash_text
from migtui.reports.squash_json import squash_json
from migtui.services.consult import Consultation
from migtui.services.prove import is_proved, prove
from migtui.services.proved_parts import ProvedParts, find_proved_parts
from migtui.services.squash import write_squash


def write(
    arguments: argparse.Namespace,
    consultation: Consultation,
    found: Collapse,
    engine: Engine,
) -> int:
    """Prove, ask and write; 1 where it was not to be."""
    project, facts, plan = consultation.project, consultation.facts, found.plan
    rollbacks = plan_rollbacks(arguments, project, engine, found.unapplied)
    paint = paint_for(sys.stderr, no_color=arguments.no_color)
    narrate_report(arguments, squash_text(plan, paint=paint))
    proofs: tuple[SquashProof, ...] = ()
    if arguments.no_proof:
        narrate(arguments, "Not proved: --no-proof was given.")
    else:
        proofs = prove(project, engine, facts, found.squash, progress=tell_steps(arguments))
        elided = plan.draft.elided if plan.draft is not None else ()
        narrate_report(arguments, proof_text(proofs, paint=paint, elided=elided))
        if not is_proved(proofs, facts):
            parts = _proved_parts(arguments, consultation, found, proofs, engine)
            _answer(arguments, plan, proofs, parts=parts, written=False)
            narrate(
                arguments,
                "Nothing was written. Try --no-optimize or another range; --no-proof writes it "
                "all the same.",
            )
            return 1
    if plan.changes is not None and not may_write(arguments, plan.changes):
        return 1
    if not are_confirmed(arguments, rollbacks):
        narrate(arguments, "Nothing was written.")
        return 1
    roll_back(arguments, project, engine, rollbacks)
    written = write_squash(project, plan, engine)
    _answer(arguments, plan, proofs, written=True)
    if arguments.format == "text":
        write_answer(verification_text(plan.key.app_label, written.verification, paint=paint))
    if not arguments.collapse:
        narrate(
            arguments,
            "Commit it with the old files. When every database has it: `migtui squash "
            f"{plan.key.app_label} --finish {plan.key.name}`.",
        )
    narrate(arguments, "`migtui undo` takes it back.")
    tell_what_is_next(arguments, rollbacks)
    return 0


def _proved_parts(
    arguments: argparse.Namespace,
    consultation: Consultation,
    found: Collapse,
    proofs: tuple[SquashProof, ...],
    engine: Engine,
) -> ProvedParts | None:
    """The parts of the range that are proved, searched for where a proof speaks against all."""
    if arguments.collapse or not any(proof.speaks_against for proof in proofs):
        return None
    narrate(arguments, "Looking for parts of the range that are proved …")
    parts = find_proved_parts(
        consultation.project,
        engine,
        consultation.facts,
        found.squash,
        proofs,
        progress=tell_steps(arguments),
    )
    narrate_report(arguments, parts_text(parts.plans, parts.tried, is_complete=parts.is_complete))
    return parts


def _answer(
    arguments: argparse.Namespace,
    plan: SquashPlan,
    proofs: tuple[SquashProof, ...],
    *,
    written: bool,
    parts: ProvedParts | None = None,
) -> None:
    if arguments.format == "json":
        plans = parts.plans if parts is not None else None
        write_answer(squash_json(plan, proofs, written=written, parts=plans))
    elif written and plan.changes is not None:
        write_answer(f"Written: {changes_text(plan.changes)}")
