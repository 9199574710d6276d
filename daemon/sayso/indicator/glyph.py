"""The shapes that stand for states, as coverage of pixels: signed distances in numpy, for every size.

Each state has a shape of its own, so that nobody needs to tell colours apart. Coordinates run from -1 to 1, y
downwards; a distance is negative inside. After Inigo Quilez, "2D distance functions".
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sayso.events import State
from sayso.indicator.model import Teach

Plane = NDArray[np.float64]
"""A value for each pixel, shape (size, size)."""

Shape = Callable[[Plane, Plane], Plane]
"""x and y of each pixel → its distance from the shape."""

LINE: Final = 0.08  # half the width of a line
ARC_SLOPE: Final = 1.1  # of sound waves: how far above and below the middle they reach, for each unit from it


def _capsule(x: Plane, y: Plane, ax: float, ay: float, bx: float, by: float, radius: float) -> Plane:
    """All that is near a line from a to b."""
    along = ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2)
    at = np.clip(along, 0.0, 1.0)
    distance: Plane = np.hypot(x - ax - at * (bx - ax), y - ay - at * (by - ay)) - radius
    return distance


def _ring(x: Plane, y: Plane, radius: float) -> Plane:
    distance: Plane = np.abs(np.hypot(x, y) - radius) - LINE
    return distance


def _stand(x: Plane, y: Plane) -> Plane:
    """What a microphone stands on: a cradle, a stem and a foot."""
    cradle = np.maximum(_ring(x, y, 0.5), -y)
    stem = _capsule(x, y, 0, 0.5, 0, 0.8, LINE)
    return np.minimum(np.minimum(cradle, stem), _capsule(x, y, -0.28, 0.84, 0.28, 0.84, LINE))


def _hollow_microphone(x: Plane, y: Plane) -> Plane:
    head = np.abs(_capsule(x, y, 0, -0.6, 0, 0.0, 0.25)) - LINE * 0.8
    return np.minimum(head, _stand(x, y))


def _microphone(x: Plane, y: Plane) -> Plane:
    return np.minimum(_capsule(x, y, 0, -0.6, 0, 0.0, 0.3), _stand(x, y))


def _sounding_microphone(x: Plane, y: Plane) -> Plane:
    """With waves to both sides."""
    waves = np.maximum(_ring(x, y + 0.2, 0.85), np.abs(y + 0.2) - ARC_SLOPE * np.abs(x) * 0.6)
    return np.minimum(_microphone(x * 1.1, y), waves)


def _dots(x: Plane, y: Plane) -> Plane:
    distance: Plane = np.hypot(np.abs(np.abs(x) - 0.325) - 0.325, y) - 0.2  # at -0.65, 0 and 0.65
    return distance


def _bars(x: Plane, y: Plane) -> Plane:
    return _capsule(np.abs(x), y, 0.36, -0.6, 0.36, 0.6, 0.17)


def _warning(x: Plane, y: Plane) -> Plane:
    """A triangle with an exclamation mark cut out of it."""
    slopes: Plane = (np.abs(x) * 1.5 - (y + 0.75) * 0.85) / math.hypot(1.5, 0.85)
    triangle: Plane = np.maximum(slopes, y - 0.75) - 0.12
    mark = np.minimum(_capsule(x, y, 0, -0.25, 0, 0.2, 0.1), np.hypot(x, y - 0.53) - 0.12)
    return np.maximum(triangle, -mark)


STATES: Final[dict[State, Shape]] = {
    State.IDLE: _hollow_microphone,
    State.LISTENING: _microphone,
    State.SPEAKING: _sounding_microphone,
    State.FINISHING: _dots,
    State.PAUSED: _bars,
    State.PROBLEM: _warning,
}


def _unlit(x: Plane, y: Plane) -> Plane:
    return np.abs(np.hypot(x, y) - 0.75) - 0.1


def _ticked(x: Plane, y: Plane) -> Plane:
    """A disc with a tick cut out of it."""
    tick = np.minimum(_capsule(x, y, -0.4, 0.05, -0.1, 0.35, 0.11), _capsule(x, y, -0.1, 0.35, 0.42, -0.32, 0.11))
    return np.maximum(np.hypot(x, y) - 0.88, -tick)


def _crossed(x: Plane, y: Plane) -> Plane:
    return np.minimum(_unlit(x, y), _capsule(x, y, -0.53, 0.53, 0.53, -0.53, 0.1))


TEACHES: Final[dict[Teach, Shape]] = {Teach.UNKNOWN: _unlit, Teach.YES: _ticked, Teach.NO: _crossed}


@lru_cache(maxsize=64)
def coverage(of: State | Teach, size: int, margin: int = 0, grown: float = 0.0) -> NDArray[np.uint8]:
    """How much of each pixel a shape covers, 0 to 255, shape (size, size).

    Args:
        of: whose shape.
        size: of the picture in pixels.
        margin: how many of them around the coordinates are left free.
        grown: by how many pixels the shape is thicker all round, for an edge of another colour around it.

    """
    shape = STATES[of] if isinstance(of, State) else TEACHES[of]
    unit = (size - 2 * margin) / 2
    centres = (np.arange(size) + 0.5 - size / 2) / unit
    y, x = np.meshgrid(centres, centres, indexing="ij")
    pixels = shape(x, y) * unit - grown
    covered: NDArray[np.uint8] = np.round(np.clip(0.5 - pixels, 0, 1) * 255).astype(np.uint8)
    covered.flags.writeable = False  # it is shared
    return covered
