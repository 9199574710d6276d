"""Text of any script as pixels: which fonts the system has for it, and lines of it drawn with Pillow.

Pillow shapes and orders right-to-left text where it has Raqm and FriBiDi (`libfribidi0`); where it has not, such
text is put in order here, in letters that do not join.
"""

from __future__ import annotations

import shutil
import subprocess
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFont, features

from sayso.errors import DisplayError

ASK_SECONDS: Final = 10.0  # fontconfig makes its cache at the first question
FIRST_EMOJI: Final = 0x1F000
STICKY: Final = frozenset({0x200C, 0x200D, 0xFE0E, 0xFE0F})  # joiners, and how an emoji is to look
EMOJI_PIXELS: Final = 109  # the one size of colour fonts made of bitmaps
COLOUR_FONT: Final = "emoji"
WORD_PARTS: Final = "-_./"  # after which the name of a device or a path is best broken
NARROWEST_IN_EM: Final = 4  # letters that stand side by side in the height of one: no text is narrower on average
PLACES: Final = (  # where fontconfig is not installed
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
    "/usr/share/fonts/TTF/DejaVuSans.ttf",
    "/usr/share/fonts/dejavu-sans-fonts/DejaVuSans.ttf",
    "/usr/share/fonts/google-noto/NotoSans-Regular.ttf",
    "/usr/share/fonts/noto/NotoSans-Regular.ttf",
    "/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf",
    "/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf",
    "/usr/share/fonts/liberation/LiberationSans-Regular.ttf",
)
LEFTWARDS: Final = {"L": False, "EN": False, "AN": False, "R": True, "AL": True}  # by bidirectional class
NO_FONT: Final = "no font was found for the overlay: apt install fonts-dejavu-core fontconfig"

Font = ImageFont.FreeTypeFont
Ink = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Face:
    """A font file.

    Attributes:
        path: of the file.
        index: which of the fonts in it.
        starts: first code point of each range that it has, ascending; none where it is not known.
        ends: last code point of each.

    """

    path: str
    index: int = 0
    starts: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()

    @property
    def is_colour(self) -> bool:
        """Whether it is made of coloured pictures."""
        return COLOUR_FONT in Path(self.path).name.lower()

    def has(self, code: int) -> bool:
        """Whether it has a character."""
        at = bisect_right(self.starts, code) - 1
        return at >= 0 and code <= self.ends[at]


def parse_faces(listing: str) -> tuple[Face, ...]:
    """Fontconfig's answer in lines of path, index and ranges of code points (`20-7e a0`), divided by tabs."""
    faces = []
    for line in listing.splitlines():
        path, _, rest = line.partition("\t")
        index, _, charset = rest.partition("\t")
        ranges = [part.split("-") for part in charset.split()]
        starts = tuple(int(part[0], 16) for part in ranges)
        ends = tuple(int(part[-1], 16) for part in ranges)
        if path.lower().endswith((".ttf", ".otf", ".ttc", ".otc")):
            faces.append(Face(path, int(index or 0) & 0xFFFF, starts, ends))  # above: a named instance
    return tuple(faces)


@lru_cache(maxsize=4)
def find_faces(style: str = "sans") -> tuple[Face, ...]:
    """The fonts of this system in the order in which they are to be tried; the first is the common one.

    Raises:
        DisplayError: there is none.

    """
    program = shutil.which("fc-match")
    if program is not None:
        command = [program, "-s", "-f", "%{file}\t%{index}\t%{charset}\n", style]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=ASK_SECONDS, check=True)
            if faces := parse_faces(done.stdout):
                return faces
        except (OSError, subprocess.SubprocessError):
            pass  # the usual places are looked at
    for place in PLACES:
        if Path(place).is_file():
            return (Face(place),)
    raise DisplayError(NO_FONT)


@lru_cache(maxsize=32)
def load(face: Face, pixels: int) -> Font:
    """A font in a size.

    Raises:
        OSError: the file is damaged, or has no such size.

    """
    return ImageFont.truetype(face.path, pixels, index=face.index)


def face_for(character: str, faces: Sequence[Face]) -> Face:
    """The font for a character: a colour font for emoji, otherwise the first that has it."""
    code = ord(character)
    candidates = [face for face in faces if face.is_colour] if code >= FIRST_EMOJI else []
    return next((face for face in (*candidates, *faces) if face.has(code)), faces[0])


def runs(text: str, faces: Sequence[Face]) -> Iterator[tuple[Face, str]]:
    """A line cut where another font is needed; what joins to a character stays with it."""
    chosen: list[tuple[Face, str]] = []
    for character in text:
        is_space = character == " " and bool(chosen) and not chosen[-1][0].is_colour
        joins = ord(character) in STICKY or unicodedata.combining(character) or is_space
        is_in_sequence = bool(chosen) and ord(chosen[-1][1]) == 0x200D
        if chosen and (joins or is_in_sequence):
            chosen.append((chosen[-1][0], character))
        else:
            chosen.append((face_for(character, faces), character))
    for face, characters in groupby(chosen, key=lambda pair: pair[0]):
        yield face, "".join(character for _, character in characters)


