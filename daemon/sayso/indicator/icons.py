"""The tray's icons: the shape of each state in light colours with a dark edge, to be seen on any panel."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Final

import numpy as np

from sayso.events import State
from sayso.indicator.glyph import coverage
from sayso.indicator.theme import THEMES

SIZES: Final = (22, 24, 32, 48)  # panels' usual ones; others are scaled from the nearest
EDGE_SHARE: Final = 1 / 18  # of the size: how thick the dark edge is
EDGE_COLOUR: Final = (20, 22, 28)

Pixmap = list[int | bytes]
"""Width, height, and the pixels in rows from the top: alpha, red, green, blue, as StatusNotifierItem has them."""


@lru_cache(maxsize=16)
def pixels(state: State, size: int, contrast: str) -> bytes:
    """The icon of a state, `size` squared pixels of ARGB32 in network byte order."""
    grown = max(1.0, size * EDGE_SHARE)
    margin = math.ceil(grown)
    fill, edge = coverage(state, size, margin) / 255, coverage(state, size, margin, grown) / 255
    alpha = fill + edge * (1 - fill)
    light, dark = np.array(THEMES[contrast].states[state]), np.array(EDGE_COLOUR)
    mixed = (fill[..., None] * light + ((1 - fill) * edge)[..., None] * dark) / np.maximum(alpha, 1e-6)[..., None]
    return np.concatenate([np.round(alpha[..., None] * 255), np.round(mixed)], axis=2).astype(np.uint8).tobytes()


def pixmaps(state: State, contrast: str) -> list[Pixmap]:
    """The icon of a state in all sizes."""
    return [[size, size, pixels(state, size, contrast)] for size in SIZES]
