"""What gives way when the engine is slower than speech: first the cadence of partials, then partials altogether.

Audio never does. How long decodes take decides; where they take as long as nothing, as on a fast machine, nothing
gives way. The state says which rung it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from sayso.audio import samples, seconds
from sayso.events import Event, PaceChanged, Rung
from sayso.mailbox import DecodeFinal, DecodePartial, Request

REST = 1.25  # hops are that much longer than a partial takes, so that a final finds the engine free now and then
TOO_LONG_SECONDS = 2.0  # a partial that takes longer types nothing that the end of the sentence would not
TRY_AGAIN_FINALS = 4  # utterances until partials are tried again where finals take long, too


@dataclass(frozen=True, slots=True)
class Pace:
    """How partials are asked for.

    Attributes:
        rung: what gives way.
        partial_seconds: how long a partial takes, as far as is known.
        finals: since there are no partials.

    """

    rung: Rung = Rung.LIVE
    partial_seconds: float = 0.0
    finals: int = 0


def after(pace: Pace, request: Request, took_seconds: float, hop_seconds: float) -> Pace:
    """The pace after a request has been done.

    Args:
        pace: before it.
        request: what was done; only decodes tell anything.
        took_seconds: how long it took.
        hop_seconds: between partials where nothing gives way.

    """
    if isinstance(request, DecodeFinal):
        if pace.rung is not Rung.SEGMENTS:
            return pace
        if took_seconds > TOO_LONG_SECONDS:
            finals = pace.finals + 1
            # With a draft it says nothing of partials, and the machine may have been busy: they are tried again.
            return replace(pace, finals=finals) if finals < TRY_AGAIN_FINALS else replace(pace, rung=Rung.SLOWER)
        # It hears more than a partial and takes longer: where it does not take too long, neither will a partial.
    elif not isinstance(request, DecodePartial):
        return pace
    if took_seconds > TOO_LONG_SECONDS:
        return Pace(Rung.SEGMENTS, took_seconds)
    return Pace(Rung.SLOWER if took_seconds > hop_seconds else Rung.LIVE, took_seconds)


class Ladder:
    """The pace that the machine keeps. Written by one thread, read by any.

    Args:
        tell: told when the rung is another.

    """

    def __init__(self, tell: Callable[[Event], None]) -> None:
        self.pace = Pace()
        self._tell = tell

    def done(self, request: Request, took_seconds: float, hop_samples: int) -> None:
        """A request has been done."""
        before, self.pace = self.pace, after(self.pace, request, took_seconds, seconds(hop_samples))
        if self.pace.rung is not before.rung:
            self._tell(PaceChanged(self.pace.rung))

    def hop(self, hop_samples: int) -> int | None:
        """New audio between two partials, in samples; None where there are none."""
        pace = self.pace
        if pace.rung is Rung.SEGMENTS:
            return None
        if pace.rung is Rung.SLOWER:
            return max(hop_samples, samples(REST * pace.partial_seconds))
        return hop_samples
