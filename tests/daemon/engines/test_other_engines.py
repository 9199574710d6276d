"""The other engines: the same words, times and confidences as CTranslate2's, from the same weights."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
from tests.daemon.fakes import silence

from sayso.audio import Pcm, seconds
from sayso.engines import CheckStatus, Engine, EngineFactory, EngineOptions, Window, Word
from sayso.engines.ctranslate2 import CTranslate2Engine
from sayso.engines.forms import forms_dir
from sayso.engines.onnx import onnx_engine
from sayso.engines.torch import torch_engine
from sayso.engines.whispercpp import whispercpp_engine
from sayso.errors import EngineError, ModelError
from sayso.latency import plain_words
from sayso.models import Model, verify
from sayso.models.checksums import sha256_of

OPENING = round(3.7 * 16_000)
SAID = "hello you are watching dictation as it happens"
FACTORIES: dict[str, tuple[EngineFactory, str]] = {
    "whispercpp": (whispercpp_engine, "f16"),
    "onnx": (onnx_engine, "float32"),
    "torch": (torch_engine, "float32"),
}
UNQUANTISED = EngineOptions(device="cpu", compute_type="float32", beam_size=1)


@pytest.fixture(scope="module")
def converted(tiny: Model) -> Model:
    """Whisper tiny.en, with what the trainer made of it beside it."""
    command = [sys.executable, "-m", "sayso_trainer", "convert", str(tiny.folder)]
    subprocess.run(command, check=True, timeout=170, capture_output=True)
    return tiny


@pytest.fixture(scope="module")
def reference(tiny: Model) -> CTranslate2Engine:
    """CTranslate2 as the others decode: greedily, nothing quantised."""
    return CTranslate2Engine(tiny, UNQUANTISED)


@pytest.fixture(scope="module", params=FACTORIES)
def other(request: pytest.FixtureRequest, converted: Model) -> Engine:
    factory, compute_type = FACTORIES[request.param]
    return factory(converted, EngineOptions(device="cpu", compute_type=compute_type, threads=2))


def text_of(words: tuple[Word, ...]) -> str:
    return "".join(word.text for word in words)


def test_each_word_is_the_same_at_the_same_time_and_as_sure(
    reference: CTranslate2Engine, other: Engine, demo: Pcm
) -> None:
    window = Window(demo, 0)
    theirs, ours = (engine.session("en").final(window) for engine in (reference, other))
    assert [word.text for word in ours.words] == [word.text for word in theirs.words]
    for word, like in zip(ours.words[:-1], theirs.words[:-1], strict=True):
        assert word.start_seconds == pytest.approx(like.start_seconds, abs=0.1)
        assert word.end_seconds == pytest.approx(like.end_seconds, abs=0.1)
    # whisper.cpp takes its probabilities among fewer tokens: unsure ones come out surer.
    assert all(
        word.confidence == pytest.approx(like.confidence, abs=0.05)
        for word, like in zip(ours.words, theirs.words, strict=True)
        if like.confidence > 0.5
    )
    assert ours.mean_log_probability == pytest.approx(theirs.mean_log_probability, abs=0.02)
    if other.name != "whispercpp":
        assert ours.no_speech_probability == pytest.approx(theirs.no_speech_probability, abs=0.001)
    else:
        assert ours.no_speech_probability is None


def test_a_window_shorter_than_thirty_seconds_is_decoded_as_it_is(other: Engine, demo: Pcm) -> None:
    session = other.session("en")
    for end in (2.0, 3.0, 3.7):
        decoding = session.partial(Window(demo[: round(end * 16_000)], 500_000))
    assert plain_words(text_of(decoding.words)) == SAID.split()
    assert decoding.audio_seconds == pytest.approx(3.7)


def test_what_was_said_before_a_window_changes_no_word_of_it(other: Engine, demo: Pcm) -> None:
    second = demo[round(4.3 * 16_000) : round(8.8 * 16_000)]
    decoding = other.session("en").final(
        Window(second, 0, prompt="Hello, you are watching dictation as it happens.")
    )
    assert plain_words(text_of(decoding.words))[:8] == [
        "the",
        "words",
        "appear",
        "while",
        "i",
        "am",
        "still",
        "speaking",
    ]


def test_one_decode_leaves_nothing_behind_that_changes_the_next(other: Engine, demo: Pcm) -> None:
    opening = Window(demo[:OPENING], 0)
    first = other.session("en").final(opening)
    other.session("en").final(Window(demo[OPENING:], 0, prompt="Quite another text about something else"))
    other.session("en").partial(Window(silence(0.3), 0))
    assert other.session("en").final(opening).words == first.words


@pytest.mark.parametrize("length", [1, 100, 1_600, 30 * 16_000, 31 * 16_000])
def test_audio_of_any_length_is_decoded_without_complaint(other: Engine, length: int) -> None:
    window = Window(silence(31.0)[:length], 0)
    session = other.session("en")
    for decoding in (session.partial(window), session.final(window)):
        assert decoding.audio_seconds <= 30.0


def test_a_final_that_is_told_what_was_said_says_the_same_whether_it_can_prove_it_or_not(
    other: Engine, demo: Pcm
) -> None:
    opening = demo[:OPENING]
    for expected in ("Hello, you are watching dictation as it happens.", "Something else."):
        decoding = other.session("en").final(Window(opening, 0, expected=expected))
        assert plain_words(text_of(decoding.words)) == SAID.split()


def test_silence_has_no_words_or_is_said_to_be_nobody(other: Engine) -> None:
    decoding = other.session("en").final(Window(silence(2.0), 0))
    surely_speech = (decoding.no_speech_probability or 1.0) <= 0.5 and decoding.mean_log_probability > -1.0
    assert not decoding.words or not surely_speech


def test_a_recording_longer_than_any_window_is_transcribed_to_its_end(other: Engine, demo: Pcm) -> None:
    twice = np.concatenate((demo, silence(20.0), demo))
    found = other.transcribe(twice, None)
    words = plain_words(found.text)
    assert words[: len(SAID.split())] == SAID.split()
    assert words[-3:] == ["leaves", "this", "machine"]
    assert words.count("dictation") == 2
    assert found.language == "en"
    assert found.segments[-1].end_seconds <= seconds(len(twice)) + 0.1


def test_an_empty_recording_is_an_empty_transcript(other: Engine) -> None:
    assert other.transcribe(silence(0), "en").segments == ()


def test_the_self_check_decodes_for_real(other: Engine) -> None:
    check = other.self_check()
    assert check.status is CheckStatus.WORKS
    assert check.message.startswith("tiny.en on cpu: 1 s decoded in ")


def test_a_device_that_is_not_there_is_an_error_with_the_next_step(converted: Model) -> None:
    for factory, _ in FACTORIES.values():
        with pytest.raises(EngineError, match=r"engine\.device is tpu, but .*set engine\.device: "):
            factory(converted, EngineOptions(device="tpu"))


def test_a_compute_type_that_an_engine_does_not_know_is_refused_with_those_it_does(converted: Model) -> None:
    for factory in (whispercpp_engine, onnx_engine):
        with pytest.raises(
            EngineError, match=r"engine\.compute_type 'bfloat16' is not known to .*allowed: auto, "
        ):
            factory(converted, EngineOptions(device="cpu", compute_type="bfloat16"))


def test_a_language_that_the_model_does_not_know_is_refused(other: Engine) -> None:
    with pytest.raises(ModelError, match=r"does not know language 'de'"):
        other.session("de")


def test_a_model_that_was_not_converted_for_onnx_is_refused_with_the_command_that_does(
    tiny: Model, tmp_path: Path
) -> None:
    shutil.copytree(tiny.folder, tmp_path / "tiny.en")
    with pytest.raises(ModelError, match=r"has not been converted to onnx-f32; run: sayso-train convert tiny\.en"):
        onnx_engine(verify(tmp_path / "tiny.en"), EngineOptions(device="cpu"))


def test_graphs_of_another_architecture_are_refused_before_anything_is_decoded(
    converted: Model, tmp_path: Path
) -> None:
    mine = tmp_path / "tiny.en"
    shutil.copytree(converted.folder, mine)
    model = verify(mine)
    form = forms_dir(model) / "onnx-f32"
    value = onnx.helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [1, 80])
    other = onnx.helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, [1, 80])
    node = onnx.helper.make_node("Relu", ["x"], ["y"])
    graph = onnx.helper.make_model(
        onnx.helper.make_graph([node], "another", [value], [other]),
        opset_imports=[onnx.helper.make_opsetid("", 18)],
        ir_version=10,
    )
    form.mkdir(parents=True)
    for name in ("encoder.onnx", "decoder.onnx"):
        onnx.save(graph, str(form / name))
    sums = {path.name: sha256_of(path) for path in form.iterdir()}
    (form / "sha256.json").write_text(json.dumps(sums))
    with pytest.raises(ModelError, match=r"are not of 'tiny\.en': mel is missing .*sayso-train convert tiny\.en"):
        onnx_engine(model, EngineOptions(device="cpu"))


CRASHES = """
import sys
from pathlib import Path
from sayso.engines import EngineOptions
from sayso.engines.whispercpp import whispercpp_engine
from sayso.models import verify
whispercpp_engine(verify(Path(sys.argv[1])), EngineOptions(device="cpu", compute_type="f16"))
"""


def test_a_process_that_has_used_whisper_cpp_ends_as_it_should(tiny: Model) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CRASHES, str(tiny.folder)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_manifest_without_a_checksum_of_the_weights_is_no_hindrance(tiny: Model, tmp_path: Path) -> None:
    shutil.copytree(tiny.folder, tmp_path / "mine")
    manifest = json.loads((tmp_path / "mine" / "manifest.json").read_text())
    del manifest["sha256"]["model.bin"]
    (tmp_path / "mine" / "manifest.json").write_text(json.dumps(manifest))
    model = verify(tmp_path / "mine")
    assert forms_dir(model).name == tiny.manifest.sha256["model.bin"]
