"""What a command may type: any text of the person's own, but for what would act as a key or cannot be encoded."""

from __future__ import annotations

import re

MOST_CHARACTERS = 10_000  # that one command types
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_REFUSED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters, tabs and line breaks aside, and surrogates. What only says how others are joined, or in
which direction they run, is text: emoji, Persian and Hebrew are written with them."""


def joined(text: str) -> str:
    r"""The text with each pair of surrogates, as in \ud83d\ude00, as the character that it stands for: 😀."""
    return _PAIR.sub(lambda pair: pair[0].encode("utf-16", "surrogatepass").decode("utf-16"), text)


def refusal(text: str) -> str | None:
    """Why a text cannot be typed, and what can; None where it can. Pairs of surrogates are `joined` before."""
    if len(text) > MOST_CHARACTERS:
        return f"a text of {len(text)} characters; allowed: {MOST_CHARACTERS} at most"
    found = _REFUSED.search(text)
    if found is None:
        return None
    code = f"U+{ord(found[0]):04X}"
    if "\ud800" <= found[0] <= "\udfff":
        return f"half of a character ({code}) in the text; write the character itself, or both halves side by side"
    return f"a control character ({code}) in the text; only tabs and line breaks (\\n) can be typed"
