"""How fast text goes in."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from tests.desktop.portal.conftest import Open
from tests.desktop.rig.portal import NewerPortal, RealPortal

from sayso.events import Edit
from sayso.typist import HERE
from sayso.typist.portal import PortalTypist

pytestmark = pytest.mark.alone

LEAST_CHARACTERS_PER_SECOND = 1000
MOST_TIMES = 60  # for each key three processes have to be awake one after the other, and something else may run


def measured(typist: PortalTypist, text: str) -> tuple[float, int]:
    """The best characters a second of some times, and of how many."""
    best, times = 0.0, 0
    while times < MOST_TIMES and best < 1.5 * LEAST_CHARACTERS_PER_SECOND:
        started = time.perf_counter()
        typist.type(Edit(0, text), HERE)
        best = max(best, len(text) / (time.perf_counter() - started))
        times += 1
    return best, times


def test_keys_go_in_at_a_thousand_characters_a_second(
    real: RealPortal, open_typist: Open, figure: Callable[[str], None]
) -> None:
    typist, text = open_typist(real), "The quick brown fox " * 5
    typist.type(Edit(0, text), HERE)
    rate, times = measured(typist, text)
    figure(f"portal by keys, real frontend: {rate:.0f} characters/s")
    assert real.text == text * (times + 1)
    assert rate >= LEAST_CHARACTERS_PER_SECOND


def test_a_paste_goes_in_at_thousands_a_second(
    newer: NewerPortal, open_typist: Open, figure: Callable[[str], None]
) -> None:
    typist, text = open_typist(newer), "é" * 2000
    typist.type(Edit(0, text), HERE)
    rate, times = measured(typist, text)
    figure(f"portal by paste, 2000 characters: {rate:.0f} characters/s")
    assert newer.text == text * (times + 1)
    assert rate >= LEAST_CHARACTERS_PER_SECOND
