"""Which problems of the microphone are pending, so that each is told once and cleared once."""

from __future__ import annotations

from sayso.capture import Report
from sayso.events import Problem, ProblemCleared, ProblemName

UNHEARD = (
    ProblemName.MICROPHONE_ABSENT,
    ProblemName.MICROPHONE_LOST,
    ProblemName.MICROPHONE_MOVED,
    ProblemName.MICROPHONE_STALLED,
)
"""Problems of a microphone that does not deliver: one at a time, over as soon as it does."""


class PendingProblems:
    """Tells problems when they begin, change their message or end."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._pending: dict[ProblemName, str] = {}

    def tell(self, name: ProblemName, message: str) -> None:
        """Report it, unless the same is pending already."""
        if self._pending.get(name) != message:
            self._pending[name] = message
            self._report(Problem(name, message))

    def is_pending(self, name: ProblemName) -> bool:
        """Whether it was told and is not over."""
        return name in self._pending

    def tell_unheard(self, name: ProblemName, message: str) -> None:
        """Report why nothing is heard, unless another reason came first: that one says what happened."""
        if not any(other in self._pending for other in UNHEARD if other is not name):
            self.tell(name, message)

    def clear(self, *names: ProblemName) -> None:
        """Report those of them that are pending as over."""
        for name in names:
            if self._pending.pop(name, None) is not None:
                self._report(ProblemCleared(name))
