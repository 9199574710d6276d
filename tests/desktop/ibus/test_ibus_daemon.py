"""A daemon that is not there, goes, hangs or comes back: said at once, nothing doubled, and it goes on."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from dbus_fast import Variant
from tests.desktop.ibus.conftest import Aim
from tests.desktop.ibus.fields import Field, without_input_method
from tests.desktop.rig.ibus import US, IBusRig
from tests.desktop.rig.waiting import until
from tests.desktop.rig.x11 import X11Rig

from sayso.errors import TypistError, Unable
from sayso.events import Edit
from sayso.ibus.address import ibus_address
from sayso.ibus.engine import OFFERED
from sayso.ibus.windows import XPlaces
from sayso.typist.ibus import IBusTypist


@pytest.fixture
def field(x11: X11Rig, ibus: IBusRig) -> Iterator[Field]:
    with Field(x11) as field:
        yield field


def test_without_a_daemon_the_next_step_is_named_and_no_thread_stays(x11: X11Rig, tmp_path: Path) -> None:
    nowhere = {"XDG_CONFIG_HOME": str(tmp_path), "DISPLAY": x11.display}
    with pytest.raises(TypistError, match="start it with: ibus-daemon"):
        IBusTypist(XPlaces.alone(lambda: x11.display), lambda: ibus_address(nowhere))
    assert not {thread.name for thread in threading.enumerate()} & {"sayso-focus", "sayso-ibus"}


def test_a_daemon_that_is_killed_in_mid_sentence_is_said_and_followed_and_nothing_is_doubled(
    ibus: IBusRig, typist: IBusTypist, aim: Aim, field: Field
) -> None:
    told = threading.Event()
    typist.on_focus(told.set)
    typist.type(Edit(0, "one "), aim(field))
    typist.show("tail", aim(field))
    told.clear()
    ibus.kill()
    until(lambda: "went away" in (typist.absence() or ""), "the absence")
    with pytest.raises(Unable, match="goes on by itself"):  # nothing was typed: another way may be tried
        typist.type(Edit(0, "two "), aim(field))
    assert told.wait(5.0)
    told.clear()
    ibus.start()
    assert told.wait(10.0)
    assert typist.absence() is None
    until(lambda: _types(typist, aim, field), "the field to be the daemon's again")
    assert field.text == "one three "
    ibus.wait_for_engine(US)


def _types(typist: IBusTypist, aim: Aim, field: Field) -> bool:
    """GTK tells a new daemon of its fields in its own time."""
    try:
        typist.type(Edit(0, "three "), aim(field))
    except Unable:
        field._x11.focus_nothing()
        field.focus()
        return False
    field.wait_for_text("one three ")
    return True


def test_a_daemon_that_hangs_keeps_neither_the_typist_nor_the_display(
    x11: X11Rig, ibus: IBusRig, typist: IBusTypist, aim: Aim, field: Field
) -> None:
    typist.show("tail", aim(field))
    with ibus.hanging():
        failed: list[TypistError] = []

        def deliver() -> None:
            try:
                typist.type(Edit(0, "one "), aim(field))
            except TypistError as error:
                failed.append(error)

        typing = threading.Thread(target=deliver)
        typing.start()
        x11.set_layout("de")  # takes the server
        assert typing.is_alive()
        typing.join(10.0)
        assert "does not answer" in str(failed[0])
        assert not isinstance(failed[0], Unable)
    field.wait_for_text("one ")


def test_a_daemon_that_does_not_name_the_field_is_asked(
    x11: X11Rig, typist: IBusTypist, aim: Aim, field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(OFFERED, "FocusId", Variant("b", False))  # as before 1.5.27
    long = "é— " * 100
    typist.type(Edit(0, long), aim(field))
    field.wait_for_text(long)
    assert typist.landed() is True
    with without_input_method(x11) as window, pytest.raises(Unable, match="takes no text from IBus"):
        typist.type(Edit(0, "two"), aim(window))
    assert field.text == long
    field.focus()
    typist.type(Edit(0, "three"), aim(field))
    field.wait_for_text(long + "three")
