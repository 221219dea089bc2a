"""What `check` and `explain` found as JSON, on whose shapes scripts, CI jobs and editors rely."""

from collections.abc import Iterable, Mapping

from migtui.core.applied import AppliedMigration
from migtui.core.branch_facts import BranchFacts
from migtui.core.describe import describe
from migtui.core.describe_reach import reach_of
from migtui.core.explanation import Explanation
from migtui.core.migration import MigrationKey, Operation
from migtui.core.problems import Problem
from migtui.core.resolution import Resolution
from migtui.core.verdict import Evidence, OperationRef, Overlap, Verdict
from migtui.reports.document import Document, print_document, problem_document


def check_json(
    problems: Iterable[Problem],
    explanations: Mapping[str, Explanation],
    *,
    project: str,
    apps: int,
    migrations: int,
    base: str | None = None,
    database: Mapping[str, str | None] | None = None,
    applied: Iterable[AppliedMigration] = (),
) -> str:
    """What ``migtui check`` found.

    Args:
        problems: In the order in which they are listed.
        explanations: By app label, of the apps with several leaves.
        project: Path of the project.
        apps: How many apps were read.
        migrations: How many migrations were read.
        base: What HEAD would be merged with, None where the working tree was read.
        database: The database that was asked: its alias, vendor and place.
        applied: What that has applied, and what not.
    """
    listed = [_problem(problem, explanations) for problem in problems]
    severities = [problem["severity"] for problem in listed]
    return print_document(
        {
            "project": project,
            "base": base,
            "apps": apps,
            "migrations": migrations,
            "database": None if database is None else {**database, "migrations": _applied(applied)},
            "problems": listed,
            "summary": {
                "errors": severities.count("error"),
                "warnings": severities.count("warning"),
            },
        }
    )


def _applied(listed: Iterable[AppliedMigration]) -> list[Document]:
    return [
        {
            "app_label": item.key.app_label,
            "migration": item.key.name,
            "state": item.standing.value,
            "applied": item.applied or None,
            "path": item.path or None,
            "commit": item.commit or None,
            "now": None if item.now is None else item.now.name,
        }
        for item in listed
    ]


def explain_json(explanation: Explanation) -> str:
    """All that is known of one conflict."""
    return print_document({**_conflict(explanation), "notices": list(explanation.notices)})


def _problem(problem: Problem, explanations: Mapping[str, Explanation]) -> Document:
    is_conflict = problem.code == "migtui.E001" and problem.app_label in explanations
    return {
        **problem_document(problem),
        "conflict": _conflict(explanations[problem.app_label]) if is_conflict else None,
    }


def _conflict(explanation: Explanation) -> Document:
    conflict = explanation.conflict
    return {
        "app_label": conflict.app_label,
        "leaves": _names(conflict.leaves),
        "fork": _names(conflict.fork),
        "branches": [
            {
                "leaf": branch.leaf.name,
                "migrations": _names(branch.migrations),
                "operations": _operations(explanation, branch.migrations),
                **_facts(explanation.facts.get(branch.leaf, BranchFacts())),
            }
            for branch in conflict.branches
        ],
        "verdict": _verdict(explanation.verdict),
        "resolutions": list(map(_resolution, explanation.resolutions)),
    }


def _names(keys: Iterable[MigrationKey]) -> list[str]:
    return [key.name for key in keys]


def _operations(explanation: Explanation, keys: Iterable[MigrationKey]) -> list[Document]:
    return [
        {
            "migration": key.name,
            "type": operation.type,
            "text": describe(operation),
            "path": explanation.migrations[key].path,
            "line": operation.line,
            "reach": _reach(operation),
        }
        for key in keys
        for operation in explanation.operations[key]
    ]


def _reach(operation: Operation) -> Document | None:
    """What RunPython's code or RunSQL's statements were seen to touch."""
    reach = reach_of(operation)
    if reach is None:
        return None
    uses = sorted((use.model, use.path, use.access) for use in reach.uses)
    return {
        "vouched": reach.vouched,
        "touches": [
            {"model": model, "path": list(path), "access": access} for model, path, access in uses
        ],
        "sql": [
            {
                "action": use.action,
                "table": use.table or None,
                "columns": sorted(use.columns),
                "name": use.name or None,
                "to": use.to or None,
            }
            for use in reach.sql
        ],
        "unread": [{"why": entry.why, "line": entry.line or None} for entry in reach.unread],
    }


def _facts(facts: BranchFacts) -> Document:
    return {
        "published": facts.published,
        "author": facts.author,
        "git_branch": facts.git_branch,
        "applied": dict(facts.applied) if facts.applied else None,
        "git_branches": list(facts.holders) if facts.holders else None,
        "added": [
            {
                "migration": entry.migration.name,
                "commit": entry.commit,
                "author": entry.author,
                "date": entry.date,
                "published": entry.published,
                "state": entry.state,
            }
            for entry in facts.added
        ]
        or None,
    }


def _verdict(verdict: Verdict) -> Document:
    return {
        "kind": verdict.kind,
        "visible_kind": verdict.visible_kind,
        "orders": list(map(_names, verdict.orders)),
        "overlaps": list(map(_overlap, verdict.overlaps)),
        "opaque": list(map(_operation_ref, verdict.opaque)),
        "evidence": list(map(_evidence, verdict.evidence)),
    }


def _overlap(overlap: Overlap) -> Document:
    return {
        "resource": overlap.resource,
        "kind": overlap.kind,
        "why": overlap.why,
        "operations": list(map(_operation_ref, overlap.operations)),
    }


def _operation_ref(operation: OperationRef) -> Document:
    return {
        "migration": operation.migration.name,
        "type": operation.type,
        "line": operation.line,
    }


def _evidence(evidence: Evidence) -> Document:
    return {
        "method": evidence.method,
        "vendor": evidence.vendor,
        "server": evidence.server or None,
        "kind": evidence.kind,
        "note": evidence.note or None,
        "tried": [
            {"order": _names(trial.order), "end": trial.end, "error": trial.error or None}
            for trial in evidence.trials
        ],
        "differences": [
            {"resource": entry.resource, "first": entry.first, "second": entry.second}
            for entry in evidence.differences
        ],
    }


def _resolution(resolution: Resolution) -> Document:
    return {
        "strategy": resolution.strategy,
        "order": _names(resolution.order),
        "possible": resolution.possible,
        "recommended": resolution.recommended,
        "why": resolution.why,
    }
