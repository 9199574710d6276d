"""The typist by uinput, by the bytes that the kernel gets and what a compositor makes of them."""

from __future__ import annotations

import string
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.daemon.evdev.machine import Machine
from tests.daemon.evdev.session import Kernel, Window

from sayso.errors import TargetAway, TargetBusy, TargetGone, TypistError, Unable
from sayso.evdev.layout import Layout, layout_named, under_caps_lock
from sayso.evdev.modifiers import Modifiers
from sayso.evdev.virtual import VirtualKeyboard
from sayso.evdev.wire import KEY_ENTER, KEY_LEFT_META, KEY_LEFT_SHIFT, LED_CAPS
from sayso.events import Edit
from sayso.typist import HERE, Target
from sayso.typist.uinput import CHUNK, LOOK_SECONDS, UinputTypist

LAYOUTS = {"us": ("us", ""), "de": ("de", ""), "fr": ("fr", ""), "il": ("il", ""), "dvorak": ("us", "dvorak")}
THERE, ELSEWHERE = Target(7, "an application"), Target(8, "another")


def known(name: str) -> Layout:
    layout = layout_named(*LAYOUTS[name])
    assert layout is not None
    return layout


class Windows:
    """Who knows the focus, and how often it was asked."""

    def __init__(self) -> None:
        self.looks = 0
        self.at_look: dict[int, TypistError] = {}
        self.told: list[Callable[[], None]] = []

    def target(self) -> Target | None:
        return THERE

    def on_focus(self, tell: Callable[[], None]) -> None:
        self.told.append(tell)

    def check(self, target: Target) -> None:
        assert target in (THERE, ELSEWHERE)
        self.looks += 1
        if self.looks in self.at_look:
            raise self.at_look[self.looks]


class Bench:
    """A typist with the kernel, the keyboards and the window around it; nobody sleeps."""

    def __init__(
        self,
        folder: Path,
        layout: str = "us",
        windows: Windows | None = None,
        *,
        caps_lock: bool = False,
        **more: tuple[int, frozenset[str]],
    ) -> None:
        self.machine, self.kernel = Machine(folder), Kernel()
        self.pause: Callable[[float], None] = lambda _: None
        self.window = Window(self.kernel, *LAYOUTS[layout], caps_lock=caps_lock)
        self.device = self.machine.plug()
        self.typist = UinputTypist(
            lambda: {**known(layout), **more},
            windows,
            lambda: VirtualKeyboard(self.kernel.open, self.kernel.ioctl, self.sleep),
            lambda: Modifiers(self.machine.folder, self.machine.ioctl),
            self.sleep,
        )

    def sleep(self, seconds: float) -> None:
        self.pause(seconds)
        self.kernel.drain()

    def type(self, text: str, delete: int = 0, target: Target = HERE) -> str:
        self.typist.type(Edit(delete, text), target)
        return self.window.text

    def close(self) -> None:
        self.typist.close()
        self.machine.close()
        self.window.close()
        self.kernel.close()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Callable[..., Bench]]:
    with ExitStack() as stack:

        def made(*arguments: object, **named: object) -> Bench:
            one = Bench(tmp_path, *arguments, **named)  # type: ignore[arg-type]  # whatever a bench takes
            stack.callback(one.close)
            return one

        yield made


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("caps_lock", [False, True], ids=["plain", "caps-lock"])
def test_what_a_layout_has_arrives_exactly_and_no_key_stays_down(
    layout: str, caps_lock: bool, bench: Callable[..., Bench]
) -> None:
    here = bench(layout, caps_lock=caps_lock)
    text = "".join(under_caps_lock(known(layout)) if caps_lock else known(layout))
    assert here.type(text * 3) == text * 3
    assert not here.window.down
    assert len(text) > 90 or (caps_lock and layout == "il")


def test_a_layout_of_another_script_is_left_to_others_while_caps_lock_is_on(bench: Callable[..., Bench]) -> None:
    here = bench("il", caps_lock=True)
    with pytest.raises(Unable):
        here.type("ש")
    assert here.window.text == ""


def test_five_thousand_characters_arrive_exactly(bench: Callable[..., Bench]) -> None:
    text = ("The quick brown Fox, 42 times; (jumps) over THE lazy dog! " * 90)[:5000]
    assert bench().type(text) == text


def test_more_than_150_characters_a_second_are_typed(
    bench: Callable[..., Bench], record_property: Callable[[str, object], None]
) -> None:
    here = bench()
    here.pause = time.sleep  # the measurement is of time that passes
    text = "The quick brown Fox, 42 times; (jumps) over THE lazy dog! " * 4
    here.typist._keyboard.wait_until_ready()
    began = time.monotonic()
    assert here.type(text) == text
    rate = len(text) / (time.monotonic() - began)
    record_property("figure", f"uinput: {rate:.0f} characters a second")
    assert rate > 150


