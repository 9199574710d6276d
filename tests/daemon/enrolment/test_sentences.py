from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest

from sayso.enrolment import Kind
from sayso.enrolment.level import longest_seconds
from sayso.enrolment.sentences import languages, plan, sentences_with, texts_in, usual_count
from sayso.errors import ConfigError

TERMS = tuple(f"term {number}" for number in range(30))


@pytest.mark.parametrize("language", languages())
def test_there_is_enough_to_read_in_each_language(language: str) -> None:
    texts = texts_in(language)
    assert (len(texts.carriers), len(texts.ordinary), len(texts.hard)) == (20, 40, 20)
    everything = (texts.check, *texts.carriers, *texts.ordinary, *texts.hard)
    assert len(set(everything)) == len(everything)
    assert all(carrier.count("{}") == 1 for carrier in texts.carriers)
    assert not any("{" in text for text in (texts.check, *texts.ordinary, *texts.hard))
    assert all(text == " ".join(text.split()) and text[-1] in ".?!" for text in everything)
    assert max(map(longest_seconds, everything)) < 60, "a take must fit into the ring"


@pytest.mark.parametrize("language", languages())
def test_terms_stand_at_the_beginning_in_the_middle_and_at_the_end(language: str) -> None:
    carriers = texts_in(language).carriers
    assert any(carrier.startswith("{}") for carrier in carriers)
    assert any(carrier.rstrip(".?!").endswith("{}") for carrier in carriers)
    assert sum("{}" in carrier[5:-8] for carrier in carriers) >= 10


@pytest.mark.parametrize("count", [10, 50, 150, 997])
def test_six_in_ten_hold_a_term_three_are_ordinary_and_one_is_hard(count: int) -> None:
    kinds = Counter(prompt.kind for prompt in plan(TERMS, count, "en"))
    assert sum(kinds.values()) == count
    assert kinds[Kind.TARGET] == round(0.6 * count)
    assert kinds[Kind.ORDINARY] == round(0.3 * count)


def test_each_term_is_said_three_times_in_other_words() -> None:
    prompts = [prompt for prompt in plan(TERMS, usual_count(TERMS), "en") if prompt.kind is Kind.TARGET]
    assert Counter(prompt.term for prompt in prompts) == dict.fromkeys(TERMS, 3)
    assert len({prompt.text for prompt in prompts}) == len(prompts)
    assert len({prompt.text.replace(prompt.term, "") for prompt in prompts}) > 10
    assert all(prompt.term in prompt.text for prompt in prompts)


def test_a_term_does_not_come_twice_in_a_row() -> None:
    prompts = plan(("Anna", "Bob"), 60, "en")
    pairs = pairwise(prompts)
    assert not [a for a, b in pairs if a.term and a.term == b.term]


def test_a_longer_list_asks_for_the_same_sentences_and_more() -> None:
    before = {prompt.text for prompt in plan(TERMS[:10], usual_count(TERMS[:10]), "de")}
    after = {prompt.text for prompt in plan(TERMS, usual_count(TERMS), "de")}
    assert before <= after


def test_what_is_recorded_is_not_asked_for_again() -> None:
    everything = plan(TERMS, 50, "en")
    rest = plan(TERMS, 50, "en", [prompt.text for prompt in everything[:20]])
    assert Counter(prompt.text for prompt in rest) == Counter(prompt.text for prompt in everything[20:])
    assert plan(TERMS, 50, "en", [prompt.text for prompt in everything]) == ()


def test_more_than_there_are_sentences_repeats_them_and_counts_the_repetitions() -> None:
    prompts = plan(("Anna",), 1000, "en")
    assert len(prompts) == 1000
    once = {prompt.text for prompt in prompts}
    assert len(plan(("Anna",), 1000, "en", sorted(once))) == 1000 - len(once)


def test_one_sentence_is_for_a_term() -> None:
    assert [prompt.kind for prompt in plan(("Anna",), 1, "en")] == [Kind.TARGET]


def test_a_term_with_braces_is_only_put_in() -> None:
    assert all("{x} y{}" in sentence for sentence in sentences_with("{x} y{}", "en"))


def test_a_language_without_sentences_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(ConfigError, match=r"no sentences to read in 'he'.*de, en, es, fr, pt"):
        texts_in("he")
