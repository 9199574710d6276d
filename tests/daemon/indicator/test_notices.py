"""Which problems become notifications, and when those go."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.events import ProblemName, State
from sayso.indicator.model import AwayTold, Facts, LearntTold, ProblemTold, StateTold, StatusTold, follow
from sayso.indicator.notices import (
    ACTIONS,
    LASTING_SECONDS,
    LEARNING,
    MOST,
    MOST_SECONDS,
    RECOVERED,
    REPEAT_SECONDS,
    Log,
    Urgency,
    answer_to,
    answered,
    notice_of,
    steps,
)


def wrong(problems: dict[str, str], at: float, before: Facts | None = None) -> Facts:
    """The facts when that is wrong."""
    return follow(before or Facts(), StatusTold(State.IDLE, problems), at)


def test_a_problem_that_lasts_a_second_is_shown_once() -> None:
    facts = wrong({"bus-lost": "gone"}, 0)
    assert steps(facts, Log(), LASTING_SECONDS - 0.1).shown == ()
    first = steps(facts, Log(), LASTING_SECONDS)
    assert [notice.message for notice in first.shown] == ["gone"]
    assert steps(facts, first.log, 100).shown == ()


def test_a_problem_that_is_over_within_a_second_is_never_shown() -> None:
    log = steps(wrong({"bus-lost": "gone"}, 0), Log(), 0.9).log
    decided = steps(wrong({}, 0.95), log, 1.5)
    assert (decided.shown, decided.closed) == ((), ())


def test_its_notification_is_closed_when_a_problem_is_over() -> None:
    log = steps(wrong({"bus-lost": "gone"}, 0), Log(), 1).log
    over = steps(wrong({}, 2), log, 2)
    assert over.closed == ("bus-lost",)
    assert steps(wrong({}, 3), over.log, 3).closed == ()


def test_another_message_takes_the_place_of_the_one_before() -> None:
    facts = wrong({"bus-lost": "gone"}, 0)
    log = steps(facts, Log(), 1).log
    facts = wrong({"bus-lost": "gone for good"}, 20, facts)
    assert [notice.message for notice in steps(facts, log, 21).shown] == ["gone for good"]


def test_a_problem_that_comes_and_goes_is_not_shown_each_time() -> None:
    log = steps(wrong({"bus-lost": "gone"}, 0), Log(), 1).log
    log = steps(wrong({}, 2), log, 2).log
    again = wrong({"bus-lost": "gone"}, 3)
    assert steps(again, log, 5).shown == ()
    assert len(steps(again, log, 1 + REPEAT_SECONDS).shown) == 1


def test_nothing_is_shown_to_who_stands_before_a_locked_screen_but_it_is_to_who_comes_back() -> None:
    facts = follow(wrong({"bus-lost": "gone"}, 0), AwayTold(True), 0)
    decided = steps(facts, Log(), 5)
    assert decided.shown == ()
    assert len(steps(follow(facts, AwayTold(False), 6), decided.log, 6).shown) == 1


def test_nothing_is_shown_while_the_service_is_paused() -> None:
    facts = follow(wrong({"bus-lost": "gone"}, 0), StateTold(State.PAUSED), 0)
    assert steps(facts, Log(), 5).shown == ()
    assert len(steps(follow(facts, StateTold(State.IDLE), 6), Log(), 6).shown) == 1


def test_text_that_waits_brings_the_three_answers_and_nothing_else_does() -> None:
    assert notice_of(ProblemName.FOCUS_MOVED, "it waits").actions == ACTIONS
    assert notice_of(ProblemName.BUS_LOST, "gone").actions == {}


def test_what_loses_speech_is_more_urgent_than_what_is_only_slow() -> None:
    assert notice_of(ProblemName.MICROPHONE_LOST, "").urgency is Urgency.CRITICAL
    assert notice_of(ProblemName.FOCUS_MOVED, "").urgency is Urgency.NORMAL
    assert notice_of(ProblemName.CARD_UNUSED, "").urgency is Urgency.LOW


@given(st.lists(st.sets(st.sampled_from("abcdefghij")), max_size=60))
def test_whatever_comes_and_goes_there_are_never_more_than_a_handful_a_minute(looks: list[set[str]]) -> None:
    log, facts, shown_at = Log(), Facts(), list[float]()
    for number, names in enumerate(looks):
        now = float(number)
        facts = wrong(dict.fromkeys(names, "wrong"), now, facts)
        decided = steps(facts, log, now)
        log = decided.log
        shown_at += [now] * len(decided.shown)
        assert sum(now - at < MOST_SECONDS for at in shown_at) <= MOST


# ── the learn key ─────────────────────────────────────────────────────────────────────────────────

IN_VAIN = ProblemTold("not-learnt", "nothing was learnt")


@pytest.mark.parametrize(("words", "said"), [(0, "it is what you said"), (1, "1 word"), (3, "3 words")])
def test_a_press_that_taught_something_says_how_many_words(words: int, said: str) -> None:
    notice = answer_to(LearntTold(words))
    assert notice is not None
    assert (notice.summary, notice.message) == (f"learnt: {said}", "")


def test_a_press_in_vain_is_answered_at_once_not_twice_and_the_answer_goes_when_it_is_over() -> None:
    notice = answer_to(IN_VAIN)
    assert notice is not None
    assert notice.message == "nothing was learnt"
    log = answered(Log(), IN_VAIN, 0)
    facts = follow(Facts(), IN_VAIN, 0)
    assert steps(facts, log, 30).shown == ()
    assert steps(wrong({}, 31), log, 31).closed == ("not-learnt",)


def test_other_problems_are_no_answers() -> None:
    assert answer_to(ProblemTold("bus-lost", "gone")) is None


# ── what is offered ───────────────────────────────────────────────────────────────────────────────


def offered(*names: str, at: float = 0, is_away: bool = False) -> Facts:
    """The facts where that is offered."""
    facts = follow(Facts(), AwayTold(is_away), at)
    return follow(facts, StatusTold(State.IDLE, {}, offers={name: f"about {name}" for name in names}), at)


def test_an_offer_is_shown_at_once_and_once_with_what_may_be_chosen() -> None:
    first = steps(offered(LEARNING), Log(), 0)
    (notice,) = first.shown
    assert notice.summary == "May sayso learn from what you dictate?"
    assert notice.actions == {"LearningOn": "Learn", "LearningOff": "Do not learn"}
    assert steps(offered(LEARNING), first.log, 100).shown == ()


def test_an_offer_that_was_answered_is_closed() -> None:
    log = steps(offered(LEARNING, RECOVERED), Log(), 0).log
    assert steps(offered(RECOVERED), log, 2).closed == (LEARNING,)


def test_nobody_who_stands_before_a_locked_screen_is_asked() -> None:
    hidden = steps(offered(LEARNING, is_away=True), Log(), 0)
    assert hidden.shown == ()
    assert [notice.name for notice in steps(offered(LEARNING), hidden.log, 5).shown] == [LEARNING]
