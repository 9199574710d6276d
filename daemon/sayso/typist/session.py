"""All ways of typing that a session offers, as one: what cannot be done in one way is done in the next.

The order is the session's (`choosing`), then an application's own: by its profile, or by what worked there last.
Another way is only tried where the one before has changed nothing (`Unable`), or where the application itself says
that the text did not arrive.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol, runtime_checkable

from sayso.errors import (
    ArrivedInPart,
    NotBeforeCursor,
    SecretField,
    TakesNoText,
    TargetAway,
    TargetBusy,
    TargetGone,
    TypistError,
    Unable,
)
from sayso.events import Edit
from sayso.typist import Abilities, Target, Typist
from sayso.typist.begun import BegunEdits
from sayso.typist.behind import Behind
from sayso.typist.choosing import X11
from sayso.typist.remembered import Remembered

log = logging.getLogger(__name__)

REOPEN_SECONDS = 30.0  # until a way that could not be opened is tried again: an input method may start late
NOT_ARRIVED = "the application says that the text did not arrive"
IN_PART = "the application took only a part of the text"
NOT_KNOWN = "what stands before the cursor is not known to be what was typed; take it away by hand"


class Where(Protocol):
    """Who knows the session's windows; of `Typist`, what is about windows."""

    def target(self) -> Target | None:
        """See `Typist`."""
        ...

    def on_focus(self, tell: Callable[[], None]) -> None:
        """See `Typist`."""
        ...

    def absence(self) -> str | None:
        """See `Typist`."""
        ...

    def describe(self) -> str:
        """See `Typist`."""
        ...

    def go_to(self, target: Target) -> None:
        """See `Typist`."""
        ...


class Proof(Protocol):
    """Who can see whether a text arrived."""

    def before(self, target: Target, edit: Edit) -> object | None:
        """How the field that has the focus stands before an edit; None where that cannot be seen. Within 0.1 s.

        Raises:
            TakesNoText: what has the focus is certain to take none.

        """
        ...

    def tail(self, before: object, deleted: int) -> str | None:
        """The end of what stood before the cursor, without its last characters; None where it is not known.

        Args:
            before: what `before` gave.
            deleted: so many characters, no more than its edit deletes.

        """
        ...

    def stands(self, before: object, text: str) -> bool:
        """Whether a text stood right before the cursor."""
        ...

    def arrived(self, before: object, edit: Edit) -> int | None:
        """How many characters of the text are there, and no more will be; None where it cannot be said.

        Takes longer the more likely it is that not all of them are; of an edit that only deletes, until it has.
        """
        ...

    def close(self) -> None:
        """Look no more."""
        ...


@runtime_checkable
class Tells(Protocol):
    """A way of typing that is told what stands around the cursor.

    Attributes:
        told_around: told that before something is typed, and the number of the window.

    """

    told_around: Callable[[int, str], None]

    def surrounding(self) -> tuple[str, int] | None:
        """What stands around the cursor, and where in it that is; None where it is not known. Any thread."""
        ...


@dataclass(slots=True)
class Way:
    """One way of typing, opened when it is first needed.

    Attributes:
        name: as the settings call it.
        open: opens it; may block for a second. Raises TypistError where it cannot work here.
        typist: it, once it is open.
        reason: why it is not open.
        retry_at: when it may be tried again.
        acknowledges: it knows itself whether a text was taken, so that one that is not seen to arrive is not
            typed in another way: it may be late, and would stand twice.

    """

    name: str
    open: Callable[[], Typist]
    typist: Typist | None = None
    reason: str = ""
    retry_at: float = 0.0
    acknowledges: bool = True

    def reach(self, now: float) -> Typist | None:
        """It, opened if that is worth a try; None where it cannot work here."""
        if self.typist is None and now >= self.retry_at:
            try:
                self.typist, self.reason = self.open(), ""
            except TypistError as error:
                self.reason = str(error)
                self.retry_at = now + REOPEN_SECONDS
        return self.typist


@dataclass(frozen=True, slots=True)
class _Look:
    """What was seen for an edit that is about to be typed.

    Attributes:
        window: where.
        deleting: characters that will be taken back.
        before: what `Proof.before` gave.

    """

    window: int
    deleting: int
    before: object | None


