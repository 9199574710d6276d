"""The window of the terminal that sayso runs in is told from all others, those of the same program too."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.desktop.rig.programs import need
from tests.desktop.rig.waiting import until
from tests.desktop.rig.windows import XtermWindow
from tests.desktop.rig.x11 import X11Rig
from tests.desktop.typing.bare_window import BareWindow
from tests.desktop.typing.conftest import Aim
from Xlib import X

from sayso.typist.delivery import OUR_TERMINAL
from sayso.typist.x11 import X11Typist

ANCESTOR = os.getpid()  # what it starts is its own terminal's program to it, too
SOMEBODY_ELSE = 1  # of whom we are no child, as far as anybody looks


def test_nothing_is_typed_into_the_terminal_that_sayso_runs_in(x11: X11Rig, aim: Aim, xterm: XtermWindow) -> None:
    assert not aim(xterm).is_ours
    script = Path(__file__).with_name("own_terminal.py")
    told = x11.folder / "own-terminal"
    subprocess.run(
        [need("xterm", "xterm"), "-e", sys.executable, str(script), x11.display, str(told)],
        env=x11.env,
        check=True,
        timeout=60,
    )
    assert told.read_text() == OUR_TERMINAL


def ours(x11: X11Rig, *windows: BareWindow) -> list[bool]:
    """Which of some windows a typist takes for its own terminal, if it starts now."""
    typist = X11Typist(find_display=lambda: x11.display)

    def is_ours(window: BareWindow) -> bool:
        window.focus()
        until(
            lambda: (target := typist.target()) is not None and target.key & 0xFFFF_FFFF == window.window_id,
            "the typist to see the focus",
        )
        target = typist.target()
        assert target is not None
        return target.is_ours

    try:
        return [is_ours(window) for window in windows]
    finally:
        typist.close()


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Standard input is a terminal."""
    keyboard, terminal = os.openpty()
    with os.fdopen(keyboard), os.fdopen(terminal) as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        yield


@pytest.fixture(autouse=True)
def no_window_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever terminal the tests run in, it is on another display."""
    monkeypatch.delenv("WINDOWID", raising=False)


@pytest.fixture
def first(x11: X11Rig) -> Iterator[BareWindow]:
    """A window of a program that we run in."""
    with BareWindow(x11, pid=ANCESTOR) as window:
        yield window


@pytest.fixture
def second(x11: X11Rig, first: BareWindow) -> Iterator[BareWindow]:
    """Another one of the same, with the focus."""
    with BareWindow(x11, pid=ANCESTOR) as window:
        yield window


@pytest.mark.usefixtures("terminal")
def test_of_all_windows_of_its_program_only_the_one_that_the_terminal_names_is_ours(
    x11: X11Rig, first: BareWindow, second: BareWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WINDOWID", str(first.window_id))
    assert ours(x11, second, first) == [False, True]


@pytest.mark.usefixtures("terminal")
def test_a_terminal_may_name_a_window_inside_its_own(
    x11: X11Rig, first: BareWindow, second: BareWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    outer = x11.eye.create_resource_object("window", first.window_id)
    inner = outer.create_window(0, 0, 9, 9, 0, X.CopyFromParent)
    x11.eye.sync()
    monkeypatch.setenv("WINDOWID", str(inner.id))
    assert ours(x11, second, first) == [False, True]


@pytest.mark.usefixtures("terminal")
def test_a_window_that_the_terminal_names_need_not_say_whose_it_is(
    x11: X11Rig, first: BareWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    with BareWindow(x11) as named:
        monkeypatch.setenv("WINDOWID", str(named.window_id))
        first.focus()
        assert ours(x11, first, named) == [False, True]


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize("window_id", ["0", "16777215", str(1 << 40), "none"])
def test_where_the_terminal_names_no_window_the_one_with_the_focus_at_the_start_is_ours(
    x11: X11Rig, first: BareWindow, second: BareWindow, monkeypatch: pytest.MonkeyPatch, window_id: str
) -> None:
    monkeypatch.setenv("WINDOWID", window_id)
    assert ours(x11, second, first) == [True, False]


@pytest.mark.usefixtures("terminal")
def test_a_window_that_has_the_number_of_the_terminal_s_now_is_not_ours(
    x11: X11Rig, first: BareWindow, second: BareWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    with BareWindow(x11, pid=SOMEBODY_ELSE) as other:
        monkeypatch.setenv("WINDOWID", str(other.window_id))
        second.focus()
        assert ours(x11, second, first, other) == [True, False, False]


def test_the_window_that_the_terminal_names_counts_only_where_standard_input_is_a_terminal(
    x11: X11Rig, first: BareWindow, second: BareWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WINDOWID", str(first.window_id))
    with Path(os.devnull).open() as outside:
        monkeypatch.setattr(sys, "stdin", outside)
        assert ours(x11, second, first) == [True, False]


def test_where_nothing_tells_which_every_window_of_its_program_is_ours(
    x11: X11Rig, first: BareWindow, second: BareWindow
) -> None:
    with BareWindow(x11, pid=SOMEBODY_ELSE) as other:
        assert ours(x11, other, second, first) == [False, True, True]
