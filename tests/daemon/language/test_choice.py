"""Which language an utterance is in, where several may be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.language.choice import RATIO, SHORT_RATIO, SHORT_SECONDS, SURE, Choice, choose

LONG = SHORT_SECONDS
SHORT = SHORT_SECONDS / 2
HEARD = {"en": 0.3, "de": 0.5, "fr": 0.15, "zh": 0.05}


def test_the_likeliest_of_those_that_may_be_spoken_is_chosen_and_no_other() -> None:
    assert choose((), HEARD, None, LONG).code == "de"
    assert choose(("en", "fr"), HEARD, None, LONG).code == "en"
    assert choose(("fr",), HEARD, "en", LONG).code == "fr"


def test_of_little_speech_the_language_before_is_kept_unless_another_is_far_likelier() -> None:
    assert choose(("en", "de"), HEARD, "en", SHORT).code == "en"
    assert choose(("en", "de"), {"en": 0.04, "de": 0.04 * SHORT_RATIO * 0.99}, "en", SHORT).code == "en"
    assert choose(("en", "de"), {"en": 0.04, "de": 0.04 * SHORT_RATIO * 1.01}, "en", SHORT).code == "de"


def test_of_more_speech_another_must_be_clearly_likelier() -> None:
    assert choose(("en", "de"), {"en": 0.3, "de": 0.3 * RATIO * 0.99}, "en", LONG).code == "en"
    assert choose(("en", "de"), {"en": 0.3, "de": 0.3 * RATIO * 1.01}, "en", LONG).code == "de"


def test_what_is_chosen_of_little_speech_is_never_for_the_rest_of_the_utterance() -> None:
    assert not choose((), {"en": 1.0}, "en", SHORT).is_sure
    assert choose((), {"en": 1.0}, "en", LONG) == Choice("en", is_sure=True)


def test_another_language_is_for_the_rest_only_where_the_model_is_sure_among_those_that_may_be() -> None:
    assert not choose((), {"en": 0.1, "de": SURE - 0.01, "fr": 0.31}, "en", LONG).is_sure
    assert choose(("de", "en"), {"en": 0.1, "de": SURE - 0.01, "fr": 0.31}, "en", LONG).is_sure


def test_a_language_before_that_may_not_be_spoken_any_more_is_forgotten() -> None:
    assert choose(("de", "fr"), HEARD, "en", SHORT).code == "de"


def test_where_the_model_knows_none_of_them_it_decides_alone() -> None:
    assert choose(("ja",), {"en": 0.9, "de": 0.1}, None, LONG).code == "en"


@given(
    allowed=st.lists(st.sampled_from(["en", "de", "fr", "ja"]), max_size=3),
    probabilities=st.dictionaries(
        st.sampled_from(["en", "de", "fr"]), st.floats(0, 1, allow_nan=False), min_size=1
    ),
    before=st.sampled_from([None, "en", "de", "ja"]),
    voiced_seconds=st.floats(0, 30),
)
def test_the_choice_is_always_a_language_that_the_model_knows_and_may_be_spoken(
    allowed: list[str], probabilities: dict[str, float], before: str | None, voiced_seconds: float
) -> None:
    chosen = choose(allowed, probabilities, before, voiced_seconds).code
    assert chosen in probabilities
    assert not allowed or not {*allowed} & {*probabilities} or chosen in allowed


@pytest.mark.parametrize("before", [None, "en"])
def test_more_speech_never_makes_it_less_sure(before: str | None) -> None:
    sure = [choose((), HEARD, before, seconds).is_sure for seconds in (0.2, 0.9, 1.0, 5.0)]
    assert sure == sorted(sure)
