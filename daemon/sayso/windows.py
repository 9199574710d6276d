"""Windows: the utterance in flight, cut into overlapping windows; what of it is decoded, and when.

It knows no thread and no clock: `pipeline` tells it of each frame, and decodes are ordered at the mailbox.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sayso.audio import FRAME_SAMPLES, SAMPLE_RATE_HZ, Pcm
from sayso.cuts import MAX_WINDOW_SAMPLES, Gap, Valley, best_cut, forced_cut
from sayso.events import Rung
from sayso.gates import Hearing
from sayso.ladder import Ladder
from sayso.mailbox import DecodeFinal, DecodePartial, Drop, Mailbox, Promote, Withdraw
from sayso.ring import Ring
from sayso.segmenter import Boundary, Endpointing, Segmenter

LONG_SAMPLES = 10 * SAMPLE_RATE_HZ  # from here a partial and a proof are quicker than a final decode
CUT_AGAIN_SAMPLES = SAMPLE_RATE_HZ // 4  # where no cut was to be had, by then more words may stand
KEPT_SAMPLES = 8 * FRAME_SAMPLES  # audio goes to the journal in pieces of 256 ms
REMEMBERED = 64  # utterances of which the beginning is known; those in flight are two or three


@dataclass(frozen=True, slots=True)
class StreamingPlan:
    """How the live flow cuts its work, in samples.

    Attributes:
        endpointing: when speech begins and ends.
        pre_roll: audio kept from before the first voiced frame.
        min_speech: less voice than this is not speech and types nothing.
        hop: new audio between two partial decodes.
        window: window length from which an utterance is cut.

    """

    endpointing: Endpointing
    pre_roll: int
    min_speech: int
    hop: int
    window: int


class Windows:
    """Follows one utterance after the other, from its first frame to the order for its final.

    Args:
        ring: where the audio is.
        segmenter: how much of it is voice; stepped by whoever calls.
        mailbox: where orders to the recogniser go.
        plan: of the first utterance; each begins with its own.
        gaps: the committed words' gaps of the utterance in flight.
        keep: the journal's ear: given (utterance, audio) as it is spoken.
        ladder: how often partials are asked for.
        first_utterance: the number of the first one.

    Attributes:
        utterance: number of the one in flight, or 0.
        began: absolute index of the first kept sample of each of the last utterances. Any thread may read it.
        start: absolute index where its current window starts.

    """

    def __init__(
        self,
        ring: Ring,
        segmenter: Segmenter,
        mailbox: Mailbox,
        plan: StreamingPlan,
        *,
        gaps: Callable[[], tuple[Gap, ...]],
        keep: Callable[[int, Pcm], None],
        ladder: Ladder,
        first_utterance: int = 1,
    ) -> None:
        self.utterance = 0
        self.began: dict[int, int] = {}
        self.start = 0
        self._ring = ring
        self._segmenter = segmenter
        self._mailbox = mailbox
        self._gaps = gaps
        self._keep = keep
        self._ladder = ladder
        self._plan = plan
        self._next = first_utterance
        self._kept = 0  # absolute index up to which the journal has its audio
        self._heard: list[Valley] = []  # its frames since the window began
        self._cut_from = 0  # absolute index from which it is worth looking for a cut
        self._speculating = False

    @property
    def is_speech(self) -> bool:
        """Whether there was enough voice to be decoded."""
        return self._segmenter.voiced_samples >= self._plan.min_speech

    def begin(self, plan: StreamingPlan, oldest: int) -> None:
        """An utterance has begun; no audio before the absolute index `oldest` belongs to it."""
        self._plan = plan
        self.utterance, self._next = self._next, self._next + 1
        self.start = self._kept = max(oldest, self._segmenter.onset - plan.pre_roll)
        self.began[self.utterance] = self.start
        if len(self.began) > REMEMBERED:
            del self.began[next(iter(self.began))]
        self._heard = []
        self._cut_from = 0
        self._speculating = False
        self._mailbox.heard = self.start

    def hear(self, end: int, probability: float, boundary: Boundary | None) -> None:
        """A frame of the utterance ends here, and this is what it changed; a hard end is followed by `finish`."""
        self._heard.append(Valley(end - FRAME_SAMPLES // 2, probability))
        self._keep_audio(end, at_least=KEPT_SAMPLES)
        is_long = end - self.start > self._plan.window and end >= self._cut_from
        if is_long and not self._speculating and self.is_speech:
            self._cut_from = end + CUT_AGAIN_SAMPLES
            self._cut(end)
        if boundary is Boundary.SOFT_END and self.is_speech:
            self._speculating = True
            self._final(end, speculative=True)
        elif boundary is Boundary.RESUMED and self._speculating:
            self._speculating = False
            self._mailbox.order(Withdraw(self.utterance))
        elif boundary is not Boundary.HARD_END and not self._speculating and self.is_speech:
            self._partial(end)

    def finish(self, end: int) -> bool:
        """The utterance ends here. Returns whether it was speech; otherwise it is dropped."""
        self._keep_audio(end, at_least=1)
        if not self.is_speech:
            self.drop()
            return False
        if self._speculating:
            self._mailbox.order(Promote(self.utterance))
        else:
            self._final(end, speculative=False)
        self.utterance = 0
        return True

    def drop(self) -> None:
        """Forget the utterance."""
        self._mailbox.order(Drop(self.utterance))
        self.utterance = 0

    def _partial(self, end: int) -> None:
        hop = self._ladder.hop(self._plan.hop)
        if hop is not None and end - self._mailbox.heard >= hop:
            self._mailbox.offer(self._decode_so_far(end))

    def _decode_so_far(self, end: int) -> DecodePartial:
        return DecodePartial(self.utterance, self.start, self._ring.read(self.start, end), self._hearing())

    def _hearing(self) -> Hearing:
        return Hearing(tuple(self._heard), self._segmenter.voice, self._segmenter.onset)

    def _cut(self, end: int) -> None:
        """Begin a new window: before words that are committed, or, with none to be had, where it is quietest."""
        known = tuple(gap for gap in self._gaps() if gap.utterance == self.utterance)
        cut = best_cut(known, self._heard, self.start, end)
        if cut is None and end - self.start > MAX_WINDOW_SAMPLES:
            cut = forced_cut(self._heard, self.start, end)
            self._mailbox.order(
                DecodeFinal(
                    self.utterance,
                    self.start,
                    self._ring.read(self.start, cut),
                    voiced_end=cut,
                    ends=False,
                    hearing=self._hearing(),
                )
            )
        if cut is not None:
            self._heard = [valley for valley in self._heard if valley.at_sample > cut]
            self.start = cut

    def _final(self, end: int, *, speculative: bool) -> None:
        uncovered = self._mailbox.heard < self._segmenter.voiced_end
        if uncovered and end - self.start > LONG_SAMPLES and self._ladder.pace.rung is Rung.LIVE:
            self._mailbox.order(self._decode_so_far(end))
        self._mailbox.order(
            DecodeFinal(
                self.utterance,
                self.start,
                self._ring.read(self.start, end),
                voiced_end=self._segmenter.voiced_end,
                speculative=speculative,
                hearing=self._hearing(),
            )
        )

    def _keep_audio(self, end: int, at_least: int) -> None:
        if end - self._kept >= at_least:
            self._keep(self.utterance, self._ring.read(self._kept, end))
            self._kept = end
