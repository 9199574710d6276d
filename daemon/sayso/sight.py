"""What has the focus, by what applications tell assistive technology: for secrets, proof, corrections."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sayso.accessibility import Field
from sayso.accessibility.comparison import Landed, stands, tail
from sayso.accessibility.reading import Before, Reading
from sayso.accessibility.roles import takes_no_text
from sayso.accessibility.typed import TypedFields
from sayso.accessibility.watch import AccessibilityWatch
from sayso.accessibility.windows import AccessibleWindows
from sayso.desktop import Kind, kind_of_session
from sayso.errors import TakesNoText
from sayso.events import Edit
from sayso.secret_fields import SecretFields, is_of
from sayso.typist import Target
from sayso.x11.paste_keys import is_terminal

LOOKS = 2  # before text counts as not arrived: one that is busy may take longer over keys than over a question
MOST_LOOKS = 20  # at one that takes it letter by letter: 6 s


class Sight:
    """The watch over the accessibility bus, and what is asked of it.

    Args:
        mark: the file that says that accessibility was turned on by sayso (`accessibility.enabling`); desktops
            remember that it is on, so it must outlast a restart of the machine.

    Attributes:
        windows: the window lock of sessions that have none.
        typed: which fields were typed into.
        surrounding: what the input method is told of where the cursor is; None where it is told nothing.

    """

    def __init__(self, mark: Path) -> None:
        self._watch = AccessibilityWatch(mark)
        self._reading = Reading(self._watch)
        self._secrets = SecretFields(self._watch)
        self.surrounding: Callable[[], str | None] = lambda: None
        self.windows = AccessibleWindows(self._watch)
        self.typed = TypedFields(self._watch)
        self._is_looking = False

    def start(self) -> None:
        """Begin to look; returns at once. More than once does nothing."""
        if not self._is_looking:
            self._is_looking = True
            self._watch.start()

    def stop(self) -> None:
        """Look no more, for good, and leave accessibility as it was found."""
        if self._is_looking:
            self._watch.close()

    def on_focus(self, tell: Callable[[], None]) -> None:
        """Have `tell` called, from the watch's thread, when something else may have the focus."""
        self._watch.on_focus(tell)

    def is_secret(self, target: Target) -> bool:
        """Whether what has the focus wants a password; blocks for 0.05 s at most."""
        return self._secrets.is_secret(target) is True

    def focused(self) -> Field | None:
        """What has the focus; None where it is not known. Any thread; returns at once."""
        return self._watch.focused()

    def selection(self) -> str | None:
        """What is selected where the focus is, or the line in which the caret is; blocks for 0.7 s at most.

        Returns:
            None where nobody can say, and always of a field for passwords.

        """
        field = self._watch.confirm()
        if field is not None and field.is_password:
            return None
        found = self._reading.selected_or_line(field)
        if found is None and kind_of_session() is Kind.X11:
            found = _primary()
        return found or self.surrounding()

    def before(self, target: Target, edit: Edit) -> object | None:
        """See `sayso.typist.session.Proof`."""
        field = self._watch.confirm()
        if field is None or not is_of(field, target):
            self.typed.typing(target.key, None)
            return None
        what = None if is_terminal(target.application) else takes_no_text(field)
        if what is not None:
            where = f"the focus in {target.application or 'that window'} is on {what}"
            raise TakesNoText(f"{where}: nothing can be typed there; click into a field, and the text follows")
        self.typed.typing(target.key, field)
        return self._reading.before(field, edit.delete)

    def tail(self, before: object, deleted: int) -> str | None:
        """See `sayso.typist.session.Proof`."""
        assert isinstance(before, Before)
        return tail(before.standing, deleted)

    def stands(self, before: object, text: str) -> bool:
        """See `sayso.typist.session.Proof`."""
        assert isinstance(before, Before)
        return stands(before.standing, text)

    def arrived(self, before: object, edit: Edit) -> int | None:
        """See `sayso.typist.session.Proof`."""
        assert isinstance(before, Before)
        most, looks = 0, LOOKS
        for _ in range(MOST_LOOKS):
            landed = self._reading.landed(before, edit.insert, edit.delete)
            if landed is Landed.YES:
                return len(edit.insert)
            count = 0 if landed is Landed.NO else self._reading.part(before, edit.insert, edit.delete)
            if landed is Landed.UNKNOWN and not count:
                return None
            looks = LOOKS if count > most else looks - 1  # it is still at it
            most = max(count, most)
            if not looks:
                return most
        return None

    def close(self) -> None:
        """See `Proof`; the watch lives as long as the service."""


def _primary() -> str | None:
    from sayso.x11.primary import primary_selection  # noqa: PLC0415  # X11, which other sessions do not need

    return primary_selection()
