"""Nobody is there: the screen is locked, or the machine goes to sleep. Then nobody may dictate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol


class Desk(Protocol):
    """What is told; any thread, and it must return at once."""

    def leave(self) -> None:
        """The person has left: finish what is being said, and listen to nobody."""
        ...

    def come_back(self) -> None:
        """The person is back."""
        ...

    def hush(self) -> None:
        """The session is about to be locked, by a locker that may never say when it is over: listen no more."""
        ...


@dataclass(slots=True)
class Presence:
    """Whether the person is away, by everybody who says so: one of them is enough.

    Args:
        desk: told when it changes.

    """

    desk: Desk
    _away: set[str] = field(default_factory=set)

    def says(self, source: str, *, is_away: bool) -> None:
        """Hear one source."""
        before = bool(self._away)
        (self._away.add if is_away else self._away.discard)(source)
        if bool(self._away) is not before:
            (self.desk.leave if self._away else self.desk.come_back)()

    def is_gone(self, sources: Callable[[str], bool]) -> None:
        """Some sources are no longer there, and what they said does not count."""
        for source in [source for source in self._away if sources(source)]:
            self.says(source, is_away=False)
