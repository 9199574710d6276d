"""Nobody is there: the screen is locked, or the machine goes to sleep. Then nobody may dictate."""

from __future__ import annotations

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

    @property
    def sources(self) -> frozenset[str]:
        """Who says that the person is away."""
        return frozenset(self._away)
