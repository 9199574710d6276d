"""Make the lists of common words that ship with sayso: pip install wordfreq==3.1.1; python scripts/common_words.py

One file a language, the commonest word first, as wordfreq (Robyn Speer, 2022) counts them over subtitles, news,
books, encyclopedia and the web. Its data is frozen since 2024, so the files change only if this does. Their
licence is CC BY-SA 4.0, which NOTICE beside them says.
"""

from __future__ import annotations

import lzma
from pathlib import Path

from wordfreq import available_languages, top_n_list

FOLDER = Path(__file__).resolve().parent.parent / "daemon" / "sayso" / "vocabulary" / "words"
MOST = 3_000  # by then nine of ten words of ordinary text are among them
WHISPER_CODES = {"nb": "no", "fil": "tl", "sh": "hr"}  # where it names a language otherwise; Croatian is in "sh"


def main() -> None:
    """Write all of them."""
    FOLDER.mkdir(exist_ok=True)
    for language in available_languages():
        words = [word for word in top_n_list(language, MOST * 2) if any(c.isalpha() for c in word)][:MOST]
        data = lzma.compress("\n".join(words).encode(), preset=9 | lzma.PRESET_EXTREME)
        (FOLDER / f"{WHISPER_CODES.get(language, language)}.txt.xz").write_bytes(data)


if __name__ == "__main__":
    main()
