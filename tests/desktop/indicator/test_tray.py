"""The item in the tray, seen by a panel that speaks the published interfaces."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.desktop.bus.private_bus import PrivateBus
from tests.desktop.indicator.conftest import Service, Show
from tests.desktop.rig.indicator import ITEM, ITEM_PATH, WATCHER, Panel
from tests.desktop.rig.waiting import until

from sayso.control import Control
from sayso.events import Problem, ProblemName, State
from sayso.indicator.icons import pixmaps


@pytest.fixture
def panel(bus: PrivateBus) -> Iterator[Panel]:
    """A tray."""
    with Panel(bus.address) as tray:
        yield tray


def shown(told: list[Any]) -> list[Any]:
    """Pixmaps as they came, structures as lists."""
    return [list(pixmap) for pixmap in told]


def test_it_shows_the_state_as_a_shape_and_in_words(panel: Panel, service: Service, show: Show) -> None:
    show(tray=True)
    item = panel.next_item()
    until(lambda: panel.property(item, "Title") == "sayso: idle", "the title")
    assert shown(panel.property(item, "IconPixmap")) == pixmaps(State.IDLE, "normal")
    heard = panel.hear(f"sender='{item}',interface='{ITEM}'")
    service.become(State.LISTENING)
    assert {heard.get(timeout=10) for _ in range(3)} == {"NewIcon", "NewAttentionIcon", "NewTitle"}
    assert panel.property(item, "Title") == "sayso: listening"
    assert panel.property(item, "ToolTip")[2] == "sayso: listening"
    assert shown(panel.property(item, "IconPixmap")) == pixmaps(State.LISTENING, "normal")


def test_it_tells_all_that_the_interface_asks_for(panel: Panel, service: Service, show: Show) -> None:
    show(tray=True)
    item = panel.next_item()
    told = panel.ask(item, ITEM_PATH, "org.freedesktop.DBus.Properties", "GetAll", "s", [ITEM])
    assert (told["Category"], told["Id"], told["Status"]) == ("ApplicationStatus", "sayso", "Active")
    assert told["ItemIsMenu"] is False
    assert {"IconName", "OverlayIconPixmap", "AttentionMovieName", "WindowId", "Menu"} <= told.keys()


def test_a_problem_asks_for_attention_in_its_own_words_until_it_is_over(
    panel: Panel, service: Service, show: Show
) -> None:
    show(tray=True)
    item = panel.next_item()
    message = "the card is <not> used"
    service.fake.become(problems={"card-unused": message})
    service.tell(Problem(ProblemName.CARD_UNUSED, message))
    until(lambda: panel.property(item, "Status") == "NeedsAttention", "attention")
    assert panel.property(item, "ToolTip")[3] == message
    assert shown(panel.property(item, "AttentionIconPixmap")) == pixmaps(State.PROBLEM, "normal")
    assert message in panel.menu(item)["Problems (1)"]
    service.fake.become(problems={})
    until(lambda: panel.property(item, "Status") == "Active", "the problem to be over")


def test_a_click_starts_and_stops_and_the_menu_does_what_it_says(
    panel: Panel, service: Service, show: Show
) -> None:
    show(tray=True)
    item = panel.next_item()
    panel.ask(item, ITEM_PATH, ITEM, "Activate", "ii", [0, 0])
    until(lambda: service.fake.asked == [Control.TOGGLE], "a toggle")
    until(lambda: "Stop listening" in panel.menu(item), "the menu of who dictates")
    panel.click(item, panel.menu(item)["Stop listening"])
    until(lambda: service.fake.asked[1:] == [Control.STOP], "a stop")
    panel.click(item, panel.menu(item)["Undo what was typed last"])
    until(lambda: service.fake.asked[2:] == [Control.UNDO], "an undo")


def test_the_menu_asks_where_text_shall_go_while_some_waits(panel: Panel, service: Service, show: Show) -> None:
    show(tray=True)
    item = panel.next_item()
    assert "Type here" not in panel.menu(item)
    service.fake.become(problems={"focus-moved": "it waits"})
    service.tell(Problem(ProblemName.FOCUS_MOVED, "it waits"))
    until(lambda: {"Type here", "Go back", "Copy"} <= panel.menu(item).keys(), "the answers")


def test_the_menu_ends_the_indicator(panel: Panel, service: Service, show: Show) -> None:
    indicator = show(tray=True)
    item = panel.next_item()
    panel.click(item, panel.menu(item)["Close this indicator"])
    assert indicator.wait() == 0
    assert indicator.output == ""


def test_a_tray_that_comes_later_or_again_gets_the_item(bus: PrivateBus, service: Service, show: Show) -> None:
    show(tray=True)
    with Panel(bus.address) as panel:
        item = panel.next_item()
        panel.drop(WATCHER)
        panel.take(WATCHER)
        assert panel.next_item() == item


def test_without_a_tray_nothing_is_amiss(service: Service, show: Show) -> None:
    indicator = show(tray=True)
    service.become(State.LISTENING)
    assert indicator.is_running
    assert indicator.output == ""
