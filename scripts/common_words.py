"""Make the lists of common words that ship with sayso: pip install wordfreq==3.1.1; python scripts/common_words.py

One file a language, as wordfreq (Robyn Speer, 2022) counts its words over subtitles, news, books, encyclopedia
and the web: in tiers of commonness with an empty line between them, each sorted, and of each word only how many
letters it shares with the one before (as a character, from "@" for none) and the rest. So 30,000 words take 50 kB
instead of 70. Its data is frozen since 2024, so the files change only if this does. Their licence is CC BY-SA 4.0,
which NOTICE beside them says.
"""

from __future__ import annotations

import lzma
from collections.abc import Iterable, Iterator
from itertools import pairwise, takewhile
from pathlib import Path

from wordfreq import available_languages, top_n_list

FOLDER = Path(__file__).resolve().parent.parent / "daemon" / "sayso" / "vocabulary" / "words"
TIERS = (1_000, 3_000, 30_000)  # of every day; by the second, nine of ten words of ordinary text are among them
WHOLE = frozenset({"de", "en", "es", "fr", "it", "nl", "pl", "pt", "ru", "sv"})  # that have the third: 50 kB each
WHISPER_CODES = {"nb": "no", "fil": "tl", "sh": "hr"}  # where it names a language otherwise; Croatian is in "sh"
MOST_SHARED = 60  # letters
FILTERS = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "lc": 4, "lp": 0, "pb": 0}]


def shortened(words: Iterable[str]) -> Iterator[str]:
    """Sorted words, each without the letters that it shares with the one before."""
    for before, word in pairwise(["", *sorted(words)]):
        same = takewhile(lambda pair: pair[0] == pair[1], zip(before, word, strict=False))
        shared = min(len(tuple(same)), MOST_SHARED)
        yield chr(ord("@") + shared) + word[shared:]


def main() -> None:
    """Write all of them."""
    FOLDER.mkdir(exist_ok=True)
    for language in available_languages():
        tiers = TIERS if language in WHOLE else TIERS[:-1]
        words = [word for word in top_n_list(language, tiers[-1] * 2) if any(c.isalpha() for c in word)]
        parts = ("\n".join(shortened(words[first:end])) for first, end in pairwise((0, *tiers)))
        data = lzma.compress("\n\n".join(parts).encode(), filters=FILTERS)
        (FOLDER / f"{WHISPER_CODES.get(language, language)}.txt.xz").write_bytes(data)


if __name__ == "__main__":
    main()
