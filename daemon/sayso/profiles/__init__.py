"""How dictation differs from one application to another.

An application is known by what the desktop calls it: the class of its window on X11, the app id on Wayland. The
file `applications.yaml` beside the settings says what differs there (`reading`); the rest is as in the settings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from fnmatch import fnmatchcase
from typing import Annotated

from sayso.config.kinds import Choice, Flag, Language, Terms, Text
from sayso.typist.choosing import ON_WAYLAND, ON_X11

WAYS = tuple(dict.fromkeys(ON_X11 + ON_WAYLAND))
"""The ways of typing that a session may have, so that one of them can be the first."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What differs in an application; None is as everywhere.

    Attributes:
        dictation: whether one can dictate there at all; off is neither typed nor kept.
        language: as the setting of that name.
        model: a model of the store.
        vocabulary: as the setting of that name.
        casing: `lower` for where capitals are in the way, as on a command line.
        commands: whether spoken commands are obeyed.
        backend: the way of typing that is tried first, where the session has it.
        journal: whether anything of what is said there is kept, for a while or for good, and learnt from.

    """

    dictation: Annotated[bool | None, Flag()] = None
    language: Annotated[str | None, Language()] = None
    model: Annotated[str | None, Text()] = None
    vocabulary: Annotated[tuple[str, ...] | None, Terms()] = None
    casing: Annotated[str | None, Choice("as-heard", "lower")] = None
    commands: Annotated[bool | None, Flag()] = None
    backend: Annotated[str | None, Choice(*WAYS)] = None
    journal: Annotated[bool | None, Flag()] = None


EVERYWHERE = Profile()
"""Nothing differs."""


@dataclass(frozen=True, slots=True)
class Profiles:
    """What differs where.

    Attributes:
        by_pattern: application, in which * and ? stand for anything, in any case → what differs; of several that
            fit, the later ones have the last word.

    """

    by_pattern: Mapping[str, Profile]

    def of(self, application: str) -> Profile:
        """What differs in an application."""
        found = EVERYWHERE
        for pattern, profile in self.by_pattern.items():
            if fnmatchcase(application.lower(), pattern.lower()):
                said = {one.name: getattr(profile, one.name) for one in fields(profile)}
                found = replace(found, **{name: value for name, value in said.items() if value is not None})
        return found


NOWHERE = Profiles({})
"""No application differs."""
