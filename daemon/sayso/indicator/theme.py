"""The colours of the indicator. Nothing is told by colour alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sayso.events import State

Colour = tuple[int, int, int]
"""Red, green and blue, 0 to 255."""


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours for one taste of contrast.

    Attributes:
        ground: behind everything.
        opacity: of the ground, 0 to 255, where the screen can mix.
        edge: the line around it.
        text: words.
        dim: what is not lit.
        states: the colour of each state.

    """

    ground: Colour
    opacity: int
    edge: Colour
    text: Colour
    dim: Colour
    states: dict[State, Colour]


# Light tones that differ in brightness as well, after the palette of Okabe and Ito (2008) for those who cannot
# tell red from green.
_STATES: Final[dict[State, Colour]] = {
    State.IDLE: (170, 178, 190),
    State.LISTENING: (104, 190, 240),
    State.SPEAKING: (120, 225, 170),
    State.FINISHING: (245, 228, 90),
    State.PAUSED: (170, 178, 190),
    State.PROBLEM: (250, 160, 70),
}
_WHITE: Final[Colour] = (255, 255, 255)
_YELLOW: Final[Colour] = (255, 235, 60)

THEMES: Final[dict[str, Theme]] = {
    "normal": Theme((28, 31, 38), 238, (74, 80, 92), (242, 244, 248), (128, 137, 152), _STATES),
    "high": Theme(
        *((0, 0, 0), 255, _WHITE, _WHITE, (160, 160, 160)),
        {**dict.fromkeys(State, _WHITE), State.SPEAKING: _YELLOW, State.PROBLEM: _YELLOW},
    ),
}
"""The setting `indicator.contrast` → its colours; in `high` 7 : 1 or more against the ground (WCAG AAA)."""
