"""The clipboard is lent for a paste, and is found afterwards as it was."""

from __future__ import annotations

import threading

import pytest
from tests.desktop.portal.conftest import Open
from tests.desktop.rig.portal import NewerPortal, RealPortal
from tests.desktop.rig.waiting import until

from sayso.errors import TargetBusy, TypistError
from sayso.events import Edit
from sayso.typist import HERE

PATIENCE_SECONDS = 10.0
COPIED = {"text/plain;charset=utf-8": "copied é", "text/html": "<b>copied</b>", "x-test/large": "x" * 300_000}


def assert_is_there(newer: NewerPortal) -> None:
    until(lambda: set(newer.do("types")) == set(COPIED), "what had been copied")
    assert {kind: newer.do("pasted", kind) for kind in COPIED} == COPIED


def test_what_was_copied_is_there_again_after_a_paste_in_all_its_types(
    newer: NewerPortal, open_typist: Open
) -> None:
    newer.copy(COPIED)
    typist = open_typist(newer)
    typist.type(Edit(0, "日本語"), HERE)
    typist.type(Edit(0, " ש"), HERE)  # before the first one was put back
    assert newer.text == "日本語 ש"
    assert_is_there(newer)


def test_what_was_copied_before_is_there_again_though_the_desktop_does_not_tell_of_it(
    newer: NewerPortal, open_typist: Open
) -> None:
    newer.do("announce", False)
    newer.copy({kind: text for kind, text in COPIED.items() if kind.startswith("text/")})
    open_typist(newer).type(Edit(0, "日本語"), HERE)
    until(lambda: newer.do("pasted", "text/html") == COPIED["text/html"], "what had been copied")
    assert newer.do("pasted", "text/plain;charset=utf-8") == "copied é"


def test_what_somebody_copies_meanwhile_stays(newer: NewerPortal, open_typist: Open) -> None:
    typist = open_typist(newer)
    typist.type(Edit(0, "日本語"), HERE)
    newer.copy(COPIED)
    typist.type(Edit(0, "ש"), HERE)
    assert_is_there(newer)


def test_closing_puts_it_back_at_once(newer: NewerPortal, open_typist: Open) -> None:
    newer.copy({"text/plain;charset=utf-8": "copied"})
    typist = open_typist(newer)
    typist.type(Edit(0, "日本語"), HERE)
    typist.close()
    assert newer.do("types") == ["text/plain;charset=utf-8"]


def test_clipboard_managers_are_told_that_it_is_none_of_theirs(newer: NewerPortal, open_typist: Open) -> None:
    open_typist(newer).type(Edit(0, "日本語"), HERE)
    assert newer.do("pasted", "x-kde-passwordManagerHint") == "secret"


def test_who_reads_all_that_is_copied_is_not_taken_for_the_window(
    newer: NewerPortal, open_typist: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sayso.portal.clipboard.AHEAD_SECONDS", 0.3)  # the double shares its processor with others
    monkeypatch.setattr("sayso.typist.portal.TAKEN_SECONDS", 0.5)
    newer.do("read_ahead", True)
    typist = open_typist(newer)
    newer.do("hang", True)
    with pytest.raises(TargetBusy):
        typist.type(Edit(0, "日本語"), HERE)
    newer.do("hang", False)


def test_a_window_that_hangs_gets_the_text_late_and_once(
    newer: NewerPortal, open_typist: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sayso.typist.portal.TAKEN_SECONDS", 0.5)
    newer.copy({"text/plain;charset=utf-8": "copied"})
    typist = open_typist(newer)
    told = threading.Event()
    typist.on_focus(told.set)
    newer.do("hang", True)
    first, second = Edit(0, "日本語"), Edit(0, " and then")
    with pytest.raises(TargetBusy, match="may hang"):
        typist.type(first, HERE)
    with pytest.raises(TargetBusy):
        typist.type(second, HERE)  # never before the first
    told.clear()
    newer.do("hang", False)
    assert told.wait(PATIENCE_SECONDS)
    typist.type(first, HERE)
    typist.type(second, HERE)
    assert newer.text == "日本語 and then"
    until(lambda: newer.do("pasted", "text/plain;charset=utf-8") == "copied", "what had been copied")


def test_a_window_that_never_takes_it_is_told_in_the_end(
    newer: NewerPortal, open_typist: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sayso.typist.portal.TAKEN_SECONDS", 0.2)
    monkeypatch.setattr("sayso.portal.clipboard.UNTAKEN_SECONDS", 0.5)
    newer.copy({"text/plain;charset=utf-8": "copied"})
    typist = open_typist(newer)
    told = threading.Event()
    typist.on_focus(told.set)
    newer.do("hang", True)
    edit = Edit(0, "日本語")
    with pytest.raises(TargetBusy):
        typist.type(edit, HERE)
    told.clear()
    assert told.wait(PATIENCE_SECONDS)
    with pytest.raises(TypistError, match="look whether the text is there"):
        typist.type(edit, HERE)
    newer.do("hang", False)


def test_a_text_that_was_taken_late_is_not_typed_again_though_another_was_first_to_find_it_taken(
    newer: NewerPortal, open_typist: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sayso.typist.portal.TAKEN_SECONDS", 0.5)
    typist = open_typist(newer)
    told = threading.Event()
    typist.on_focus(told.set)
    newer.do("hang", True)
    first = Edit(0, "日本語")
    with pytest.raises(TargetBusy, match="may hang"):
        typist.type(first, HERE)
    with pytest.raises(TargetBusy, match="may hang"):
        typist.keep("kept")  # the window would paste this instead
    told.clear()
    newer.do("hang", False)
    assert told.wait(PATIENCE_SECONDS)
    typist.type(Edit(0, " and then"), HERE)
    typist.type(first, HERE)
    assert newer.text == "日本語 and then"


def test_that_a_text_was_never_taken_is_told_though_another_was_first_to_find_it(
    newer: NewerPortal, open_typist: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sayso.typist.portal.TAKEN_SECONDS", 0.2)
    monkeypatch.setattr("sayso.portal.clipboard.UNTAKEN_SECONDS", 0.5)
    typist = open_typist(newer)
    told = threading.Event()
    typist.on_focus(told.set)
    newer.do("hang", True)
    edit = Edit(0, "日本語")
    with pytest.raises(TargetBusy):
        typist.type(edit, HERE)
    told.clear()
    assert told.wait(PATIENCE_SECONDS)
    typist.type(Edit(0, "keys"), HERE)
    with pytest.raises(TypistError, match="look whether the text is there"):
        typist.type(edit, HERE)
    newer.do("hang", False)


def test_text_can_be_kept_where_there_is_a_clipboard(newer: NewerPortal, open_typist: Open) -> None:
    typist = open_typist(newer)
    typist.keep("kept é")
    assert newer.do("pasted", "text/plain;charset=utf-8") == "kept é"
    typist.type(Edit(0, "日本語"), HERE)
    assert newer.text == "日本語"
    until(lambda: newer.do("pasted", "text/plain;charset=utf-8") == "kept é", "what was kept")


def test_without_a_clipboard_nothing_can_be_kept(real: RealPortal, open_typist: Open) -> None:
    with pytest.raises(TypistError, match="no clipboard"):
        open_typist(real).keep("kept")
