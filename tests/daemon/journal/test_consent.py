"""Nothing is kept before the person has said so; they are asked once, and the settings have the last word."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from sayso.errors import ConfigError, StorageError
from sayso.journal.consent import ASK, Answer, Consent


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the answer is to lie."""
    return tmp_path / "state" / "learning"


def test_before_there_is_an_answer_nothing_is_kept_and_nothing_is_written(file: Path) -> None:
    consent = Consent(file, ASK)
    assert not consent.learns
    assert consent.answer is Answer.NONE
    assert not file.parent.exists()


def test_the_person_is_asked_once_and_no_more_though_they_do_not_answer(file: Path) -> None:
    assert Consent(file, ASK).is_to_be_asked()
    later = Consent(file, ASK)
    assert not later.is_to_be_asked()
    assert (later.answer, later.learns) == (Answer.ASKED, False)


@pytest.mark.parametrize("on", [True, False])
def test_an_answer_holds_at_once_and_after_a_restart(file: Path, on: bool) -> None:
    consent = Consent(file, ASK)
    consent.give(on)
    for one in (consent, Consent(file, ASK)):
        assert one.learns is on
        assert not one.is_to_be_asked()
    assert file.stat().st_mode & 0o777 == 0o600


def test_an_answer_given_in_one_process_holds_at_once_in_every_other(file: Path) -> None:
    service, elsewhere = Consent(file, ASK), Consent(file, ASK)
    for on in (True, False, True):
        elsewhere.give(on)
        assert service.learns is on
    file.unlink()
    assert (service.learns, service.answer) == (False, Answer.NONE)


@pytest.mark.parametrize(("setting", "learns"), [("on", True), ("off", False)])
def test_what_the_settings_say_wins_over_every_answer(file: Path, setting: str, learns: bool) -> None:
    Consent(file, ASK).give(not learns)
    consent = Consent(file, setting)
    assert consent.learns is learns
    assert not consent.is_to_be_asked()
    with pytest.raises(ConfigError, match=f"learning is {setting} in the settings"):
        consent.give(not learns)
    assert consent.learns is learns
    consent.give(learns)  # says no more than the settings do
    consent.setting = ASK
    assert consent.learns is learns


@pytest.mark.parametrize("content", [b"yes\n", b"", b"\xff\xfe", b"on off", b"ON"])
def test_what_is_no_answer_allows_nothing_and_is_no_reason_to_ask_again(file: Path, content: bytes) -> None:
    file.parent.mkdir()
    file.write_bytes(content)
    consent = Consent(file, ASK)
    assert (consent.learns, consent.answer) == (False, Answer.ASKED)
    assert not consent.is_to_be_asked()


def test_an_answer_that_cannot_be_kept_does_not_hold(file: Path) -> None:
    file.parent.write_text("a file where the folder is to be")
    consent = Consent(file, ASK)
    with pytest.raises(StorageError, match="make room"):
        consent.give(True)
    assert not consent.learns


def test_a_no_holds_though_it_cannot_be_kept(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    consent = Consent(file, ASK)
    consent.give(True)
    with monkeypatch.context() as disk:
        disk.setattr("sayso.journal.consent.write_whole", full)
        for on in (False, True):
            with pytest.raises(StorageError, match="make room"):
                consent.give(on)
            os.utime(file)  # looked at again, it still says yes
            assert not consent.learns
    consent.give(True)
    assert consent.learns
