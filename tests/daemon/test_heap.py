"""What the C library keeps; that a model's memory goes back is in `test_warm_start`."""

from __future__ import annotations

import ctypes

import pytest

from sayso import heap


def test_a_c_library_without_such_calls_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def load(name: str | None) -> object:
        asked.append(name)
        return object()

    monkeypatch.setattr(ctypes, "CDLL", load)
    heap.use_one_arena()
    heap.give_back()
    assert asked == [None, None]
