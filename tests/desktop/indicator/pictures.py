"""Makes the pictures of the overlay for the documentation: `python -m tests.desktop.indicator.pictures`.

Run it in the project's root; it writes docs/overlay-*.png.
"""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from sayso.capture.selection import Absence, select
from sayso.events import State
from sayso.indicator.lettering import Lettering
from sayso.indicator.model import View
from sayso.indicator.picture import Painter
from sayso.indicator.theme import THEMES

DOCS = Path(__file__).parents[3] / "docs"
DESKTOP = (216, 222, 230)
SIDE, ABOVE = 20, 16  # pixels of it around the overlay
COLOURS = 64

SPEAKING = View(State.SPEAKING, 16, "still change is what you see in this line", is_cut=True)


def take(name: str, view: View, contrast: str = "normal") -> None:
    """Paint a view, and put it on a desktop."""
    painter = Painter(THEMES[contrast], 1, at_top=False, lettering=Lettering())
    overlay = painter.paint(view)
    overlay = overlay.crop(overlay.getbbox())
    desktop = Image.new("RGBA", (overlay.width + 2 * SIDE, overlay.height + 2 * ABOVE), DESKTOP)
    desktop.alpha_composite(overlay, (SIDE, ABOVE))
    small = desktop.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    small.save(DOCS / f"overlay-{name}.png", optimize=True)


def main() -> None:
    """Make all of them."""
    absence = select("default", None, (), pin=False)
    assert isinstance(absence, Absence)
    take("listening", View(State.LISTENING, 8))
    take("speaking", SPEAKING)
    take("problem", View(State.PROBLEM, problem=absence.message))
    take("high-contrast", SPEAKING, "high")


if __name__ == "__main__":
    main()
