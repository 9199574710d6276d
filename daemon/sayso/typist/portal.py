"""The typist for Wayland desktops: keysyms and a clipboard by the RemoteDesktop portal, allowed once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from sayso.bus.address import session_bus_address
from sayso.errors import TargetAway, TargetBusy, TargetGone, TypistError, Unable
from sayso.events import Edit
from sayso.portal.clipboard import Offer, PortalClipboard
from sayso.portal.desk import PortalDesk
from sayso.portal.held import HeldKeys
from sayso.portal.keyboard import Interrupted, PortalKeyboard, Stroke
from sayso.portal.keymap import BACKSPACE
from sayso.portal.plan import Known, plan
from sayso.portal.token import TokenFile
from sayso.typist import Abilities, Target
from sayso.typist.begun import BegunEdits
from sayso.typist.windows import AnyWindow, Windows
from sayso.x11.backspaces import Tails, applied, backspaces

TAKEN_SECONDS: Final = 3.0  # a window may be busy; it takes the keys in their order
DELETION_SECONDS: Final = 0.005  # more for each character that the window deletes before the paste
CHUNK: Final = 16  # strokes between two looks at the focus: 16 ms
HELD: Final = "a hotkey is held, with which letters would be shortcuts; let it go, and the text is typed"


@dataclass(frozen=True, slots=True)
class _Owed:
    """An edit whose paste was struck, and which the window has not taken yet; what stands there when it has."""

    edit: Edit
    target: Target
    offer: Offer
    tail: str


@dataclass(slots=True)
class _Run:
    """One try at an edit.

    Attributes:
        edit: it.
        target: where.
        tail: what stood before the cursor.
        start: characters of it that stand from an earlier try, which has taken back all that is to be.
        is_resumed: there was one.
        deletions: strokes that take back, which come first.
        struck: strokes of this try that were struck.

    """

    edit: Edit
    target: Target
    tail: str
    start: int = 0
    is_resumed: bool = False
    deletions: int = 0
    struck: int = 0

    @property
    def typed(self) -> int:
        """Characters of the edit that stand, where they are typed by keys."""
        return self.start + max(0, self.struck - self.deletions)

    @property
    def has_changed(self) -> bool:
        """Whether anything of the edit was done, now or before."""
        return self.is_resumed or self.struck > 0

    def standing(self, typed: int) -> str:
        """What stands before the cursor when so many of its characters do."""
        delete = 0 if self.is_resumed else self.edit.delete
        return applied(self.tail, Edit(delete, self.edit.insert[self.start : typed]))


class PortalTypist:
    """Types through the portal; the person is asked when something is to be typed for the first time.

    The desktop remembers the answer. While there is none, text waits (TargetAway; whoever listens by `on_focus` is
    told when there is one); after a no it is `Unable`, and the person is not asked again by this object.
    Building it blocks until it is known whether there is such a portal, for 2 s at most.

    Args:
        windows: knows the focus; None where nobody does.
        held: knows of hotkeys that are held.
        token: by which the desktop remembers.
        address: of the session bus.

    """

    def __init__(
        self,
        windows: Windows | None = None,
        held: HeldKeys | None = None,
        token: TokenFile | None = None,
        address: Callable[[], str] = session_bus_address,
    ) -> None:
        self._windows = windows or AnyWindow()
        self._sees_focus = windows is not None
        self._held = held or HeldKeys()
        self._told: list[Callable[[], None]] = []
        self._tails = Tails()
        # Characters that stand of an edit whose window lost the focus in the middle; what it takes back is gone.
        self._begun: BegunEdits[int] = BegunEdits()
        self._owed: _Owed | None = None
        self._settled: BegunEdits[bool] = BegunEdits()  # whether what was owed was taken
        self._held.on_release(self._tell)
        self._desk = PortalDesk(token or TokenFile(), self._tell, address)

    @property
    def abilities(self) -> Abilities:
        """Any character where the desktop lends its clipboard; and taking back what it typed."""
        return Abilities(unicode=self._desk.has_clipboard, delete=True)

    def target(self) -> Target | None:
        """What has the focus; any thread; returns at once."""
        return self._windows.target()

    def on_focus(self, tell: Callable[[], None]) -> None:
        """Have `tell` called when it is worth another try: the focus, the person's answer, a hotkey let go."""
        self._told.append(tell)
        self._windows.on_focus(tell)

    def absence(self) -> str | None:
        """Why there is no portal, and what to do; None while there is one; any thread; returns at once."""
        return self._desk.absence

    def describe(self) -> str:
        """How it stands with the portal; any thread; returns at once."""
        blind = "" if self._sees_focus else ", the focus cannot be checked"
        return f"desktop portal, {self._desk.describe()}{blind}"

    def go_to(self, target: Target) -> None:
        """Never: a portal moves no windows."""
        raise TypistError("the desktop lets no program move the focus; click into your window")

    def type(self, edit: Edit, target: Target) -> None:
        """Apply one edit; 1 ms for each character that is typed by keys, some 40 ms for a paste.

        The focus is looked at before every CHUNK strokes. Blocks for 1 s more where the person has to allow it,
        and for 3 s where a window does not take what it was told to paste.

        Raises:
            TargetAway: the target does not have the focus, a hotkey is held, or the person has not answered yet;
                nothing was typed.
            TargetBusy: some of it was typed, or told to be pasted; the same edit goes on from there.
            TargetGone: the target is no more; nothing was typed.
            Unable: no permission, or characters that the layout lacks and no clipboard; nothing was typed.
            TypistError: the desktop ended it in the middle.

        """
        if (not edit.delete and not edit.insert) or self._was_taken(edit):
            return
        typed = self._begun.take(edit)
        tail = self._tails.take(target.key)
        run = _Run(edit, target, tail, typed or 0, is_resumed=typed is not None)
        try:
            self._windows.check(target)
            if not self._held.wait_until_free():
                raise TargetAway(HELD)
            self._apply(run)
        except (TargetAway, TargetGone, Unable) as error:
            if not isinstance(error, TargetBusy):
                self._tails.put(target.key, tail)
                if typed is not None:
                    if isinstance(error, TargetAway):
                        self._begun.put(edit, typed)
                    raise self._half(error) from error
            raise
        self._tails.put(target.key, run.standing(len(edit.insert)))

    def keep(self, text: str) -> None:
        """Put text in the clipboard to stay.

        Raises:
            TargetBusy: a window may yet paste what it was told to, and would paste this instead.
            TypistError: the desktop lends none.

        """
        self._settle()
        clipboard = self._desk.reach()[0].clipboard
        if clipboard is None:
            raise TypistError("this desktop lends programs no clipboard (org.freedesktop.portal.Clipboard)")
        self._desk.do(lambda: clipboard.keep(text))

    def show(self, unstable: str, target: Target) -> None:
        """Nothing: keys cannot show what is unfinished."""

    def close(self) -> None:
        """Put the clipboard back, give the keyboard back and end the thread; blocks for a second at most."""
        self._desk.close()

    def _tell(self) -> None:
        for tell in self._told:
            tell()

    # ── what a window was told to paste, and has not taken yet ────────────────────────────────────

    def _was_taken(self, edit: Edit) -> bool:
        """Whether this edit's paste, which was waited for in vain, has been taken since."""
        self._settle()
        was_taken = self._settled.take(edit)
        if was_taken is False:
            raise TypistError("the window was told to paste and has not; look whether the text is there")
        return was_taken is True

    def _settle(self) -> None:
        """Find what became of the paste that is waited for; its edit is told when it is tried again.

        Raises:
            TargetBusy: nothing yet.

        """
        owed = self._owed
        if owed is None:
            return
        is_over = owed.offer.over.is_set()  # before the other: it may be taken meanwhile, and over with that
        was_taken = owed.offer.taken.is_set()
        if not was_taken and not is_over:
            raise _busy()
        self._owed = None
        self._settled.put(owed.edit, was_taken)
        if was_taken:
            self._tails.put(owed.target.key, owed.tail)

    def _wait_until_taken(self, clipboard: PortalClipboard, offer: Offer, run: _Run) -> None:
        if offer.taken.wait(TAKEN_SECONDS + DELETION_SECONDS * run.edit.delete):
            self._desk.later(lambda: clipboard.release(offer))
            return
        self._desk.later(lambda: clipboard.leave(offer))
        self._owed = _Owed(run.edit, run.target, offer, run.standing(len(run.edit.insert)))
        raise _busy()

    # ── one edit ──────────────────────────────────────────────────────────────────────────────────

    def _apply(self, run: _Run) -> None:
        """Do the edit; where its session has ended since the last one, by a new session."""
        run.deletions = 0 if run.is_resumed else backspaces(run.tail, run.edit.delete)
        for is_last in (False, True):
            keyboard, known = self._desk.reach()
            try:
                self._write(run, keyboard, known)
            except Interrupted as error:
                if run.has_changed or not error.certain:
                    message = f"the desktop ended the typing after {run.typed} characters; dictate the rest again"
                    raise TypistError(message) from error
                if is_last:
                    raise Unable(f"the desktop lets nothing be typed ({error}); dictate again") from error
                self._desk.drop(keyboard)
            else:
                return

    def _write(self, run: _Run, keyboard: PortalKeyboard, known: Known | None) -> None:
        text, clipboard = run.edit.insert[run.start :], keyboard.clipboard
        chosen = plan(text, known, run.target.application, has_clipboard=clipboard is not None)
        if chosen is None:
            raise Unable(
                f"{self._desk.layout} has no key for some of the text, and the desktop lends no clipboard to paste"
            )
        back: list[Stroke] = [(BACKSPACE,)] * run.deletions
        if clipboard is None or not chosen.is_paste:
            self._strike(run, keyboard, [*back, *chosen.strokes])
            return
        offer = self._desk.do(lambda: clipboard.lend(text))
        try:
            self._strike(run, keyboard, back)
            self._look(run)
            offer.struck.set()
            self._desk.do(lambda: keyboard.strike(chosen.strokes))
        except BaseException:
            self._desk.later(lambda: clipboard.release(offer))
            raise
        self._wait_until_taken(clipboard, offer, run)

    def _strike(self, run: _Run, keyboard: PortalKeyboard, strokes: Sequence[Stroke]) -> None:
        """Strike in chunks, the focus looked at before each."""
        for first in range(0, len(strokes), CHUNK):
            chunk = strokes[first : first + CHUNK]
            self._look(run)
            try:
                self._desk.do(lambda chunk=chunk: keyboard.strike(chunk))  # type: ignore[misc]  # a default binds it
            except Interrupted as error:
                run.struck += error.struck
                raise
            run.struck += len(chunk)

    def _look(self, run: _Run) -> None:
        """See that the target has the focus still.

        Raises:
            TargetBusy: it moved in the middle of the text.
            TypistError: it moved in the middle of taking back, or the target is gone.

        """
        try:
            self._windows.check(run.target)
        except TargetAway as error:
            if not run.has_changed:
                raise
            if run.struck < run.deletions:
                message = f"only {run.struck} of {run.deletions} characters were taken back: {error}"
                raise TypistError(message) from error
            self._begun.put(run.edit, run.typed)
            self._tails.put(run.target.key, run.standing(run.typed))
            raise self._half(error) from error
        except TargetGone as error:
            if not run.has_changed:
                raise
            raise TypistError(f"the window was closed in the middle of the text: {error}") from error

    @staticmethod
    def _half(error: TypistError) -> TypistError:
        """What stands in the window is a part of the edit, which only this way of typing knows."""
        if isinstance(error, TargetAway):
            return TargetBusy(f"the text was begun, and its rest waits for its window: {error}")
        return TypistError(f"only a part of the text was typed: {error}")


def _busy() -> TargetBusy:
    return TargetBusy("a window has not taken the text it was told to paste; it may hang, and is waited for")
