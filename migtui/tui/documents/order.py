"""A plan's resulting order as the Order pane shows it: what runs after what, under which name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migtui.tui.documents.lines import Line, line
from migtui.tui.text import safe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migtui.core.explanation import Explanation
    from migtui.core.migration import MigrationKey
    from migtui.services.resolve import Plan


def order_lines(plan: Plan, explanation: Explanation) -> tuple[Line, ...]:
    """From the fork to the one leaf that is left, then what else should be known."""
    return (*_sequence(plan, explanation), *remark_lines(plan))


def _sequence(plan: Plan, explanation: Explanation) -> Iterator[Line]:
    old_names = {new: old for old, new in plan.renames.items()}
    for key in explanation.conflict.fork:
        yield Line((("muted", f" ○ {safe(key.name)}"), ("muted", "  the fork")))
    known = explanation.conflict.migrations
    width = max((len(key.name) for key in plan.sequence), default=0)
    for key in plan.sequence:
        old = old_names.get(key, key)
        mark = "●" if old in known else "◆"
        name = f"{safe(key.name):<{width}}"
        yield Line((("sign", f" {mark} "), ("strong", name), *_remarks(key, old, explanation)))


def _remarks(
    key: MigrationKey, old: MigrationKey, explanation: Explanation
) -> Iterator[tuple[str, str]]:
    if key != old:
        yield "warning", f"  was {safe(old.name)}"
    leaves = [b.leaf for b in explanation.conflict.branches if old in b.migrations]
    if not leaves:
        yield "good", "  new"
    for leaf in leaves:
        facts = explanation.facts.get(leaf)
        if facts is not None and facts.git_branch:
            yield "muted", f"  {safe(facts.git_branch)}"


def remark_lines(plan: Plan, *others: str) -> tuple[Line, ...]:
    """What the developer should know beside the changes; empty where there is nothing."""
    remarks = [*others, *plan.remarks]
    if plan.notices:
        remarks.append("These lines name a migration that is renamed, and are not edited:")
    found = [line(f" ! {remark}", "warning", hang="   ") for remark in remarks]
    for notice in plan.notices:
        place = f"     {safe(notice.path)}:{notice.line}  "
        found.append(Line((("", place), ("muted", safe(notice.text.strip())))))
    return (Line(), *found) if found else ()
