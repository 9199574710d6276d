"""Whether what the person dictates and corrects may be kept, to learn from it: the settings' word, or their own.

Until they have answered nothing outlasts its delivery. They are asked once; their answer lies in the state folder,
because nobody but the person writes their settings. It holds at once in every process, also in one that cannot be
told of it: a service, when the answer was given where its bus is not reached.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Final

from sayso.errors import ConfigError, StorageError
from sayso.journal.durable import make_folder, write_whole

ASK: Final = "ask"
"""The setting `learning` that leaves it to the person's answer; the others are `on` and `off`."""

QUESTION: Final = (
    "your words and your voice can be learnt from what you dictate and correct. For that audio and text are kept, "
    "sealed, on this machine alone; `sayso forget` removes them. Until you say so nothing is kept"
)
"""What the person is to know before they answer."""


class Answer(StrEnum):
    """How it stands."""

    ON = "on"
    OFF = "off"
    ASKED = "asked"  # it was asked and not answered: nothing is kept, and nobody asks again
    NONE = "none"  # it was never asked


class Consent:
    """The one place that knows. Any thread asks; the main thread changes it.

    To ask costs a look at the file (stat); it is read when it is another than it was.

    Args:
        file: where the answer lies; made when there is one.
        setting: `learning` of the settings: ask, on or off.

    Attributes:
        setting: the same; may be replaced when the settings are.

    """

    def __init__(self, file: Path, setting: str) -> None:
        self._file = file
        self.setting = setting
        self._has_refused = False  # the person has, and it could not be kept
        self._known = (_stamp(file), _read(file))

    @property
    def learns(self) -> bool:
        """Whether what is dictated and corrected is kept."""
        return self.answer is Answer.ON

    @property
    def answer(self) -> Answer:
        """The settings' word; where they leave it to the person, theirs."""
        if self.setting != ASK:
            return Answer(self.setting)
        if self._has_refused:
            return Answer.OFF
        before, answer = self._known
        stamp = _stamp(self._file)  # before it is read: what changes meanwhile is read the next time
        if stamp != before:
            answer = _read(self._file)
            self._known = (stamp, answer)
        return answer

    def give(self, on: bool) -> None:
        """Take the person's answer.

        Raises:
            ConfigError: the settings say otherwise, and theirs is the last word.
            StorageError: it could not be kept. A no holds all the same, until sayso ends or an answer of this
                process can be kept; a yes does not.

        """
        wanted = Answer.ON if on else Answer.OFF
        if self.setting not in (ASK, wanted):
            raise ConfigError(
                f"learning is {self.setting} in the settings, which are yours to change: set learning to "
                f"{wanted}, or to {ASK}, and say it again"
            )
        if wanted is Answer.OFF:
            self._has_refused = True
        self._keep(wanted)
        self._has_refused = False

    def is_to_be_asked(self) -> bool:
        """Whether the person is to be asked now; from then on they were.

        Raises:
            StorageError: nobody would know tomorrow that they were asked.

        """
        if self.answer is not Answer.NONE:
            return False
        self._keep(Answer.ASKED)
        return True

    def _keep(self, answer: Answer) -> None:
        try:
            make_folder(self._file.parent)
            write_whole(self._file, f"{answer.value}\n".encode())
        except OSError as error:
            raise StorageError(
                f"{self._file}: {error.strerror or error}; the answer whether sayso may learn lies there: make "
                "room, or set learning to on or off in the settings"
            ) from error


def _stamp(file: Path) -> tuple[int, int, int] | None:
    """What is another whenever it holds another answer: each has a length of its own."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def _read(file: Path) -> Answer:
    """What lies there; what cannot be read, or is no answer, allows nothing and is no reason to ask again."""
    try:
        return Answer(file.read_text(encoding="ascii").strip())
    except FileNotFoundError:
        return Answer.NONE
    except (OSError, ValueError):
        return Answer.ASKED
