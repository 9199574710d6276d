"""What an editor's plug-in tells on standard input is told whole, or refused without a word of it."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from tests.daemon.cli.command import Run


@pytest.fixture(autouse=True)
def _no_service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/none")


@pytest.mark.parametrize(
    ("told", "complaint"),
    [
        (b"", "there is no text on standard input"),
        (b" \n", "there is no text on standard input"),
        (b"a\0b", "there is no text on standard input"),
        (b"secret \xff", "standard input is no UTF-8"),
        (b"secret" * 20_000, "more than one dictation"),
        (b"secret", "cannot be reached"),
    ],
)
def test_what_cannot_be_told_is_refused_without_a_word_of_it(
    sayso: Run, monkeypatch: pytest.MonkeyPatch, told: bytes, complaint: str
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(told)))
    ran = sayso("edited", "7", "--plugin", "ed")
    assert (ran.status, ran.out) == (1, "")
    assert complaint in ran.err
    assert "secret" not in ran.err


@pytest.mark.parametrize("number", ["x", "-1", "9" * 19, "9" * 5_000])
def test_what_is_no_number_of_a_dictation_is_refused(sayso: Run, number: str) -> None:
    ran = sayso("edited", number)
    assert ran.status == 2
    assert "is no number of a dictation" in ran.err
