"""Where on the screen the overlay is."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

MARGIN: Final = 48  # pixels of size 1 between the picture and the edge of the screen, where panels are


class Position(StrEnum):
    """Where on the monitor, as `indicator.position` names it."""

    BOTTOM = "bottom"
    TOP = "top"
    BOTTOM_LEFT = "bottom-left"
    BOTTOM_RIGHT = "bottom-right"
    TOP_LEFT = "top-left"
    TOP_RIGHT = "top-right"

    @property
    def at_top(self) -> bool:
        """Whether it is at the upper edge."""
        return self.value.startswith("top")

    @property
    def side(self) -> int:
        """-1 at the left edge, 1 at the right one, 0 between them."""
        return -1 if self.value.endswith("left") else 1 if self.value.endswith("right") else 0
