"""The typist that keeps what it is given: for replays, benchmarks and programs that want the text itself."""

from __future__ import annotations

from sayso.errors import TypistError
from sayso.events import Edit
from sayso.typist import HERE, Abilities, OnePlace, Target


class RecordingTypist(OnePlace):
    """Behaves as a window would: `text` is what stands in it after all edits.

    Attributes:
        edits: every edit, in order.
        text: the sum of them.

    """

    def __init__(self) -> None:
        self.edits: list[Edit] = []
        self.text = ""

    @property
    def abilities(self) -> Abilities:
        """Everything but a preedit."""
        return Abilities(unicode=True, delete=True, read_back=True)

    def type(self, edit: Edit, target: Target = HERE) -> None:
        """Apply one edit; more deleted than was typed is an error, as in a window it would be a disaster."""
        if edit.delete > len(self.text):
            raise TypistError(f"asked to delete {edit.delete} characters where only {len(self.text)} were typed")
        self.text = self.text[: len(self.text) - edit.delete] + edit.insert
        self.edits.append(edit)

    def show(self, unstable: str, target: Target) -> None:
        """Nothing: only what stands is given on."""

    def close(self) -> None:
        """Nothing to leave behind."""
