"""What a text that was seen counts for, and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.daemon.corrections.saying import said, seen, timed, utterance

from sayso.corrections import TRUST, Source
from sayso.corrections.alignment import words_of
from sayso.corrections.case import SEEN
from sayso.corrections.judgement import confidences, is_made_up, judge, sounding, written_by_us
from sayso.journal import Correction, Decision

HEARD = "we run it on cooper netties at the office now"
UNSURE = {"cooper": 0.4, "netties": 0.3, "ate": 0.5}
ACCEPTED, DOUBTFUL, REJECTED = Decision.ACCEPTED, Decision.DOUBTFUL, Decision.REJECTED


def judged(
    stands: str,
    heard: str = HEARD,
    source: Source = Source.IN_PLACE,
    margin: float | None = None,
    **known: float | bool,
) -> Correction:
    """Judge what stands where something was typed."""
    voiced = known.pop("voiced_seconds", None)
    return judge(
        seen(stands, source),
        utterance(said(heard, UNSURE), **known),  # type: ignore[arg-type]  # by name
        margin=None if margin is None else lambda _heard, _meant: margin,
        voiced_seconds=voiced,
    )


def test_a_misheard_word_put_right_is_learnt() -> None:
    made = judged("we run it on Kubernetes at the office now")
    assert made.decision is ACCEPTED
    assert made.target == "we run it on Kubernetes at the office now"
    assert made.changes == (("cooper netties", "Kubernetes"),)
    assert (made.source, made.trust, made.text) == (Source.IN_PLACE, 0.7, made.target)
    assert made.made_at_seconds > 0


@pytest.mark.parametrize(
    ("stands", "decision", "why"),
    [
        (HEARD, REJECTED, "nothing was changed"),
        (HEARD.capitalize() + "!", REJECTED, "only capitals, marks and spaces"),
        (f"{HEARD} and it works well", REJECTED, "only written on"),
        (f"Dear Ann, {HEARD}", REJECTED, "only written on"),
        ("we run it on our own cooper netties at the office now", REJECTED, "only written on"),
        ("we run it on Kubernetes at the office now and it works", ACCEPTED, "sounds like"),
        ("we run it on our own big Kubernetes at the office now", ACCEPTED, "sounds like"),
        ("they like dogs and cats in their garden there", REJECTED, "rewritten"),
        ("we run it on a mainframe at the office now", REJECTED, "neither sounds"),
        ("we run it on Kubernetes at the office", DOUBTFUL, "put in or taken out"),
        ("we run it on Kubernetes at now", REJECTED, "taken out"),
        ("we run it on cooper netties at the offices now", DOUBTFUL, "only grew or shrank"),
        ("we rerun it on cooper netties at the office now", DOUBTFUL, "only grew or shrank"),
        ("we run it in cooper netties at the office now", DOUBTFUL, "few letters"),
        ("we run it on cooper netties at the orifice now", DOUBTFUL, "was sure"),
        ("my card is 4111 1111 1111 1111", REJECTED, "card number"),
    ],
)
def test_what_else_people_do_is_not_learnt_each_for_its_own_reason(
    stands: str, decision: Decision, why: str
) -> None:
    made = judged(stands)
    assert made.decision is decision, made.reasons
    assert any(why in reason for reason in made.reasons), made.reasons


def test_of_something_confidential_nothing_is_kept_but_that_it_was() -> None:
    made = judged("we run it on 4111 1111 1111 1111 at the office now")
    assert (made.text, made.target, made.changes) == ("", None, ())
    assert made.decision is REJECTED


def test_no_reason_tells_what_was_dictated() -> None:
    for stands in (
        "we run it on Kubernetes at the office now",
        "they like dogs",
        "we run it on a mainframe at the office now",
    ):
        text = " ".join(judged(stands).reasons)
        assert not any(word in text.split() for word in ("cooper", "netties", "Kubernetes", "mainframe", "dogs"))


@pytest.mark.parametrize(
    ("heard", "stands"),
    [
        ("we please them all", "we displease them all"),
        ("that is usual for her", "that is unusual for her"),
        ("take the car today", "take the cartridge very far today"),
        ("the art is old", "the heart is old"),
    ],
)
def test_a_word_that_grew_is_doubtful_without_the_recording_however_unsure_it_was_heard(
    heard: str, stands: str
) -> None:
    unsure = dict.fromkeys(heard.split(), 0.2)
    assert judge(seen(stands), utterance(said(heard, unsure))).decision is not ACCEPTED


def test_a_word_that_grew_is_accepted_where_the_recording_fits() -> None:
    heard = utterance(said("we please them all", {"please": 0.2}))
    assert judge(seen("we displease them all"), heard, margin=lambda *_: 0.5).decision is ACCEPTED


@pytest.mark.parametrize(
    ("typed", "is_no_word"),
    [
        ("hunter2", True),
        ("Tr0ub4dor!", True),
        ("pass^word", True),
        ("482913", True),
        ("3rd", False),
        ("10am,", False),
        ("25", False),
        ("1990s", False),
        ("great!", False),
        ("(C++)", False),
        ("it's", False),
    ],
)
def test_a_word_that_looks_like_a_password_is_told_from_ordinary_ones(typed: str, is_no_word: bool) -> None:
    assert is_made_up(HEARD, f"we run it {typed}") is is_no_word
    assert not is_made_up(f"we run it {typed}", f"we run it {typed}")


def test_only_what_is_in_doubt_is_taken_for_a_password() -> None:
    heard, stands = "we run kates at home", "we run k8tes at home"
    assert judged(stands, heard).decision is REJECTED
    assert judged(stands, heard, Source.LEARN_THIS).decision is DOUBTFUL
    assert judged(stands, heard, margin=0.5).decision is ACCEPTED
    unsure = utterance(said(heard, {"kates": 0.2}))
    assert judge(seen(stands), unsure).decision is REJECTED  # nobody has listened


@pytest.mark.parametrize(
    ("margin", "decision"),
    [(None, DOUBTFUL), (0.5, ACCEPTED), (-0.9, ACCEPTED), (-2.0, DOUBTFUL), (-6.0, REJECTED)],
)
def test_the_recording_settles_a_doubt_about_sound(margin: float | None, decision: Decision) -> None:
    assert judged("we run it on cooper netties at the orifice now", margin=margin).decision is decision


def test_a_recording_that_does_not_fit_rejects_what_sounds_right() -> None:
    made = judged("we run it on Kubernetes at the office now", margin=-7.5)
    assert made.decision is REJECTED
    assert made.reasons == ("the recording does not fit it (-7.5)",)


def test_the_recording_is_asked_only_where_all_else_leaves_it_open() -> None:
    asked = []

    def margin(heard: str, meant: str) -> float:
        asked.append((heard, meant))
        return 1.0

    for stands in (HEARD, f"{HEARD} and more of it", "they like dogs and cats in their garden there"):
        judge(seen(stands), utterance(said(HEARD, UNSURE)), margin=margin)
    assert asked == []
    judge(seen("we run it on Kubernetes at the office now"), utterance(said(HEARD, UNSURE)), margin=margin)
    assert asked == [(HEARD, "we run it on Kubernetes at the office now")]


def test_what_was_dictated_while_learning_was_off_is_not_learnt_from() -> None:
    made = judged("we run it on Kubernetes at the office now", learns=False)
    assert (made.decision, made.reasons) == (REJECTED, ("it was dictated while learning was off",))


@pytest.mark.parametrize(
    ("known", "why"),
    [
        ({"seconds": 0.3}, "s of speech"),
        ({"seconds": 31.0}, "31 s long"),
        ({"voiced_seconds": 0.1}, "0.1 s of speech"),
    ],
)
def test_a_clip_must_be_long_enough_and_not_too_long(known: dict[str, float], why: str) -> None:
    made = judged("we run it on Kubernetes at the office now", **known)
    assert made.decision is REJECTED
    assert why in made.reasons[0]


def test_where_what_was_said_cannot_be_told_the_person_is_asked() -> None:
    made = judged("we met karma seven", "we met comma seven")
    assert (made.decision, made.target) == (DOUBTFUL, None)
    assert "cannot be told" in made.reasons[0]


def test_what_the_person_says_by_a_command_is_held_to_wider_limits() -> None:
    told = Source.EXPLICIT
    for stands in (
        "we run it on Kubernetes at the office now and then",  # words that were not heard at the end
        "we run it in cooper netties at the office now",
        "we run it on Kubernetes at the orifice now",
        "we run it on cooper netties at the offices now",
    ):
        assert judged(stands, source=told).decision is ACCEPTED, stands
    assert judged("we run it on cooper netties at the beach now", source=told).decision is DOUBTFUL
    assert judged("we run it on Kubernetes at the office now", source=told, margin=-7.0).decision is DOUBTFUL
    assert judged("they like dogs and cats in their garden there, you know", source=told).decision is REJECTED


@pytest.mark.parametrize("source", [Source.LEFT, Source.EXPLICIT])
def test_text_that_was_left_or_confirmed_as_it_is_counts_as_said(source: Source) -> None:
    made = judged(HEARD, source=source)
    assert (made.decision, made.trust, made.changes) == (ACCEPTED, TRUST[source], ())
    assert made.target == HEARD


def test_an_utterance_of_one_word_may_be_another_word_altogether() -> None:
    assert judged("Kubernetes", "cooper netties").decision is ACCEPTED
    assert judged("no", "yes").decision is REJECTED


def test_words_run_together_are_other_words_and_a_hyphen_is_a_mark() -> None:
    assert judged("she lives in Warsaw", "she lives in war saw").changes == (("war saw", "Warsaw"),)
    assert "only capitals" in judged("send an e-mail", "send an email").reasons[0]


def test_an_utterance_of_which_little_is_known_is_asked_about() -> None:
    unknown = replace(utterance(said(HEARD)), said=None)
    made = judge(seen("we run Kubernetes"), unknown)
    assert (made.decision, made.target) == (DOUBTFUL, None)


# ── its parts ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("typed", "stands", "ours"),
    [
        ("See you at eight.", "See you at eight. Bring Ann.", "See you at eight."),
        ("See you at eight.", "Hi Ann, see you at eight.", "see you at eight."),
        ("See you at eight.", "See you at eight, and bring Ann.", "See you at eight,"),
        ("See you at eight.", "See you some time tomorrow at eight.", "See you at eight."),
        ("See you at eight.", "See you there at eight.", "See you there at eight."),
        ("See you at eight.", "See you at nine.", "See you at nine."),
    ],
)
def test_what_somebody_wrote_around_ours_is_cut_off(typed: str, stands: str, ours: str) -> None:
    assert written_by_us(typed, stands) == (ours, ours != stands)


@given(st.lists(st.sampled_from(["a", "bee", "C++", "it's", "…", "5%"]), min_size=1, max_size=12))
def test_each_word_has_the_confidence_that_it_was_heard_with(words: list[str]) -> None:
    one = said("", words=timed(" ".join(words), dict.fromkeys(words[:1], 0.3)), grammar=None)
    found = confidences(one)
    assert len(found) == len(words_of(" ".join(words)))
    assert set(found) <= {0.3, 0.95}


def test_what_sounds_alike_is_near_though_it_is_spelt_otherwise() -> None:
    near: Callable[[str, str], float] = sounding("en")
    assert near("cooper netties", "Kubernetes") > 0.57 > near("mainframe", "Kubernetes")
    assert near("same", "same") == 1.0


@given(st.text("abc comma,.\n4", max_size=50), st.sampled_from(Source), st.floats(-9, 3) | st.none())
def test_whatever_is_seen_is_judged_with_a_reason(stands: str, source: Source, margin: float | None) -> None:
    made = judged(stands, "we meet comma at the station", source, margin)
    assert made.reasons
    assert made.trust == TRUST[source]
    assert made.decision is not ACCEPTED or made.target is not None


def test_the_limits_are_in_order() -> None:
    assert SEEN.rejected_nats < SEEN.accepted_nats < 0 < SEEN.least_voiced_seconds < SEEN.least_seconds
