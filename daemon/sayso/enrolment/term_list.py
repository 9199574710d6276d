"""A list of terms in a text file, one a line; remarks begin with `#` and a space.

Those of which recordings are made (`read_terms`) are put into sentences of one language and read aloud, so each
must be something that can be said, written in the letters of that language.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path

from sayso.config.kinds import MOST_TERM_CHARACTERS
from sayso.errors import ConfigError

MOST_TERMS = 200  # three sentences each, and as many without them as belong to these, take more than an hour
MOST_BYTES = 100_000  # 200 terms of the greatest length, four bytes a character, are half of it
MOST_WORDS = 6
MOST_FAULTS = 20  # that are told at once
SCRIPT = "LATIN"  # of all languages that there are sentences in
BEYOND_ASCII = frozenset("’–«»°€£§µ")  # what is said, or stands within names


def read_terms(path: Path) -> tuple[str, ...]:
    """The terms of a file, in their order.

    Raises:
        ConfigError: it cannot be read, holds no terms, or some that are unfit; one line for each of the first
            faults, with file and line. Terms themselves are not repeated in it.

    """
    return terms_of(text_of(path), str(path))


def lines_of(text: str) -> Iterator[tuple[int, str]]:
    """The lines of a list that are terms, with their numbers from 1: neither empty ones nor remarks."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for number, line in enumerate(lines, start=1):
        if line.strip() and line.strip() != "#" and not line.startswith("# "):
            yield number, line


def text_of(path: Path, most_bytes: int = MOST_BYTES) -> str:
    """What is in a file with terms, of which no more is read than there may be.

    Raises:
        ConfigError: it cannot be read, is too large, or no text in UTF-8.

    """
    try:
        with path.open("rb") as file:
            data = file.read(most_bytes + 1)
    except IsADirectoryError:
        raise ConfigError(f"{path}: this is a folder; name a text file with one term a line") from None
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such file; write one with a term on each line") from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise ConfigError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from error
    if len(data) > most_bytes:
        raise ConfigError(f"{path}: larger than {most_bytes // 1000} kB; that is no list of terms")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ConfigError(f"{path}:1: written in UTF-16; save it as UTF-8")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(
            f"{path}:{line}: this is not text in UTF-8; save it as UTF-8, one term a line"
        ) from error


def terms_of(text: str, source: str) -> tuple[str, ...]:
    """The terms of a text; `source` is what faults call it.

    Raises:
        ConfigError: as `read_terms`.

    """
    seen: dict[str, int] = {}
    terms: list[str] = []
    faults: list[str] = []
    for number, line in lines_of(text):
        found = normal(line)
        key = found.casefold()
        if (what := fault_of(found)) is not None:
            faults.append(f"{source}:{number}: {what}")
        elif key in seen:
            faults.append(f"{source}:{number}: the same as line {seen[key]}; remove one of them")
        elif len(terms) == MOST_TERMS:
            faults.append(
                f"{source}:{number}: more than {MOST_TERMS} terms; put the others into a list of their own"
            )
            break
        else:
            seen[key] = number
            terms.append(found)
    if len(faults) > MOST_FAULTS:
        faults[MOST_FAULTS:] = [f"{source}: … and {len(faults) - MOST_FAULTS} more faults like these"]
    if not faults and not terms:
        faults = [f"{source}: no terms in it; write one on each line"]
    if faults:
        raise ConfigError("\n".join(faults))
    return tuple(terms)


def normal(term: str) -> str:
    """A term with composed characters and one space between words."""
    return unicodedata.normalize("NFC", " ".join(term.split()))


def fault_of(term: str) -> str | None:
    """What is wrong with a term, and what to do; None where it can be asked for."""
    for character in term:
        if (what := _unsayable(character)) is not None:
            return what
    if not any(character.isalnum() for character in term):
        return "no letter or digit in it, so nobody can say it; remove it"
    if len(term) > MOST_TERM_CHARACTERS:
        return f"{len(term)} characters; give a term at most {MOST_TERM_CHARACTERS}, and one term to a line"
    if (words := len(term.split())) > MOST_WORDS:
        return f"{words} words; give a term at most {MOST_WORDS}, and one term to a line"
    return None


def _unsayable(character: str) -> str | None:
    if " " <= character <= "~" or character in BEYOND_ASCII:
        return None
    code, kind = f"U+{ord(character):04X}", unicodedata.category(character)
    name = unicodedata.name(character, "a character without a name").lower()
    if kind.startswith("C"):
        return f"a control or invisible character ({code}, {name}); type the term anew"
    if kind.startswith("M"):
        return f"a mark that belongs to no letter ({code}, {name}); type the term anew"
    if kind.startswith("L") and unicodedata.name(character, "").startswith(SCRIPT):
        return None
    if kind.startswith("L"):
        return (
            f"a letter that the sentences are not written in ({code}, {name}); write the term in Latin letters, "
            "or remove it"
        )
    return f"a character that cannot be said ({code}, {name}); write what is said instead"
