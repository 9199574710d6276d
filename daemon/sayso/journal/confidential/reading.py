"""A text as it is looked at: one way to write each sign, nothing invisible, and digits as figures.

Each character knows which of the original's it stands for.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sayso.journal.confidential.finding import compiled

MOST_MARKS: Final = 32  # on one letter; sorting more of them takes long

DIGITS: Final = {
    name: str(n % 10)
    for language in (
        "zero one two three four five six seven eight nine oh",
        "null eins zwei drei vier fünf sechs sieben acht neun",
        "zéro un deux trois quatre cinq six sept huit neuf",
        "cero uno dos tres cuatro cinco seis siete ocho nueve",
        "zero um dois três quatro cinco seis sete oito nove",
        "zero uno due tre quattro cinque sei sette otto nove",
        "nul een twee drie vier vijf zes zeven acht negen",
        "zero jeden dwa trzy cztery pięć sześć siedem osiem dziewięć",
        "noll ett två tre fyra fem sex sju åtta nio",
        "nul en to tre fire fem seks syv otte ni",
        "sıfır bir iki üç dört beş altı yedi sekiz dokuz",
        "ноль один два три четыре пять шесть семь восемь девять",
        "нуль один два три чотири п'ять шість сім вісім дев'ять",
        "אפס אחת שתיים שלוש ארבע חמש שש שבע שמונה תשע",
    )
    for n, name in enumerate(language.split())
    if name not in ("en", "to")  # words of other languages that are said often
} | {"zwo": "2", "één": "1"}
_TEENS: Final = tuple(
    "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()  # noqa: SIM905
)
_TENS: Final = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_TIMES: Final = {"double": 2, "triple": 3}
_HAN: Final = {c: str(n) for n, c in enumerate("零一二三四五六七八九")} | {"〇": "0"}
_DASHES: Final = frozenset("‐‑‒–−﹣－")  # these are what is meant
_NUMBERS: Final = (
    rf"(?i)(?<!\w)(?:(?P<times>{'|'.join(_TIMES)}) )?(?P<digit>{'|'.join(DIGITS)})(?!\w)"
    rf"|(?<!\w)(?P<tens>{'|'.join(_TENS)})(?:[ -](?P<unit>{'|'.join(list(DIGITS)[1:10])}))?(?!\w)"
    rf"|(?<!\w)(?P<teen>{'|'.join(_TEENS)})(?!\w)"
    rf"|[{''.join(_HAN)}]{{3,}}"
)


@dataclass(frozen=True, slots=True)
class Reading:
    """A text made of another.

    Attributes:
        text: as it is looked at.
        starts: for each of its characters, where that begins in the original.
        ends: one past where it ends there.

    """

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Where characters [start, end) are in the original; at least one of them."""
        return self.starts[start], self.ends[end - 1]


def read(text: str) -> Reading:
    """Write each sign in the one way that patterns know: NFKC, decimals as 0 to 9, and nothing that is unseen."""
    if text.isascii() and text.isprintable():
        return Reading(text, range(len(text)), range(1, len(text) + 1))
    out: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    while at < len(text):
        end = at + 1
        while end < min(len(text), at + MOST_MARKS) and unicodedata.combining(text[end]):
            end += 1
        piece = "".join(map(_plain, unicodedata.normalize("NFKC", text[at:end])))
        out.append(piece)
        starts += [at] * len(piece)
        ends += [end] * len(piece)
        at = end
    return Reading("".join(out), starts, ends)


def _plain(c: str) -> str:
    if c.isascii() and c.isprintable():
        return c
    if c in "\n\r\u2028\u2029":
        return "\n"
    if c.isspace():
        return " "
    if c in _DASHES:
        return "-"
    if c.isdecimal():
        return str(unicodedata.decimal(c))
    return "" if unicodedata.category(c) in ("Cc", "Cf", "Co", "Cs") or c in "\u034f\u115f\u1160\u3164" else c


def figures(plain: Reading) -> Reading:
    """The same with figures for the digits that are said by their names."""
    out: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for match in compiled(_NUMBERS).finditer(plain.text):
        first, last = match.span()
        piece = _figure(match)
        start, end = plain.original(first, last)
        out += [plain.text[at:first], piece]
        starts += [*plain.starts[at:first], *[start] * len(piece)]
        ends += [*plain.ends[at:first], *[end] * len(piece)]
        at = last
    if not out:
        return plain
    out.append(plain.text[at:])
    return Reading("".join(out), [*starts, *plain.starts[at:]], [*ends, *plain.ends[at:]])


def _figure(match: Any) -> str:
    group = {name: (text or "").casefold() for name, text in match.groupdict().items()}
    if group["digit"]:
        return " ".join([DIGITS.get(group["digit"], "")] * _TIMES.get(group["times"], 1))
    if group["tens"]:
        return f"{_TENS.index(group['tens']) + 2}{DIGITS.get(group['unit'], '0')}"
    if group["teen"]:
        return str(10 + _TEENS.index(group["teen"]))
    return "".join(_HAN[c] for c in match.group())
