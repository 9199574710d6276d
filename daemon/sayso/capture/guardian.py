"""Warns before speech is lost: how loud it is and how the sound server is set while somebody wants to be heard."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from sayso.audio import FRAME_SECONDS, Pcm, seconds
from sayso.capture.facts import ServerState
from sayso.capture.loudness import Loudness, look
from sayso.capture.problems import PendingProblems
from sayso.capture.remedy import Remedy
from sayso.capture.selection import Selection
from sayso.capture.voice import FindVoice
from sayso.capture.voice_level import QUIET_DBFS, Levels, amplified, levels_of, loud_level, stands_out
from sayso.capture.warning import OF_THE_SERVER, Warning, nothing_heard, of_the_server, silent, too_quiet
from sayso.events import ProblemName

JUDGED_SECONDS = 3.0  # heard at a time: long enough for a sentence to be in it
LEAST_SECONDS = 1.0  # of what is left when listening ends, below which nothing is judged
VOICE_SECONDS = 0.6  # of voice that make it speech: a single word has 0.2 to 0.5, and the room has words too
ATTEMPT_SECONDS = 1.5  # a key held for less was struck by accident
LONGEST_ATTEMPT_SECONDS = 60.0  # who is heard for longer does not dictate all the time
# How often in a row it must happen: who has been heard well from here may have meant to say nothing, and a quiet
# voice after that may be somebody else's.
NOTHING_TIMES, NOTHING_TIMES_AFTER_VOICE = 2, 3
QUIET_TIMES, QUIET_TIMES_AFTER_VOICE = 1, 3

OF_THE_STREAM = (*OF_THE_SERVER, ProblemName.MICROPHONE_SILENT, ProblemName.MICROPHONE_CLIPPING)
"""What is over when the stream is."""


class Guardian:
    """Follows one microphone over all of its streams. The guard's thread only, but for `remedy_of`.

    Args:
        problems: gets what is wrong.
        silence_warning_seconds: how long nothing but zeros is no problem while somebody listens; 0 for ever.
        find_voice: says how much voice there is.

    """

    def __init__(self, problems: PendingProblems, silence_warning_seconds: float, find_voice: FindVoice) -> None:
        self._problems = problems
        self._silence_warning_seconds = silence_warning_seconds
        self._find_voice = find_voice
        self._selection: Selection | None = None
        self._state: ServerState | None = None
        self._remedies: dict[ProblemName, Remedy] = {}
        self._listening_since: float | None = None
        self._loudness = Loudness()
        self._heard: list[Pcm] = []  # and not judged yet
        self._levels: list[Levels] = []  # of all that was heard since listening began
        self._is_well_heard = False  # a voice was, from this source as it is set
        self._quiet_times = 0
        self._nothing_times = 0

    @property
    def is_listening(self) -> bool:
        """Whether somebody wants to be heard."""
        return self._listening_since is not None

    def remedy_of(self, name: ProblemName) -> Remedy | None:
        """What to do about a problem that was told last; None where it never was. Any thread."""
        return self._remedies.get(name)

    def attend(self, selection: Selection, state: ServerState | None) -> None:
        """Hear where the stream is and how the server has set it; told as often as that may have changed."""
        if _setting(self._state) != _setting(state) and state is not None and state.recorded is not None:
            self._is_well_heard, self._quiet_times, self._nothing_times = False, 0, 0
            self._heard = []
            self._problems.clear(ProblemName.MICROPHONE_QUIET)
        self._selection, self._state = selection, state
        self._judge_server()

    def listen(self, on: bool, now: float) -> None:
        """Somebody wants to be heard from now on, or no more."""
        if on is self.is_listening:
            return
        if on:
            self._listening_since, self._heard, self._levels = now, [], []
            self._judge_server()
        else:
            self._judge_attempt()
            self._listening_since = None
            self._problems.clear(ProblemName.MICROPHONE_MUTED)  # told again the next time

    def hear(self, audio: Pcm, now: float) -> None:
        """Take what has come since the last time, shape (n,)."""
        self._loudness = look(self._loudness, now, audio)
        self._judge_zeros(now)
        self._judge_clipping(now)
        if not self.is_listening:
            return
        if sum(map(len, self._levels)) * FRAME_SECONDS <= LONGEST_ATTEMPT_SECONDS:  # more is not looked at
            self._levels.append(levels_of(audio))
        self._heard.append(audio)
        if seconds(sum(map(len, self._heard))) >= JUDGED_SECONDS:
            self._judge_voice()

    def end(self) -> None:
        """The stream is closed."""
        self._listening_since, self._heard, self._levels = None, [], []
        self._loudness = Loudness()
        self._problems.clear(*OF_THE_STREAM)

    # ── verdicts ──────────────────────────────────────────────────────────────────────────────────

    def _judge_server(self) -> None:
        selection = self._selection
        found = _by_name(of_the_server(self._state, is_named=selection.is_named)) if selection is not None else {}
        for name in OF_THE_SERVER:
            if name not in found:
                self._problems.clear(name)
            elif self.is_listening:
                self._tell(found[name])

    def _judge_zeros(self, now: float) -> None:
        patience = self._silence_warning_seconds
        if self._loudness.silent_since is None:
            self._problems.clear(ProblemName.MICROPHONE_SILENT)
        elif (
            self._listening_since is not None
            and self._selection is not None
            and now - self._listening_since >= patience
            and self._loudness.is_silent(now, patience)
            and not self._problems.is_pending(ProblemName.MICROPHONE_MUTED)
        ):
            self._tell(silent(self._selection, self._state, patience))

    def _judge_clipping(self, now: float) -> None:
        if not self._loudness.is_clipping(now):
            self._problems.clear(ProblemName.MICROPHONE_CLIPPING)
        elif self.is_listening and self._selection is not None:
            self._tell(
                Warning(
                    ProblemName.MICROPHONE_CLIPPING,
                    f"{self._selection.label} is too loud and clips, which costs words",
                    Remedy("lower its input volume in the sound settings"),
                )
            )

    def _judge_voice(self) -> None:
        audio, self._heard = np.concatenate(self._heard), []
        levels = levels_of(audio)
        loud_dbfs = loud_level(levels)
        if not stands_out(levels) or self._selection is None:
            return
        if loud_dbfs >= QUIET_DBFS:
            self._is_well_heard, self._quiet_times = True, 0
            self._problems.clear(ProblemName.MICROPHONE_QUIET)
        elif self._find_voice(amplified(audio, loud_dbfs)) >= VOICE_SECONDS:
            self._quiet_times += 1
            if self._quiet_times >= (QUIET_TIMES_AFTER_VOICE if self._is_well_heard else QUIET_TIMES):
                self._tell_quiet(too_quiet(self._selection.label, self._state, loud_dbfs))

    def _judge_attempt(self) -> None:
        """What came while a key was held, or listening was on."""
        if seconds(sum(map(len, self._heard))) >= LEAST_SECONDS:
            self._judge_voice()
        levels = np.concatenate(self._levels) if self._levels else np.zeros(0)
        heard_seconds = len(levels) * FRAME_SECONDS
        if not ATTEMPT_SECONDS <= heard_seconds <= LONGEST_ATTEMPT_SECONDS or self._selection is None:
            return
        if stands_out(levels):
            self._nothing_times = 0
            return
        self._nothing_times += 1
        is_muted = self._problems.is_pending(ProblemName.MICROPHONE_MUTED)  # which says why
        needed = NOTHING_TIMES_AFTER_VOICE if self._is_well_heard else NOTHING_TIMES
        if self._nothing_times >= needed and not is_muted:
            self._tell_quiet(nothing_heard(self._selection, self._state, self._nothing_times))

    def _tell_quiet(self, warning: Warning) -> None:
        """Once: its figures are others each time."""
        if not self._problems.is_pending(warning.name):
            self._tell(warning)

    def _tell(self, warning: Warning) -> None:
        self._remedies[warning.name] = warning.remedy
        self._problems.tell(warning.name, warning.message)


def _by_name(warnings: Iterable[Warning]) -> dict[ProblemName, Warning]:
    return {warning.name: warning for warning in warnings}


def _setting(state: ServerState | None) -> tuple[object, ...]:
    """What a change of makes everything heard before worthless: the source, and how loud it is set."""
    own = state.source(state.recorded) if state is not None else None
    if own is None or state is None:
        return ()
    return own.name, own.is_muted, own.volume_percent, state.stream_volume_percent
