"""A paste leaves the clipboard as it was, in all its types."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext

import pytest
from tests.desktop.rig.ibus import stopped
from tests.desktop.rig.programs import Program, need
from tests.desktop.rig.sway import GtkOnSway, SwayRig, SwayWindow
from tests.desktop.rig.waiting import until
from tests.desktop.wayland.texts import WITHOUT_INPUT_METHOD, meet, write

from sayso.errors import TargetBusy, TypistError
from sayso.events import Edit
from sayso.typist.wlroots import WlrootsTypist
from sayso.wayland.clipboard import SECRET_TYPE

LONG = "long enough to be pasted " * 10
PICTURE = bytes(range(256)) * 2000  # more than a pipe holds


@pytest.fixture
def window(sway: SwayRig) -> Iterator[SwayWindow]:
    """A window into which text goes by a paste."""
    with GtkOnSway(sway, 3, "view", **WITHOUT_INPUT_METHOD) as opened:
        yield opened


def wait_until_given_back(sway: SwayRig) -> None:
    until(lambda: SECRET_TYPE not in sway.clipboard_types(), "the clipboard to be given back")


@pytest.mark.parametrize(("kind", "data"), [("text/plain", "théirs".encode()), ("image/png", PICTURE)])
def test_what_was_there_is_there_again_after_a_paste(
    sway: SwayRig, typist: WlrootsTypist, window: SwayWindow, kind: str, data: bytes
) -> None:
    with sway.copied(data, kind):
        types = sorted(sway.clipboard_types())
        for number in (1, 2):
            write(typist, window, LONG)
            window.wait_for_text(LONG * number)
        assert SECRET_TYPE in sway.clipboard_types()
        wait_until_given_back(sway)
        assert sorted(sway.clipboard_types()) == types
        for one in types:
            assert sway.clipboard(one) == data


def test_a_clipboard_that_was_empty_is_empty_again(
    sway: SwayRig, typist: WlrootsTypist, window: SwayWindow
) -> None:
    write(typist, window, LONG)
    window.wait_for_text(LONG)
    until(lambda: sway.clipboard_types() == [], "the clipboard to be empty")


@pytest.mark.parametrize("is_taken", [True, False], ids=["taken late", "never taken"])
def test_what_became_of_a_paste_is_known_though_another_text_was_first_to_find_it(
    sway: SwayRig,
    typist: WlrootsTypist,
    window: SwayWindow,
    monkeypatch: pytest.MonkeyPatch,
    is_taken: bool,
) -> None:
    monkeypatch.setattr("sayso.typist.wlroots.TAKEN_SECONDS", 0.2)
    monkeypatch.setattr("sayso.typist.wlroots.UNTAKEN_SECONDS", 20.0 if is_taken else 0.3)
    target, first = meet(typist, window), Edit(0, LONG)
    assert window._program is not None
    with stopped(window._program):
        with pytest.raises(TargetBusy, match="may hang"):
            typist.type(first, target)
        if not is_taken:
            wait_until_given_back(sway)
    if is_taken:
        window.wait_for_text(LONG)
    with GtkOnSway(sway, 3, "view", "other", **WITHOUT_INPUT_METHOD) as other:
        write(typist, other, "Keys. ")
        other.wait_for_text("Keys. ")
    until(lambda: typist.target() == target, "the typist to see the window back")
    with nullcontext() if is_taken else pytest.raises(TypistError, match="may be another's"):
        typist.type(first, target)
    write(typist, window, "Keys. ")  # which come after whatever else it was told
    window.wait_for_text(LONG + "Keys. " if is_taken else "Keys. ")


def test_what_is_copied_after_a_paste_stays(sway: SwayRig, typist: WlrootsTypist, window: SwayWindow) -> None:
    write(typist, window, LONG)
    with sway.copied(b"newer"):
        write(typist, window, LONG)
        window.wait_for_text(LONG * 2)
        wait_until_given_back(sway)
        assert sway.clipboard("text/plain") == b"newer"


def test_a_clipboard_manager_that_reads_at_once_does_not_pass_for_the_paste(
    sway: SwayRig, typist: WlrootsTypist, window: SwayWindow
) -> None:
    command = [need("wl-paste", "wl-clipboard"), "--watch", "cat"]
    manager = Program(command, sway.env, sway.folder / "manager.log")
    try:
        for number in range(1, 6):
            write(typist, window, LONG)
            window.wait_for_text(LONG * number)
    finally:
        manager.end()


def test_text_that_is_kept_stays_and_later_text_follows_it(
    sway: SwayRig, typist: WlrootsTypist, window: SwayWindow
) -> None:
    typist.keep("first words")
    typist.keep("second words")
    assert sway.clipboard("text/plain").decode() == "first words second words"
    write(typist, window, LONG)
    window.wait_for_text(LONG)
    wait_until_given_back(sway)
    assert sway.clipboard("text/plain").decode() == "first words second words"


def test_the_clipboard_is_given_back_when_the_typist_ends_in_the_midst_of_a_paste(
    sway: SwayRig, window: SwayWindow
) -> None:
    with sway.copied(b"theirs"):
        typist = WlrootsTypist(sway.find)
        write(typist, window, LONG)
        typist.close()
        assert SECRET_TYPE not in sway.clipboard_types()
