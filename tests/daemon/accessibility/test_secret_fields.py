"""What is secret is decided from the field, and from what a terminal is set to."""

from __future__ import annotations

import pytest

from sayso.accessibility import PASSWORD_TEXT, TERMINAL, Field, Place
from sayso.accessibility.reading import can_be_read
from sayso.secret_fields import SecretFields, judge
from sayso.secret_fields.prompts import Modes, is_password_prompt, pts_number
from sayso.typist import Target

ENTRY = 79
PID = 4711
COOKED, PROMPT, RAW, RELAY = Modes(True, True), Modes(False, True), Modes(False, False), Modes(False, False, False)


def field(role: int, pid: int = PID, is_editable: bool = True, has_text: bool = True) -> Field:
    return Field(Place(":1.1", "/1"), "editor", pid, role, is_editable, has_text)


def test_a_field_for_passwords_is_secret_whoever_it_is_of() -> None:
    for pid in (PID, PID + 1, 0):
        assert judge(field(PASSWORD_TEXT, pid), Target(1, pid=PID), False, False) is True


def test_another_field_of_the_same_program_is_not() -> None:
    assert judge(field(ENTRY), Target(1, pid=PID), False, False) is False


@pytest.mark.parametrize("found", [None, field(ENTRY, PID + 1), field(ENTRY, 0)])
def test_what_nothing_is_known_of_is_unknown(found: Field | None) -> None:
    assert judge(found, Target(1, pid=PID), False, False) is None
    assert judge(found, Target(1), False, False) is None


def test_a_terminal_is_secret_while_a_password_is_asked_for_there() -> None:
    assert judge(None, Target(1, "xterm", pid=PID), True, True) is True
    assert judge(None, Target(1, "xterm", pid=PID), True, False) is False


def test_a_terminal_is_known_by_its_class_or_by_accessibility() -> None:
    asked: list[tuple[int, bool]] = []

    def asks(pid: int, is_terminal: bool) -> bool:
        asked.append((pid, is_terminal))
        return True

    assert SecretFields(None, asks).is_secret(Target(1, "XTerm", pid=PID)) is True
    assert SecretFields(None, asks).is_secret(Target(1, "editor", pid=PID)) is True
    assert asked == [(PID, True), (PID, False)]


@pytest.mark.parametrize(
    ("modes", "foreground", "is_prompt"),
    [
        (COOKED, "bash", False),
        (PROMPT, "sudo", True),
        (PROMPT, "anything", True),
        (PROMPT, "", True),
        (RAW, "bash", False),  # at its prompt
        (RAW, "vim", False),
        (RAW, "sudo", True),  # with a star for each letter
        (RELAY, "sudo", False),  # it runs a program in a terminal of its own
        (RAW, "pinentry-curses", True),
        (COOKED, "sudo", False),
    ],
)
def test_a_password_is_asked_for_without_echo_but_with_lines(
    modes: Modes, foreground: str, is_prompt: bool
) -> None:
    assert is_password_prompt(modes, foreground) is is_prompt


@pytest.mark.parametrize(("device", "number"), [(0, None), (34816, 0), (34821, 5), (1083436, 300), (1025, None)])
def test_a_terminal_is_found_by_the_number_of_its_device(device: int, number: int | None) -> None:
    assert pts_number(device) == number


def test_only_text_that_can_be_written_is_read_back_and_never_a_password_or_a_terminal() -> None:
    assert can_be_read(field(ENTRY))
    assert not can_be_read(field(PASSWORD_TEXT))
    assert not can_be_read(field(TERMINAL))
    assert not can_be_read(field(ENTRY, is_editable=False))
    assert not can_be_read(field(ENTRY, has_text=False))
