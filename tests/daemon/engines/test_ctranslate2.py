"""The default engine: how long its windows are, and what it makes of a real voice."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import ctranslate2
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.daemon.fakes import silence

from sayso.audio import Pcm, seconds
from sayso.engines import CheckStatus, EngineOptions, Window, Word
from sayso.engines.alignment import attach_punctuation
from sayso.engines.ctranslate2 import CTranslate2Engine, max_length
from sayso.engines.mel import HOP_SAMPLES
from sayso.engines.whisper_session import (
    AMBIGUOUS_POSITIONS,
    FINAL_FLOOR_FRAMES,
    MARGIN_FRAMES,
    MAX_FRAMES,
    WhisperSession,
    is_loop,
    window_frames,
)
from sayso.errors import EngineError, ModelError
from sayso.latency import plain_words
from sayso.models import Model

SAID = "hello you are watching dictation as it happens"  # how the sample begins


# ── the window ────────────────────────────────────────────────────────────────────────────────────


@given(samples=st.integers(0, 31 * 16_000), floor=st.integers(0, MAX_FRAMES))
@example(samples=0, floor=160)
@example(samples=0, floor=255)
@example(samples=480_000, floor=0)
def test_a_window_holds_the_audio_and_the_floor_and_is_never_mistaken_for_mel(samples: int, floor: int) -> None:
    frames = window_frames(samples, floor)
    assert frames % 2 == 0
    assert frames // 2 not in AMBIGUOUS_POSITIONS
    assert min(floor, MAX_FRAMES) <= frames <= MAX_FRAMES
    assert frames * HOP_SAMPLES >= min(samples + MARGIN_FRAMES * HOP_SAMPLES, MAX_FRAMES * HOP_SAMPLES)
    needed = max(floor, -(-samples // HOP_SAMPLES) + MARGIN_FRAMES)
    assert frames <= needed + 3  # no wider than that costs


@given(start=st.integers(1, 125), new=st.integers(1, 320))
def test_what_ctranslate2_is_told_lets_it_go_on_for_as_many_tokens_as_are_wanted(start: int, new: int) -> None:
    told = max_length(start, new)
    assert min(told // 2, told - start) >= new, "what it makes of it"


# ── loops ─────────────────────────────────────────────────────────────────────────────────────────


def test_text_that_repeats_itself_is_a_loop_and_speech_is_not() -> None:
    assert is_loop("you know, " * 30)
    assert not is_loop("The words appear while I am still speaking; what may still change is grey.")
    assert not is_loop("no no no")
    assert not is_loop("")


# ── punctuation ───────────────────────────────────────────────────────────────────────────────────


def attached(*texts: str) -> list[str]:
    words = [Word(text, n, n + 1, 0.5 + n / 100) for n, text in enumerate(texts)]
    return [word.text for word in attach_punctuation(words)]


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        ((" Hello", ",", " you"), [" Hello,", " you"]),
        ((" he", " said", " \"", "no", ".", "\""), [" he", " said", " \"no.\""]),
        ((" (", "see", " below", ")"), [" (see", " below)"]),
        ((" what", "?", "!"), [" what?!"]),
        ((" ¿", "Qué", "?"), [" ¿Qué?"]),
        (("你", "好", "。"), ["你", "好。"]),
        ((" don", "'t"), [" don", "'t"]),
        ((" ", " so"), [" so"]),
        ((), []),
    ],
)  # fmt: skip
def test_marks_are_joined_to_the_word_they_belong_to(texts: tuple[str, ...], words: list[str]) -> None:
    assert attached(*texts) == words


def test_a_word_with_its_marks_lasts_until_the_last_of_them_and_keeps_its_own_confidence() -> None:
    (word,) = attach_punctuation([Word(" so", 1.0, 1.5, 0.8), Word(".", 1.5, 1.7, 0.1)])
    assert word == Word(" so.", 1.0, 1.7, 0.8)


@given(st.lists(st.sampled_from([" a", "b", ",", ' "', '"', " (", ")", " -", "。", " "]), max_size=10))
def test_attaching_marks_loses_no_letter_and_keeps_the_order(texts: list[str]) -> None:
    joined = "".join(attached(*texts))
    letters = [c for c in joined if c.isalnum()]
    assert letters == [c for text in texts for c in text if c.isalnum()]


# ── a real voice ──────────────────────────────────────────────────────────────────────────────────


def test_the_sample_is_understood_word_for_word_by_partial_and_final(engine: CTranslate2Engine, demo: Pcm) -> None:
    opening = demo[: round(3.7 * 16_000)]
    session = engine.session("en")
    for decoding in (session.partial(Window(opening, 0)), session.final(Window(opening, 0))):
        assert plain_words("".join(word.text for word in decoding.words)) == SAID.split()
        assert decoding.language == "en"
        assert decoding.audio_seconds == pytest.approx(3.7)
        assert decoding.no_speech_probability < 0.5
        assert -1.0 < decoding.mean_log_probability < 0.0


@pytest.mark.parametrize(
    ("floor", "frames"),
    [
        (0, window_frames(59_200, 0)),
        (800, FINAL_FLOOR_FRAMES),
        (FINAL_FLOOR_FRAMES + 500, FINAL_FLOOR_FRAMES + 500),
    ],
)
def test_a_final_gets_what_the_model_needs_and_no_more_where_it_needs_no_more_than_there_is(
    engine: CTranslate2Engine, demo: Pcm, monkeypatch: pytest.MonkeyPatch, floor: int, frames: int
) -> None:
    lengths: list[int] = []
    encode = engine.network.encode
    monkeypatch.setattr(engine.network, "encode", lambda mel: lengths.append(mel.shape[-1]) or encode(mel))
    manifest = replace(engine.model.manifest, floors={"ctranslate2": floor})
    monkeypatch.setattr(engine, "model", replace(engine.model, manifest=manifest))
    engine.session("en").final(Window(demo[:59_200], 0))
    assert lengths == [frames]


def test_windows_of_one_utterance_may_overlap_and_move_on_and_each_frame_is_computed_once(
    engine: CTranslate2Engine, demo: Pcm
) -> None:
    session = engine.session("en")
    assert isinstance(session, WhisperSession)
    for end, start in ((2.0, 0.0), (3.0, 0.0), (3.7, 1.3), (3.7, 0.0)):
        low, high = round(start * 16_000), round(end * 16_000)
        decoding = session.partial(Window(demo[low:high], 500_000 + low))
    assert plain_words("".join(word.text for word in decoding.words)) == SAID.split()
    assert session.frames_computed <= 370 + 4 * 2  # and at each end the two that reach beyond it


def test_a_final_that_is_told_what_was_said_proves_it_without_decoding(
    engine: CTranslate2Engine, demo: Pcm
) -> None:
    opening = demo[: round(3.7 * 16_000)]
    session = engine.session("en")
    assert isinstance(session, WhisperSession)
    decoded = session.final(Window(opening, 0))
    text = "".join(word.text for word in decoded.words)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine.network, "generate", None)  # nothing is decoded
        proved = session.final(Window(opening, 0, expected=text))
    assert [word.text for word in proved.words] == [word.text for word in decoded.words]
    assert all(
        abs(one.end_seconds - other.end_seconds) < 0.2
        for one, other in zip(proved.words, decoded.words, strict=True)
    )


@pytest.mark.parametrize("wrong", ["Hello, you are washing dictation as it happens.", "Something else.", "  "])
def test_what_was_not_said_is_not_proved(engine: CTranslate2Engine, demo: Pcm, wrong: str) -> None:
    opening = demo[: round(3.7 * 16_000)]
    decoding = engine.session("en").final(Window(opening, 0, expected=wrong))
    assert plain_words("".join(word.text for word in decoding.words)) == SAID.split()


def test_words_have_a_leading_space_times_in_order_and_a_confidence(engine: CTranslate2Engine, demo: Pcm) -> None:
    words = engine.session("en").final(Window(demo, 0)).words
    assert all(word.text.startswith(" ") for word in words)
    assert all(0.0 <= word.start_seconds <= word.end_seconds <= seconds(len(demo)) + 0.05 for word in words)
    assert all(a.start_seconds <= b.start_seconds for a, b in itertools.pairwise(words))
    assert all(0.0 <= word.confidence <= 1.0 for word in words)


def test_silence_has_no_words_or_is_said_to_be_nobody(engine: CTranslate2Engine) -> None:
    decoding = engine.session("en").final(Window(silence(2.0), 0))
    assert not decoding.words or decoding.no_speech_probability > 0.5 or decoding.mean_log_probability < -1.0


@pytest.mark.parametrize("length", [1, 100, 1_600])
def test_audio_shorter_than_any_word_is_decoded_without_complaint(engine: CTranslate2Engine, length: int) -> None:
    session = engine.session("en")
    window = Window(silence(1.0)[:length], 0)
    for decoding in (session.partial(window), session.final(window)):
        assert decoding.audio_seconds == length / 16_000


def test_what_was_said_before_a_window_changes_no_word_of_it(engine: CTranslate2Engine, demo: Pcm) -> None:
    second = demo[round(4.3 * 16_000) : round(8.8 * 16_000)]
    said = "Hello, you are watching dictation as it happens."
    decoding = engine.session("en").final(Window(second, 0, prompt=said))
    words = plain_words("".join(word.text for word in decoding.words))
    assert words[:8] == ["the", "words", "appear", "while", "i", "am", "still", "speaking"]


def test_offline_the_whole_sample_is_transcribed_with_times(engine: CTranslate2Engine, demo: Pcm) -> None:
    found = engine.transcribe(demo, "en")
    words = plain_words(found.text)
    assert words[:8] == SAID.split()
    assert words[-4:] == ["ever", "leaves", "this", "machine"]
    assert found.segments[0].words
    assert found.segments[-1].end_seconds <= seconds(len(demo)) + 0.1


def test_an_empty_recording_is_an_empty_transcript(engine: CTranslate2Engine) -> None:
    assert engine.transcribe(silence(0), "en").segments == ()


def test_a_model_that_knows_only_english_needs_no_language(engine: CTranslate2Engine, demo: Pcm) -> None:
    assert engine.session(None).partial(Window(demo[:48_000], 0)).language == "en"
    assert engine.transcribe(demo[:48_000], None).language == "en"


def test_the_self_check_decodes_for_real_and_says_where_and_how_fast(engine: CTranslate2Engine) -> None:
    check = engine.self_check()
    assert check.status is CheckStatus.WORKS
    assert check.message.startswith("tiny.en on cpu: 1 s decoded in ")


# ── refusals ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("language", ["de", "xx"])
def test_a_language_that_the_model_does_not_know_is_refused_with_a_model_that_does(
    engine: CTranslate2Engine, language: str
) -> None:
    message = rf"'tiny\.en' \(English only\) does not know language '{language}'.*multilingual model such as base"
    with pytest.raises(ModelError, match=message):
        engine.session(language)
    with pytest.raises(ModelError, match=message):
        engine.transcribe(silence(1.0), language)


def test_a_device_that_was_asked_for_and_is_not_there_is_an_error_with_the_next_step(tiny: Model) -> None:
    if ctranslate2.get_cuda_device_count():
        pytest.skip("this machine has a CUDA device")
    with pytest.raises(EngineError, match=r"engine\.device is cuda.*nvidia-smi.*engine\.device: auto"):
        CTranslate2Engine(tiny, EngineOptions(device="cuda"))


def test_a_device_of_another_name_is_refused_with_those_there_are(tiny: Model) -> None:
    with pytest.raises(
        EngineError, match="'tpu' is not a device of CTranslate2; allowed: auto, cpu, cuda, cuda:1"
    ):
        CTranslate2Engine(tiny, EngineOptions(device="tpu"))


def test_a_compute_type_that_does_not_work_here_is_refused_with_the_settings_to_change(tiny: Model) -> None:
    with pytest.raises(EngineError, match=r"does not run on cpu as nonsense.*engine\.compute_type to auto"):
        CTranslate2Engine(tiny, EngineOptions(device="cpu", compute_type="nonsense"))


def test_a_model_file_that_is_none_is_refused_with_how_to_check_it(tiny: Model, tmp_path: Path) -> None:
    for name in ("config.json", "tokenizer.json", "vocabulary.txt"):
        (tmp_path / name).write_bytes((tiny.folder / name).read_bytes() if (tiny.folder / name).exists() else b"")
    (tmp_path / "model.bin").write_bytes((tiny.folder / "model.bin").read_bytes()[:10_000])
    with pytest.raises(ModelError, match=r"does not load.*sayso models verify tiny\.en"):
        CTranslate2Engine(replace(tiny, folder=tmp_path), EngineOptions(device="cpu"))


LOAD_AND_LOOK = """
import os, sys
from pathlib import Path
from sayso.engines import EngineOptions
from sayso.engines.ctranslate2 import CTranslate2Engine, max_length
from sayso.models import verify
assert "faster_whisper" not in sys.modules
CTranslate2Engine(verify(Path(sys.argv[1])), EngineOptions(device="cpu", threads=1))
print("torch" in sys.modules, "transformers" in sys.modules, os.environ["OMP_WAIT_POLICY"])
"""


def test_loading_the_engine_imports_no_torch_and_keeps_idle_threads_from_spinning(tiny: Model) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "OMP_WAIT_POLICY"}
    done = subprocess.run(
        [sys.executable, "-c", LOAD_AND_LOOK, str(tiny.folder)],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
        env=environment,
    )
    assert done.stdout.split() == ["False", "False", "passive"]


def test_audio_beyond_the_window_is_heard_to_its_end(engine: CTranslate2Engine, demo: Pcm) -> None:
    decoding = engine.session("en").partial(Window(np.concatenate((silence(20.0), demo)), 0))
    assert plain_words("".join(word.text for word in decoding.words))[-2:] == ["this", "machine"]
    assert decoding.words[-1].end_seconds == pytest.approx(20.0 + seconds(len(demo)), abs=1.0)
