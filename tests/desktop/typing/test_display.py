"""The display that is not there yet, goes away, and comes back."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from tests.desktop.rig.waiting import until
from tests.desktop.rig.windows import GtkEntry
from tests.desktop.rig.x11 import X11Rig
from tests.desktop.typing.conftest import SAMPLE, Aim
from Xlib import X
from Xlib.display import Display

from sayso.errors import TargetGone, TypistError
from sayso.events import Edit
from sayso.typist.x11 import X11Typist
from sayso.x11.connection import connect
from sayso.x11.windows import Windows


@pytest.mark.parametrize("tries_meanwhile", [True, False], ids=["typing", "idle"])
@pytest.mark.parametrize("text", ["plain", SAMPLE])
def test_a_display_that_dies_in_mid_sentence_is_found_again_by_itself(text: str, tries_meanwhile: bool) -> None:
    with X11Rig() as x11:
        told = threading.Event()
        typist = X11Typist(find_display=lambda: x11.display)
        typist.on_focus(told.set)
        with GtkEntry(x11) as window:
            until(lambda: typist.target() is not None, "the focus")
            target = typist.target()
            assert target is not None
            typist.type(Edit(0, text), target)
            window.wait_for_text(text)
            told.clear()
            x11.kill()
            if tries_meanwhile:
                with pytest.raises(TypistError):
                    typist.type(Edit(0, text), target)
            assert told.wait(5)
            until(lambda: typist.absence() is not None, "the want of a display to be known")
            assert "went away" in str(typist.absence())
        x11.restart()
        with GtkEntry(x11) as window:
            until(lambda: typist.target() is not None, "the focus")
            with pytest.raises(TargetGone):
                typist.type(Edit(0, text), target)
            again = typist.target()
            assert again is not None
            assert typist.absence() is None
            typist.type(Edit(0, text), again)
            window.wait_for_text(text)
        typist.close()


def test_a_typist_closed_while_its_display_is_dead_ends_all_the_same(x11: X11Rig) -> None:
    with X11Rig() as rig:
        typist = X11Typist(find_display=lambda: rig.display)
        typist.keep("plain")
        rig.kill()
        typist.close()
        rig.restart()
    assert not {thread.name for thread in threading.enumerate()} & {"sayso-focus", "sayso-clipboard"}


def test_it_says_what_it_types_on(x11: X11Rig, typist: X11Typist, aim: Aim, gtk_entry: GtkEntry) -> None:
    aim(gtk_entry)
    assert typist.describe() == f"X11, display {x11.display}"
    assert typist.abilities.unicode
    assert typist.abilities.delete


def test_a_display_that_is_late_is_absent_until_it_answers_and_that_is_told(
    x11: X11Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers, told = threading.Event(), threading.Event()

    def connect_late(name: str) -> Display:
        assert answers.wait(10)
        return connect(name)

    monkeypatch.setattr("sayso.x11.focus.connect", connect_late)
    monkeypatch.setattr("sayso.typist.x11.FIRST_LOOK_SECONDS", 0.1)
    typist = X11Typist(find_display=lambda: x11.display)
    typist.on_focus(told.set)
    assert f"{x11.display} does not answer" in str(typist.absence())
    answers.set()
    assert told.wait(10)
    assert typist.absence() is None
    typist.close()


def test_a_display_that_answers_is_never_said_to_be_absent(x11: X11Rig, typist: X11Typist) -> None:
    assert typist.absence() is None


def test_a_broken_key_file_prints_nothing_where_dictated_text_goes(
    x11: X11Rig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "Xauthority"
    broken.write_bytes(b"\0")
    monkeypatch.setenv("XAUTHORITY", str(broken))
    connect(x11.display).close()
    assert capfd.readouterr().out == ""


def test_a_window_counts_where_the_manager_has_been_killed_but_its_mark_is_left() -> None:
    with X11Rig() as rig:
        display = connect(rig.display)
        windows = Windows(display)
        window = display.screen().root.create_window(0, 0, 9, 9, 0, X.CopyFromParent, override_redirect=True)
        window.map()
        window.set_input_focus(X.RevertToParent, X.CurrentTime)
        focus = windows.focus()
        assert focus is not None
        assert focus.top_level is None, "a menu or the like: the manager lets it be"
        assert rig._manager is not None
        rig._manager.kill()
        mark = display.intern_atom("_NET_SUPPORTING_WM_CHECK")
        assert display.screen().root.get_full_property(mark, X.AnyPropertyType) is not None

        def counts() -> bool:
            window.set_input_focus(X.RevertToParent, X.CurrentTime)
            focus = windows.focus()
            return focus is not None and focus.top_level == window.id

        until(counts, "the server to notice that the manager is gone")
        display.close()
