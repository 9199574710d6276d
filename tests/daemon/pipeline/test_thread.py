"""The pipeline's thread: woken by the ring, asked for beats, and ended."""

from __future__ import annotations

import queue
import threading

import numpy as np
from tests.daemon.fakes import silence, voice
from tests.daemon.pipeline.bench import Bench

from sayso.mailbox import DecodeFinal
from sayso.pipeline_thread import PipelineThread


def test_the_thread_works_when_woken_and_finishes_what_was_being_said_when_it_ends() -> None:
    bench = Bench()
    wake, started = bench.ring.wake, threading.Event()
    bench.on_start = started.set
    thread = PipelineThread(bench.pipeline, wake)
    thread.start()
    bench.pipeline.listen()
    bench.ring.write(np.concatenate((silence(0.64), voice(1.28))))
    assert started.wait(5)
    thread.stop()
    requests = []
    while (request := bench.mailbox.take()) is not None:
        requests.append(request)
    assert [request.utterance for request in requests] == [1]
    assert isinstance(requests[0], DecodeFinal)


def test_a_beat_follows_a_pass_that_was_asked_for_one_on_the_threads_own() -> None:
    bench = Bench()
    beats: queue.SimpleQueue[str] = queue.SimpleQueue()
    thread = PipelineThread(bench.pipeline, bench.ring.wake, lambda: beats.put(threading.current_thread().name))
    thread.start()
    for _ in range(2):
        thread.ping()
        assert beats.get(timeout=5) == "sayso-pipeline"
    bench.pipeline.listen()
    thread.stop()
    assert bench.listening == [True]
    assert beats.empty(), "nobody asked for another"


def test_while_a_pass_hangs_no_beat_comes_and_afterwards_one_for_all_that_were_asked_for() -> None:
    bench = Bench()
    beats: queue.SimpleQueue[None] = queue.SimpleQueue()
    hangs, goes_on = threading.Event(), threading.Event()

    def hang() -> None:
        hangs.set()
        assert goes_on.wait(5)

    bench.on_start = hang
    thread = PipelineThread(bench.pipeline, bench.ring.wake, lambda: beats.put(None))
    thread.start()
    bench.pipeline.listen()
    bench.write(np.concatenate((silence(0.64), voice(1.28))))
    assert hangs.wait(5)
    for _ in range(3):
        thread.ping()
    assert beats.empty()
    goes_on.set()
    beats.get(timeout=5)
    thread.stop()
    assert beats.empty()
