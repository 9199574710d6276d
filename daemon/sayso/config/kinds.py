"""What a setting may be: each kind turns text written by a person into a typed value, or says why it cannot.

Values are read from their text, not from YAML 1.1's guess at a type, which makes `no` (Norwegian) a boolean,
`0300` octal and `1:30` ninety.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Protocol

from sayso.config.chords import NONE, Chord, parse_chord
from sayso.config.fault import SHOWN_CHARACTERS, shown
from sayso.errors import ConfigError
from sayso.languages import parse_languages

# Linear on any input: no two neighbouring parts can match the same character.
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
MOST_TERMS = 30  # more leak into silence (openai/whisper keeps no more than 224 tokens of prompt besides)
MOST_TERM_CHARACTERS = 60
_FLAGS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value as it was written; `quoted` when YAML quotes or a block mark say that it is text."""

    text: str
    quoted: bool = False


class Kind(Protocol):
    """What a setting may be."""

    @property
    def allowed(self) -> str:
        """The allowed values in words; the comment in `default.yaml` contains them."""
        ...

    def parse(self, scalar: Scalar) -> object:
        """The typed value.

        Raises:
            ConfigError: the value does not fit; the message says why, but not where.

        """
        ...


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text whose meaning is known elsewhere: names, devices, folders; `word` gives None."""

    word: str = ""

    @property
    def allowed(self) -> str:
        """Any text; only the word can be named."""
        return self.word

    def parse(self, scalar: Scalar) -> str | None:
        """The text itself."""
        if self.word and scalar.text.lower() == self.word:
            return None
        if not scalar.text.strip():
            raise ConfigError("empty; give a value or leave it out")
        if not scalar.text.isprintable():
            raise ConfigError(
                f"line breaks or control characters ({shown(scalar.text)}); allowed: one line of text"
            )
        return scalar.text


@dataclass(frozen=True, slots=True)
class Flag:
    """Yes or no."""

    @property
    def allowed(self) -> str:
        """Both values."""
        return "true or false"

    def parse(self, scalar: Scalar) -> bool:
        """YAML 1.1's words for a boolean, in any case."""
        value = _FLAGS.get(scalar.text.lower())
        if value is None:
            raise ConfigError(f"neither true nor false ({shown(scalar.text)}); allowed: {self.allowed}")
        if scalar.quoted:
            raise ConfigError(f"text in quotes ({shown(scalar.text)}); write {str(value).lower()} without quotes")
        return value


@dataclass(frozen=True, slots=True)
class Number:
    """A number within bounds that both belong to it; `word`, where there is one, gives None."""

    low: float
    high: float
    unit: str = ""
    whole: bool = False
    word: str = ""

    @property
    def allowed(self) -> str:
        """The range with its unit."""
        spread = f"{self.low} to {self.high} {self.unit}".rstrip()
        return f"{self.word} or {spread}" if self.word else spread

    def parse(self, scalar: Scalar) -> float | None:
        """An int where `whole`, else a float."""
        if self.word and scalar.text == self.word:
            return None
        if not _NUMBER.fullmatch(scalar.text):
            plain = "a plain whole number" if self.whole else "a plain number"
            of_unit = f" of {self.unit}" if self.unit else ""
            raise ConfigError(
                f"not a number ({shown(scalar.text)}); give {plain}{of_unit}, allowed: {self.allowed}"
            )
        if scalar.quoted:
            raise ConfigError(f"text in quotes ({shown(scalar.text)}); write the number without quotes")
        number = float(scalar.text)  # inf at worst, which is out of range; int() refuses more than 4300 digits
        if not self.low <= number <= self.high:
            raise ConfigError(f"out of range ({shown(scalar.text, plain=True)}); allowed: {self.allowed}")
        if not self.whole:
            return number
        if math.modf(number)[0]:
            raise ConfigError(f"not a whole number ({shown(scalar.text, plain=True)}); allowed: {self.allowed}")
        return int(number)


class Choice:
    """One of a few words; `to` makes the typed value of it."""

    def __init__(self, *words: str, to: Callable[[str], object] = str) -> None:
        self._words = tuple(map(str, words))
        self._to = to

    @property
    def allowed(self) -> str:
        """All the words."""
        return f"{', '.join(self._words[:-1])} or {self._words[-1]}"

    def parse(self, scalar: Scalar) -> object:
        """The word, or what `to` makes of it."""
        if scalar.text in self._words:
            return self._to(scalar.text)
        near = get_close_matches(scalar.text[:SHOWN_CHARACTERS].lower(), self._words, n=1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise ConfigError(f"unknown value ({shown(scalar.text)}); {hint}allowed: {self.allowed}")


@dataclass(frozen=True, slots=True)
class Language:
    """Which languages may be spoken; whether the model in use knows them is the engine's business."""

    @property
    def allowed(self) -> str:
        """A description: the list has a hundred codes."""
        return "auto, layout, or Whisper language codes such as en or en,de,pt"

    def parse(self, scalar: Scalar) -> str:
        """The text in its one form: `auto`, `layout`, or codes with commas between, each once."""
        try:
            return str(parse_languages(scalar.text))
        except ValueError as error:
            raise ConfigError(f"unknown language ({shown(str(error))}); allowed: {self.allowed}") from None


@dataclass(frozen=True, slots=True)
class Terms:
    """A few terms with commas between; the word none gives no terms."""

    most: int = MOST_TERMS

    @property
    def allowed(self) -> str:
        """How many, and how they are written."""
        return f"at most {self.most} terms with commas between, or none"

    def parse(self, scalar: Scalar) -> tuple[str, ...]:
        """The terms in their order, each once."""
        if scalar.text.strip().lower() == NONE:
            return ()
        if not scalar.text.isprintable():
            raise ConfigError(f"line breaks or control characters; allowed: {self.allowed}")
        spaced = (" ".join(term.split()) for term in scalar.text.split(","))
        terms = tuple(dict.fromkeys(term for term in spaced if term))
        if not terms:
            raise ConfigError(f"no terms; allowed: {self.allowed}")
        if len(terms) > self.most:
            raise ConfigError(
                f"too many terms ({len(terms)}): with more the model writes them where nobody said them; "
                f"keep those that are misheard most; allowed: {self.allowed}"
            )
        if (longest := max(map(len, terms))) > MOST_TERM_CHARACTERS:
            raise ConfigError(f"a term of {longest} characters; give at most {MOST_TERM_CHARACTERS} to each")
        return terms


@dataclass(frozen=True, slots=True)
class Hotkey:
    """A key with the modifiers held with it; the word none gives None."""

    @property
    def allowed(self) -> str:
        """A description: `chords` has the names."""
        return "a key with its modifiers, or none"

    def parse(self, scalar: Scalar) -> Chord | None:
        """The chord; capitals do not matter."""
        if not scalar.text.strip():
            raise ConfigError(f"no key; allowed: {self.allowed}")
        return None if scalar.text.strip().lower() == NONE else parse_chord(scalar.text)
