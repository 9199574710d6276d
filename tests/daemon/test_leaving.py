"""A thread of the service that dies has it leave, and says nothing of what was dictated."""

from __future__ import annotations

import threading

import pytest

from sayso.leaving import ThreadDeaths

SAID = "a dictated word"


def test_a_thread_that_dies_has_the_service_leave_with_a_failure_and_without_the_words_of_the_error(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise ValueError(SAID)

    before, left = threading.excepthook, threading.Event()
    with ThreadDeaths(left.set) as deaths:
        assert deaths.status == 0
        thread = threading.Thread(target=fail, name="sayso-typist")
        thread.start()
        thread.join()
    assert (left.is_set(), deaths.status) == (True, 1)
    told = capsys.readouterr().err
    assert told == "sayso: sayso-typist failed (ValueError); leaving\n"
    assert "sayso-typist died at" in caplog.text
    assert SAID not in told + caplog.text
    assert threading.excepthook is before
