"""Problems as notifications, on a desktop that speaks the published interface."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from tests.desktop.bus.private_bus import PrivateBus
from tests.desktop.indicator.conftest import Service, Show
from tests.desktop.rig.indicator import (
    ITEM,
    ITEM_PATH,
    NOTIFICATIONS,
    NOTIFICATIONS_PATH,
    Bubbles,
    OnTheBus,
)
from tests.desktop.rig.waiting import until

from sayso.control import Control
from sayso.errors import ConfigError, Paused
from sayso.events import HypothesisChanged, Learnt, Problem, ProblemName, Recovered, State
from sayso.indicator.notices import ACTIONS

ACTIONS_FLAT = [word for pair in ACTIONS.items() for word in pair]


@pytest.fixture
def bubbles(bus: PrivateBus) -> Iterator[Bubbles]:
    """A desktop that shows notifications."""
    with Bubbles(bus.address) as desktop:
        yield desktop


def go_wrong(service: Service, name: ProblemName, message: str) -> None:
    """Something is wrong, and the service tells."""
    service.fake.become(problems={**service.fake.now.problems, name.value: message})
    service.tell(Problem(name, message))


def test_a_problem_is_shown_escaped_and_closed_when_it_is_over(
    bubbles: Bubbles, service: Service, show: Show
) -> None:
    show(notifications=True)
    go_wrong(service, ProblemName.MICROPHONE_LOST, "<b>gone</b> & away")
    what, number, (application, replaces, _icon, summary, body, actions, hints, _expiry) = bubbles.next()
    assert (what, application, replaces) == ("Notify", "sayso", 0)
    assert summary == "sayso: microphone lost"
    assert body == "&lt;b&gt;gone&lt;/b&gt; &amp; away"
    assert (actions, hints["urgency"]) == ([], 2)
    service.fake.become(problems={})
    assert bubbles.next()[:2] == ("CloseNotification", number)


def test_a_problem_that_is_over_within_a_second_is_not_shown(
    bubbles: Bubbles, service: Service, show: Show
) -> None:
    show(notifications=True)
    go_wrong(service, ProblemName.BUS_LOST, "gone for a moment")
    service.fake.become(problems={})
    go_wrong(service, ProblemName.CARD_UNUSED, "the card is not used")
    assert bubbles.next()[2][4] == "the card is not used"
    assert bubbles.told.empty()


def test_each_press_of_the_learn_key_is_answered(bubbles: Bubbles, service: Service, show: Show) -> None:
    show(notifications=True)
    for _ in range(2):
        go_wrong(service, ProblemName.NOT_LEARNT, "nothing was learnt")
        assert bubbles.next()[2][3:5] == ["sayso: not learnt", "nothing was learnt"]
    service.fake.become(problems={})
    service.tell(Learnt(1))
    told = [bubbles.next(), bubbles.next()]
    assert {one[0] for one in told} == {"Notify", "CloseNotification"}
    assert [one[2][3] for one in told if one[0] == "Notify"] == ["learnt: 1 word"]


@pytest.mark.parametrize("action", ACTIONS)
def test_text_that_waits_asks_where_to_go_and_the_answer_reaches_the_service(
    bubbles: Bubbles, service: Service, show: Show, witness: OnTheBus, action: str
) -> None:
    show(notifications=True)
    asked = witness.eavesdrop(action)
    go_wrong(service, ProblemName.FOCUS_MOVED, "the text waits for its window")
    _, number, arguments = bubbles.next()
    assert arguments[3] == "Where shall the text go?"
    assert arguments[5] == ACTIONS_FLAT
    assert arguments[7] == 0  # it stays until it is answered
    bubbles.choose(number, action)
    assert asked.get(timeout=10) == action


def test_what_the_service_refuses_is_told(
    bubbles: Bubbles, service: Service, show: Show, witness: OnTheBus
) -> None:
    indicator = show(notifications=True, tray=True)
    service.fake.refuses[Control.TOGGLE] = Paused("the screen is locked")
    item = f"org.kde.StatusNotifierItem-{indicator.pid}-1"
    witness.ask(item, ITEM_PATH, ITEM, "Activate", "ii", [0, 0])
    assert bubbles.next()[2][3:5] == ["sayso: not done", "the screen is locked"]


def test_a_click_on_somebody_elses_notification_does_nothing(
    bubbles: Bubbles, service: Service, show: Show
) -> None:
    show(notifications=True)
    bubbles.choose(4711, "TypeHere")
    go_wrong(service, ProblemName.CARD_UNUSED, "the card is not used")
    assert bubbles.next()[2][4] == "the card is not used"


def test_signals_about_bubbles_count_from_who_shows_them_and_whole_and_from_nobody_else(
    bubbles: Bubbles, service: Service, show: Show, witness: OnTheBus
) -> None:
    indicator = show(notifications=True)
    asked = witness.eavesdrop("Copy")
    go_wrong(service, ProblemName.FOCUS_MOVED, "the text waits for its window")
    number = bubbles.next()[1]
    signal = (NOTIFICATIONS_PATH, NOTIFICATIONS)
    for stranger in (witness, bubbles):
        for member in ("ActionInvoked", "NotificationClosed"):
            for signature, body in (("", []), ("s", ["x"]), ("us", [number, "Copy"]), ("uu", [number, 2])):
                if stranger is witness or signature in ("", "s"):
                    stranger.tell(*signal, member, signature, body, to="org.sayso.Indicator1")
    go_wrong(service, ProblemName.BUS_LOST, "gone")
    assert bubbles.next()[2][4] == "gone"  # by then the signals have been read
    assert asked.empty()
    bubbles.choose(number, "Copy")
    assert asked.get(timeout=10) == "Copy"
    assert indicator.output == ""


def test_a_desktop_without_buttons_is_told_where_to_answer(bus: PrivateBus, service: Service, show: Show) -> None:
    with Bubbles(bus.address, abilities=("body",)) as bubbles:
        show(notifications=True)
        go_wrong(service, ProblemName.FOCUS_MOVED, "it waits & waits.")
        arguments = bubbles.next()[2]
    assert arguments[5] == []
    assert arguments[4].startswith("it waits & waits. Choose in sayso's menu in the tray: type here")


def test_a_bubble_that_the_person_closed_stays_closed(bubbles: Bubbles, service: Service, show: Show) -> None:
    show(notifications=True)
    go_wrong(service, ProblemName.BUS_LOST, "gone")
    bubbles.dismiss(bubbles.next()[1])
    go_wrong(service, ProblemName.CARD_UNUSED, "the card is not used")
    assert bubbles.next()[2][4] == "the card is not used"
    service.fake.become(problems={})
    assert bubbles.next()[0] == "CloseNotification"
    assert bubbles.told.empty()


def test_dictated_text_is_never_in_a_notification(bubbles: Bubbles, service: Service, show: Show) -> None:
    show(notifications=True, announce=True)
    service.become(State.LISTENING)
    service.tell(HypothesisChanged(1, "secret", "more secret"))
    shown = [bubbles.next()]
    go_wrong(service, ProblemName.CARD_UNUSED, "slow")
    service.become(State.IDLE)
    shown += [bubbles.next() for _ in range(2)]
    assert "secret" not in str(shown)


def test_who_wants_it_hears_when_dictation_begins_and_ends(bubbles: Bubbles, service: Service, show: Show) -> None:
    show(announce=True)
    service.become(State.LISTENING)
    _, number, arguments = bubbles.next()
    assert arguments[3] == "sayso: listening"
    assert (arguments[6]["urgency"], arguments[6]["transient"]) == (0, True)
    service.become(State.IDLE)
    _, same, arguments = bubbles.next()
    assert arguments[3] == "sayso: not listening"
    assert same == number


def test_who_starts_and_stops_in_haste_hears_how_it_ended_and_not_each_of_it(
    bubbles: Bubbles, service: Service, show: Show, witness: OnTheBus
) -> None:
    show(announce=True)
    told = witness.hear("member='StateChanged'")
    for _ in range(4):
        for state in (State.LISTENING, State.IDLE):
            service.become(state)
            told.get(timeout=10)
    assert bubbles.next()[2][3] == "sayso: listening"
    assert bubbles.next()[2][3] == "sayso: not listening"
    service.become(State.LISTENING)
    assert bubbles.next()[2][3] == "sayso: listening"
    assert bubbles.told.empty()


def test_nothing_is_shown_while_the_session_is_locked(
    bubbles: Bubbles, service: Service, show: Show, witness: OnTheBus
) -> None:
    show(notifications=True, tray=True)
    witness.take("org.gnome.ScreenSaver")
    saver = ("/org/gnome/ScreenSaver", "org.gnome.ScreenSaver", "ActiveChanged", "b")
    witness.tell(*saver, [True])
    go_wrong(service, ProblemName.BUS_LOST, "gone")
    assert not threading.Event().wait(2)  # twice as long as it takes otherwise
    assert bubbles.told.empty()
    witness.tell(*saver, [False])
    assert bubbles.next()[2][4] == "gone"


def test_a_desktop_that_shows_nothing_is_no_trouble(service: Service, show: Show, witness: OnTheBus) -> None:
    indicator = show(notifications=True)
    go_wrong(service, ProblemName.BUS_LOST, "gone")
    service.become(State.LISTENING)
    until(lambda: indicator.is_running, "the indicator")
    indicator.terminate()
    assert indicator.wait() == 0
    assert indicator.output == ""


# ── what is offered ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("choice", "on"), [("LearningOn", True), ("LearningOff", False)])
def test_the_person_is_asked_whether_sayso_may_learn_and_the_answer_reaches_the_service(
    bubbles: Bubbles, service: Service, show: Show, choice: str, on: bool
) -> None:
    service.fake.become(learning="asking")
    show(notifications=True)
    _, number, arguments = bubbles.next()
    assert arguments[3] == "May sayso learn from what you dictate?"
    assert arguments[5] == ["LearningOn", "Learn", "LearningOff", "Do not learn"]
    assert arguments[7] == 0  # it stays until it is answered
    bubbles.choose(number, choice)
    assert service.fake.learning.heard.wait(10)
    assert service.fake.learning.told == [("give_consent", on)]


def test_a_question_that_is_answered_elsewhere_goes_away(bubbles: Bubbles, service: Service, show: Show) -> None:
    service.fake.become(learning="asking")
    show(notifications=True)
    number = bubbles.next()[1]
    service.become(State.IDLE, learning="on")
    assert bubbles.next()[:2] == ("CloseNotification", number)


def test_what_was_recovered_is_offered_when_the_service_tells_of_it(
    bubbles: Bubbles, service: Service, show: Show
) -> None:
    show(notifications=True)
    service.fake.become(recovered=2)
    service.tell(Recovered((3, 4)))
    _, number, arguments = bubbles.next()
    assert arguments[3:6] == [
        "Interrupted dictations were recovered",
        "2 of an earlier run. Read them with: sayso history --recovered",
        ["CopyRecovered", "Copy"],
    ]
    bubbles.choose(number, "CopyRecovered")
    assert service.fake.learning.heard.wait(10)
    assert service.fake.learning.told == [("copy_recovered",)]


def test_why_an_answer_does_not_hold_is_told(bubbles: Bubbles, service: Service, show: Show) -> None:
    service.fake.become(learning="asking")
    service.fake.learning.refuses["give_consent"] = ConfigError("learning is off in the settings")
    show(notifications=True)
    bubbles.choose(bubbles.next()[1], "LearningOn")
    assert bubbles.next()[2][3:5] == ["sayso: not done", "learning is off in the settings"]


def test_the_teach_light_follows_what_the_service_tells_without_being_asked_about_it(
    service: Service, show: Show, witness: OnTheBus
) -> None:
    show(notifications=True)
    asked = witness.eavesdrop("GetStatus")
    service.fake.become(teach="yes")
    service.refresh()
    assert asked.get(timeout=10) == "GetStatus"  # which tells it