class SessionTypist:
    """A `Typist` of several.

    Args:
        where: who knows the windows; closed by its own way, or by whoever made it.
        ways: in the order in which they are tried.
        preferred: the way that the settings name for an application; None where they do not.
        remembered: what worked where.
        proof: who can see whether a text arrived; None where nobody can. Closed with this.
        now: seconds, monotonic.

    Attributes:
        told_around: told what stands around the cursor before something is typed there, and in which window
            (`Target.key`), by those of the ways that are told it; on the thread that types.

    """

    def __init__(
        self,
        where: Where,
        ways: Sequence[Way],
        preferred: Callable[[str], str | None] = lambda _: None,
        remembered: Remembered | None = None,
        proof: Proof | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._where = where
        self._ways = tuple(ways)
        self._preferred = preferred
        self._remembered = remembered or Remembered(None)
        self._proof = proof
        self._now = now
        self.told_around: Callable[[int, str], None] = _unheard
        self._told: list[Callable[[], None]] = []
        self._owed = BegunEdits[Way]()  # told to paste, or begun: how far it is only that way can tell
        self._behind = Behind()
        self._looked: _Look | None = None
        self._last = ""  # what was typed by another way than the first, and why
        self._check = ""  # whether the last text was seen to arrive
        for way in self._ways:
            self._hear(way)

    @property
    def is_of_x11(self) -> bool:
        """Whether it types into X11 windows and no others."""
        return self._ways[0].name == X11

    @property
    def abilities(self) -> Abilities:
        """What those that are open can do between them."""
        every = [way.typist.abilities for way in self._ways if way.typist is not None]
        return Abilities(
            unicode=any(one.unicode for one in every),
            delete=any(one.delete for one in every),
            preedit=any(one.preedit for one in every),
            read_back=self._proof is not None or any(one.read_back for one in every),
        )

    def target(self) -> Target | None:
        """See `Typist`."""
        return self._where.target()

    def on_focus(self, tell: Callable[[], None]) -> None:
        """See `Typist`; a way that is opened later tells too, of a permission that has come, for one."""
        self._told.append(tell)
        self._where.on_focus(tell)
        for way in self._ways:
            if way.typist is not None and way.typist is not self._where:
                way.typist.on_focus(tell)

    def absence(self) -> str | None:
        """See `Typist`."""
        return self._where.absence()

    def describe(self) -> str:
        """See `Typist`; names what is not to be had, and what was needed instead last."""
        rest = self._ways[1:]
        shut = [f"{way.name} not to be had: {way.reason}" for way in self._ways if way.reason]
        then = [f"then {', '.join(way.name for way in rest)}"] if rest else []
        last = [told for told in (self._last, self._check) if told]
        return "; ".join([self._where.describe(), *then, *shut, *last])

    def type(self, edit: Edit, target: Target) -> None:
        """See `Typist`."""
        refused: list[str] = []
        looked, self._looked = self._looked, None
        owed = self._owed.take(edit)
        for way in self._order(target) if owed is None else [owed]:
            if way.typist is None:
                looked = None  # to open it may take a while
            typist = self._reach(way)
            if typist is None:
                refused.append(f"{way.name}: {way.reason}")
                continue
            before = None if owed is not None else self._before(edit, target, looked)
            looked = None
            try:
                typist.type(edit, target)
            except TargetAway as error:
                if isinstance(error, TargetBusy) or owed is not None:
                    self._owed.put(edit, way)
                raise
            except (TargetGone, SecretField):
                raise
            except Unable as error:
                refused.append(f"{way.name}: {error}")
                continue
            except Exception:
                self._behind.doubt(target.key)
                raise
            if self._arrived(before, edit, target, way):
                self._worked(way, target, refused)
                return
            refused.append(f"{way.name}: {NOT_ARRIVED}")
        raise TypistError(f"no way of typing works in {target.application or 'this window'}: {'; '.join(refused)}")

    def stands_before(self, edit: Edit, target: Target) -> str | None:
        """See `sayso.typist.fitting.Sees`; not known where the last edit was not seen to be done there."""
        self._looked = None
        before = self._look(edit, target)
        self._looked = _Look(target.key, edit.delete, before)
        if self._proof is None or before is None or not self._behind.is_done(target.key):
            return None
        return self._proof.tail(before, edit.delete)

    def go_to(self, target: Target) -> None:
        """See `Typist`."""
        self._where.go_to(target)

    def keep(self, text: str) -> None:
        """See `Typist`."""
        refused = []
        for way in self._ways:
            typist = self._reach(way)
            try:
                if typist is not None:
                    typist.keep(text)
                    return
            except TypistError as error:
                refused.append(f"{way.name}: {error}")
        raise TypistError("; ".join(refused) or "there is no clipboard here")

    def show(self, unstable: str, target: Target) -> None:
        """See `Typist`; by the first way that can, of those that text would go by."""
        for way in self._order(target):
            if way.typist is not None and way.typist.abilities.preedit:
                way.typist.show(unstable, target)
            if way.typist is not None:
                return  # where keys would type the text, a tail shown by another way would be in their way

    def close(self) -> None:
        """See `Typist`."""
        if self._proof is not None:
            self._proof.close()
        for way in self._ways:
            if way.typist is not None:
                way.typist.close()

    def _reach(self, way: Way) -> Typist | None:
        was_open = way.typist is not None
        typist = way.reach(self._now())
        if typist is not None and not was_open:
            for tell in self._told:
                typist.on_focus(tell)
            self._hear(way)
        return typist

    def _hear(self, way: Way) -> None:
        """Have a way that is open tell what stands around the cursor, if it can."""
        typist: object = way.typist
        if isinstance(typist, Tells):
            typist.told_around = self._tell_around

    def _tell_around(self, window: int, text: str) -> None:
        self.told_around(window, text)

    def surrounding(self) -> str | None:
        """What stands around the cursor, by the first way that is told it; None where none is. Any thread."""
        for way in self._ways:
            typist: object = way.typist
            if isinstance(typist, Tells) and (around := typist.surrounding()) is not None:
                return around[0]
        return None

    def _order(self, target: Target) -> list[Way]:
        first = self._preferred(target.application) or self._remembered.of(target.application)
        return sorted(self._ways, key=lambda way: way.name != first)

    def _before(self, edit: Edit, target: Target, looked: _Look | None) -> object | None:
        """How the field stands, where it is seen; nothing is deleted that is not known for what was typed."""
        is_of_it = looked is not None and (looked.window, looked.deleting) == (target.key, edit.delete)
        before = looked.before if looked is not None and is_of_it else self._look(edit, target)
        if edit.delete and self._where_is(target):
            proof = self._proof
            stands = None if before is None or proof is None else partial(proof.stands, before)
            if not self._behind.may_be_deleted(target.key, edit.delete, stands):
                raise NotBeforeCursor(NOT_KNOWN)
        return before

    def _look(self, edit: Edit, target: Target) -> object | None:
        if self._proof is None or not self._where_is(target):
            return None
        try:
            return self._proof.before(target, edit)
        except TakesNoText:
            if not target.is_chosen:
                raise
            return None

    def _where_is(self, target: Target) -> bool:
        """Whether a target has the focus, as far as is known: else what is seen is of another."""
        focused = self._where.target()
        return focused is not None and focused.key == target.key

    def _arrived(self, before: object | None, edit: Edit, target: Target, way: Way) -> bool:
        """Whether an edit that was typed is there, as far as the application says; if not, none of it is.

        Raises:
            ArrivedInPart: only a part of the text is.
            TypistError: it is not, and may be late.

        """
        count = None
        if not edit.insert and before is not None and self._proof is not None:
            count = self._proof.arrived(
                before, edit
            )  # a look before it is done sees what no longer stands a moment later
        if edit.insert and self._proof is not None:
            count = None if before is None else self._proof.arrived(before, edit)
            name = target.application or "this window"
            self._check = f"what is typed cannot be read back in {name}" if count is None else ""
        if edit.insert and count == 0:
            if edit.delete or way.acknowledges:
                self._behind.typed(target.key, Edit(0, ""), is_seen=False)
                raise TypistError(f"{way.name}: {NOT_ARRIVED}; see: sayso history")
            return False
        is_seen = count is not None
        is_seen_otherwise = before is not None and bool(edit.insert) and count is None
        arrived = edit.insert if count is None else edit.insert[:count]
        done = Edit(edit.delete, arrived)
        self._behind.typed(target.key, done, is_certain=not is_seen_otherwise, is_seen=is_seen)
        if arrived != edit.insert:
            raise ArrivedInPart(f"{way.name}: {IN_PART}; see: sayso history", len(arrived))
        return True

    def _worked(self, way: Way, target: Target, refused: Sequence[str]) -> None:
        is_first = way is self._ways[0]
        preferred = self._preferred(target.application)
        if refused or not is_first:
            reason = f" ({'; '.join(refused)})" if refused else ""
            self._last = f"last {way.name} in {target.application or 'a window without a name'}{reason}"
        else:
            self._last = ""
        if preferred is None:
            self._remembered.worked(target.application, way.name, is_first_choice=is_first)


def _unheard(_window: int, _text: str) -> None:
    """Nobody wants to know."""
