"""What is in the way of text, told once and taken back when it is over."""

from __future__ import annotations

from collections.abc import Callable

from sayso.errors import TypistError
from sayso.events import Event, Problem, ProblemCleared, ProblemName


class Notices:
    """Problems that stand.

    Args:
        emit: told of each, and that it is over.

    """

    def __init__(self, emit: Callable[[Event], None]) -> None:
        self._emit = emit
        self._standing: dict[ProblemName, str] = {}

    def tell(self, name: ProblemName, message: str) -> None:
        """Something is in the way; the same words are not told twice."""
        if self._standing.get(name) != message:
            self._standing[name] = message
            self._emit(Problem(name, message))

    def clear(self, name: ProblemName) -> None:
        """It is over, if it was told."""
        if name in self._standing:
            del self._standing[name]
            self._emit(ProblemCleared(name))


def reason(error: Exception) -> str:
    """What to tell the person; a stranger's exception may carry the text itself."""
    return str(error) if isinstance(error, TypistError) else f"the typing backend failed ({type(error).__name__})"
