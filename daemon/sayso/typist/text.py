"""An utterance's text on its way to its window."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
from functools import reduce

from sayso.errors import TargetAway, TargetBusy
from sayso.events import Edit, UtteranceCutShort, UtteranceFailed
from sayso.formatter import joined
from sayso.typist import HERE, Target
from sayso.typist.fitting import is_word_of_many


@dataclass(slots=True, eq=False)
class Text:
    """An utterance's text on its way to its target.

    Attributes:
        target: where the focus was when the utterance began.
        waiting: edits that are not there yet.
        typed: what is.
        ended: there will be no more edits.
        held: why it waits, where the focus is elsewhere.
        announced: that it waits was told.
        failed: nothing more of it is typed, lest it stand behind a gap.
        shift: so many characters more stand at its beginning than whoever sends the edits knows: 1, 0 or -1.
        is_in_parts: a part of it stands in another window, or is in the clipboard.

    """

    utterance: int
    target: Target | None
    waiting: deque[Edit] = field(default_factory=deque)
    typed: str = ""
    ended: bool = False
    held: TargetAway | None = None
    announced: bool = False
    failed: bool = False
    shift: int = 0
    is_in_parts: bool = False

    def wait(self, edit: Edit) -> None:
        """Queue an edit; what it takes back and has not been typed yet never is."""
        untouched = 1 if self.may_be_struck else 0  # the first may have been struck already
        while edit.delete and len(self.waiting) > untouched:
            edit = joined(self.waiting.pop(), edit)
        if edit.delete or edit.insert:
            self.waiting.append(edit)
        elif not self.waiting:
            self.held = None

    def next(self) -> Edit:
        """The edit to type now; it takes back no more than stands. One that was begun is the same edit still."""
        edit = self.waiting[0]
        is_all = edit.delete >= len(self.typed) - self.shift  # or more: the person took it back meanwhile
        if edit.delete and is_all and not self.may_be_struck:
            edit = self.waiting[0] = replace(edit, delete=len(self.typed))
        return edit

    def begins_with(self, edit: Edit) -> bool:
        """Whether the text begins with the one that is to be typed now, of which nothing was struck yet."""
        return bool(edit.insert) and edit.delete == len(self.typed) and not self.may_be_struck

    def fit(self, edit: Edit) -> Edit:
        """Have the edit with which the text begins typed with another space before it."""
        self.shift = len(edit.insert) - len(self.waiting[0].insert)
        self.waiting[0] = edit
        return edit

    @property
    def place(self) -> int:
        """The number of its window."""
        return HERE.key if self.target is None else self.target.key

    @property
    def cut_short(self) -> UtteranceCutShort:
        """That no more of it stands there than what was typed."""
        return UtteranceCutShort(self.utterance, self.typed, self.place)

    @property
    def untyped(self) -> str:
        """What is not there yet, as one piece."""
        return reduce(joined, self.waiting, Edit(0, "")).insert.lstrip()

    @property
    def whole(self) -> str:
        """All of it, what stands and what does not."""
        return reduce(joined, self.waiting, Edit(0, self.typed)).insert.lstrip()

    @property
    def failure(self) -> UtteranceFailed:
        """That it could not be typed, and what it is."""
        application = "" if self.target is None else self.target.application
        return UtteranceFailed(self.utterance, self.whole, application)

    @property
    def was_said_elsewhere(self) -> bool:
        """Whether all of it was said before what has the focus now had it."""
        return self.ended and self.held is not None and not self.may_be_struck

    @property
    def may_be_struck(self) -> bool:
        """Whether its window was told to paste and may yet do so: it must go nowhere else meanwhile."""
        return isinstance(self.held, TargetBusy)

    def go_to(self, target: Target, behind: str = "") -> str:
        """Have what is not there yet typed elsewhere; what was typed stays where it is.

        Args:
            target: the other place.
            behind: what stands there that was typed before.

        Returns:
            What is to be typed there.

        """
        untyped = self.untyped
        if behind and not behind[-1].isspace() and is_word_of_many(untyped[:1]):
            untyped = f" {untyped}"
        self.is_in_parts |= bool(self.typed)
        self.target, self.typed, self.shift, self.announced = target, "", 0, False
        self.waiting = deque([Edit(0, untyped)] if untyped else [])
        if not untyped:
            self.held = None
        return untyped
