"""Reading back whether text has arrived in the field that has the focus.

That the caret has moved says when to look again. No more is read than what may have been typed and a little
before it.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from typing import Final

from sayso.accessibility import PASSWORD_TEXT, TERMINAL, Field, Place
from sayso.accessibility.atspi import Asking, State, Unanswered
from sayso.accessibility.carets import Carets
from sayso.accessibility.comparison import AROUND, Landed, Standing, compare, part
from sayso.accessibility.selecting import selected_or_line
from sayso.accessibility.watch import AccessibilityWatch

BEFORE_SECONDS: Final = 0.1
LANDED_SECONDS: Final = 0.3
SELECTED_SECONDS: Final = 0.3


@dataclass(frozen=True, slots=True)
class Before:
    """What stood in a field before it was typed into.

    Attributes:
        field: where.
        standing: what.

    """

    field: Field
    standing: Standing


class Reading:
    """Reads what stands in fields. One other thread than the watch's calls it, and is held up only so long.

    Args:
        watch: the connection to the accessibility bus.

    """

    def __init__(self, watch: AccessibilityWatch) -> None:
        self._watch = watch

    def before(self, field: Field | None, deleting: int = 0) -> Before | None:
        """Read what stands before the caret; blocks for 0.1 s at most.

        Args:
            field: which has the focus.
            deleting: characters that will be taken back.

        Returns:
            None where it cannot be read: a password's, a terminal's, one without text, or a program that hangs.

        """
        if field is None or not can_be_read(field):
            return None

        async def read() -> Before | None:
            asking = self._watch.asking
            try:
                standing = None if asking is None else await _read(asking, field.place, AROUND + deleting)
            except Unanswered:
                return None
            return None if standing is None else Before(field, standing)

        return self._watch.do(read, BEFORE_SECONDS)

    def selected_or_line(self, field: Field | None) -> str | None:
        """Read what is selected in a field, or else the line in which the caret is; blocks for 0.3 s at most.

        Returns:
            None where it cannot be read, or there is nothing.

        """
        if field is None or not can_be_read(field):
            return None

        async def read() -> str | None:
            asking = self._watch.asking
            try:
                return None if asking is None else await selected_or_line(asking, field.place)
            except Unanswered:
                return None

        return self._watch.do(read, SELECTED_SECONDS) or None

    def landed(self, before: Before | None, text: str, deleted: int = 0) -> Landed:
        """Find out whether a text has arrived since; blocks for 0.3 s at most, for 2 ms where it has.

        NO says that the field has the focus still, answers, and has not changed since in any way.

        Args:
            before: what `before` gave.
            text: what was typed.
            deleted: characters that were taken back before it.

        """
        if before is None:
            return Landed.UNKNOWN
        follow = _Following(self._watch, before, text, deleted)
        return self._watch.do(follow.landed, 2 * LANDED_SECONDS) or Landed.UNKNOWN

    def part(self, before: Before, text: str, deleted: int = 0) -> int:
        """Count the characters from the beginning of a text that have arrived; blocks for 0.1 s at most.

        Returns:
            0 where that cannot be told, nor whether the rest went where the focus is now.

        """

        async def look() -> int:
            asking, place = self._watch.asking, before.field.place
            if asking is None:
                return 0
            try:
                now, facts = await asyncio.gather(_read(asking, place, _room(text)), asking.facts(place))
            except Unanswered:
                return 0
            is_there = now is not None and facts.role == before.field.role and facts.has(State.FOCUSED)
            return part(before.standing, now, text, deleted) if now is not None and is_there else 0

        return self._watch.do(look, BEFORE_SECONDS) or 0


def can_be_read(field: Field) -> bool:
    """Whether what stands in a field can say that text arrived."""
    return takes_readers(field.role, is_editable=field.is_editable, has_text=field.has_text)


def takes_readers(role: int, *, is_editable: bool, has_text: bool) -> bool:
    """Whether what stands in an object of that role may be read: a terminal shows what a program makes of it."""
    return has_text and is_editable and role not in (PASSWORD_TEXT, TERMINAL)


@dataclass(frozen=True, slots=True)
class _Following:
    """One check."""

    watch: AccessibilityWatch
    before: Before
    text: str
    deleted: int

    async def landed(self) -> Landed:
        asking, carets = self.watch.asking, self.watch.carets
        if asking is None or carets is None:
            return Landed.UNKNOWN
        try:
            landed = await self._look(asking)
            return landed if landed is Landed.YES else await self._wait(asking, carets)
        except Unanswered:
            return Landed.UNKNOWN

    async def _wait(self, asking: Asking, carets: Carets) -> Landed:
        """Look again whenever the caret has moved."""
        moved = asyncio.Event()
        async with carets.following(self.before.field.place, lambda _: moved.set()):
            landed = await self._look(asking)  # it may have moved before it was listened to
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LANDED_SECONDS):
                    while landed is not Landed.YES:
                        await moved.wait()
                        moved.clear()
                        landed = await self._look(asking)
            return landed if landed is Landed.YES else await self._look(asking, at_last=True)

    async def _look(self, asking: Asking, at_last: bool = False) -> Landed:
        place = self.before.field.place
        standing, facts = await asyncio.gather(_read(asking, place, _room(self.text)), asking.facts(place))
        if standing is None or facts.role != self.before.field.role:
            return Landed.UNKNOWN
        landed = compare(self.before.standing, standing, self.text, self.deleted)
        if at_last and landed is Landed.NO and not facts.has(State.FOCUSED):
            return Landed.UNKNOWN  # then it may have gone where the focus is now
        return landed


def _room(text: str) -> int:
    """How much is read of what stands before the caret after a text."""
    return 2 * len(text) + AROUND  # Qt counts two for some characters


async def _read(asking: Asking, place: Place, room: int) -> Standing | None:
    """What stands before the caret, at most so much of it; None where there is no caret."""
    length, caret, selections = await asyncio.gather(
        asking.length(place), asking.caret(place), asking.selections(place)
    )
    if caret < 0:
        return None
    tail = await asking.text(place, max(0, caret - room), caret) if caret else ""
    return Standing(length, caret, tail, is_selected=selections > 0)
