"""Statements of a connection, seen as they are executed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from migtui.engine.untyped import Connection


@dataclass(frozen=True, slots=True)
class Execution:
    """A statement that is about to be executed, as Django's execute wrappers get it.

    Attributes:
        execute: What executes it; called with all the rest.
        sql: The statement: a string, or a driver's own kind of one.
        params: Its parameters; None for none.
        many: Whether there are several sets of them.
        context: The connection and the cursor.
    """

    execute: Callable[..., Any]
    sql: Any
    params: Any
    many: bool
    context: dict[str, Any]

    def run(self) -> Any:  # noqa: ANN401 - whatever Django gives
        """Execute the statement; whatever Django's cursor gives back."""
        return self.execute(self.sql, self.params, self.many, self.context)


@contextmanager
def seen_by(connection: Connection, look: Callable[[Execution], Any]) -> Iterator[None]:
    """Have all that is executed meanwhile go through a function, which has to run it.

    Args:
        connection: Whose statements.
        look: Its answer is that of the statement.
    """

    def wrapper(*given: Any) -> Any:  # noqa: ANN401 - as Django calls it
        return look(Execution(*given))

    with connection.execute_wrapper(wrapper):
        yield
