"""Which profile each utterance in flight has: that of the application in which it began."""

from __future__ import annotations

from sayso.profiles import EVERYWHERE, NOWHERE, Profile, Profiles

REMEMBERED = 64  # utterances; those in flight are two or three


class ProfileOfUtterance:
    """Any thread; one alone calls `begin`.

    Attributes:
        profiles: may be replaced; what has begun stays as it began.

    """

    def __init__(self) -> None:
        self.profiles: Profiles = NOWHERE
        self._of: dict[int, Profile] = {}

    def begin(self, utterance: int, application: str) -> None:
        """An utterance begins in an application."""
        self._of[utterance] = self.profiles.of(application)
        if len(self._of) > REMEMBERED:
            del self._of[next(iter(self._of))]

    def __call__(self, utterance: int) -> Profile:
        """The profile of an utterance."""
        return self._of.get(utterance, EVERYWHERE)