def is_right_to_left(text: str) -> bool:
    """Whether the first letter that has a direction runs to the left (rule P2 of UAX #9)."""
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction in ("L", "R", "AL"):
            return direction != "L"
    return False


def put_in_order(text: str) -> str:
    """Right-to-left letters in the order in which they are drawn from the left: UAX #9 without its embeddings."""
    base = is_right_to_left(text)
    known = [LEFTWARDS.get(unicodedata.bidirectional(character)) for character in text]
    leftwards: list[bool] = []
    for at, own in enumerate(known):  # what has no direction has that of both its neighbours, or of the line
        before = leftwards[-1] if leftwards else base
        after = next((direction for direction in known[at:] if direction is not None), base)
        leftwards.append(own if own is not None else before if before is after else base)
    pieces = [
        (direction, "".join(character for character, _ in piece))
        for direction, piece in groupby(zip(text, leftwards, strict=True), key=lambda pair: pair[1])
    ]
    if base:
        pieces.reverse()
    return "".join(piece[::-1] if direction else piece for direction, piece in pieces)


class Lettering:
    """Draws lines of text.

    Args:
        faces: fonts in order; None for those of this system.

    Raises:
        DisplayError: no font is installed.

    """

    def __init__(self, faces: Sequence[Face] | None = None) -> None:
        self._faces = find_faces() if faces is None else tuple(faces)
        self._shapes = bool(features.check("raqm"))

    def width(self, text: str, pixels: int) -> int:
        """How wide a line is."""
        return round(sum(self._length(face, part, pixels) for face, part in runs(text, self._faces)))

    def elide_left(self, text: str, pixels: int, width: int, *, is_cut: bool = False) -> str:
        """The end of a line that fits, with an ellipsis before it where something is missing."""
        shown = f"…{text}" if is_cut else text
        words = text.split(" ")
        while self.width(shown, pixels) > width and text:
            words = words[1:] if len(words) > 1 else [words[0][1:]]
            text = " ".join(words)
            shown = f"…{text}"
        return shown

    def wrap(self, text: str, pixels: int, width: int, lines: int) -> list[str]:
        """A text in at most so many lines, with an ellipsis where more would have followed.

        A word that is wider than a line is broken. Of a long text only as much is looked at as could stand there.
        """
        most = width * NARROWEST_IN_EM // pixels + 1
        rest = " ".join(text[: lines * most].split())
        wrapped: list[str] = []
        while rest and len(wrapped) < lines:
            line = rest[: self._break(rest[: most + 1], pixels, width)]
            wrapped.append(line.rstrip())
            rest = rest[len(line) :].lstrip()
        if wrapped and (rest or len(text) > lines * most):
            last = f"{wrapped[-1]} …"
            while self.width(last, pixels) > width and len(last) > 1:
                last = f"{last.removesuffix('…').rstrip()[:-1]}…"
            wrapped[-1] = last
        return wrapped

    def _break(self, text: str, pixels: int, width: int) -> int:
        """After how many characters a line ends, at least one: at a space, or in a word that is wider than it."""
        fitting = bisect_right(range(1, len(text) + 1), width, key=lambda count: self.width(text[:count], pixels))
        if fitting == len(text) or text[fitting] == " ":
            return max(1, fitting)
        part = max(text.rfind(mark, fitting // 2, fitting) for mark in WORD_PARTS)
        return max(1, text.rfind(" ", 0, fitting) + 1 or part + 1 or fitting)

    def draw(self, image: Image.Image, at: tuple[int, int], text: str, pixels: int, ink: Ink) -> None:
        """Draw a line; `at` is the left end of its base line."""
        parts = list(runs(text, self._faces))
        if is_right_to_left(text):
            parts.reverse()
        x = float(at[0])
        for face, part in parts:
            if face.is_colour and self._paste(image, (round(x), at[1]), face, part, pixels):
                pass
            else:
                drawn = part if self._shapes else put_in_order(part)
                ImageDraw.Draw(image).text((x, at[1]), drawn, ink, load(face, pixels), anchor="ls")
            x += self._length(face, part, pixels)

    def _length(self, face: Face, text: str, pixels: int) -> float:
        if face.is_colour:
            try:
                return load(face, EMOJI_PIXELS).getlength(text) * pixels / EMOJI_PIXELS
            except OSError:
                pass  # it is made of outlines, which have every size
        return load(face, pixels).getlength(text)

    def _paste(self, image: Image.Image, at: tuple[int, int], face: Face, text: str, pixels: int) -> bool:
        """Draw coloured bitmaps in their size, and shrink them."""
        try:
            font = load(face, EMOJI_PIXELS)
        except OSError:
            return False
        scale = pixels / EMOJI_PIXELS
        ascent, descent = font.getmetrics()
        large = Image.new("RGBA", (max(1, round(font.getlength(text))), ascent + descent))
        ImageDraw.Draw(large).text((0, ascent), text, (0, 0, 0, 255), font, anchor="ls", embedded_color=True)
        small = large.resize((max(1, round(large.width * scale)), max(1, round(large.height * scale))))
        image.alpha_composite(small, (max(0, at[0]), max(0, at[1] - round(ascent * scale))))
        return True
