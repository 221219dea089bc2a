"""What carries out decisions: what a merge does, or what changes in the branches that run later."""

from dataclasses import dataclass

from migtui.core.operation_edits import NewOperation, OperationEdit
from migtui.core.step import Step


@dataclass(frozen=True, slots=True)
class Settlement:
    """What carries out decisions.

    Attributes:
        carried: The operations that a merge repeats, in order.
        made: The operations that a merge has besides.
        edits: The operations that go from, or change in, the branches that run later.
        remarks: What the developer has to know or to do, one sentence each.
    """

    carried: tuple[Step, ...] = ()
    made: tuple[NewOperation, ...] = ()
    edits: tuple[OperationEdit, ...] = ()
    remarks: tuple[str, ...] = ()
