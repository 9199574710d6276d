"""The tray's icons, which are drawn without Pillow."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from sayso.events import State
from sayso.indicator.icons import SIZES, pixels, pixmaps


def argb(state: State, size: int) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    return np.frombuffer(pixels(state, size, "normal"), np.uint8).reshape(size, size, 4).astype(np.int64)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("state", State)
def test_an_icon_has_a_shape_with_free_corners(state: State, size: int) -> None:
    alpha = argb(state, size)[..., 0]
    assert 0.1 < (alpha > 128).mean() < 0.8
    assert alpha[0, 0] == alpha[0, -1] == 0


@pytest.mark.parametrize("panel", [0, 255])
@pytest.mark.parametrize("state", State)
def test_an_icon_is_seen_on_a_black_and_on_a_white_panel(state: State, panel: int) -> None:
    icon = argb(state, 24)
    alpha = icon[..., :1] / 255
    shown = icon[..., 1:] * alpha + panel * (1 - alpha)
    assert (np.abs(shown - panel).max(axis=2) > 100).sum() > 30


@pytest.mark.parametrize("size", SIZES)
def test_no_two_states_have_the_same_outline(size: int) -> None:
    for one, other in combinations(State, 2):
        brightness = [argb(state, size).sum(axis=2) for state in (one, other)]
        assert (np.abs(brightness[0] - brightness[1]) > 150).mean() > 0.02, f"{one} and {other}"


def test_all_sizes_are_offered_as_many_bytes_as_they_have() -> None:
    for width, height, data in pixmaps(State.IDLE, "high"):
        assert isinstance(data, bytes)
        assert isinstance(width, int)
        assert width == height
        assert len(data) == 4 * width * width
