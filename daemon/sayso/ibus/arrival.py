"""What became of a text, by what a field says stood around its cursor before and stands there now. Pure."""

from __future__ import annotations

import unicodedata

from sayso.events import Edit
from sayso.ibus.engine import Surrounding

COMPARED = 64  # characters before the cursor; some clients tell only so many


def expected(before: Surrounding | None, edit: Edit) -> str:
    """What must stand before the cursor after an edit, as far as it is known.

    Args:
        before: what stood there before; None where that is not known.
        edit: what was done.

    """
    kept = "" if before is None else before.before[: max(0, len(before.before) - edit.delete)]
    return last_line(kept + edit.insert)[-COMPARED:]  # of many lines some clients tell that of the cursor


def tells_lines(before: Surrounding | None, typed: str, now: Surrounding) -> bool:
    """Whether a client has been seen to tell the line of the cursor alone, where it could have told more.

    Args:
        before: what it told before the last edit; None where that is not known.
        typed: what was typed there, as far as it is remembered.
        now: what it tells now.

    """
    line = last_line(typed)
    is_new = bool(line) or before is not None  # otherwise it may tell what stood there before
    return "\n" in typed and is_new and now.before == line


def is_lost(before: Surrounding | None, edit: Edit, now: Surrounding) -> bool:
    """Whether it is certain that a field has not taken a text as it was typed.

    That is where what came between what stood before is made of the text's characters, in their order, and lacks
    some (a field that takes three characters, or digits alone), or has them in capitals. Of other differences it
    is not certain: programs correct spelling, quotes and spaces, and clients tell a line alone, or what they like.

    Args:
        before: what stood there before; None where that is not known.
        edit: what was typed.
        now: what stands there now.

    """
    if before is None or before.cursor != before.anchor:
        return False
    kept = before.before[: max(0, len(before.before) - edit.delete)]
    after = before.text[before.cursor :]
    room = len(now.text) - len(kept) - len(after)
    if room <= 0 or not (now.text.startswith(kept) and now.text.endswith(after)):
        return False
    came = _substance(now.text[len(kept) : len(kept) + room])
    wanted = _substance(edit.insert)
    if not came or wanted in came or wanted.endswith(came):
        return False
    if "\n" in edit.insert:
        return wanted.startswith(came)
    if came.casefold() == wanted.casefold():
        return sum(ours != theirs for ours, theirs in zip(wanted, came, strict=False)) > 1  # not a first letter
    return _is_among(came.casefold(), wanted.casefold())


def last_line(text: str) -> str:
    """What stands behind the last line break."""
    return text.rpartition("\n")[2]


def _substance(text: str) -> str:
    """A text without spaces and punctuation, of which programs make others: no-break spaces, curly quotes."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(character for character in composed if unicodedata.category(character)[0] not in "ZPC")


def _is_among(few: str, many: str) -> bool:
    """Whether all characters of the one are in the other, in that order."""
    rest = iter(many)
    return all(character in rest for character in few)
