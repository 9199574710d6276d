"""Which terms are in a prompt: those given, pinned or said often; others only where something sounds like them."""

from __future__ import annotations

from dataclasses import replace

from sayso.events import TimedWord
from sayso.vocabulary import Term
from sayso.vocabulary.matching import UNSURE, Known
from sayso.vocabulary.shortlist import (
    DAY_SECONDS,
    MOST,
    MOST_ASKED,
    MOST_LIKELY,
    TRIES,
    Asking,
    likely,
    weight,
)
from sayso.vocabulary.sounds import Sounds

NOW = 1_800_000_000.0
KUBECTL, APIXABAN = Term("kubectl", ("cubicle",)), Term("apixaban", ("a picks up in",))


def asking(*terms: Term, given: tuple[str, ...] = ()) -> Asking:
    return Asking(Known(terms, Sounds("en", None)), given, NOW)


def words(text: str, confidence: float = 0.4, start: float = 0.0) -> tuple[TimedWord, ...]:
    said = enumerate(text.split())
    return tuple(TimedWord(f" {word}", start + n * 0.3, start + n * 0.3 + 0.3, confidence) for n, word in said)


def often(text: str, uses: int = 20, days_ago: float = 0.0, *, pinned: bool = False) -> Term:
    return Term(text, (), uses, NOW - days_ago * DAY_SECONDS, pinned)


def test_a_term_that_was_corrected_once_is_in_no_prompt_until_something_sounds_like_it() -> None:
    one = asking(replace(KUBECTL, uses=1, last_used_seconds=NOW))
    assert one.prompt == ()
    assert one.ask(words("use cubicle today")) == ("kubectl",)


def test_terms_that_are_said_again_and_again_are_in_every_prompt_the_likeliest_first() -> None:
    terms = [often("seldom", 4), often("often", 50), often("long ago", 50, days_ago=200), often("once", 1)]
    assert likely(terms, (), NOW) == ("often", "seldom")
    assert asking(*terms).prompt == ("often", "seldom")


def test_of_the_learnt_ones_a_few_are_and_of_those_pinned_or_given_as_many_as_there_may_be() -> None:
    many = [often(f"term {n}") for n in range(50)]
    assert len(asking(*many).prompt) == MOST_LIKELY
    assert len(asking(*many, given=("mine",)).prompt) == MOST_LIKELY
    assert asking(*many, given=("mine",)).prompt[0] == "mine"
    pinned = [often(f"pinned {n}", 0, pinned=True) for n in range(50)]
    prompt = asking(*many, *pinned).prompt
    assert len(prompt) == MOST
    assert all(text.startswith("pinned") for text in prompt)


def test_a_use_counts_half_after_two_weeks() -> None:
    assert weight(often("x", 7, days_ago=14), NOW) == weight(often("x", 7), NOW) / 2
    assert weight(Term("x"), NOW) == 0.0


def test_what_the_recogniser_is_sure_of_is_not_asked_about() -> None:
    assert asking(KUBECTL).ask(words("use cubicle today", 0.9)) == ()


def test_what_stands_already_is_not_asked_about() -> None:
    assert asking(KUBECTL).ask(words("cubicle"), settled_seconds=5.0) == ()


def test_a_term_is_asked_about_twice_in_a_place_and_again_in_another() -> None:
    one = asking(KUBECTL)
    asked = [one.ask(words("cubicle", start=0.02 * n)) for n in range(TRIES + 2)]
    assert asked == [("kubectl",)] * TRIES + [()] * 2
    assert one.ask(words("cubicle", start=9.0)) == ("kubectl",)


def test_few_terms_are_asked_about_at_once_the_likeliest_first_and_stand_nearest_to_the_text() -> None:
    terms = [Term(text) for text in ("kubernetes", "kubernets", "kubernete", "kubernet", "kuberne", "kubern")]
    one = asking(*terms, given=("mine",))
    asked = one.ask(words("kubernetis"))
    assert len(asked) == MOST_ASKED
    assert one.asking(asked) == ("mine", *reversed(asked))


def test_a_second_look_without_the_term_changes_nothing_and_one_with_it_keeps_it_in_the_prompt() -> None:
    one = asking(KUBECTL, given=("mine",))
    asked = one.ask(words("use cubicle today"))
    assert not one.found(words("use cubicle today"), asked, words("use cubicle today"))
    assert one.prompt == ("mine",)
    assert one.found(words("use kubectl today"), asked, words("use cubicle today"))
    assert one.prompt == ("mine", "kubectl")
    assert one.ask(words("cubicle", start=20.0)) == ()  # it is in the prompt already


def test_a_term_that_nobody_asked_about_is_not_found() -> None:
    one = asking(KUBECTL, APIXABAN)
    assert not one.found(words("apixaban"), one.ask(words("cubicle")), words("cubicle"))


def test_a_term_that_was_found_is_sure_enough_to_be_committed() -> None:
    one = asking(KUBECTL)
    assert one.believed(words("use kubectl", 0.1)) == words("use kubectl", 0.1)
    one.found(words("use kubectl", 0.1), one.ask(words("cubicle")), words("use cubicle"))
    assert [word.confidence for word in one.believed(words("use kubectl", 0.1))] == [0.1, UNSURE]
    assert one.believed(words("kube ctl", 0.1)) == words("kube ctl", 0.1)  # it is still to be written as one


def test_a_prompt_never_has_more_than_thirty_terms() -> None:
    given = tuple(f"given {n}" for n in range(30))
    one = asking(KUBECTL, given=given)
    asked = one.ask(words("cubicle"))
    assert len(one.asking(asked)) == MOST
    one.found(words("kubectl"), asked, words("cubicle"))
    assert len(one.prompt) == MOST
    assert "kubectl" in one.prompt


def test_of_more_than_thirty_that_were_found_the_last_are_in_it() -> None:
    terms = [Term(f"qx{n:02}") for n in range(MOST + 2)]
    one = asking(*terms, given=("mine",))
    for term in terms:
        one.found(words(term.text), (term.text,), words("qq"))
    assert one.prompt == tuple(term.text for term in terms[-MOST:])


def test_a_second_look_is_not_believed_where_the_first_was_sure_of_ordinary_words() -> None:
    for before, is_believed in ((0.45, True), (0.55, False)):
        one = asking(Term("Wolffe"))
        first = (*words("the"), *words("wolf", before, start=0.3))
        assert one.ask(first) == (("Wolffe",) if is_believed else ())
        assert one.found(words("the Wolffe", 0.1), ("Wolffe",), first) == is_believed


def test_a_second_look_is_not_believed_where_what_it_replaces_was_put_back_before() -> None:
    one = asking(Term("kubectl", refused=("cubicle",)))
    assert one.ask(words("use cubicle today", 0.2)) == ()
    assert not one.found(words("use kubectl today"), ("kubectl",), words("use cubicle today", 0.2))
