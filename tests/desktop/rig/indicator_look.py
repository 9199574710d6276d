"""Looking for the overlay in a picture of the screen."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from sayso.events import State
from sayso.indicator.theme import THEMES, Colour

NEAR = 12  # colours that differ by less are the same: the ground lets through a little of what is under it
LEFT, TOP, WIDTH, HEIGHT = 420, 650, 440, 102  # at the bottom of a screen of 1280 by 800
METER_LEFT, METER_RIGHT = 168, 348
UPPER_MIDDLE, LOWER_MIDDLE = 26, 76  # of the bar, with something under it and without


@dataclass(frozen=True)
class Look:
    """A picture of the screen."""

    picture: Image.Image

    @classmethod
    def at(cls, path: Path) -> Look:
        """Read it."""
        with Image.open(path) as image:
            return cls(image.convert("RGB"))

    @property
    def overlay(self) -> Image.Image:
        """The part where the overlay is."""
        return self.picture.crop((LEFT, TOP, LEFT + WIDTH, TOP + HEIGHT))

    def count(self, colour: Colour, *, near: int = NEAR) -> int:
        """How many pixels have a colour where the overlay is."""
        differs = np.abs(np.asarray(self.overlay).astype(int) - np.array(colour)).max(axis=2)
        return int((differs < near).sum())

    def shows(self, state: State, contrast: str = "normal") -> bool:
        """Whether the shape of a state is there in its colour, on the ground of the overlay."""
        theme = THEMES[contrast]
        return self.count(theme.ground) > 5_000 and self.count(theme.states[state]) > 40

    @property
    def has_words(self) -> bool:
        """Whether anything is written below the bar, which then is at the upper end."""
        overlay = np.asarray(self.overlay)
        near = np.abs(overlay[:46].astype(int) - np.array(THEMES["normal"].ground)).max(axis=2) < NEAR
        return bool(near.sum() > 5_000 and (overlay[56:, 14:-14].min(axis=2) > 180).sum() > 40)

    @property
    def is_empty(self) -> bool:
        """Whether there is no overlay."""
        return self.count(THEMES["normal"].ground) == 0 and self.count(THEMES["high"].edge) == 0

    def level(self, state: State) -> int:
        """How many pixels of the meter's row are lit."""
        middle = UPPER_MIDDLE if self.has_words else LOWER_MIDDLE
        row = np.asarray(self.overlay)[middle, METER_LEFT:METER_RIGHT].astype(int)
        return int((np.abs(row - np.array(THEMES["normal"].states[state])).max(axis=1) < NEAR).sum())
