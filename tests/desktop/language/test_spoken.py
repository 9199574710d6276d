"""Which language is heard, by a real multilingual model, of real synthetic voices."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from tests.desktop.rig.programs import COMMAND_SECONDS, need
from tests.desktop.rig.speech import Speaker

from sayso.audio import Pcm, seconds
from sayso.engines import Engine, EngineOptions, Window, load_engine
from sayso.engines.ctranslate2 import CTranslate2Engine
from sayso.events import Hypothesis, Problem, ProblemCleared
from sayso.gates import Hearing
from sayso.language import Speech
from sayso.languages import parse_languages
from sayso.mailbox import DecodeFinal, DecodePartial
from sayso.models import Model, ModelStore
from sayso.recogniser import Final, Partial, Recogniser
from sayso.recording import read_recording
from sayso.segmenter import Voice

ENGLISH = "Good morning, I would like to write a letter to my mother today."
FRENCH = "Bonjour, je voudrais écrire une lettre à ma mère ce matin."
SPANISH = "Buenos días, hoy quiero escribir una carta a mi madre."


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """Whisper base, which knows all languages."""
    store = ModelStore(tmp_path_factory.mktemp("models"))
    store.import_offline("base")
    return store.resolve("base")


@pytest.fixture(scope="module")
def base(model: Model) -> Engine:
    """The model, loaded."""
    return CTranslate2Engine(model, EngineOptions(device="cpu"))


def spoken_by_espeak(folder: Path, voice: str, sentence: str) -> Pcm:
    """A sentence in another language, by formants."""
    path = folder / f"{voice}.wav"
    command = [need("espeak-ng", "espeak-ng"), "-v", voice, "-s", "150", "-w", str(path), sentence]
    subprocess.run(command, check=True, timeout=COMMAND_SECONDS)
    return read_recording(path)


class Dictating:
    """A recogniser that hears one utterance after the other."""

    def __init__(self, engine: Engine, languages: str) -> None:
        self._recogniser = Recogniser(engine, None, self, self._fail)
        self._recogniser.speech_of = lambda _: Speech(parse_languages(languages))
        self._utterance = 0
        self.gaps = ()

    def _fail(self, told: Problem | ProblemCleared) -> None:
        pytest.fail(str(told))

    def context(self, utterance: int, before_seconds: float, words: int = 0) -> str:
        """Nothing was said before."""
        return ""

    def expectation(self, utterance: int, from_seconds: float, until_seconds: float) -> str:
        """Nothing is expected."""
        return ""

    def say(self, audio: Pcm) -> list[Hypothesis]:
        """The hypotheses of an utterance, a partial each second and the final."""
        self._utterance += 1
        heard = []
        for end in (*range(16_000, len(audio), 16_000), len(audio)):
            hearing = Hearing(voice=Voice(end, 1.0))
            if end < len(audio):
                result = self._recogniser.handle(DecodePartial(self._utterance, 0, audio[:end], hearing))
            else:
                result = self._recogniser.handle(DecodeFinal(self._utterance, 0, audio, end, hearing=hearing))
            assert isinstance(result, Partial | Final)
            assert result.hypothesis is not None
            heard.append(result.hypothesis)
        return heard


def test_each_utterance_is_heard_in_its_own_of_the_allowed_languages(
    base: Engine, speech: Speaker, tmp_path: Path
) -> None:
    dictating = Dictating(base, "en,fr,es")
    english, french = read_recording(speech(ENGLISH)), spoken_by_espeak(tmp_path, "fr", FRENCH)
    spanish = spoken_by_espeak(tmp_path, "es", SPANISH)
    finals = [dictating.say(audio)[-1] for audio in (english, french, spanish, english)]
    assert [final.language for final in finals] == ["en", "fr", "es", "en"]
    words = ["".join(word.text for word in final.words).lower() for final in finals]
    for said, expected in zip(words, ("letter", "lettre", "quiero", "mother"), strict=True):
        assert expected in said


def test_what_may_not_be_spoken_is_never_heard(base: Engine, tmp_path: Path) -> None:
    heard = Dictating(base, "en,de").say(spoken_by_espeak(tmp_path, "fr", FRENCH))
    assert {hypothesis.language for hypothesis in heard} <= {"en", "de"}


def test_a_word_of_another_language_after_a_sentence_stays_in_the_language_of_that(
    base: Engine, speech: Speaker
) -> None:
    dictating = Dictating(base, "en,fr,es,de,it")
    dictating.say(read_recording(speech(ENGLISH)))
    word = read_recording(speech("Paella."))
    assert seconds(len(word)) < 1.2
    (final,) = dictating.say(np.concatenate((word[:15_999],)))
    assert final.language == "en"


def test_whisper_cpp_tells_the_probability_of_each_language_too(model: Model, tmp_path: Path) -> None:
    engine = load_engine("whispercpp", model, EngineOptions(device="cpu"))
    told: dict[str, float] = {}

    def choose(probabilities: Mapping[str, float]) -> str:
        told.update(probabilities)
        return "fr"

    audio = spoken_by_espeak(tmp_path, "fr", FRENCH)
    assert engine.session(None).partial(Window(audio, 0, choose=choose)).language == "fr"
    assert sum(told.values()) == pytest.approx(1.0, abs=0.01)
    assert max(told, key=told.__getitem__) == "fr"
