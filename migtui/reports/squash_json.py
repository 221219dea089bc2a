"""The plan of a squash and its proofs as JSON."""

from collections.abc import Sequence
from typing import Any

from migtui.core.migration import MigrationKey
from migtui.core.squash_plan import DraftOperation, SquashPlan, SquashProof
from migtui.reports.diff import unified_diff
from migtui.reports.document import print_document


def squash_json(
    plan: SquashPlan,
    proofs: tuple[SquashProof, ...] = (),
    *,
    written: bool = False,
    parts: Sequence[SquashPlan] | None = None,
) -> str:
    """The plan, and what was proved of it; ``proofs`` is null where nothing was tried.

    ``proved_parts`` are there where a proof speaks against the squash and parts were tried.
    """
    document = _document(plan, proofs, written=written)
    document["proved_parts"] = None if parts is None else [_part(part) for part in parts]
    return print_document(document)


def _part(plan: SquashPlan) -> dict[str, Any]:
    return {
        "name": plan.key.name,
        "replaces": _names(plan.replaces),
        "command": plan.changes.command if plan.changes is not None else "",
    }


def _document(
    plan: SquashPlan, proofs: tuple[SquashProof, ...], *, written: bool
) -> dict[str, Any]:
    """The JSON of one plan."""
    draft = plan.draft
    return {
        "app_label": plan.key.app_label,
        "name": plan.key.name,
        "replaces": [key.name for key in plan.replaces],
        "possible": plan.changes is not None,
        "refusals": list(plan.refusals),
        "operations_before": None if draft is None else draft.before,
        "operations_after": None if draft is None else len(draft.operations),
        "barriers": []
        if draft is None
        else [_operation(entry) for entry in draft.operations if entry.is_barrier],
        "elided": [] if draft is None else [_operation(entry) for entry in draft.elided],
        "cuts": []
        if draft is None
        else [
            {"migration": gain.migration, "before": gain.before, "after": gain.after}
            for gain in draft.gains
        ],
        "cycle": list(map(str, plan.crossing)),
        "parts": [_names(part) for part in plan.parts],
        "carried": [{"migration": key.name, "name": name} for key, name in plan.carried],
        "databases": [
            {
                "database": entry.database,
                "applied": str(entry.progress),
                "missing": _names(entry.missing),
                "migrate": entry.outlook(plan.key),
            }
            for entry in plan.standings
        ],
        "remarks": list(plan.remarks),
        "diff": None if plan.changes is None else unified_diff(plan.changes),
        "proofs": [_proof_document(proof) for proof in proofs] or None,
        "written": written,
    }


def _operation(operation: DraftOperation) -> dict[str, Any]:
    return {
        "migration": operation.migration or None,
        "type": operation.type,
        "text": operation.text,
        "source": "\n".join(operation.functions) or operation.sql or None,
    }


def _proof_document(proof: SquashProof) -> dict[str, Any]:
    return {
        "vendor": proof.vendor,
        "equal": proof.is_equal,
        "error": proof.error or None,
        "refuted": proof.is_refuted,
        "migrations": proof.migrations,
        "differences": [
            {
                "what": entry.what,
                "resource": entry.resource,
                "chain": entry.chain or None,
                "squash": entry.squash or None,
            }
            for entry in proof.differences
        ],
    }


def _names(keys: tuple[MigrationKey, ...]) -> list[str]:
    return [key.name for key in keys]
