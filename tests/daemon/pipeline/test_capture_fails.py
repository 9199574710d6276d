"""When capture fails: a stream that breaks off, and audio that was lost."""

from __future__ import annotations

from tests.daemon.fakes import of_type, silence, voice
from tests.daemon.pipeline.bench import Bench

from sayso.audio import samples
from sayso.events import CaptureInterrupted, Problem, ProblemName, UtteranceStarted
from sayso.mailbox import DecodeFinal, Promote


def test_when_the_stream_breaks_off_what_was_said_is_finished_as_it_stands_and_listening_goes_on(
    bench: Bench,
) -> None:
    bench.hear(silence(0.64), voice(1.0))
    broke_at = bench.ring.written
    bench.pipeline.interrupted(CaptureInterrupted(broke_at))
    bench.step()
    (final,) = bench.of(DecodeFinal)
    assert final.start + len(final.audio) == broke_at
    assert bench.detector.resets == 2  # for listening, and for what is another stream now
    bench.hear(voice(1.0), silence(1.0))
    assert bench.of(DecodeFinal)[-1].start == broke_at
    assert bench.listening == [True]


def test_audio_from_before_a_break_is_never_the_pre_roll_of_what_follows() -> None:
    bench = Bench()
    bench.hear(voice(1.024))
    bench.pipeline.interrupted(CaptureInterrupted(bench.ring.written))
    bench.hear(silence(0.128))
    bench.do("listen")
    bench.hear(voice(1.0))
    assert of_type(bench.events, UtteranceStarted)[0].start_sample >= samples(1.024)


def test_audio_lost_while_nobody_spoke_is_a_problem_and_listening_goes_on() -> None:
    bench = Bench(ring_seconds=2)
    bench.do("listen")
    bench.hear(silence(1.0))
    bench.write(silence(1.9))
    bench.write(silence(1.9))
    bench.step()
    (problem,) = of_type(bench.events, Problem)
    assert problem.name is ProblemName.AUDIO_OVERRUN
    bench.hear(voice(0.64), silence(1.0))
    assert bench.of(Promote) == [Promote(1)]
