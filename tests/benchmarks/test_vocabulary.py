"""Terms that the stock model gets wrong, spoken, corrected once, and spoken again in other sentences, live."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from spoken_terms import TERMS, Voice, unseen
from tests.daemon.gates.sounds import QUIET_ROOM_DBFS, SOUNDS, recorded
from vocabulary import NOTHING, WANTED, Desk, Learnt, corrected, has, misheard, recall

from sayso.config import load_settings
from sayso.engines import EngineOptions
from sayso.engines.ctranslate2 import CTranslate2Engine
from sayso.models import ModelStore
from sayso.replay import Pace
from sayso.vad import make_detector

FEW = 8
LEAST = 0.6  # of the unseen sentences have their term


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    nothing_set = tmp_path_factory.mktemp("config") / "config.yaml"
    nothing_set.write_text("")
    store = ModelStore(tmp_path_factory.mktemp("models"))
    store.import_offline("tiny.en")
    engine = CTranslate2Engine(store.resolve("tiny.en"), EngineOptions(device="cpu"))
    return Desk(load_settings(Path(nothing_set)), engine, make_detector(), Voice(), Pace.FAST)


def typed_of_sounds(desk: Desk, learnt: Learnt, seconds: float) -> str:
    """What is typed when each of the sounds that are no speech is heard for so long."""
    texts = []
    for number, (name, sound) in enumerate(SOUNDS.items()):
        rng = np.random.default_rng(number)
        room_dbfs = None if name == "silence" else QUIET_ROOM_DBFS
        texts.append(desk.dictate(recorded(sound(seconds, rng), -6.0, rng, room_dbfs), learnt).text)
    return "".join(texts)


def test_each_term_is_said_in_two_sentences_that_are_not_those_in_which_it_is_corrected() -> None:
    assert len(set(TERMS)) == 60
    assert all(one != other for one, other in map(unseen, range(len(TERMS))))


def test_a_term_is_found_whatever_stands_around_it_and_not_within_a_word() -> None:
    assert has("Ask etcd, please.", "etcd")
    assert has("we use Grafana loki", "Grafana Loki")
    assert not has("fetched", "etcd")


def test_after_one_correction_each_terms_are_written_in_sentences_that_were_not_heard_before(desk: Desk) -> None:
    terms = misheard(desk, FEW, times=1)
    learnt = corrected(terms, 1)
    assert len(learnt[0]) > FEW // 2
    right, of = recall(desk, terms, learnt)
    assert right >= LEAST * of
    assert typed_of_sounds(desk, learnt, 4.0) == ""


@pytest.mark.soak
def test_of_thirty_terms_as_many_are_and_none_is_typed_in_ten_minutes_of_noise(desk: Desk) -> None:
    terms = misheard(desk, WANTED)
    learnt = corrected(terms, 1)
    before, of = recall(desk, terms, NOTHING)
    after, _ = recall(desk, terms, learnt)
    assert before <= 0.35 * of
    assert after >= LEAST * of
    assert typed_of_sounds(desk, learnt, 600 / len(SOUNDS)) == ""
