"""The overlay on a real X display: what is seen, and that it is in nobody's way."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.desktop.indicator.conftest import Service, Show
from tests.desktop.rig.indicator_look import LEFT, TOP, Look
from tests.desktop.rig.programs import need
from tests.desktop.rig.waiting import until
from tests.desktop.rig.windows import GtkEntry
from tests.desktop.rig.x11 import KEY_D, X11Rig
from Xlib import X, Xatom
from Xlib.ext import xtest
from Xlib.xobject.drawable import Window

from sayso.events import HypothesisChanged, Problem, ProblemName, State, StateChanged


def overlay_window(x11: X11Rig) -> Window | None:
    """The overlay's window where it is on the screen."""
    for window in x11.root.query_tree().children:
        if window.get_wm_class() == ("sayso-indicator", "sayso-indicator"):
            return window if window.get_attributes().map_state == X.IsViewable else None
    return None


def the_window(x11: X11Rig) -> Window:
    """The overlay's window, once it is on the screen."""
    found: list[Window] = []

    def is_there() -> bool:
        window = overlay_window(x11)
        found.extend([] if window is None else [window])
        return window is not None

    until(is_there, "the overlay")
    return found[0]


def look(x11: X11Rig, tmp_path: Path) -> Look:
    x11.screenshot(tmp_path / "screen.png")
    return Look.at(tmp_path / "screen.png")


def test_it_shows_dictation_from_beginning_to_end(
    x11: X11Rig, service: Service, show: Show, tmp_path: Path
) -> None:
    show(x11.env, overlay="auto")
    assert overlay_window(x11) is None
    service.become(State.LISTENING)
    until(lambda: look(x11, tmp_path).shows(State.LISTENING), "listening")
    assert not look(x11, tmp_path).has_words
    service.become(State.SPEAKING)
    service.tell(HypothesisChanged(1, "what stands", "and what may change"))
    until(lambda: look(x11, tmp_path).shows(State.SPEAKING), "speaking")
    until(lambda: look(x11, tmp_path).has_words, "the tail")
    service.become(State.FINISHING)
    until(lambda: look(x11, tmp_path).shows(State.FINISHING), "finishing")
    service.become(State.IDLE)
    until(lambda: overlay_window(x11) is None, "the overlay to go")
    assert look(x11, tmp_path).is_empty


def test_the_meter_follows_the_level(x11: X11Rig, service: Service, show: Show, tmp_path: Path) -> None:
    show(x11.env, overlay="auto")
    service.become(State.LISTENING, level_dbfs=-50.0)
    until(lambda: 0 < look(x11, tmp_path).level(State.LISTENING) < 40, "a low level")
    service.fake.become(level_dbfs=-10.0)
    until(lambda: look(x11, tmp_path).level(State.LISTENING) > 90, "a high level")


def test_a_problem_is_told_in_words(x11: X11Rig, service: Service, show: Show, tmp_path: Path) -> None:
    show(x11.env, overlay="auto")
    message = "the microphone was unplugged; plug it in again"
    service.fake.become(problems={"microphone-lost": message})
    service.tell(Problem(ProblemName.MICROPHONE_LOST, message))
    service.become(State.PROBLEM)
    until(lambda: look(x11, tmp_path).shows(State.PROBLEM), "the problem")
    assert look(x11, tmp_path).has_words
    name = the_window(x11).get_full_property(x11.eye.intern_atom("_NET_WM_NAME"), X.AnyPropertyType)
    assert name is not None
    assert bytes(name.value).decode() == f"sayso: problem, {message}"


def test_while_the_service_is_paused_it_shows_nothing(x11: X11Rig, service: Service, show: Show) -> None:
    show(x11.env, overlay="always")
    the_window(x11)
    service.fake.become(problems={"microphone-lost": "gone"})
    service.tell(Problem(ProblemName.MICROPHONE_LOST, "gone"))
    service.become(State.PAUSED)
    until(lambda: overlay_window(x11) is None, "the overlay to go")
    service.become(State.IDLE)
    the_window(x11)


def test_under_a_locker_that_tells_nobody_it_shows_nothing(
    x11: X11Rig, service: Service, show: Show, tmp_path: Path
) -> None:
    show(x11.env, overlay="always")
    the_window(x11)
    locker = Path(shutil.copy(need("sleep", "coreutils"), tmp_path / "i3lock"))
    with subprocess.Popen([locker, "600"]) as locked:
        try:
            until(lambda: overlay_window(x11) is None, "the overlay to go")
        finally:
            locked.kill()
    the_window(x11)


def test_in_high_contrast_it_is_black_and_white(x11: X11Rig, service: Service, show: Show, tmp_path: Path) -> None:
    show(x11.env, overlay="always", contrast="high")
    until(lambda: look(x11, tmp_path).shows(State.IDLE, "high"), "the overlay")


def test_it_keeps_the_focus_where_it_is(x11: X11Rig, service: Service, show: Show, gtk_entry: GtkEntry) -> None:
    show(x11.env, overlay="auto")
    service.become(State.LISTENING)
    window = the_window(x11)
    assert window.get_attributes().override_redirect
    assert x11.focused == gtk_entry.window_id
    x11.press(KEY_D)
    until(lambda: gtk_entry.text == "d", "the letter in the field")


