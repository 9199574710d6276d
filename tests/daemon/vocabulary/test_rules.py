"""Rules: two confirmations, and never on what people say."""

from __future__ import annotations

from collections import Counter

import pytest

from sayso.languages import WHISPER_LANGUAGES
from sayso.vocabulary import Rule
from sayso.vocabulary.common_words import (
    COMMON,
    EVERYDAY,
    FOLDER,
    ORDINARY,
    is_common,
    is_everyday,
    is_ordinary,
    knows_ordinary,
    may_be_ordinary,
    tiers,
)
from sayso.vocabulary.rules import heard_as, holding, refusal


@pytest.mark.parametrize(
    ("heard", "meant"),
    [("engine x", "Nginx"), ("cubectl", "kubectl"), ("poster sql", "PostgreSQL"), ("a picks up in", "apixaban")],
)
def test_what_nobody_says_may_become_a_rule(heard: str, meant: str) -> None:
    assert refusal(heard, meant, "en") is None


@pytest.mark.parametrize(
    ("heard", "meant", "why"),
    [
        ("there", "their", "an ordinary word"),
        ("engine", "Nginx", "an ordinary word"),
        ("new year", "Nguyen", "common words"),
        ("of the", "Ofdee", "common words"),
        ("i", "eye", "too short"),
        *(
            (heard, "Zsofia", "an ordinary word")
            for heard in ("steak", "desert", "tale", "thyme", "gray", "cubicles")
        ),
        ("fairy tale", "ferry tail", "ordinary words"),
        ("twenty five", "25", "a number"),
        ("2500", "Zsofia", "a number"),
        *((f"zork{c}y", f"zork{c}ey", "cannot be seen") for c in "\x03\x7f\x08\n\u200b\u202e\u2028\u3164\ufe0f"),
        *(("zorky", f"zork{c}ey", "cannot be seen") for c in "\x03\u200b\u202e\u00ad"),
        ("github", "GitHub", "nothing else is said"),
        ("", "word", "nothing else is said"),
        ("one two three four five", "x", "more than 4 words"),
    ],
)
def test_what_is_common_short_or_long_is_no_rule(heard: str, meant: str, why: str) -> None:
    assert why in (refusal(heard, meant, "en") or "")


def test_in_a_language_whose_common_words_are_not_known_there_are_no_rules() -> None:
    assert tiers("haw") == {}
    for language in ("haw", "tr"):  # of Turkish only the commonest are
        assert "not known" in (refusal("kubicle", "kubectl", language) or "")


def test_a_rule_holds_from_the_second_confirmation() -> None:
    assert holding([Rule("engine x", "Nginx", 1, "en")]) == ()
    assert len(holding([Rule("engine x", "Nginx", 2, "en")])) == 1


def test_of_several_meanings_the_one_confirmed_more_often_holds_and_none_where_it_is_open() -> None:
    often, seldom = Rule("engine x", "Nginx", 3, "en"), Rule("engine x", "NgineX", 2, "en")
    assert holding([seldom, often]) == (often,)
    assert holding([often, Rule("engine x", "NgineX", 3, "en")]) == ()
    assert len(holding([often, Rule("engine x", "NgineX", 3, "de")])) == 2


def test_what_was_heard_is_kept_without_capitals_and_marks() -> None:
    assert heard_as("Engine  X.") == "engine x"
    assert heard_as("Don't") == "don't"


def test_every_list_is_of_a_language_that_is_known_and_has_three_or_thirty_thousand_words() -> None:
    files = sorted(FOLDER.glob("*.txt.xz"))
    assert len(files) == 42
    for file in files:
        language = file.name.removesuffix(".txt.xz")
        assert language in WHISPER_LANGUAGES
        assert Counter(tiers(language).values()) in (
            {EVERYDAY: 1_000, COMMON: 2_000},
            {EVERYDAY: 1_000, COMMON: 2_000, ORDINARY: 27_000},
        )
        assert all(word == word.strip() != "" for word in tiers(language))
    assert sum(file.stat().st_size for file in files) < 800_000
    assert (FOLDER / "NOTICE").exists()


def test_in_the_languages_of_most_people_who_dictate_all_ordinary_words_are_known() -> None:
    for language in ("de", "en", "es", "fr", "it", "nl", "pl", "pt", "ru", "sv"):
        assert knows_ordinary(language)
    assert not knows_ordinary("tr")
    assert may_be_ordinary("mahlte", "tr")
    assert not may_be_ordinary("kubectl", "en")


def test_common_words_are_common_however_they_are_written() -> None:
    for word in ("thyme", "Thyme's", "kneels", "FERRY."):
        assert is_ordinary(word, "en")
        assert not is_common(word, "en")
    assert is_common(" There,", "en")
    assert is_common("don’t", "en")
    assert not is_common("kubectl", "en")
    assert is_common("immer", "de")
    assert is_everyday("the", "en")
    assert not is_everyday("engine", "en")
