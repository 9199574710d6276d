"""Edits that nobody wrote down: made from words and ways of editing by a seed, to hold the limits to."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from tests.desktop.corrections.scripted import Changes, Scripted

CARRIERS = (
    "Could you ask {} about it again?",
    "The letter for {} came this morning.",
    "We shall visit {} in the spring.",
    "I think that {} is the right one.",
    "Nobody told {} about the change.",
    "There is a parcel for {} downstairs.",
    "Please put {} on the list.",
    "Yesterday {} was mentioned again.",
)
MISHEARD = (
    ("Steven", "Stephan"),
    ("post grass", "Postgres"),
    ("Alicia", "Alisha"),
    ("Gottingen", "Göttingen"),
    ("cube control", "kubectl"),
    ("Mr. Meyer", "Mr. Maier"),
    ("Sara Lee", "Saralee"),
    ("red hat", "RedHat"),
    ("grey wall", "Graywall"),
    ("the brakes", "the breaks"),
    ("Louisville", "Lewisville"),
    ("Allen", "Alan"),
    ("pan does", "pandas"),
    ("Zurick", "Zurich"),
    ("terra form", "Terraform"),
    ("my sequel", "MySQL"),
)
OTHERWISE = ("I changed my mind", "Let us talk later", "None of this", "What a day it was")
MORE = (" And so on.", " Thanks a lot!", " We can talk about that on Friday.", " Bye.")
BETWEEN = (" as far as I know", ", by the way,", " for the first time")


class Maker:
    """Makes edits by chance.

    Args:
        seed: of the chance.

    """

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def text(self) -> tuple[str, str, str]:
        """A sentence with something misheard in it, what that is, and what was meant."""
        heard, meant = self._random.choice([pair for pair in MISHEARD if pair[1].isascii()])
        return self._random.choice(CARRIERS).format(heard), heard, meant

    def _fix(self, text: str, heard: str, meant: str) -> str:
        """Keys that put something right, in one of the ways in which people do, wherever the caret is."""
        before, after = text.index(heard), len(text) - text.index(heard) - len(heard)
        same = 0
        while same < min(len(heard), len(meant)) and heard[same] == meant[same]:
            same += 1
        return self._random.choice(
            (
                f"{{End}}{_left(after)}{{BackSpace {len(heard)}}}{meant}",
                f"{{Home}}{_right(before)}{{Delete {len(heard)}}}{meant}",
                f"{{Home}}{_right(before)}{{shift+Right {len(heard)}}}{meant}",
                f"{{End}}{_left(after)}{{shift+Left {len(heard)}}}{{ctrl+x}}{meant}",
                f"{{End}}{_left(after)}{_times('BackSpace', len(heard) - same)}{meant[same:]}",
            )
        )

    def fix(self) -> Scripted:
        text, heard, meant = self.text()
        keys = self._fix(text, heard, meant)
        return self._made("fix", text, keys, text.replace(heard, meant), ((heard, meant),))

    def fix_two(self) -> Scripted:
        one, heard, meant = self.text()
        other, second, right = self.text()
        while second == heard:
            other, second, right = self.text()
        text = f"{one} {other}"
        first = text.replace(heard, meant, 1)
        keys = self._fix(text, heard, meant) + self._fix(first, second, right)
        changes = ((heard, meant), (second, right))
        return self._made("fix two", text, keys, first.replace(second, right), changes)

    def fix_and_append(self) -> Scripted:
        text, heard, meant = self.text()
        more = self._random.choice(MORE)
        keys = f"{self._fix(text, heard, meant)}{{End}}{more}"
        return self._made("fix, append", text, keys, text.replace(heard, meant) + more, ((heard, meant),))

    def append(self) -> Scripted:
        text, more = self.text()[0], self._random.choice(MORE)
        return self._made("append", text, more, text + more)

    def rewrite(self) -> Scripted:
        text, other = self.text()[0], self._random.choice(OTHERWISE)
        begin = self._random.choice(("{ctrl+a}", "{ctrl+a}{Delete}", "{shift+Home}", "{ctrl+a}{BackSpace}"))
        return self._made("rewrite", text, begin + other, other)

    def delete(self) -> Scripted:
        text = self.text()[0]
        keys = self._random.choice(("{ctrl+a}{Delete}", "{shift+Home}{BackSpace}", "{ctrl+a}{ctrl+x}"))
        return self._made("delete", text, keys, "")

    def between(self) -> Scripted:
        text, more = self.text()[0], self._random.choice(BETWEEN)
        at = self._random.choice([place for place, letter in enumerate(text) if letter == " "])
        keys = f"{{End}}{_left(len(text) - at)}{more}"
        return self._made("between", text, keys, text[:at] + more + text[at:])

    def send(self) -> Scripted:
        text, heard, meant = self.text()
        if self._random.random() < 0.5:
            return self._made("send", text, "{Return}", "", field="chat")
        keys = self._fix(text, heard, meant) + "{Return}"
        return self._made("send", text, keys, "", ((heard, meant),), field="chat")

    def away(self) -> Scripted:
        text, heard, meant = self.text()
        keys = self._random.choice(("{!away}{!back}{}", "{}{!away}", "{!settle}{}")).replace(
            "{}", self._fix(text, heard, meant)
        )
        return self._made("away", text, keys, text.replace(heard, meant), ((heard, meant),))

    def two(self) -> Scripted:
        one, heard, meant = self.text()
        other = self.text()[0]
        keys = "{!say}" + self._fix(f"{one} {other}", heard, meant)
        becomes = f"{one.replace(heard, meant)} {other}"
        expect = ((heard, meant),)
        return Scripted("two", (one, f" {other}"), keys, _least(expect), becomes, unsure=_words(expect))

    def _made(
        self, kind: str, text: str, keys: str, becomes: str, expect: Changes = (), field: str = "line"
    ) -> Scripted:
        return Scripted(kind, (text,), keys, _least(expect), becomes, field=field, unsure=_words(expect))


def generated(seed: int, count: int) -> Sequence[Scripted]:
    """So many edits, of each kind as many."""
    maker = Maker(seed)
    kinds: tuple[Callable[[], Scripted], ...] = (
        *(maker.fix, maker.fix_two, maker.fix_and_append, maker.append, maker.rewrite),
        *(maker.delete, maker.between, maker.send, maker.away, maker.two),
    )
    return [kinds[number % len(kinds)]() for number in range(count)]


def _words(expect: Changes) -> tuple[str, ...]:
    """What was misheard, word for word."""
    return tuple(word.strip(".") for heard, _ in expect for word in heard.split())


def _least(expect: Changes) -> Changes:
    """Corrections without the words that are the same on both sides, as in "Mr. Meyer" and "Mr. Maier"."""
    least = []
    for heard, meant in expect:
        one, other = heard.split(), meant.split()
        while one and other and one[0] == other[0]:
            one, other = one[1:], other[1:]
        least.append((" ".join(one), " ".join(other)))
    return tuple(least)


def _left(times: int) -> str:
    return _times("Left", times)


def _right(times: int) -> str:
    return _times("Right", times)


def _times(key: str, times: int) -> str:
    return f"{{{key} {times}}}" if times else ""
