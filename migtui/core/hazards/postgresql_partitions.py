"""What changes of partitions, and of views that keep their rows, cost on PostgreSQL.

Sources: the manual's ALTER TABLE (ATTACH and DETACH PARTITION), CREATE TABLE (PARTITION OF) and
5.11.2; ``AlterTableGetLockLevel`` in tablecmds.c.
"""

from migtui.core.hazards.impact import Example, Impact, Lock, impact
from migtui.core.hazards.postgresql import ACCESS_EXCLUSIVE, SHARE_UPDATE_EXCLUSIVE
from migtui.core.hazards.schema import Schema
from migtui.core.statements.change import Change

ATTACH = "ALTER TABLE part ATTACH PARTITION part_1 FOR VALUES FROM (0) TO (9)"


@impact(
    "postgresql",
    "attach-partition",
    "detach-partition",
    examples=[
        Example(
            ATTACH,
            "SHARE UPDATE EXCLUSIVE on part, ACCESS EXCLUSIVE on part_1, scans",
            since=(12,),
        ),
        Example(
            "ALTER TABLE part DETACH PARTITION part_1",
            "ACCESS EXCLUSIVE on part, ACCESS EXCLUSIVE on part_1",
            before=ATTACH,
        ),
    ],
)
def partitions(change: Change, schema: Schema) -> Impact:
    """The rows of a partition are tried when it comes; when it goes, it is taken from the plans.

    A default partition, if there is one, is locked whole as well, and read where one comes.
    """
    is_gentle = change.kind == "attach-partition" and schema.since(12)
    is_gentle = is_gentle or "concurrently" in change.flags
    own = SHARE_UPDATE_EXCLUSIVE if is_gentle else ACCESS_EXCLUSIVE
    scans = change.kind == "attach-partition" and change.name not in schema.new
    locks = (Lock(change.table, own), Lock(change.name, ACCESS_EXCLUSIVE))
    return Impact(locks, scans=scans)


@impact("postgresql", "object")
def objects(change: Change, schema: Schema) -> Impact:  # noqa: ARG001 - all tellers are alike
    """The query of a materialized view is run; nobody waits for that."""
    return Impact(scans=None if "runs-query" in change.flags else False)
