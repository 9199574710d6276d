"""Terms of one's own in the prompt: spelt right when they are said, and never written when they are not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.daemon.fakes import Diary
from tests.daemon.gates.sounds import QUIET_ROOM_DBFS, SOUNDS, recorded

from sayso.audio import Pcm
from sayso.config import Settings
from sayso.config.kinds import MOST_TERMS
from sayso.engines import Window
from sayso.engines.ctranslate2 import CTranslate2Engine
from sayso.engines.whisper_session import PROMPT_TOKENS, VOCABULARY_TOKENS, WhisperSession
from sayso.language import Speech, speech_from
from sayso.languages import parse_languages
from sayso.replay import Pace, replay
from sayso.replay.strokes import OPEN_THROUGHOUT
from sayso.typist.recording import RecordingTypist
from sayso.vad import make_detector

TERMS = (
    *(
        "Kubernetes",
        "Grafana Loki",
        "PostgreSQL",
        "Zsófia Kovács",
        "sayso",
        "Weitzman",
        "PyYAML",
        "Xarelto",
        "ש ע",
    ),
    *("Wanderlust GmbH", "Ljubljana", "Ansible", "Terraform", "Nginx", "Wireshark", "Ceph", "Quarkus", "Debian"),
    *("systemd", "PulseAudio", "PipeWire", "Hyprland", "Niri", "Bluez", "Metoprolol", "Anastasia", "Szczecin"),
    *("Thank you", "日本語", "OpenTelemetry"),
)


class Prompts:
    """A network that keeps the starts it was given."""

    def __init__(self, engine: CTranslate2Engine) -> None:
        self._network = engine.network
        self.starts: list[list[int]] = []

    def __getattr__(self, name: str) -> object:
        return getattr(self._network, name)

    def generate(self, encoded: object, start: list[int], most: int, beam_size: int) -> object:
        """Keep the start, and decode."""
        self.starts.append(start)
        return self._network.generate(encoded, start, most, beam_size)


def prompt_of(engine: CTranslate2Engine, window: Window) -> str:
    """What a decode of that window has before its start, as text."""
    network = Prompts(engine)
    WhisperSession(network, engine.vocabulary, 1000, 1, "en").partial(window)  # type: ignore[arg-type]  # a proxy
    tokenizer = engine.vocabulary.tokenizer("en")
    (start,) = network.starts
    prompt = start[: start.index(tokenizer.sot)]
    assert not prompt or prompt[0] == tokenizer.sot_prev
    assert len(prompt) <= 1 + VOCABULARY_TOKENS + PROMPT_TOKENS
    return str(tokenizer.decode(prompt[1:]))


def test_the_vocabulary_stands_before_what_was_said_and_is_not_pushed_out_by_it(
    engine: CTranslate2Engine, demo: Pcm
) -> None:
    window = Window(demo[:16_000], 0, "and so it went on", vocabulary=("Loki", "é ש"))
    assert prompt_of(engine, window) == " Glossary: Loki, é ש. and so it went on"
    long = replace(window, prompt="word " * 300)
    assert prompt_of(engine, long).startswith(" Glossary: Loki, é ש. word word")
    assert prompt_of(engine, replace(window, prompt="", vocabulary=TERMS)).startswith(
        " Glossary: Kubernetes, Graf"
    )


def test_an_empty_vocabulary_changes_no_prompt(engine: CTranslate2Engine, demo: Pcm) -> None:
    assert prompt_of(engine, Window(demo[:16_000], 0)) == ""
    assert prompt_of(engine, Window(demo[:16_000], 0, "said before")) == " said before"


def test_a_term_is_spelt_as_its_owner_spells_it(engine: CTranslate2Engine, demo: Pcm) -> None:
    def heard(*vocabulary: str) -> str:
        decoding = engine.session("en").final(Window(demo, 0, vocabulary=vocabulary))
        return "".join(word.text for word in decoding.words)

    assert "dictation" in heard()
    assert "Dicktation" not in heard()
    assert "Dicktation" in heard("Dicktation")


def test_the_settings_speak_for_every_utterance(default_settings: Settings) -> None:
    assert speech_from(default_settings) == Speech(parse_languages("en"), ())
    mine = replace(default_settings, language="en,de", vocabulary=TERMS[:2])
    assert speech_from(mine) == Speech(parse_languages("en,de"), ("Kubernetes", "Grafana Loki"))


def typed(settings: Settings, engine: CTranslate2Engine, sound: str, seconds: float) -> str:
    """What stands in the window after so much of a sound."""
    rng = np.random.default_rng(2)
    audio, typist = recorded(SOUNDS[sound](seconds, rng), -6.0, rng, QUIET_ROOM_DBFS), RecordingTypist()
    replay(settings, engine, make_detector(), typist, audio, OPEN_THROUGHOUT, Pace.FAST, Diary())
    return typist.text


@pytest.fixture
def mine(default_settings: Settings) -> Settings:
    """Settings with as many terms as there may be, which every utterance is decoded with."""
    assert len(TERMS) == MOST_TERMS
    return replace(default_settings, vocabulary=TERMS)


@pytest.mark.parametrize("sound", ["silence", "pink", "knocks", "cough", "sneeze", "band"])
def test_half_a_minute_of_a_sound_types_no_term(sound: str, mine: Settings, engine: CTranslate2Engine) -> None:
    assert typed(mine, engine, sound, 30) == ""


@pytest.mark.soak
@pytest.mark.parametrize("sound", SOUNDS)
def test_ten_minutes_of_a_sound_type_no_term(sound: str, mine: Settings, engine: CTranslate2Engine) -> None:
    assert typed(mine, engine, sound, 600) == ""
