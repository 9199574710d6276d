"""The person is asked once, and what they answer is done; what ends in between loses and doubles nothing."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from tests.desktop.portal.conftest import Open
from tests.desktop.rig.portal import NewerPortal, PortalRig, RealPortal
from tests.desktop.rig.waiting import until

from sayso.errors import TargetAway, TypistError, Unable
from sayso.events import Edit
from sayso.typist import HERE

PATIENCE_SECONDS = 10.0


def test_nobody_is_asked_before_there_is_something_to_type(portal: PortalRig, open_typist: Open) -> None:
    typist = open_typist(portal)
    assert typist.absence() is None
    assert "asks when it is first needed" in typist.describe()
    assert portal.state["asked"] == 0
    typist.type(Edit(0, "one"), HERE)
    typist.type(Edit(0, " two"), HERE)
    assert portal.state["asked"] == 1
    assert portal.state["options"]["types"] == 1  # a keyboard, and no pointer


def test_a_no_types_nothing_says_how_to_allow_it_and_is_not_asked_again(
    portal: PortalRig, open_typist: Open
) -> None:
    portal.answers(1)
    typist = open_typist(portal)
    for _ in range(3):
        with pytest.raises(Unable, match="start sayso again or reload its settings, and allow"):
            typist.type(Edit(0, "one"), HERE)
    assert portal.state["asked"] == 1
    assert portal.text == ""
    assert "not allowed" in typist.describe()
    portal.answers(0)
    open_typist(portal).type(Edit(0, "two"), HERE)  # as after a reload
    assert portal.text == "two"


def test_a_desktop_that_ends_the_request_is_no_place_to_type(portal: PortalRig, open_typist: Open) -> None:
    portal.answers(2)
    typist = open_typist(portal)
    with pytest.raises(Unable, match="does not let sayso type"):
        typist.type(Edit(0, "one"), HERE)
    assert portal.text == ""


def test_text_waits_while_the_person_thinks_and_is_typed_once_they_allow_it(
    portal: PortalRig, open_typist: Open
) -> None:
    portal.answers(None)
    typist = open_typist(portal)
    told = threading.Event()
    typist.on_focus(told.set)
    edit = Edit(0, "one")
    with pytest.raises(TargetAway, match="allow it there"):
        typist.type(edit, HERE)
    assert "waits for your permission" in typist.describe()
    told.clear()
    portal.answers(0)
    assert told.wait(PATIENCE_SECONDS)
    typist.type(edit, HERE)
    assert portal.text == "one"
    assert portal.state["asked"] == 1


def test_it_can_be_closed_while_the_person_thinks(portal: PortalRig, open_typist: Open) -> None:
    portal.answers(None)
    typist = open_typist(portal)
    with pytest.raises(TargetAway):
        typist.type(Edit(0, "one"), HERE)
    typist.close()
    assert "sayso-portal" not in [thread.name for thread in threading.enumerate()]


def test_the_desktop_remembers_by_a_token_that_only_its_owner_can_read(
    newer: NewerPortal, open_typist: Open, tmp_path: Path
) -> None:
    file = tmp_path / "sayso" / "portal-token"
    tokens = []
    for word in ("one", " two", " three"):
        typist = open_typist(newer)
        typist.type(Edit(0, word), HERE)
        typist.close()
        tokens.append(file.read_text())
        assert file.stat().st_mode & 0o777 == 0o600
    assert newer.text == "one two three"
    assert newer.state["asked"] == 1
    assert newer.state["options"]["persist_mode"] == 2
    assert len(set(tokens)) == len(tokens)  # each is good for one use


@pytest.mark.parametrize("token", ["no token at all", "00000000-0000-0000-0000-000000000000"])
def test_a_token_that_is_no_longer_good_means_being_asked(
    newer: NewerPortal, open_typist: Open, tmp_path: Path, token: str
) -> None:
    (tmp_path / "sayso").mkdir()
    (tmp_path / "sayso" / "portal-token").write_text(token)
    open_typist(newer).type(Edit(0, "one"), HERE)
    assert newer.text == "one"
    assert newer.state["asked"] == 1


@pytest.mark.parametrize("presses", [1, 7, 16, 17, 40])
def test_a_session_that_ends_in_the_middle_is_told_and_nothing_comes_twice(
    portal: PortalRig, open_typist: Open, presses: int
) -> None:
    typist = open_typist(portal)
    typist.type(Edit(0, "a"), HERE)
    text = "bcdefghijk lmnop qrs tuv wxyz " * 2
    portal.end_sessions(after_presses=presses)
    with pytest.raises(TypistError, match="ended the typing after") as caught:
        typist.type(Edit(0, text), HERE)
    assert not isinstance(caught.value, TargetAway | Unable)  # neither again, nor by another way
    arrived = portal.text
    assert len(arrived) - 1 >= presses
    assert ("a" + text).startswith(arrived)
    typist.type(Edit(0, "!"), HERE)
    assert portal.text == arrived + "!"


def test_a_session_that_ended_between_two_words_is_begun_again(portal: PortalRig, open_typist: Open) -> None:
    typist = open_typist(portal)
    typist.type(Edit(0, "one"), HERE)
    portal.end_sessions()
    until(lambda: "first needed" in typist.describe(), "the end of the session")
    typist.type(Edit(0, " two"), HERE)
    assert portal.text == "one two"


def test_a_portal_that_is_killed_is_told_and_used_again_when_it_is_back(
    real: RealPortal, open_typist: Open
) -> None:
    typist = open_typist(real)
    typist.type(Edit(0, "one"), HERE)
    real.kill_frontend()
    until(lambda: typist.absence() is not None, "the want of the portal")
    with pytest.raises(Unable, match="no portal for typing"):
        typist.type(Edit(0, " lost"), HERE)
    real.start_frontend()
    until(lambda: typist.absence() is None, "the portal")
    typist.type(Edit(0, " two"), HERE)
    assert real.text == "one two"


def test_a_portal_that_is_killed_in_the_middle_is_told(real: RealPortal, open_typist: Open) -> None:
    typist = open_typist(real)
    typist.type(Edit(0, "a"), HERE)
    text = "bcdefghij " * 300
    failed: list[Exception] = []

    def typing() -> None:
        try:
            typist.type(Edit(0, text), HERE)
        except TypistError as error:
            failed.append(error)

    thread = threading.Thread(target=typing)
    thread.start()
    until(lambda: real.state["keys"] > 40, "the first letters")
    real.kill_frontend()
    thread.join(PATIENCE_SECONDS)
    assert [type(error) for error in failed] == [TypistError]
    assert ("a" + text).startswith(real.text)


def test_a_bus_without_a_portal_says_what_to_install(open_typist: Open, newer: NewerPortal) -> None:
    class Nowhere:
        address = "unix:path=/nowhere"

    typist = open_typist(Nowhere())
    assert "xdg-desktop-portal" in (typist.absence() or "")
    with pytest.raises(Unable, match="xdg-desktop-portal"):
        typist.type(Edit(0, "one"), HERE)
