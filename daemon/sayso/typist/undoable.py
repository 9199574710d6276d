"""What was typed and can be taken back: the last utterances, in the order in which they were typed."""

from __future__ import annotations

from collections import deque

from sayso.typist import Target
from sayso.typist.text import Text

UNDOABLE = 20  # utterances whose text can be taken back, one after the other


class Undoable:
    """The texts of the last utterances, as far as it is known that they stand in their windows."""

    def __init__(self) -> None:
        self._texts: deque[Text] = deque(maxlen=UNDOABLE)

    @property
    def last(self) -> Text | None:
        """What was typed last."""
        return self._texts[-1] if self._texts else None

    def of(self, utterance: int) -> Text | None:
        """What stands of an utterance; where it does in two windows, the one typed last."""
        return next((text for text in reversed(self._texts) if text.utterance == utterance and text.typed), None)

    def standing(self, target: Target) -> str:
        """What was typed last in a window."""
        return next((text.typed for text in reversed(self._texts) if text.target == target), "")

    def typed(self, text: Text) -> None:
        """More of a text was typed: it is the last now."""
        if text in self._texts:
            self._texts.remove(text)
        self._texts.append(text)

    def leave(self, text: Text) -> None:
        """The text goes on in another window: what was typed of it stays where it is, and can be taken back."""
        if text.typed and text in self._texts:
            self._texts[self._texts.index(text)] = Text(text.utterance, text.target, typed=text.typed)

    def gone(self, text: Text) -> None:
        """Nothing of it stands any more, or it is not known what."""
        text.typed = ""
        if text in self._texts:
            self._texts.remove(text)

    def forget(self, target: Target | None) -> None:
        """What stands in a window is not known any more."""
        for text in tuple(self._texts):
            if text.target == target:
                self.gone(text)

    def clear(self) -> None:
        """There are other windows now."""
        self._texts.clear()