def test_it_lets_clicks_through(x11: X11Rig, service: Service, show: Show) -> None:
    under = x11.root.create_window(
        *(LEFT, TOP, 400, 100, 0, X.CopyFromParent), override_redirect=True, event_mask=X.ButtonPressMask
    )
    under.map()
    show(x11.env, overlay="auto")
    service.become(State.LISTENING)
    try:
        the_window(x11)
        xtest.fake_input(x11.eye, X.MotionNotify, x=LEFT + 200, y=TOP + 80)
        for kind in (X.ButtonPress, X.ButtonRelease):
            xtest.fake_input(x11.eye, kind, 1)
        x11.eye.sync()
        clicked = [x11.eye.next_event() for _ in range(x11.eye.pending_events())]
        assert [event.window for event in clicked if event.type == X.ButtonPress] == [under]
    finally:
        under.destroy()
        x11.eye.sync()


def test_it_says_what_kind_of_window_it_is(x11: X11Rig, service: Service, show: Show) -> None:
    show(x11.env, overlay="auto")
    service.become(State.LISTENING)
    window = the_window(x11)
    kind = window.get_full_property(x11.eye.intern_atom("_NET_WM_WINDOW_TYPE"), Xatom.ATOM)
    assert kind is not None
    assert list(kind.value) == [x11.eye.intern_atom("_NET_WM_WINDOW_TYPE_NOTIFICATION")]
    assert window.get_wm_name() == "sayso: listening"


def test_it_stays_above_a_window_that_is_opened_later(
    x11: X11Rig, service: Service, show: Show, tmp_path: Path
) -> None:
    show(x11.env, overlay="always")
    until(lambda: look(x11, tmp_path).shows(State.IDLE), "the overlay")
    cover = x11.root.create_window(
        0, 0, 1280, 800, 0, X.CopyFromParent, override_redirect=True, background_pixel=0xFF00FF
    )
    cover.map()
    x11.eye.sync()
    try:
        until(lambda: look(x11, tmp_path).shows(State.IDLE), "the overlay above it")
    finally:
        cover.destroy()
        x11.eye.sync()


@pytest.mark.parametrize(("size", "extent"), [(0.5, (220, 51)), (2, (880, 204))])
def test_it_is_as_large_as_it_is_wanted(
    x11: X11Rig, service: Service, show: Show, size: float, extent: tuple[int, int]
) -> None:
    show(x11.env, overlay="always", overlay_size=size, position="top-left")
    geometry = the_window(x11).get_geometry()
    assert (geometry.width, geometry.height) == extent
    assert (geometry.x, geometry.y) == (48, 48)


def test_what_is_wanted_larger_than_the_monitor_fits_on_it(x11: X11Rig, service: Service, show: Show) -> None:
    message = "the microphone is muted; unmute it there " * 9
    show(x11.env, overlay="always", overlay_size=4)
    geometry = the_window(x11).get_geometry()
    assert (geometry.width, geometry.x) == (1280 - 2 * 48, 48)
    service.fake.become(problems={"microphone-muted": message})
    service.tell(Problem(ProblemName.MICROPHONE_MUTED, message))
    until(lambda: the_window(x11).get_geometry().height > geometry.height, "the problem")
    higher = the_window(x11).get_geometry()
    assert higher.width == geometry.width
    assert higher.y >= 48
    assert higher.y + higher.height == 800 - 48


def test_it_is_larger_on_a_dense_screen(x11: X11Rig, service: Service, show: Show) -> None:
    x11.root.change_property(Xatom.RESOURCE_MANAGER, Xatom.STRING, 8, b"Xcursor.size:\t48\nXft.dpi:\t192\n")
    x11.eye.sync()
    try:
        show(x11.env, overlay="always", position="top-right")
        geometry = the_window(x11).get_geometry()
    finally:
        x11.root.delete_property(Xatom.RESOURCE_MANAGER)
        x11.eye.sync()
    assert (geometry.width, geometry.height) == (880, 204)
    assert (geometry.x, geometry.y) == (1280 - 880 - 96, 96)


def test_where_the_compositor_has_no_place_for_it_xwayland_has(x11: X11Rig, service: Service, show: Show) -> None:
    show({**x11.env, "WAYLAND_DISPLAY": "wayland-9"}, overlay="always")
    the_window(x11)


def test_a_display_that_comes_back_is_used_again(
    x11: X11Rig, service: Service, show: Show, tmp_path: Path
) -> None:
    indicator = show(x11.env, overlay="auto")
    service.become(State.LISTENING)
    the_window(x11)
    x11.kill()
    until(lambda: "no overlay: the X display has gone away" in indicator.output, "a word about it")
    x11.restart()
    until(lambda: overlay_window(x11) is not None, "the overlay", timeout_seconds=15)
    assert indicator.is_running


def test_without_pillow_everything_else_works_and_one_line_says_so(
    x11: X11Rig, service: Service, show: Show
) -> None:
    python = "import sys; sys.modules['PIL'] = None; from sayso.__main__ import main; sys.exit(main())"
    indicator = show(x11.env, python, overlay="auto", tray=True)
    until(lambda: "pip install 'sayso[indicator]'" in indicator.output, "the line")
    service.become(State.LISTENING)
    assert indicator.is_running
    assert overlay_window(x11) is None


@pytest.mark.alone
def test_it_follows_within_100_ms(
    x11: X11Rig, service: Service, show: Show, figure: Callable[[str], None]
) -> None:
    show(x11.env, overlay="auto")
    service.become(State.LISTENING)  # makes the window, and loads the fonts
    window = the_window(x11)
    took = []
    for state in (State.SPEAKING, State.LISTENING) * 5:
        service.fake.become(state=state)
        began = time.monotonic()
        service.tell(StateChanged(state))
        until(lambda state=state: window.get_wm_name() == f"sayso: {state.value}", state.value)  # type: ignore[misc]
        took.append(time.monotonic() - began)
    median = sorted(took)[len(took) // 2]
    figure(f"overlay: a change of state is on the display after {median * 1000:.0f} ms (10, median)")
    assert median < 0.1
