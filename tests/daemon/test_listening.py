"""When the service listens, by mode, by what is asked, and by how long it lasts."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.daemon.switched import Expectation, Switched

from sayso.config import Mode, Settings
from sayso.control import Control
from sayso.errors import Paused
from sayso.events import Event, Problem, ProblemCleared, ProblemName
from sayso.listening import TABLE, Listening, Rules, Sign, Switch

HOLD, RELEASE = Control.HOLD, Control.RELEASE
TAP_SECONDS, HOLD_SECONDS, SILENCE_SECONDS = 0.25, 900.0, 600.0  # sums of which are exact
RULES = Rules(TAP_SECONDS, HOLD_SECONDS, SILENCE_SECONDS)
NEVER = Rules()


def told(mode: Mode, *controls: Control) -> list[str]:
    """What the flow is told after the beginning."""
    flow = Switched()
    listening = Listening(flow, mode)
    listening.begin()
    assert flow.told == ["listen" if mode is Mode.HANDS_FREE else "stop"]
    for control in controls:
        listening.obey(control)
    return flow.told[1:]


def test_toggling_starts_and_stops() -> None:
    assert told(Mode.TOGGLE, *[Control.TOGGLE] * 3) == ["listen", "stop", "listen"]
    assert told(Mode.HANDS_FREE, Control.TOGGLE) == ["stop"]


@pytest.mark.parametrize("mode", [Mode.TOGGLE, Mode.HOLD])
def test_a_held_key_listens_until_it_is_let_go(mode: Mode) -> None:
    assert told(mode, Control.HOLD, Control.RELEASE) == ["listen", "stop"]


def test_holding_while_it_listens_already_changes_nothing() -> None:
    assert told(Mode.HANDS_FREE, Control.HOLD, Control.RELEASE) == []
    assert told(Mode.TOGGLE, Control.START, Control.HOLD, Control.RELEASE) == ["listen"]


def test_a_release_that_nobody_held_for_changes_nothing() -> None:
    assert told(Mode.TOGGLE, Control.RELEASE) == []
    assert told(Mode.TOGGLE, Control.HOLD, Control.TOGGLE, Control.START, Control.RELEASE) == [
        "listen",
        "stop",
        "listen",
    ]


def test_cancelling_forgets_also_what_waits_and_only_hands_free_listens_on() -> None:
    assert told(Mode.TOGGLE, Control.START, Control.CANCEL) == ["listen", "cancel", "stop"]
    assert told(Mode.HANDS_FREE, Control.CANCEL) == ["cancel", "listen"]


def test_between_the_modes_of_keys_what_is_being_said_goes_on() -> None:
    flow = Switched()
    listening = Listening(flow, Mode.HOLD)
    listening.obey(Control.START)
    listening.change_mode(Mode.TOGGLE)
    assert flow.told == ["listen"]
    listening.change_mode(Mode.HANDS_FREE)
    listening.change_mode(Mode.HOLD)
    assert flow.told == ["listen", "listen", "stop"]


def test_undo_leaves_listening_as_it_is() -> None:
    assert told(Mode.TOGGLE, Control.START, Control.UNDO) == ["listen", "undo"]


@pytest.mark.parametrize("mode", list(Mode))
def test_while_the_person_is_away_nobody_is_listened_to(mode: Mode) -> None:
    flow = Switched()
    listening = Listening(flow, mode)
    listening.begin()
    listening.obey(Control.START)
    flow.told.clear()
    listening.leave()
    for control in (Control.START, Control.TOGGLE, Control.HOLD):
        with pytest.raises(Paused, match="until you are back"):
            listening.obey(control)
    for control in (Control.RELEASE, Control.STOP, Control.CANCEL):
        listening.obey(control)
    listening.change_mode(Mode.HANDS_FREE)
    assert "listen" not in flow.told


def test_when_the_person_is_back_only_hands_free_listens_on() -> None:
    for mode in Mode:
        flow = Switched()
        listening = Listening(flow, mode)
        listening.obey(Control.START)
        listening.leave()
        flow.told.clear()
        listening.come_back()
        assert flow.told == (["listen"] if mode is Mode.HANDS_FREE else ["stop"])
        flow.told.clear()
        listening.obey(Control.TOGGLE)
        assert flow.told == (["stop"] if mode is Mode.HANDS_FREE else ["listen"])


class Door:
    """Whether the screen is locked by what tells nobody, and how often that was looked for."""

    def __init__(self, is_locked: bool) -> None:
        self.is_locked = is_locked
        self.looks = 0

    def __call__(self) -> bool:
        self.looks += 1
        return self.is_locked


@pytest.mark.parametrize("mode", list(Mode))
def test_nobody_is_listened_to_behind_a_locker_that_tells_nobody(mode: Mode) -> None:
    flow, door = Switched(), Door(is_locked=True)
    listening = Listening(flow, mode, is_locked=door)
    listening.begin()
    for control in (Control.START, Control.TOGGLE, Control.HOLD, Control.HERE, Control.BACK, Control.LEARN):
        with pytest.raises(Paused, match="until you are back"):
            listening.obey(control)
    assert set(flow.told) == {"stop"}
    door.is_locked = False
    with pytest.raises(Paused):  # who watches knows that it is over, and says so
        listening.obey(Control.START)
    listening.come_back()
    assert listening.switch.is_open is (mode is Mode.HANDS_FREE)
    listening.obey(Control.START)
    assert flow.is_open


def test_a_locker_that_is_seen_when_a_key_ends_listening_ends_it_as_well() -> None:
    flow, door = Switched(), Door(is_locked=False)
    listening = Listening(flow, Mode.TOGGLE, is_locked=door)
    listening.obey(Control.TOGGLE)
    door.is_locked = True
    with pytest.raises(Paused):
        listening.obey(Control.TOGGLE)
    assert not flow.is_open


def test_a_second_locker_behind_the_first_keeps_hands_free_from_listening() -> None:
    flow, door = Switched(), Door(is_locked=False)
    listening = Listening(flow, Mode.HANDS_FREE, is_locked=door)
    listening.begin()
    listening.leave()
    door.is_locked = True
    listening.come_back()
    assert not flow.is_open


def test_a_locker_is_looked_for_only_before_what_it_forbids() -> None:
    door = Door(is_locked=False)
    listening = Listening(Switched(), Mode.TOGGLE, is_locked=door)
    listening.begin()
    for control in (Control.STOP, Control.RELEASE, Control.CANCEL, Control.UNDO, Control.COPY):
        listening.obey(control)
    assert door.looks == 0
    listening.obey(Control.START)
    assert door.looks == 1


# ── time ──────────────────────────────────────────────────────────────────────────────────────────


class Bench:
    """Listening in front of a flow, at a time that is set."""

    def __init__(self, mode: Mode = Mode.TOGGLE, rules: Rules = RULES) -> None:
        self.now = 1000.0
        self.flow = Switched()
        self.events: list[Event] = []
        self.listening = Listening(self.flow, mode, rules, self.events.append, lambda: self.now)
        self.listening.begin()
        self.flow.told.clear()

    def after(self, seconds: float, *controls: Control) -> list[str]:
        """Let time pass, and the timer ring when it is due, then ask for something; what the flow was told."""
        until = self.now + seconds
        while (patience := self.listening.patience()) is not None and self.now + patience <= until:
            self.now += patience
            self.listening.look()
        self.now = until
        for control in controls:
            self.listening.obey(control)
        told, self.flow.told = self.flow.told, []
        return told


def test_a_hold_key_pressed_twice_locks_and_its_next_press_ends_it() -> None:
    bench = Bench()
    assert bench.after(0, HOLD) == ["listen"]
    assert bench.after(0.0625, RELEASE) == []  # the microphone stays open: nothing of what follows is cut in two
    assert bench.after(0.0625, HOLD) == []
    assert bench.listening.switch is Switch.LOCKED
    assert bench.after(0.0625, RELEASE) == []
    assert bench.after(60) == []
    assert bench.after(0, HOLD) == ["stop"]
    assert bench.after(0.0625, RELEASE) == []


def test_a_single_tap_listens_until_no_second_one_can_follow() -> None:
    bench = Bench()
    bench.after(0, HOLD)
    assert bench.after(0.0625, RELEASE) == []
    assert bench.listening.patience() == pytest.approx(TAP_SECONDS - 0.0625)
    assert bench.after(TAP_SECONDS - 0.125) == []
    assert bench.after(0.0625) == ["stop"]


def test_a_hold_that_was_no_tap_ends_at_once() -> None:
    bench = Bench()
    bench.after(0, HOLD)
    assert bench.after(TAP_SECONDS, RELEASE) == ["stop"]
    assert bench.after(0.0625, HOLD) == ["listen"]
    assert bench.after(TAP_SECONDS, RELEASE) == ["stop"]


def test_a_second_tap_that_comes_too_late_is_a_hold_though_the_timer_was_later_still() -> None:
    bench = Bench()
    bench.listening.obey(HOLD)
    bench.listening.obey(RELEASE)
    bench.now += TAP_SECONDS  # and nobody looked
    bench.listening.obey(HOLD)
    assert bench.flow.told == ["listen", "stop", "listen"]
    assert bench.listening.switch is Switch.HELD


def test_without_double_taps_every_release_ends_the_hold() -> None:
    bench = Bench(rules=replace(RULES, double_tap_seconds=None))
    assert bench.after(0, HOLD, RELEASE, HOLD, RELEASE) == ["listen", "stop"] * 2


def test_a_key_that_is_said_to_be_down_for_too_long_counts_as_let_go_and_is_told_until_it_moves() -> None:
    bench = Bench()
    bench.after(0, HOLD)
    assert bench.after(HOLD_SECONDS - 1) == []
    assert bench.after(1) == ["stop"]
    (problem,) = bench.events
    assert isinstance(problem, Problem)
    assert problem.name is ProblemName.HOTKEY_STUCK
    assert "down for 15 minutes" in problem.message
    assert "hotkeys.max_hold_minutes" in problem.message
    assert bench.after(5, RELEASE) == []
    assert bench.events[1:] == [ProblemCleared(ProblemName.HOTKEY_STUCK)]
    assert bench.after(0, HOLD) == ["listen"]


def test_a_press_whose_release_was_lost_is_followed_by_one_that_is_the_finger_s_last_sign() -> None:
    bench = Bench()
    bench.after(0, HOLD)
    assert bench.after(HOLD_SECONDS - 1, HOLD) == []
    assert bench.after(2) == []
    assert bench.after(0, RELEASE) == ["stop"]


@pytest.mark.parametrize("begin", [[Control.START], [Control.TOGGLE], [HOLD, RELEASE, HOLD, RELEASE]])
def test_listening_that_nobody_speaks_to_ends_by_itself(begin: list[Control]) -> None:
    bench = Bench()
    bench.after(0, *begin)
    bench.after(SILENCE_SECONDS - 1)
    bench.listening.heard()
    assert bench.after(SILENCE_SECONDS - 1) == []
    assert bench.after(1) == ["stop"]
    assert bench.events == []


def test_hands_free_waits_for_a_voice_for_as_long_as_it_takes() -> None:
    bench = Bench(Mode.HANDS_FREE)
    assert bench.listening.patience() is None
    assert bench.after(1_000_000) == []


def test_a_voice_does_not_make_a_stuck_key_a_finger() -> None:
    bench = Bench()
    bench.after(0, HOLD)
    bench.after(HOLD_SECONDS - 1)
    bench.listening.heard()
    assert bench.after(1) == ["stop"]


def test_rules_that_change_count_for_what_has_begun() -> None:
    bench = Bench(rules=NEVER)
    bench.after(0, Control.START)
    assert bench.after(1_000_000) == []
    bench.listening.change_rules(RULES)
    assert bench.after(0) == ["stop"]


def test_the_rules_are_those_of_the_settings(default_settings: Settings) -> None:
    assert Rules.from_settings(default_settings.hotkeys) == Rules(0.3, 15 * 60, 10 * 60)
    never = replace(default_settings.hotkeys, double_tap_ms=None, max_hold_minutes=None, max_silence_minutes=None)
    assert Rules.from_settings(never) == NEVER


@pytest.mark.parametrize(
    ("control", "asked"),
    [(Control.LEARN, "learn"), (Control.HERE, "here"), (Control.BACK, "back"), (Control.COPY, "copy")],
)
def test_what_is_about_text_is_passed_on_and_leaves_listening_as_it_is(control: Control, asked: str) -> None:
    assert told(Mode.TOGGLE, Control.START, control) == ["listen", asked]


def test_while_the_person_is_away_nothing_is_typed_or_read_but_what_waits_can_be_kept() -> None:
    bench = Bench()
    bench.listening.leave()
    for control in (Control.HERE, Control.BACK, Control.LEARN):
        with pytest.raises(Paused, match="nothing is typed or read until you are back"):
            bench.listening.obey(control)
    bench.listening.obey(Control.COPY)
    assert bench.flow.told == ["stop", "copy"]


# ── the table ─────────────────────────────────────────────────────────────────────────────────────


def test_the_table_says_what_follows_everything_and_time_and_stop_always_close() -> None:
    assert {(sign, before) for sign in TABLE for before in TABLE[sign]} == {
        (sign, before) for sign in Sign for before in Switch
    }
    assert {after for sign in (Sign.TIME, Sign.STOP) for after in TABLE[sign].values()} == {Switch.OFF}


def test_no_release_opens_the_microphone_and_only_what_is_on_purpose_outlives_one() -> None:
    for sign in (Sign.LET_GO, Sign.TAP):
        for before, after in TABLE[sign].items():
            assert after.is_open <= before.is_open
    assert TABLE[Sign.LET_GO][Switch.HELD] is Switch.OFF
    assert {before for before, after in TABLE[Sign.LET_GO].items() if after.is_open} == {
        Switch.ON,
        Switch.TAPPED,
        Switch.LOCKED,
    }


Step = tuple[str, float]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["hold", "release", "toggle", "start", "stop", "cancel", "leave", "come_back", "heard"]),
        st.sampled_from([0.0, 0.0625, TAP_SECONDS - 0.0625, TAP_SECONDS, 1.0, 100.0, HOLD_SECONDS, 5000.0]),
    ),
    max_size=40,
)


@given(STEPS, st.sampled_from(Mode), st.booleans())
@example([("hold", 0.0), ("hold", 0.0625), ("release", 0.0), ("hold", 0.0)], Mode.TOGGLE, True)
def test_whatever_happens_the_microphone_is_open_exactly_when_the_table_says_and_never_for_too_long(
    steps: list[Step], mode: Mode, timer: bool
) -> None:
    """What must hold for any sequence.

    Args:
        steps: what happens, and how many seconds pass before it; a release that is left out is one that was lost.
        mode: how dictation starts and ends.
        timer: whether one rings; without it what is due is found when the next thing happens.

    """
    bench = Bench(mode)
    expected = Expectation(mode, RULES, bench.now)
    for what, seconds in steps:
        expected.passes(seconds)
        if timer:
            bench.after(seconds)
            assert bench.flow.is_open is expected.switch.is_open
            assert seconds < HOLD_SECONDS or mode is Mode.HANDS_FREE or not bench.flow.is_open
        else:
            bench.now += seconds
        if what in ("leave", "come_back", "heard"):
            getattr(expected, what)()
            bench.listening.look()
            getattr(bench.listening, what)()
        elif expected.is_refused(Control(what)):
            with pytest.raises(Paused):
                bench.listening.obey(Control(what))
        else:
            expected.happens(Control(what))
            bench.listening.obey(Control(what))
        assert bench.listening.switch is expected.switch
        assert bench.flow.is_open is expected.switch.is_open
