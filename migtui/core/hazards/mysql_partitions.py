"""What changes of partitions cost on MySQL.

Source: MySQL 8.4's manual, 17.12.1, "Online DDL Support for Partitioning Operations". MariaDB has
its own ways, of which its manual says little: there nothing is concluded.
"""

from migtui.core.hazards.impact import Example, Impact, Lock, impact
from migtui.core.hazards.mysql import COPIED, COPY, INPLACE, NOCOPY, POST, takes
from migtui.core.hazards.schema import Schema
from migtui.core.statements.change import Change

BESIDE = "NONE on blog_post, INPLACE"
MOVED = "SHARED on blog_post, INPLACE, rewrites, scans"
MOVING = ("ADD PARTITION", "COALESCE PARTITION", "REORGANIZE PARTITION", "REBUILD PARTITION")
"""Those that copy the partitions concerned; ADD where rows are spread by a number."""


@impact(
    "mysql",
    "partition",
    examples=[
        Example(POST + "PARTITION BY HASH (id) PARTITIONS 4", COPIED),
        Example(POST + "REMOVE PARTITIONING", COPIED),
        Example(POST + "ADD PARTITION (PARTITION p1 VALUES LESS THAN (10))", BESIDE),
        Example(POST + "ADD PARTITION PARTITIONS 4", MOVED),
        Example(POST + "COALESCE PARTITION 2", MOVED),
        Example(POST + "REORGANIZE PARTITION p1 INTO (PARTITION p2 VALUES LESS THAN (5))", MOVED),
        Example(POST + "REBUILD PARTITION p1", MOVED),
        Example(POST + "DROP PARTITION p1", BESIDE),
        Example(POST + "TRUNCATE PARTITION p1", BESIDE),
        Example(POST + "EXCHANGE PARTITION p1 WITH TABLE blog_book", f"{BESIDE}, scans"),
        Example(POST + "EXCHANGE PARTITION p1 WITH TABLE blog_book WITHOUT VALIDATION", BESIDE),
    ],
)
def partition(change: Change, schema: Schema) -> Impact:
    """Rows are moved where that changes to which partition they belong."""
    if schema.is_mariadb:
        return Impact((Lock(change.table, "SHARED"),), rewrites=None, scans=None)
    if change.name in ("PARTITION BY", "REMOVE PARTITIONING"):
        return takes(change.table, COPY, schema)
    if change.name in MOVING and "by-values" not in change.flags:
        return takes(change.table, INPLACE, schema, "SHARED")
    tried = change.name == "EXCHANGE PARTITION" and "not-valid" not in change.flags
    return takes(change.table, NOCOPY, schema, reads=tried)
