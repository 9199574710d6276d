"""What is made of where the stream is."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from tests.daemon.capture.world import HEADSET, MONITOR, PULSE, USB

from sayso.capture.facts import ServerState
from sayso.capture.selection import Selection
from sayso.capture.verdict import Verdict, judge, next_backoff

DEFAULT = Selection(PULSE, "USB Microphone", "usb", default_source="usb")
NAMED = Selection(PULSE, "USB Microphone", "usb", is_pinned=True, is_named=True, default_source="headset")
SOURCES = (USB, HEADSET, MONITOR)


@pytest.mark.parametrize(
    ("selection", "default", "recorded", "verdict"),
    [
        (DEFAULT, "usb", "usb", Verdict.KEEP),
        (DEFAULT, "usb", "headset", Verdict.FOLLOWED),
        (DEFAULT, "headset", "headset", Verdict.FOLLOWED),
        (DEFAULT, "headset", "usb", Verdict.LAGGING),
        (DEFAULT, "speakers.monitor", "usb", Verdict.KEEP),
        (DEFAULT, "usb", "speakers.monitor", Verdict.STRAYED),
        (DEFAULT, "usb", "gone", Verdict.STRAYED),
        (replace(DEFAULT, source="pulled out"), "usb", "speakers.monitor", Verdict.REPLACED),
        (replace(DEFAULT, source=None), "usb", "speakers.monitor", Verdict.STRAYED),
        (DEFAULT, "usb", None, Verdict.UNKNOWN),
        (NAMED, "headset", "usb", Verdict.KEEP),
        (NAMED, "headset", "headset", Verdict.STRAYED),
        (replace(NAMED, source="pulled out"), "headset", "headset", Verdict.REPLACED),
        (NAMED, "speakers.monitor", "usb", Verdict.KEEP),
    ],
)
def test_the_route_is_judged_by_what_was_asked_for(
    selection: Selection, default: str, recorded: str | None, verdict: Verdict
) -> None:
    assert judge(selection, ServerState(default, SOURCES, recorded)) is verdict


def test_without_a_server_there_is_nothing_to_object_to() -> None:
    assert judge(DEFAULT, None) is Verdict.UNKNOWN


def test_pauses_double_from_a_quarter_of_a_second_to_two() -> None:
    pauses = list(itertools.accumulate(range(5), lambda pause, _: next_backoff(pause), initial=0.0))
    assert pauses == [0.0, 0.25, 0.5, 1.0, 2.0, 2.0]
