"""What a run of migrations did, in words: above all, where a database stands after a failure."""

from migtui.core.runs import FailedStep, RunOutcome

SHOWN = 8
"""Statements that are printed whole."""


def where_it_stands(outcome: RunOutcome) -> str:
    """What is applied after a run that failed, for the error's help."""
    lines = []
    for verb, keys in (("Applied", outcome.applied), ("Unapplied", outcome.unapplied)):
        if keys:
            names = ", ".join(f"{app_label}.{name}" for app_label, name in keys)
            lines.append(f"{verb} before that: {names}.")
    if outcome.failed is not None:
        lines += _failed_step(outcome.failed, outcome.alias)
    if outcome.trouble is not None and outcome.trouble.help:
        lines.append(outcome.trouble.help)
    return "\n".join(lines)


def _failed_step(failed: FailedStep, alias: str) -> list[str]:
    name = f"{failed.app_label}.{failed.migration}"
    state = "applied" if failed.backwards else "not applied"
    lines = [f"{name} counts as {state}."]
    if failed.statement:
        lines.append(f"It failed at: {_shortened(failed.statement)}")
    if not failed.stays:
        lines.append("Nothing of it has stayed: it ran in a transaction, which was rolled back.")
    elif not failed.executed:
        lines.append("No statement that changes anything ran before.")
    else:
        lines.append("There was no transaction to roll back; these statements have taken effect:")
        hidden = len(failed.executed) - SHOWN
        if hidden > 0:
            lines.append(f"    … {hidden} more")
        lines += [f"    {_shortened(sql)}" for sql in failed.executed[-SHOWN:]]
    if failed.stays:
        command = f"migtui sql {failed.app_label} {failed.migration} --halfway --database {alias}"
        lines.append(f"`{command}` looks at the schema, and writes the SQL back and onward.")
    return lines


def _shortened(sql: str) -> str:
    text = " ".join(sql.split())
    return text if len(text) <= 300 else f"{text[:300]} …"  # noqa: PLR2004 - a few lines