@given(
    st.text(st.sampled_from([*known("de")]), max_size=40), st.text(st.sampled_from([*known("de")]), max_size=40)
)
@settings(max_examples=30)
def test_what_was_typed_can_be_taken_back_and_replaced(first: str, second: str) -> None:
    with ExitStack() as stack:
        here = Bench(Path(stack.enter_context(TemporaryDirectory())), "de")
        stack.callback(here.close)
        here.type(first)
        assert here.type(second, delete=len(first)) == second


@pytest.mark.parametrize("text", ["日本語", "a\nb", "a\tb", "😀", "é"])
def test_what_the_layout_lacks_is_left_to_others_and_nothing_of_it_typed(
    text: str, bench: Callable[..., Bench]
) -> None:
    here = bench()
    here.type("before ")
    with pytest.raises(Unable, match="no key for some of the text") as refused:
        here.type(f"abc{text}")
    assert text not in str(refused.value)
    assert here.window.text == "before "


def test_a_layout_that_says_how_has_line_breaks_typed(bench: Callable[..., Bench]) -> None:
    here = bench(**{"\n": (KEY_ENTER, frozenset())})
    assert here.type("a\nb") == "a\rb"


def test_a_layout_that_nobody_knows_is_left_to_others_but_taking_back_needs_none() -> None:
    kernel = Kernel()
    machine_less = UinputTypist(
        dict,
        keyboard=lambda: VirtualKeyboard(kernel.open, kernel.ioctl, lambda _: None),
        modifiers=lambda: Modifiers("/nowhere"),
        sleep=lambda _: None,
    )
    with pytest.raises(Unable, match="layout of this session is not known"):
        machine_less.type(Edit(0, "a"), HERE)
    machine_less.type(Edit(3, ""), HERE)
    assert len(kernel.take()) == 6
    assert machine_less.describe() == "uinput keyboard (the focus and held modifiers cannot be checked)"
    machine_less.close()
    kernel.close()


# ── the person's own keys ─────────────────────────────────────────────────────────────────────────


