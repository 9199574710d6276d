"""What nobody wants kept: card numbers, keys, passwords, codes, and what leads to a person.

Of an utterance in which there is such a thing neither audio nor text is kept, and no correction with it counts. So
it must not be seen where it is not: numbers count by their own check (`checksums`), words and figures only beside
the words that say what they are. Signs are read as one would see them, whatever they are made of, and digits that
are said one by one ("four one one one") in a dozen languages (`reading`).
"""

from __future__ import annotations

from bisect import bisect_left
from typing import Final

from sayso.journal.confidential.addresses import addresses, phones, said_phones
from sayso.journal.confidential.codes import codes
from sayso.journal.confidential.finding import Found, Kind
from sayso.journal.confidential.keys import keys
from sayso.journal.confidential.numbers import accounts, cards, identities
from sayso.journal.confidential.passwords import passwords
from sayso.journal.confidential.reading import figures, read

__all__ = ["Found", "Kind", "confidential"]

MOST_CHARACTERS: Final = 200_000  # of a text that is looked at as a whole; no dictation is longer

_FINDERS: Final = (
    (keys, False), (cards, True), (accounts, False), (identities, False), (passwords, False), (codes, True),
    (addresses, False), (phones, False), (said_phones, True),
)  # fmt: skip
"""In order, each with whether it reads figures for digits that are said: what is certain by its own check comes
before what is told by the words around it."""


def confidential(text: str) -> tuple[Found, ...]:
    """What of a text is confidential, in the order of the text; of what overlaps, the first kind found."""
    plain = read(text[:MOST_CHARACTERS])
    said = figures(plain)
    found: list[Found] = []
    for finder, reads_figures in _FINDERS:
        reading = said if reads_figures else plain
        for one in finder(reading.text):
            if one.start < one.end:
                start, end = reading.original(one.start, one.end)
                _put(found, Found(one.kind, start, end))
    return tuple(found)


def _put(found: list[Found], one: Found) -> None:
    """Among what was found, in order, unless it overlaps."""
    at = bisect_left(found, one.start, key=lambda other: other.start)
    is_free = (at == 0 or found[at - 1].end <= one.start) and (at == len(found) or one.end <= found[at].start)
    if is_free:
        found.insert(at, one)
