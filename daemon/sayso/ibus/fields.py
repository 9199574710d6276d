"""Where no program may know windows (GNOME on Wayland): the field itself is the place, as IBus tells of it."""

from __future__ import annotations

import contextlib
import itertools
import math
from collections.abc import Callable, Iterator

from sayso.errors import TargetAway, TypistError
from sayso.ibus.daemon import ANSWER_SECONDS
from sayso.ibus.engine import Field
from sayso.ibus.link import Link
from sayso.typist import Target


class FieldPlaces:
    """Fields, each with a number; knows where the focus is only while our engine is on, and turns it on for that.

    Where one input context serves many fields, one that was left is not known again.

    Args:
        link: to the daemon; this hears of it through `moved`.

    """

    def __init__(self, link: Link) -> None:
        self._link = link
        self._told: list[Callable[[], None]] = []
        self._numbers: dict[tuple[str, int], int] = {}
        self._new = itertools.count(1)

    def moved(self) -> None:
        """Another field may have the focus. Any thread; returns at once."""
        for tell in self._told:
            tell()

    def target(self) -> Target | None:
        """See `Places`; takes milliseconds."""
        field = None
        with contextlib.suppress(TypistError):
            field = self._link.wait(self._link.begin(self._link.take_over), ANSWER_SECONDS)
        return None if field is None or not field.is_real else self._target(field)

    def absence(self) -> str | None:
        """See `Places`."""
        return self._link.absence

    def on_focus(self, tell: Callable[[], None]) -> None:
        """See `Places`."""
        self._told.append(tell)

    def focused_since(self) -> float:
        """See `Places`: the field is the place, whenever it got the focus."""
        return -math.inf

    @contextlib.contextmanager
    def held(self, target: Target) -> Iterator[None]:
        """See `Places`; the link itself sees that nothing but the field gets it."""
        field = self._link.field
        if field is None or self._target(field).key != target.key:
            raise TargetAway("the field that the text is for does not have the focus; focus it")
        yield

    def close(self) -> None:
        """See `Places`."""

    def _target(self, field: Field) -> Target:
        known = (field.path, 0 if field.has_own_context else field.visit)
        number = self._numbers.setdefault(known, next(self._new))
        return Target(number, field.client)