def test_text_waits_while_the_person_holds_a_modifier_and_is_asked_for_again_when_it_is_up(
    bench: Callable[..., Bench], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sayso.typist.uinput.MODIFIERS_SECONDS", 0.0)
    here = bench()
    again = threading.Event()
    here.typist.on_focus(again.set)
    here.device.press(KEY_LEFT_META)
    with pytest.raises(TargetAway, match="Super is held"):
        here.type("a")
    assert not again.wait(0.1)
    here.device.release(KEY_LEFT_META)
    assert again.wait(5)
    assert here.type("a") == "a"


def test_modifiers_that_go_up_at_once_hold_nothing_up(bench: Callable[..., Bench]) -> None:
    here = bench()
    here.device.press(KEY_LEFT_SHIFT)
    slept: list[float] = []

    def let_go(seconds: float) -> None:
        if seconds == LOOK_SECONDS:
            slept.append(seconds)
            here.device.down.clear()

    here.pause = let_go
    assert here.type("a") == "a"
    assert slept == [LOOK_SECONDS]


def test_other_keys_that_are_down_hinder_nothing(bench: Callable[..., Bench]) -> None:
    here = bench()
    here.device.press(67)  # the key of hold-to-talk, without modifiers
    assert here.type("a") == "a"


def test_caps_lock_is_known_by_the_person_s_keyboards_where_ours_was_not_told(bench: Callable[..., Bench]) -> None:
    here = bench()
    here.device.lamps.add(LED_CAPS)
    assert here.type("aB") == "Ab"  # this window has none on


def test_closing_ends_the_wait_for_modifiers(bench: Callable[..., Bench], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sayso.typist.uinput.MODIFIERS_SECONDS", 0.0)
    here = bench()
    here.device.press(KEY_LEFT_META)
    with pytest.raises(TargetAway):
        here.type("a")
    here.typist.close()
    assert "sayso-modifiers" not in {thread.name for thread in threading.enumerate()}
    assert not here.kernel.is_plugged


# ── the window lock ───────────────────────────────────────────────────────────────────────────────

LONG = string.ascii_letters * 2


def test_the_focus_is_looked_at_before_every_chunk(bench: Callable[..., Bench]) -> None:
    windows = Windows()
    here = bench("us", windows)
    assert here.typist.describe() == "uinput keyboard"
    assert here.typist.target() == THERE
    assert here.type(LONG, target=THERE) == LONG
    assert windows.looks == -(-len(LONG) // CHUNK)


def test_nothing_is_typed_where_the_target_has_lost_the_focus(bench: Callable[..., Bench]) -> None:
    windows = Windows()
    windows.at_look[1] = TargetAway("the focus is elsewhere")
    here = bench("us", windows)
    with pytest.raises(TargetAway):
        here.type(LONG, target=THERE)
    assert here.kernel.take() == []


@pytest.mark.parametrize("look", range(2, 8))
def test_an_edit_that_the_focus_leaves_goes_on_from_where_it_was(look: int, bench: Callable[..., Bench]) -> None:
    windows = Windows()
    windows.at_look[look] = windows.at_look[look + 1] = TargetAway("the focus is elsewhere")
    here = bench("us", windows)
    edit = Edit(0, LONG)
    for _ in range(2):
        with pytest.raises(TargetBusy, match="was begun"):
            here.typist.type(edit, THERE)
        assert here.window.text == LONG[: CHUNK * (look - 1)]
    here.typist.type(edit, THERE)
    assert here.window.text == LONG


AWAY, GONE = TargetAway("the focus is elsewhere"), TargetGone("it is closed")


@pytest.mark.parametrize(
    ("at_look", "fails", "typed"),
    [
        ({3: AWAY}, TargetAway, ""),
        ({3: GONE}, TargetGone, ""),
        ({4: AWAY}, TargetBusy, LONG[:CHUNK]),
        ({4: GONE}, TypistError, LONG[:CHUNK]),
        ({}, None, LONG),
    ],
    ids=["away", "gone", "begun too", "in part", "typed"],
)
def test_what_becomes_of_another_text_meanwhile_does_not_have_the_first_begun_anew(
    at_look: dict[int, TypistError], fails: type[TypistError] | None, typed: str, bench: Callable[..., Bench]
) -> None:
    windows = Windows()
    windows.at_look = {2: AWAY, **at_look}
    here = bench("us", windows)
    first, second = Edit(0, LONG.upper()), Edit(0, LONG)
    with pytest.raises(TargetBusy):
        here.typist.type(first, THERE)
    with pytest.raises(fails) if fails is not None else nullcontext():
        here.typist.type(second, ELSEWHERE)
    here.typist.type(first, THERE)
    assert here.window.text == first.insert[:CHUNK] + typed + first.insert[CHUNK:]
    if fails is TargetBusy:
        here.typist.type(second, ELSEWHERE)
        assert here.window.text.endswith(LONG[CHUNK:])
    here.typist.type(first, THERE)  # once it was typed it is a new one
    assert here.window.text.endswith(first.insert)


def test_taking_back_goes_on_where_it_was_though_something_else_was_typed_there_meanwhile(
    bench: Callable[..., Bench],
) -> None:
    windows = Windows()
    here = bench("us", windows)
    here.type("x" * 40, target=THERE)
    windows.at_look[windows.looks + 2] = AWAY
    edit = Edit(40, "y" * 20)
    with pytest.raises(TargetBusy):
        here.typist.type(edit, THERE)
    assert here.window.text == "x" * (40 - CHUNK)
    here.typist.type(Edit(0, "z"), THERE)
    here.typist.type(Edit(1, ""), THERE)
    here.typist.type(edit, THERE)
    assert here.window.text == "y" * 20


def test_a_layout_that_loses_a_letter_in_the_middle_fails_the_edit(bench: Callable[..., Bench]) -> None:
    windows = Windows()
    windows.at_look[2] = AWAY
    here = bench("us", windows)
    edit = Edit(0, LONG)
    with pytest.raises(TargetBusy):
        here.typist.type(edit, THERE)
    here.typist._layout = lambda: known("il")
    with pytest.raises(TypistError, match="only a part") as failed:
        here.typist.type(edit, THERE)
    assert not isinstance(failed.value, Unable)  # another way would type the first part twice


def test_a_window_closed_in_the_middle_fails_the_edit(bench: Callable[..., Bench]) -> None:
    windows = Windows()
    windows.at_look[2] = TargetGone("it is closed")
    here = bench("us", windows)
    with pytest.raises(TypistError, match="closed in the middle") as failed:
        here.type(LONG, target=THERE)
    assert not isinstance(failed.value, TargetGone)


def test_a_keyboard_that_the_kernel_takes_away_fails_the_edit(bench: Callable[..., Bench]) -> None:
    here = bench()
    here.kernel.unplug()
    with pytest.raises(TypistError, match="start sayso again"):
        here.typist.type(Edit(0, "a"), HERE)
