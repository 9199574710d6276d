"""What stands in a field, as its program tells it: whether a text arrived, and whether it may be taken back."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from sayso.errors import TypistError, Unable
from sayso.events import Edit
from sayso.ibus.arrival import expected, is_lost, tells_lines
from sayso.ibus.engine import Field, Surrounding
from sayso.ibus.line_breaks import begins_line
from sayso.ibus.link import Link

READ_BACK_SECONDS = 0.1  # GTK 3 tells in 1 to 3 ms (measured)
SETTLE_SECONDS = 0.5  # before it is certain that what is told will stay
REFRESH_SECONDS = 0.05
SILENT_TIMES = 3  # a client that has not told so often in a row what stands there is not waited for any more
EMPTY = Surrounding("", 0, 0)  # which GTK's module for IBus takes for known, and does not tell
UNREADABLE = "the program does not tell what stands before the cursor, so nothing is taken back there"
PART = (
    "the program tells only a part of what stands before the cursor: whether all of what was typed is still there "
    "is not certain, so it is not taken back"
)
FORGOTTEN = "what was typed is longer than what is remembered of it, so it is not taken back; take it away by hand"
LOST = "the field did not take the text as it was typed: only a part stands there, or another; see: sayso history"


class NotThere(TypistError):
    """What is to be taken back does not stand before the cursor: nothing was changed, and nobody else may try."""

    def __init__(self) -> None:
        super().__init__("what was typed does not stand before the cursor any more, so it is not taken back")


class Reading:
    """Asks the field with the focus what stands in it; blocks, and not on the link's thread.

    Args:
        link: to the daemon.

    """

    def __init__(self, link: Link) -> None:
        self._link = link
        self._silent: dict[str, int] = {}  # how often in a row a client has not told what stands there
        self._lines: set[str] = set()  # fields whose clients tell the line of the cursor alone

    def told(
        self, since: Surrounding | None, seconds: float, holds: Callable[[Surrounding], bool] = lambda _: True
    ) -> Surrounding | None:
        """See `Link.told`; None, too, where the daemon does not say."""
        with contextlib.suppress(TypistError):
            return self._link.wait(self._link.begin(lambda: self._link.told(since, seconds, holds)), seconds)
        return None

    def told_once(self, field: Field) -> Surrounding | None:
        """What stands in a field before anything is typed there; its program is asked if it has told nothing."""
        if not field.is_readable or field.surrounding is not None or self._is_silent(field):
            return field.surrounding
        now = None
        if not self._link.is_shown:  # as that was shown its program looked, and asking takes it away
            with contextlib.suppress(TypistError):
                asked = self._link.begin(lambda: self._link.refresh(REFRESH_SECONDS))
                now = self._link.wait(asked, REFRESH_SECONDS)
        if now is not None and now.path == field.path and now.surrounding is not None:
            return now.surrounding
        return EMPTY if field.has_own_context else None

    def is_in_lines(self, tail: str, delete: int) -> bool:
        """Make sure that what is to be deleted is what was typed; whether only the last of its lines is told.

        Args:
            tail: what was typed there.
            delete: characters of it.

        Raises:
            NotThere: something else stands before the cursor.
            Unable: that is not to be known.

        """
        if len(tail) < delete:
            raise Unable(FORGOTTEN)
        typed = tail[-delete:]
        try:
            asked = self._link.begin(lambda: self._link.refresh(REFRESH_SECONDS))
            field = self._link.wait(asked, REFRESH_SECONDS)
        except TypistError as error:  # nothing was typed
            raise Unable(str(error)) from error
        if field is None or not field.is_readable:
            raise Unable(UNREADABLE)
        found = field.surrounding
        is_of_lines = field.path in self._lines
        if found is None and is_of_lines and field.has_own_context and begins_line(typed, EMPTY):
            found = self.told(None, SETTLE_SECONDS) or EMPTY
        if found is None:
            raise Unable(UNREADABLE)
        if not _stands(typed, found) and not begins_line(typed, found):  # it may be late
            found = self.told(found, SETTLE_SECONDS, lambda now: _stands(typed, now)) or found
        if _stands(typed, found):
            return False
        if begins_line(typed, found) and is_of_lines:
            return True
        if found.cursor == found.anchor and typed.endswith(found.before):
            raise Unable(PART)
        raise NotThere

    def read_back(
        self, field: Field, before: Surrounding | None, edit: Edit, typed: str, is_late: bool
    ) -> bool | None:
        """Whether an edit stands there; None where the program does not say.

        Args:
            field: where it was typed.
            before: what stood there before.
            edit: what was done.
            typed: all that was typed there, this too.
            is_late: what the program tells may be of before it took the text, as in a terminal.

        Raises:
            TypistError: it is certain that the field has not taken it as it was typed.

        """
        if not field.is_readable or self._is_silent(field):
            return None
        tail = expected(before, edit)
        now = self.told(before, READ_BACK_SECONDS, lambda now: now.before.endswith(tail))
        self._silent[field.path] = self._silent.get(field.path, 0) + 1 if now is None else 0
        if now is None:
            return None
        if is_lost(before, edit, now) and not is_late:
            now = self.told(now, SETTLE_SECONDS, lambda now: not is_lost(before, edit, now)) or now
            if is_lost(before, edit, now):
                raise TypistError(LOST)
        if tells_lines(before, typed, now):
            self._lines.add(field.path)
        if now.before.endswith(tail):
            return True
        return None if before is None else False  # it may tell what stood there before

    def _is_silent(self, field: Field) -> bool:
        return self._silent.get(field.path, 0) >= SILENT_TIMES


def _stands(typed: str, found: Surrounding) -> bool:
    return found.cursor == found.anchor and found.before.endswith(typed)
