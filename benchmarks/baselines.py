"""The same weights without a live flow: faster-whisper's own `transcribe`, after the fact."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from figures import Figures, Way
from isolation import peak_rss_mb
from recordings import Part, Recording
from scoring import errors_by_folder, words_of
from weights import Weights

from sayso.audio import Pcm, seconds
from sayso.config import Settings
from sayso.engines import Transcription
from sayso.latency import SpokenWord, StandingWord, commit_latencies
from sayso.loading import engine_from, language_of
from sayso.replay.strokes import hold_around_speech
from sayso.vad import VoiceDetector, make_detector


@dataclass(frozen=True, slots=True)
class Offline:
    """The whole recording transcribed at once, and when each of its words was said."""

    figures: Figures
    spoken: tuple[SpokenWord, ...]


def measure_offline(weights: Weights, recording: Recording) -> Offline:
    """Beam 5, windows of 30 s, word times: what commits are timed by and words are judged by."""
    settings = weights.settings()
    engine = engine_from(settings)
    cpu_before = time.process_time()
    offline = engine.transcribe(recording.audio, language_of(settings))
    figures = Figures(
        weights.model,
        Way.OFFLINE,
        errors_by_folder(recording.parts, offline.text),
        audio_seconds=recording.seconds,
        cpu_seconds=time.process_time() - cpu_before,
        peak_rss_mb=peak_rss_mb(),
    )
    return Offline(figures, spoken_words(offline))


def spoken_words(offline: Transcription) -> tuple[SpokenWord, ...]:
    """Its words, normalised one by one, with the end of each in the audio."""
    return tuple(
        SpokenWord(text, float(word.end_seconds))  # faster-whisper gives numpy's
        for segment in offline.segments
        for word in segment.words
        for text in words_of(word.text)
    )


def measure_after_silence(weights: Weights, recording: Recording, spoken: tuple[SpokenWord, ...]) -> Figures:
    """Each clip is transcribed when the hard endpoint's silence has passed after its speech, as RealtimeSTT does.

    Without word times, which nobody would ask for here. On the same clock: a clip whose speech ends while the one
    before is still being transcribed waits. The key let go with the last word would save the silence, so release →
    final is the transcription alone.
    """
    settings = weights.settings()
    whisper = weights.faster_whisper()
    detector = make_detector()
    list(whisper.transcribe(np.zeros(1600, dtype=np.float32), language=language_of(settings))[0])  # warm
    silence_seconds = settings.vad.hard_endpoint_ms / 1000
    busy_until = cpu_seconds = 0.0
    standing: list[StandingWord] = []
    finals: list[float] = []
    transcribing: list[float] = []
    texts: list[str] = []
    for part in recording.parts:
        speech_end = speech_end_of(part, recording, detector, settings)
        audio = recording.audio_of(part).astype(np.float32) / 32768
        cpu_before, began = time.process_time(), time.perf_counter()
        found, _ = whisper.transcribe(audio, language=language_of(settings), beam_size=weights.beam_size)
        text = "".join(segment.text for segment in found)
        transcribing.append(time.perf_counter() - began)
        cpu_seconds += time.process_time() - cpu_before
        busy_until = max(busy_until, speech_end + silence_seconds) + transcribing[-1]
        finals.append(busy_until - speech_end)
        standing += [StandingWord(word, busy_until) for word in words_of(text)]
        texts.append(text)
    latencies = commit_latencies(standing, spoken)
    return Figures(
        weights.model,
        Way.SILENCE,
        errors_by_folder(recording.parts, " ".join(texts)),
        commits=latencies.seconds,
        unmatched=latencies.unmatched,
        finals=tuple(finals),
        releases=tuple(transcribing),
        audio_seconds=recording.seconds,
        cpu_seconds=cpu_seconds,
        peak_rss_mb=peak_rss_mb(),
    )


def speech_end_of(part: Part, recording: Recording, detector: VoiceDetector, settings: Settings) -> float:
    """Where the last voiced frame of a clip ends in the recording, in seconds; its end where none is voiced."""
    audio: Pcm = recording.audio_of(part)
    strokes = hold_around_speech(audio, detector, settings, release_after=0)
    return seconds(part.start + strokes[-1].at_sample) if strokes else seconds(part.end)
