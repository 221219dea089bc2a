"""The SQL of migrations as JSON, with what is known of each statement."""

from collections.abc import Iterable, Sequence

from migtui.core.hazards.impact import who_waits
from migtui.core.hazards.judge import Judgement, Judgements
from migtui.core.hazards.rule import Hazard
from migtui.core.sql import MigrationSql, RowCount, SqlScript, Statement
from migtui.reports.document import Document, print_document


def sql_json(
    script: SqlScript,
    judgements: Judgements,
    *,
    notes: Sequence[str] = (),
    rows: Iterable[RowCount] | None = None,
    comparison: Document | None = None,
) -> str:
    """The SQL of migrations.

    Args:
        script: The SQL.
        judgements: Of each statement of each migration.
        notes: What could not be asked.
        rows: How many rows the tables concerned have; None where nobody asked.
        comparison: With what else would be executed; None where nobody asked.
    """
    return print_document(
        {
            "vendor": script.vendor,
            "server_version": script.server_version,
            "migrations": migrations_document(script, judgements),
            "notes": list(notes),
            "rows": None if rows is None else list(map(rows_document, rows)),
            "comparison": comparison,
        }
    )


def migrations_document(script: SqlScript, judgements: Judgements) -> list[Document]:
    """Each migration's statements, with what is known of them."""
    documents = []
    supposes = False
    for migration, judged in zip(script.migrations, judgements, strict=True):
        documents.append(_migration_sql(migration, judged, script.vendor, supposes=supposes))
        supposes = supposes or bool(migration.errors)
    return documents


def _migration_sql(
    migration: MigrationSql, judged: Sequence[Judgement], vendor: str, *, supposes: bool
) -> Document:
    statements = []
    for statement, judgement in zip(migration.statements, judged, strict=True):
        document = _statement(statement, judgement, vendor)
        statements.append({**document, "supposes_failed": supposes})
        supposes = supposes or bool(statement.error)
    return {
        "app_label": migration.app_label,
        "migration": migration.migration,
        "backwards": migration.backwards,
        "atomic": migration.atomic,
        "statements": statements,
        "error": "; ".join(migration.errors) or None,
    }


def _statement(statement: Statement, judgement: Judgement, vendor: str) -> Document:
    hazards = judgement.hazards
    return {
        "sql": statement.sql,
        "operation": statement.operation,
        "line": statement.line,
        "note": statement.note or None,
        "error": statement.error or None,
        "hazards": None if hazards is None else list(map(_hazard, hazards)),
        "silenced": [
            {**_hazard(entry.hazard), "reason": entry.reason} for entry in judgement.silenced
        ],
        "not_judged": judgement.why or None,
        "effects": _effects(judgement, vendor),
    }


def _hazard(hazard: Hazard) -> Document:
    return {"code": hazard.code, "message": hazard.message, "help": hazard.help}


def _effects(judgement: Judgement, vendor: str) -> Document | None:
    """What a statement costs; null where that can't be told."""
    impact = judgement.impact
    if impact is None:
        return None
    return {
        "locks": [
            {
                "table": lock.table or None,
                "mode": lock.mode,
                "blocks": who_waits(lock.mode, vendor) or None,
            }
            for lock in impact.locks
        ],
        "rewrites": impact.rewrites,
        "scans": impact.scans,
        "algorithm": impact.method or None,
        "rolls_back": judgement.rolls_back,
        "destroys_data": judgement.destroys_data,
        "breaks_running_code": judgement.breaks_running_code,
    }


def rows_document(count: RowCount) -> Document:
    """How many rows a table has."""
    return {
        "table": count.table,
        "rows": count.rows,
        "is_estimate": count.is_estimate,
        "error": count.error or None,
    }
