"""A view as a picture: state, level meter, teach light, and under them the tail or what is wrong."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from PIL import Image, ImageDraw

from sayso.events import State
from sayso.indicator.glyph import coverage
from sayso.indicator.lettering import Ink, Lettering
from sayso.indicator.model import LEVEL_STEPS, Teach, View
from sayso.indicator.theme import Colour, Theme

# In pixels at size 1.
WIDTH, BAR_HEIGHT, MORE_HEIGHT = 440, 52, 50
HEIGHT: Final = BAR_HEIGHT + MORE_HEIGHT  # with a tail, or a problem of two lines
RADIUS, EDGE, MARGIN = 14, 1.5, 16
GLYPH, GLYPH_LEFT = 32, 12
WORD_LEFT, WORD_PIXELS, WORD_BASE = 56, 17, 32
METER_LEFT, METER_STEP, METER_BAR, METER_TOP, METER_BOTTOM = 168, 9, 6, 16, 36
TEACH, TEACH_LEFT, TEACH_LABEL_PIXELS = 16, 366, 13
TAIL_PIXELS, PROBLEM_PIXELS, PROBLEM_LINES, LINE_HEIGHT = 18, 15, 8, 19
PROBLEM_PADDING: Final = MORE_HEIGHT - 2 * LINE_HEIGHT
TALLEST: Final = BAR_HEIGHT + PROBLEM_PADDING + PROBLEM_LINES * LINE_HEIGHT
SMALLEST: Final = 0.25  # times; on a screen that has less room, the picture runs off it
SMOOTH: Final = 4  # corners are drawn so many times larger and shrunk

TEACH_LABEL: Final = "teach"


def fitting(size: float, room: tuple[int, int]) -> float:
    """The size itself, or the largest at which every picture has room in so many pixels, width and height."""
    return max(SMALLEST, min(size, room[0] / WIDTH, room[1] / TALLEST))


class Painter:
    """Draws views.

    Args:
        theme: the colours.
        size: 1 is 440 by 102 pixels, and higher where a problem takes more than two lines.
        at_top: where nothing but the bar is to be seen it is at the upper end, otherwise at the lower one.
        lettering: draws text.

    """

    def __init__(self, theme: Theme, size: float, *, at_top: bool, lettering: Lettering) -> None:
        self._theme = theme
        self._size = size
        self._at_top = at_top
        self._lettering = lettering
        self._wrapped: tuple[str, list[str]] = ("", [])  # a problem and its lines

    def paint(self, view: View) -> Image.Image:
        """The picture of a view: RGBA, and transparent where it is not."""
        lines = self._lines(view.problem)
        has_more = bool(lines or view.tail)
        whole = max(HEIGHT, BAR_HEIGHT + PROBLEM_PADDING + len(lines) * LINE_HEIGHT)
        height = whole if has_more else BAR_HEIGHT
        top = 0 if self._at_top or has_more else HEIGHT - BAR_HEIGHT
        image = Image.new("RGBA", (self._px(WIDTH), self._px(whole)))
        ground = _ground(
            self._px(WIDTH), self._px(height), self._px(RADIUS), max(1, self._px(EDGE)), _key(self._theme)
        )
        image.alpha_composite(ground, (0, self._px(top)))
        accent = self._theme.states[view.state]
        self._stamp(image, view.state, GLYPH, GLYPH_LEFT, top + (BAR_HEIGHT - GLYPH) / 2, accent)
        self._write(image, WORD_LEFT, top + WORD_BASE, view.state.value, WORD_PIXELS, self._theme.text)
        self._meter(image, top, view.level, accent)
        self._light(image, top, view.teach)
        if lines:
            self._problem(image, top + BAR_HEIGHT, lines)
        elif view.tail:
            self._tail(image, top + BAR_HEIGHT, view)
        return image

    def _meter(self, image: Image.Image, top: float, level: int, accent: Colour) -> None:
        """Steps side by side that grow higher; those that are not lit are low."""
        draw = ImageDraw.Draw(image)
        for step in range(LEVEL_STEPS):
            is_lit = step < level
            tall = (METER_BOTTOM - METER_TOP) * (0.35 + 0.65 * (step + 1) / LEVEL_STEPS) if is_lit else 3
            left = METER_LEFT + step * METER_STEP
            middle = top + (METER_TOP + METER_BOTTOM) / 2
            box = (
                *(self._px(left), self._px(middle - tall / 2)),
                *(self._px(left + METER_BAR) - 1, self._px(middle + tall / 2) - 1),
            )
            draw.rectangle(box, fill=_ink(accent if is_lit else self._theme.dim))

    def _light(self, image: Image.Image, top: float, teach: Teach) -> None:
        """The teach light: lit with a tick, struck through, or a bare ring while nobody knows."""
        lit = self._theme.states[State.SPEAKING] if teach is Teach.YES else self._theme.dim
        self._stamp(image, teach, TEACH, TEACH_LEFT, top + (BAR_HEIGHT - TEACH) / 2, lit)
        words = self._theme.text if teach is Teach.YES else self._theme.dim
        self._write(image, TEACH_LEFT + TEACH + 5, top + 31, TEACH_LABEL, TEACH_LABEL_PIXELS, words)

    def _tail(self, image: Image.Image, top: float, view: View) -> None:
        pixels, width = self._px(TAIL_PIXELS), self._px(WIDTH - 2 * MARGIN)
        text = self._lettering.elide_left(view.tail, pixels, width, is_cut=view.is_cut)
        self._write(image, MARGIN, top + 26, text, TAIL_PIXELS, self._theme.text)

    def _lines(self, problem: str) -> list[str]:
        if problem != self._wrapped[0]:  # it stands there while the level and the state change
            pixels, width = self._px(PROBLEM_PIXELS), self._px(WIDTH - 2 * MARGIN)
            self._wrapped = (problem, self._lettering.wrap(problem, pixels, width, PROBLEM_LINES))
        return self._wrapped[1]

    def _problem(self, image: Image.Image, top: float, lines: list[str]) -> None:
        for number, line in enumerate(lines):
            base = top + 14 + number * LINE_HEIGHT
            self._write(image, MARGIN, base, line, PROBLEM_PIXELS, self._theme.text)

    def _write(self, image: Image.Image, x: float, base: float, text: str, pixels: float, colour: Colour) -> None:
        self._lettering.draw(image, (self._px(x), self._px(base)), text, self._px(pixels), _ink(colour))

    def _stamp(
        self, image: Image.Image, of: State | Teach, size: float, left: float, top: float, colour: Colour
    ) -> None:
        pixels = self._px(size)
        mask = Image.frombytes("L", (pixels, pixels), coverage(of, pixels).tobytes())
        image.paste(_ink(colour), (self._px(left), self._px(top)), mask)

    def _px(self, length: float) -> int:
        return round(length * self._size)


def _ink(colour: Colour) -> Ink:
    return (*colour, 255)


def _key(theme: Theme) -> tuple[Colour, int, Colour]:
    return theme.ground, theme.opacity, theme.edge


@lru_cache(maxsize=8)
def _ground(width: int, height: int, radius: int, edge: int, colours: tuple[Colour, int, Colour]) -> Image.Image:
    """What everything stands on: a rectangle with round corners and a line around it."""
    ground, opacity, line = colours
    large = Image.new("RGBA", (width * SMOOTH, height * SMOOTH), (*line, 0))
    ImageDraw.Draw(large).rounded_rectangle(
        (0, 0, width * SMOOTH - 1, height * SMOOTH - 1),
        radius * SMOOTH,
        fill=(*ground, opacity),
        outline=(*line, 255),
        width=edge * SMOOTH,
    )
    return large.resize((width, height), Image.Resampling.BOX)
