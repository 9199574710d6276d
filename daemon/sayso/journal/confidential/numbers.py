"""Numbers with a check of their own: cards, bank accounts, and what states number people with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from sayso.journal import checksums
from sayso.journal.confidential.finding import Found, Kind, compiled

_FIGURES: Final = r"(?<![\w.])(?P<one>\d++)(?!\w)(?:(?:, |[ .-])(?P<one>\d++)(?!\w))*+"
LEAST_DIGITS: Final = 9
LEAST_OF_CARD: Final = 13
MOST_OF_CARD: Final = 19

_AT_ONCE: Final = frozenset(
    {
        (4, 4, 4, 4),
        (4, 6, 5),
        (4, 6, 4),
        (4, 4, 4, 4, 3),
        (4, 4, 4, 1),
        (4, 4, 8),
        (4, 8, 4),
        (8, 4, 4),
        (8, 8),
        (4, 12),
        (12, 4),
    }
)


@dataclass(frozen=True, slots=True)
class Run:
    """Digits in a row, as groups; said one by one where each group is one."""

    groups: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def parts(self) -> Iterator[tuple[str, tuple[int, ...], int, int]]:
        """Each stretch of whole groups with as many digits as cards have.

        Yields:
            Its digits, the sizes of its groups, and where it is in the text.

        """
        count = len(self.groups)
        for low in range(count):
            size = 0
            for high in range(low + 1, count + 1):
                size += len(self.groups[high - 1])
                if size > MOST_OF_CARD:
                    break
                if size >= LEAST_OF_CARD:
                    groups = self.groups[low:high]
                    yield "".join(groups), tuple(map(len, groups)), self.starts[low], self.ends[high - 1]


def runs(text: str) -> Iterator[Run]:
    """Digits that may be a long number together."""
    for match in compiled(_FIGURES).finditer(text):
        groups = tuple(match.captures("one"))
        if sum(map(len, groups)) >= LEAST_DIGITS:
            yield Run(groups, tuple(match.starts("one")), tuple(match.ends("one")))


def cards(text: str) -> Iterator[Found]:
    """Find cards, in groups as they are printed, or said two digits at a time."""
    for run in runs(text):
        for digits, sizes, start, end in run.parts():
            is_grouped = len(sizes) == 1 or sizes in _AT_ONCE or (max(sizes) <= 2 and len(sizes) >= 7)
            if is_grouped and checksums.card(digits):
                yield Found(Kind.CARD, start, end)


_ACCOUNT: Final = r"(?i)\b(?P<country>[A-Z]{2}) ?\d{2}(?=[ -]?[A-Z0-9])"


def _is_of_account(c: str) -> bool:
    return c in " -" or (c.isascii() and c.isalnum())


def accounts(text: str) -> Iterator[Found]:
    """Find bank accounts (IBAN)."""
    for match in compiled(_ACCOUNT).finditer(text):
        size = checksums.IBAN_LENGTHS.get(match["country"].upper(), 0)
        kept, at = "", match.start()
        while at < len(text) and len(kept) < size and _is_of_account(text[at]):
            kept += text[at] if text[at].isalnum() else ""
            at += 1
        ends_here = at >= len(text) or not text[at].isalnum()
        if size and len(kept) == size and ends_here and checksums.iban(kept.upper()):
            yield Found(Kind.ACCOUNT, match.start(), at)


@dataclass(frozen=True, slots=True)
class _Numbering:
    """How a state numbers its people.

    Attributes:
        looks: what such a number looks like; where that is not enough, after the words that say what it is.
        holds: whether its check does.
        keeps: signs that are part of it.

    """

    looks: str
    holds: Callable[[str], bool]
    keeps: str = ""


_NUMBERINGS: Final = (
    _Numbering(r"(?<![\w-])(?:\d{8}|[XYZ]-?\d{7})[- ]?[A-HJ-NP-TV-Z](?![\w-])", checksums.dni),
    _Numbering(r"\b[A-Z]{6} ?\d{2}[A-EHLMPRST]\d{2} ?[A-Z]\d{3}[A-Z]\b", checksums.codice_fiscale),
    _Numbering(r"(?<![\w.])\d{3}\.\d{3}\.\d{3}-\d{2}(?!\w)", checksums.cpf),
    _Numbering(r"(?<=\bCPF\D{1,12})\d{11}(?!\w)", checksums.cpf),
    _Numbering(r"(?<![\w.])[12] ?\d{2} ?\d{2} ?\d{2} ?\d{3} ?\d{3} ?\d{2}(?!\w)", checksums.nir),
    _Numbering(r"(?<![\w.+-])\d{11}(?![\w-])", checksums.tckn),
    _Numbering(r"(?<=\bPESEL\D{1,12})\d{11}(?!\w)", checksums.pesel),
    _Numbering(r"(?<![\w.-])\d{6}[-+]\d{4}(?![\w-])", checksums.personnummer),
    _Numbering(r"(?<![\w.-])\d{6}[-+A]\d{3}[0-9A-FHJ-NPR-Y](?![\w-])", checksums.hetu, "-+"),
    _Numbering(r"(?<![\w.-])(?<!\d )(?!(?:(?:19|20)\d\d ?){3})\d{4} \d{4} \d{4}(?![\w-]| \d)", checksums.aadhaar),
    _Numbering(r"(?<![\w.-])\d{17}[\dX](?![\w-])", checksums.resident),
    _Numbering(r"(?<=\b(?:BSN|burgerservicenummer)\D{1,12})\d{3}[ .]?\d{3}[ .]?\d{3}(?!\w)", checksums.bsn),
    _Numbering(
        (
            r"(?<=\b(?:Steuer-?ID|IdNr|Steueridentifikationsnummer|tax ID)\D{1,12})"
            r"\d{2} ?\d{3} ?\d{3} ?\d{3}(?!\w)"
        ),
        checksums.steuer_id,
    ),
    _Numbering(r"(?<=(?:\bteudat zehut|ת\.?\s?ז\.?|תעודת זהות)\D{0,12})\d{9}(?!\w)", checksums.luhn),
    _Numbering(
        r"(?<=\b(?:SSN|social security(?: number)?)\D{1,12})\d{3}[- ]?\d{2}[- ]?\d{4}(?!\w)",
        checksums.social_security,
    ),
)


def identities(text: str) -> Iterator[Found]:
    """Find what states number people with."""
    for numbering in _NUMBERINGS:
        for match in compiled(f"(?i){numbering.looks}").finditer(text):
            number = "".join(c for c in match.group().upper() if c.isalnum() or c in numbering.keeps)
            if numbering.holds(number):
                yield Found(Kind.IDENTITY, match.start(), match.end())
