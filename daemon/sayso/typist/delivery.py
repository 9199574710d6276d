"""Delivery: edits in order, for the window in which the utterance began, and word of what arrived.

The window lock: the target is taken when the utterance begins, and its text goes there or nowhere. While the
focus is elsewhere the text waits; it is typed when the focus returns, or, by setting, kept in the clipboard.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable
from dataclasses import replace

from sayso.errors import (
    ArrivedInPart,
    NotBeforeCursor,
    SecretField,
    TakesNoText,
    TargetAway,
    TargetBusy,
    TargetGone,
    TypistError,
)
from sayso.events import (
    Edit,
    Event,
    ProblemName,
    TextStands,
    UtteranceBarred,
    UtteranceDelivered,
    UtteranceDropped,
    UtteranceHeld,
    UtteranceMoved,
)
from sayso.typist import HERE, Target, Typist
from sayso.typist.fitting import Sees, fitted
from sayso.typist.notices import Notices, reason
from sayso.typist.text import Text
from sayso.typist.undoable import Undoable
from sayso.typist.wanted import Wanted

log = logging.getLogger(__name__)

OUR_TERMINAL = "the focus is in the terminal that sayso runs in; click into the window to dictate into"
KEPT = "the text could not go where you spoke it: it is in the clipboard, to be pasted where you like"
NOT_KEPT = "what is said there is neither typed nor kept"
WAITS_ON = "the text waits until the focus is elsewhere"
LOCKED = "the screen is locked"
UNKNOWN = "what was typed there is no longer known, so it was not taken back; take it away by hand"
NO_TARGET = (
    "nothing had the focus when you began to speak, so nothing was typed; click into a window and say it again"
)


class Delivery:
    """Gives one edit at a time to the typist; knows no threads.

    Any thread may call `begin`, `place`, `deletes`, `cancel`, `is_cancelled` and `is_barred`, one alone the rest.

    Args:
        typist: may be replaced between edits.
        emit: told of what arrived, and of what is in the way.
        mirror: draws all of it as well: the terminal in which the service runs.
        keeps: text whose window lost the focus goes to the clipboard when the utterance is over.
        barred: why nothing may be typed into the field that has the focus in a window (a password field, an
            application that dictation is off for); None where it may. Any thread; must return within milliseconds.
        is_locked: whether the screen is, so that text waits; likewise.

    """

    def __init__(
        self,
        typist: Typist,
        emit: Callable[[Event], None],
        *,
        keeps: bool = False,
        mirror: Typist | None = None,
        barred: Callable[[Target], str | None] = lambda _: None,
        is_locked: Callable[[], bool] = lambda: False,
    ) -> None:
        self.typist = typist
        self.keeps = keeps
        self.mirror = mirror
        self._emit = emit
        self._barred = barred
        self._is_locked = is_locked
        self._wanted = Wanted()
        self._targets: dict[int, Target | None] = {}
        self._texts: dict[int, Text] = {}
        self._typed = Undoable()
        self._notices = Notices(emit)

    # ── at the beginning of an utterance, from any thread ─────────────────────────────────────────

    def begin(self, utterance: int) -> None:
        """An utterance begins: whatever has the focus now is its target. Returns at once."""
        target = self._targets[utterance] = self.typist.target()
        self._wanted.begin(utterance)
        why = LOCKED if self._is_behind_a_lock(target) else self._why_barred(target)
        if why is None:
            self._notices.clear(ProblemName.NOT_HERE)
        else:
            self._wanted.bar(utterance)
            self._notices.tell(ProblemName.NOT_HERE, f"{why}: {NOT_KEPT}")

    def place(self, utterance: int) -> int:
        """The key of the target of an utterance of which nothing has been delivered yet."""
        target = self._targets.get(utterance)
        return HERE.key if target is None else target.key

    def application(self, utterance: int) -> str:
        """The application in which an utterance began of which nothing has been delivered yet; empty for none."""
        target = self._targets.get(utterance)
        return "" if target is None else target.application

    def deletes(self) -> bool:
        """Whether what was typed can be taken back."""
        return self.typist.abilities.delete

    # ── edits ─────────────────────────────────────────────────────────────────────────────────────

    def __call__(self, utterance: int, edit: Edit, last: bool) -> None:
        """Deliver an edit; after one that failed, the rest of that utterance is not typed into its gap."""
        if self.is_cancelled(utterance):
            if last:
                self._drop(utterance)
            return
        text = self._texts.get(utterance)
        if text is None:
            text = self._texts[utterance] = Text(utterance, self._targets.pop(utterance, HERE))
        text.ended = last
        if edit.delete or edit.insert:
            text.wait(edit)
            self._mirror(edit)
        if text.held is None or isinstance(text.held, TakesNoText):  # nobody may tell that something else has it
            self.retry()
        else:  # the typist tells when it is worth another try, which may cost it 0.3 s
            self._hold(text, text.held)
            self._finish(text)
            self._settle()

    def retry(self) -> None:
        """Type what waits and can be typed now."""
        absence = self.typist.absence()
        if absence is None:
            self._notices.clear(ProblemName.DISPLAY_LOST)
        else:
            self._notices.tell(ProblemName.DISPLAY_LOST, absence)
        away: dict[Target | None, TargetAway] = {}
        for text in tuple(self._texts.values()):
            if text.target in away:  # what was said later never goes first
                self._hold(text, away[text.target])
            elif (error := self._advance(text)) is not None:
                away[text.target] = error
        self._settle()

    def show(self, utterance: int, unstable: str) -> None:
        """Show the tail that may still change."""
        text = self._texts.get(utterance)
        self._show(unstable, text.target if text is not None else self._targets.get(utterance, HERE))

    def _show(self, unstable: str, target: Target | None) -> None:
        if target is not None and not target.is_ours:
            _draw(self.typist, unstable, target)
        if self.mirror is not None:
            _draw(self.mirror, unstable, HERE)

    def undo(self, utterance: int | None = None) -> None:
        """Take back an utterance, or what was typed last, as far as it is still known; a failure is told."""
        if utterance is not None:
            self._undo_one(utterance)
            return
        while (text := self._typed.last) is not None:
            if not text.typed:
                self._typed.gone(text)
            elif self._take_back(text, len(text.typed)):
                return

    def _undo_one(self, utterance: int) -> None:
        waiting = self._texts.get(utterance)
        if waiting is not None and not waiting.may_be_struck:
            waiting.waiting.clear()
            if waiting.typed:
                self._take_back(waiting, len(waiting.typed))
            else:
                self._emit(waiting.cut_short)
            waiting.held = None
            self._finish(waiting)
            self._settle()
        elif (text := self._typed.of(utterance)) is not None:
            self._take_back(text, len(text.typed))
        else:
            self._notices.tell(ProblemName.TYPIST_FAILED, UNKNOWN)

    def trim(self, utterance: int, characters: int) -> None:
        """Take back so much of the end of an utterance; a failure is told."""
        waiting = self._texts.get(utterance)
        if waiting is not None and waiting.waiting and not waiting.may_be_struck:
            waiting.wait(Edit(characters, ""))
            self._emit(replace(waiting.cut_short, standing=waiting.whole))
        elif (text := self._typed.of(utterance)) is not None:
            self._take_back(text, characters)

    def _take_back(self, text: Text, characters: int) -> bool:
        """Take back the end of a text; False where its window, and all of it, is gone."""
        edit = Edit(min(characters, len(text.typed)), "")
        try:
            self._refuse_while_begun(text.target)
            self._check(text.target)
            self._strike(edit, text.target)
        except TargetGone:  # nothing of it is left to take back: what was typed before it is the last now
            self._typed.gone(text)
            return False
        except Exception as error:  # as for an edit
            if not isinstance(error, TargetAway | SecretField | NotBeforeCursor):
                self._typed.forget(text.target)  # taken back in part, perhaps: what stands there is not known
            self._notices.tell(
                ProblemName.TYPIST_FAILED, f"what was typed could not be taken back: {reason(error)}"
            )
            return True
        standing = text.typed[: len(text.typed) - edit.delete]
        if not standing:
            self._typed.gone(text)
        text.typed = standing
        self._mirror(edit)
        self._notices.clear(ProblemName.TYPIST_FAILED)
        self._emit(text.cut_short)
        if text.ended and standing:
            self._tell_what_stands(text)
        return True

    def _refuse_while_begun(self, target: Target | None) -> None:
        """What was begun stands in part behind all else in its window, and that part would be taken back."""
        if any(text.may_be_struck and text.target == target for text in self._texts.values()):
            raise TargetAway("a text is being typed there, and has to be whole before")

    # ── what will not be typed ────────────────────────────────────────────────────────────────────

    def forget(self, utterance: int) -> None:
        """The utterance was cancelled: type nothing more of it."""
        self._wanted.over(utterance)
        known = utterance in self._targets
        target = self._targets.pop(utterance, None)
        text = self._texts.pop(utterance, None)
        if known or text is not None:  # otherwise it ended here, and the tail is another's
            self._emit((text or Text(utterance, target)).cut_short)
            self._settle()
            self._show("", text.target if text else target)

    def fail(self, utterance: int) -> None:
        """Not all of the utterance was recognised: what was goes its way, though no more will come."""
        text = self._texts.get(utterance)
        if text is None or not text.waiting:
            self.forget(utterance)
            return
        text.ended = True
        if text.held is not None:
            self._hold(text, text.held)
        self._finish(text)

    def cancel(self) -> None:
        """Type nothing more of what has begun, though it waits or is being recognised; counts at once."""
        self._wanted.cancel()

    def is_cancelled(self, utterance: int) -> bool:
        """Whether nothing more of it will be typed. Any thread."""
        return self._wanted.is_cancelled(utterance)

    def is_barred(self, utterance: int) -> bool:
        """Whether it was said where nothing may be typed, so that nothing of it may be kept either. Any thread."""
        return self._wanted.is_barred(utterance)

    def sweep(self) -> None:
        """Forget what was cancelled."""
        for text in tuple(self._texts.values()):
            if not self.is_cancelled(text.utterance):
                continue
            text.held = None
            if text.ended:  # otherwise its end is still to come, and is told then
                self._drop(text.utterance)
        self._notices.clear(ProblemName.TYPIST_FAILED)
        self._settle()

    def _drop(self, utterance: int) -> None:
        text = self._texts.pop(utterance, None)
        target = self._targets.pop(utterance, None)
        self._wanted.over(utterance)
        self._emit((text or Text(utterance, target)).cut_short)
        self._emit(UtteranceDropped(utterance))
        self._show("", text.target if text else target)

    def replace(self, typist: Typist, mirror: Typist | None) -> None:
        """Deliver through another backend: what waits for a window of the old one was not delivered."""
        self.close()
        for before in (self.typist, self.mirror):
            if before is not None:
                before.close()
        self.typist, self.mirror = typist, mirror
        for utterance in tuple(self._targets):  # in place: meanwhile another may begin
            self._targets[utterance] = typist.target()
        self._typed.clear()

    def close(self) -> None:
        """The end: what still waits was not delivered."""
        for text in tuple(self._texts.values()):
            is_wanted = not self.is_cancelled(text.utterance)
            self._end(text, text.failure if is_wanted else UtteranceDropped(text.utterance))
        self._settle()

    # ── what waits for its window, and the person decides ─────────────────────────────────────────

    @property
    def looks_again(self) -> bool:
        """Whether text waits for what nobody may tell: that something else in its window has the focus."""
        return any(isinstance(text.held, TakesNoText) for text in self._texts.values())

    def here(self) -> None:
        """Type what waits into the window that has the focus now.

        Where it waits because of what has the focus in that window, the person knows better: applications may tell
        less than is true of what they draw. In another window nothing was told yet, so it is looked at first.
        """
        target = self.typist.target()
        if target is None or not self._waiting():
            return
        if (why := self._why_barred(target)) is not None:
            self._notices.tell(ProblemName.FOCUS_MOVED, f"{why}: {WAITS_ON}")
            return
        behind = self._typed.standing(target)
        for text in self._waiting():
            if text.target == target:
                if isinstance(text.held, TakesNoText):
                    text.target = replace(target, is_chosen=True)
                continue
            self._typed.leave(text)
            self._emit(text.cut_short)  # in its window no more of it will stand
            behind = text.go_to(target, behind) or behind
            self._emit(UtteranceMoved(text.utterance, target.key, text.waiting[0].insert if text.waiting else ""))
        self.retry()

    def back(self) -> None:
        """Give the focus back to the window for which text waits; it is typed when it has it."""
        for text in self._waiting()[:1]:
            try:
                if text.target is not None:
                    self.typist.go_to(text.target)
            except Exception as error:  # whatever a backend raises must not end the thread
                self._notices.tell(ProblemName.FOCUS_MOVED, f"{reason(error)}: click into the window yourself")

    def copy(self) -> None:
        """Put what waits into the clipboard."""
        for text in self._waiting():
            if self._put(text):
                self._finish(text)
        self._settle()

    def _waiting(self) -> list[Text]:
        """Texts that wait for their window, and of which it cannot have got any yet."""
        return [text for text in self._texts.values() if text.held is not None and not text.may_be_struck]

    # ── one text ──────────────────────────────────────────────────────────────────────────────────

    def _advance(self, text: Text) -> TargetAway | None:
        """Type what can be typed of a text; why it waits, where it must."""
        while text.waiting and not text.failed and not self.is_cancelled(text.utterance):
            try:
                self._type(text)
            except TargetAway as error:
                if not self._hold(text, error):
                    return error
            except SecretField as error:  # known only now: nothing of it was typed there
                if text.was_said_elsewhere:
                    away = TakesNoText(f"{error}: {WAITS_ON}")
                    if not self._hold(text, away):
                        return away
                else:
                    self._wanted.bar(text.utterance)
                    self._emit(UtteranceBarred(text.utterance))
                    self._notices.tell(ProblemName.NOT_HERE, f"{error}: {NOT_KEPT}")
            except Exception as error:  # whatever a backend raises must not end the thread
                self._fail(text, error)
        self._finish(text)
        return None

    def _finish(self, text: Text) -> None:
        if not text.ended:
            return
        if text.waiting and self.is_cancelled(text.utterance):
            self._drop(text.utterance)
        elif text.failed or not text.waiting:
            # What was typed of it before may have gone with its window.
            failed = text.failed and not (self._kept(text) and not text.typed)
            self._end(text, text.failure if failed else UtteranceDelivered(text.utterance))

    def _type(self, text: Text) -> None:
        edit = self._strike_next(text)
        text.waiting.popleft()
        text.held = None
        self._notices.clear(ProblemName.TYPIST_FAILED)
        text.typed = text.typed[: len(text.typed) - edit.delete] + edit.insert
        if text.target is not None and not text.target.is_ours:
            self._typed.typed(text)

    def _strike_next(self, text: Text) -> Edit:
        """Type the next edit of a text; what was typed."""
        self._check(text.target)
        edit, shift = text.next(), text.shift
        if text.target is not None and not text.target.is_ours and text.begins_with(edit):
            before = self.typist.stands_before(edit, text.target) if isinstance(self.typist, Sees) else None
            if before is not None:
                text.fit(fitted(edit, before))
        try:
            self._strike(text.waiting[0], text.target)
        except (TargetAway, SecretField) as error:
            if not isinstance(error, TargetBusy):  # when it is tried again something else may stand there
                text.fit(edit)
                text.shift = shift
            raise
        return text.waiting[0]

    def _check(self, target: Target | None) -> None:
        """Raise where nothing may be typed now."""
        if target is None:
            raise TargetGone(self.typist.absence() or NO_TARGET)
        if not target.is_ours:
            if self._is_behind_a_lock(target):
                raise TakesNoText(f"{LOCKED}: the text waits until it is not")
            if (why := self._barred(target)) is not None:
                if self.typist.target() == target:
                    raise SecretField(why)
                raise TargetAway(f"{why}: {WAITS_ON}")  # of another window: nothing was said to that one
        elif self.mirror is None:
            raise TargetGone(OUR_TERMINAL)

    def _strike(self, edit: Edit, target: Target | None) -> None:
        if target is not None and not target.is_ours:
            self.typist.type(edit, target)

    def _hold(self, text: Text, error: TargetAway) -> bool:
        """Let a text wait; True where it is in the clipboard instead."""
        text.held = error
        if text.ended and not text.may_be_struck and self._kept(text):
            return True
        self._notices.tell(ProblemName.FOCUS_MOVED, str(error))
        if text.ended and not text.announced:
            text.announced = True
            self._emit(UtteranceHeld(text.utterance))
        return False

    def _fail(self, text: Text, error: Exception) -> None:
        log.debug("typing failed: %s", error if isinstance(error, TypistError) else type(error).__name__)
        edit = text.waiting[0]
        certain = text.typed[: len(text.typed) - edit.delete]
        if isinstance(error, ArrivedInPart):
            text.typed = certain + edit.insert[: error.characters]
            text.waiting[0] = Edit(0, edit.insert[error.characters :])
            self._typed.typed(text)
        elif edit.delete and not isinstance(error, TargetGone | NotBeforeCursor):
            self._typed.forget(text.target)  # taken back in part, perhaps: as for an undo
            text.typed = certain
            text.waiting[0] = Edit(0, edit.insert)
        text.failed = True
        text.held = None
        self._notices.tell(ProblemName.TYPIST_FAILED, reason(error))

    def _kept(self, text: Text) -> bool:
        """Put what is not in its window into the clipboard, if that is the setting; says whether it is there."""
        return self.keeps and not self.is_cancelled(text.utterance) and self._put(text)

    def _put(self, text: Text) -> bool:
        kept = text.untyped
        try:
            if kept:
                self.typist.keep(kept)
        except Exception as error:  # as for an edit
            if not text.failed:  # otherwise why it failed is what the person can mend
                self._notices.tell(ProblemName.TYPIST_FAILED, reason(error))
            return False
        text.waiting.clear()
        text.held = None
        self._emit(text.cut_short)
        text.is_in_parts |= bool(kept and text.typed)
        if kept and not text.failed:  # otherwise why it failed has been told
            self._notices.tell(ProblemName.FOCUS_MOVED, KEPT)
        return True

    def _end(self, text: Text, how: Event) -> None:
        del self._texts[text.utterance]
        if text.waiting:
            self._emit(text.cut_short)
        if isinstance(how, UtteranceDelivered):
            self._tell_what_stands(text)
        self._emit(how)

    def _tell_what_stands(self, text: Text) -> None:
        target = text.target
        if target is not None and not target.is_ours and text.typed and not text.is_in_parts:
            stands = TextStands(text.utterance, text.typed, target.application, target.key, target.pid)
            self._emit(stands)

    def _mirror(self, edit: Edit) -> None:
        if self.mirror is not None:
            with contextlib.suppress(Exception):  # it is only a picture of what happens elsewhere
                self.mirror.type(edit, HERE)

    def _is_behind_a_lock(self, target: Target | None) -> bool:
        return target not in (None, HERE) and self._is_locked()

    def _why_barred(self, target: Target | None) -> str | None:
        return None if target is None or target.is_ours else self._barred(target)

    # ── problems ──────────────────────────────────────────────────────────────────────────────────

    def _settle(self) -> None:
        if not any(text.held for text in self._texts.values()):
            self._notices.clear(ProblemName.FOCUS_MOVED)


def _draw(typist: Typist, unstable: str, target: Target) -> None:
    if typist.abilities.preedit:
        with contextlib.suppress(Exception):  # a tail that cannot be shown is no loss; the edit will tell
            typist.show(unstable, target)
