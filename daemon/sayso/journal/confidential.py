"""What nobody wants kept: card numbers, keys, passwords, codes, and what leads to a person.

Of an utterance in which there is such a thing neither audio nor text is kept, and no correction with it counts. So
it must not be seen where it is not: numbers count by their own check (`checksums`), words and figures only beside
the words that say what they are. Digits that are said one by one ("four one one one") are read in five languages.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any, Final

from sayso.journal import checksums


class Kind(StrEnum):
    """What was found."""

    CARD = "card number"
    ACCOUNT = "bank account number"
    KEY = "key or token"
    PASSWORD = "password"
    CODE = "one-time code"
    IDENTITY = "national identity number"
    EMAIL = "e-mail address"
    PHONE = "telephone number"


@dataclass(frozen=True, slots=True)
class Found:
    """Characters [start, end) of a text are confidential."""

    kind: Kind
    start: int
    end: int


MOST_CHARACTERS: Final = 200_000  # of a text that is looked at as a whole; no dictation is longer


def confidential(text: str) -> tuple[Found, ...]:
    """What of a text is confidential, in the order of the text; of what overlaps, the first kind found."""
    text = text[:MOST_CHARACTERS]
    found: list[Found] = []
    for finder in _FINDERS:
        for one in finder(text):
            if all(one.end <= other.start or other.end <= one.start for other in found):
                found.append(one)
    return tuple(sorted(found, key=lambda one: one.start))


@cache
def _compiled(expression: str) -> Any:
    """A pattern, made when it is needed first: all of them take 30 ms, which the service is spared at start."""
    import regex  # type: ignore[import-untyped]  # noqa: PLC0415  # as above

    return regex.compile(expression)


# ── keys and passwords ────────────────────────────────────────────────────────────────────────────

_KEYS: Final = r"""(?x)
    -----BEGIN\ (?:[A-Z]+\ )*PRIVATE\ KEY(?:\ BLOCK)?-----(?s:.*?)(?:-----END[A-Z\ ]+-----|\Z)
    | \b(?:AKIA|ASIA)[0-9A-Z]{16}\b
    | \bgh[pousr]_[A-Za-z0-9]{30,} | \bgithub_pat_\w{22,} | \bglpat-[\w-]{20,}
    | \bxox[abeprs]-[\w-]{10,}
    | \bsk-[\w-]*[A-Za-z0-9]{20,} | \b[prs]k_(?:live|test)_[A-Za-z0-9]{16,}
    | \bAIza[\w-]{35} | \bya29\.[\w-]{20,}
    | \beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*
    | \bnpm_[A-Za-z0-9]{30,} | \bpypi-[\w-]{40,} | \bhf_[A-Za-z0-9]{30,} | \bSG\.[\w-]{16,}\.[\w-]{16,}
    | \bAGE-SECRET-KEY-1[0-9A-Z]{30,}
    | \b[a-z][a-z0-9+.-]{1,15}://[^\s:/@]+:[^\s@/]+@
    | (?i:\bbearer)\ (?=\S*\d)[\w.~+/-]{20,}=*
    """
_NAMED_KEY: Final = r"""(?ix)
    (?<![A-Za-z])(?:(?:api|access|secret|auth(?:entication)?|private|encryption|licen[cs]e|session)
         [ _-]?(?:key|token)
      |client[ _-]?secret|token|api[ _-]?secret)\b["']?(?:\ (?:is|ist|est|es)|\s*[:=])\s*["']?
    (?=[\w+/.~-]*\d)(?=[\w+/.~-]*[A-Za-z])(?P<secret>[\w+/.~-]{12,}=*)
    """
_SEED: Final = (
    r"(?i)"
    r"\b(?:seed|recovery|mnemonic|backup) (?:phrase|words) (?:is|are)?:? ?"
    r"(?P<secret>(?:\p{L}{3,8}[ ,]+){11}\p{L}{3,8})"
)
_PASSWORD: Final = r"""(?ix)
    \b(?:pass[ -]?word|pass[ -]?phrase|pass[ -]?code|passwort|kennwort|mot\ de\ passe|contraseña|senha
      |סיסמה|הסיסמה)\b
    (?:\ (?:for|to|of|für|de|du|para|on|at)\ (?:\S+\ ){1,4}?|\ )?
    (?P<is>\ ?\b(?:is|was|ist|lautet|est|es|é)\b|\ ?[:=]|\ (?=["'“]))\ ?:?[ "'“„«]*
    (?P<secret>[^\s"'”“«»]+)(?P<rest>[^.!?\n]*)
    """
_PREDICATES: Final = frozenset(
    word
    for line in (
        "a an the not too so very quite always still now only never also probably actually really just",
        "already again wrong right correct incorrect invalid valid required needed necessary optional missing",
        "empty blank expired weak strong long longer short shorter case stored saved written kept hashed",
        "encrypted reset changed on in at under behind with without from for to of by as like something",
        "somewhere anything nothing what where when that this these those there here my your his her our",
        "their its whatever whichever either neither both one two three being going used sent shared same",
        "different identical similar fine good bad better best ok okay unknown unsafe secure insecure safe",
        "out no yes available lost gone forgotten known public private easy easier hard harder difficult",
        "simple complex complicated important useless sensitive visible hidden shown about over due old new",
        "older temporary permanent default up down back off set all part more less most least how why who if",
        "but and or then than it he she they we i you everywhere nowhere accepted rejected enough mandatory",
        "secret confidential common typical unique random obvious stupid silly annoying impossible possible",
        "likely unlikely ready password",
    )
    for word in line.split()
)
_SPOKEN_SIGNS: Final = frozenset("0123456789!@#$%^&*_+=~|\\<>{}[]")


def _keys(text: str) -> Iterator[Found]:
    for match in _compiled(_KEYS).finditer(text):
        yield Found(Kind.KEY, match.start(), match.end())
    for pattern in (_NAMED_KEY, _SEED):
        for match in _compiled(pattern).finditer(text):
            yield Found(Kind.KEY, *match.span("secret"))


def _passwords(text: str) -> Iterator[Found]:
    for match in _compiled(_PASSWORD).finditer(text):
        secret = match["secret"].rstrip(".,;:!?)")
        if not secret:
            continue
        start = match.start("secret")
        is_english = match["is"].strip().lower() in ("is", "was", ":", "=", "")
        if _looks_made_up(secret) or (is_english and _is_told(secret, match["rest"])):
            yield Found(Kind.PASSWORD, start, start + len(secret))


def _looks_made_up(word: str) -> bool:
    """Whether there are digits or signs in it, or capitals within it, as in no ordinary word."""
    return any(c in _SPOKEN_SIGNS for c in word) or _compiled(r"\p{Ll}\p{Lu}").search(word) is not None


def _is_told(word: str, rest: str) -> bool:
    """Whether "the password is …" goes on with the password, and not with what it is like."""
    first = word.casefold().strip("'’")
    if first in _PREDICATES or first.endswith(("ed", "ing", "ly", "able", "ible", "ful", "less", "n't", "n’t")):
        return False
    return len(rest.split()) <= 3 and not any(w.strip(",;:").casefold() in _PREDICATES for w in rest.split())


# ── numbers ───────────────────────────────────────────────────────────────────────────────────────

_DIGITS: Final = {
    name: str(n % 10)
    for language in (
        "zero one two three four five six seven eight nine oh",
        "null eins zwei drei vier fünf sechs sieben acht neun",
        "zéro un deux trois quatre cinq six sept huit neuf",
        "cero uno dos tres cuatro cinco seis siete ocho nueve",
        "zero um dois três quatro cinco seis sete oito nove",
    )
    for n, name in enumerate(language.split())
}
_DIGITS["zwo"] = "2"
_FIGURES: Final = (
    r"(?i)"
    r"(?<![\w.])(?P<one>\d+|{names}\b)(?:(?:, |[ .\-–\u00a0\u202f])(?P<one>\d+|{names}\b))*(?!\w)".replace(
        "{names}", f"(?:{'|'.join(_DIGITS)})"
    )
)
_AT_ONCE: Final = frozenset({(4, 4, 4, 4), (4, 6, 5), (4, 6, 4), (4, 4, 4, 4, 3), (4, 4, 4, 1)})


@dataclass(frozen=True, slots=True)
class _Run:
    """Digits in a row, as groups; said one by one where each group is one."""

    groups: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def parts(self) -> Iterator[tuple[str, tuple[int, ...], int, int]]:
        """Each stretch of whole groups: its digits, the sizes of its groups, and where it is in the text."""
        count = len(self.groups)
        for low in range(count):
            for high in range(low + 1, min(count, low + 24) + 1):
                groups = self.groups[low:high]
                yield "".join(groups), tuple(map(len, groups)), self.starts[low], self.ends[high - 1]


def _runs(text: str) -> Iterator[_Run]:
    for match in _compiled(_FIGURES).finditer(text):
        groups = tuple(_DIGITS.get(group.casefold(), group) for group in match.captures("one"))
        if sum(map(len, groups)) >= 9:
            yield _Run(groups, tuple(match.starts("one")), tuple(match.ends("one")))


def _cards(text: str) -> Iterator[Found]:
    for run in _runs(text):
        for digits, sizes, start, end in run.parts():
            is_grouped = len(sizes) == 1 or sizes in _AT_ONCE or (max(sizes) <= 2 and len(sizes) >= 7)
            if is_grouped and 13 <= len(digits) <= 19 and checksums.card(digits):
                yield Found(Kind.CARD, start, end)


_ACCOUNT: Final = r"(?i)\b(?P<country>[A-Z]{2}) ?\d{2}(?=[ -]?[A-Z0-9])"


def _is_of_account(c: str) -> bool:
    return c in " -" or (c.isascii() and c.isalnum())


def _accounts(text: str) -> Iterator[Found]:
    for match in _compiled(_ACCOUNT).finditer(text):
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


def _identities(text: str) -> Iterator[Found]:
    for numbering in _NUMBERINGS:
        for match in _compiled(f"(?i){numbering.looks}").finditer(text):
            number = "".join(c for c in match.group().upper() if c.isalnum() or c in numbering.keeps)
            if numbering.holds(number):
                yield Found(Kind.IDENTITY, match.start(), match.end())


# ── codes, addresses, telephones ──────────────────────────────────────────────────────────────────

_CODE: Final = r"""(?ix)
    \b(?:(?:verification|security|confirmation|authentication|authenticator|log-?in|sign-?in|one[ -]time|access
          |pairing|two[ -]factor|recovery|sms|backup|bestätigungs?|sicherheits?)
         [ -]?(?:pass)?(?:code|pin|password|number)s?
       |einmal(?:code|passwort)|code\ de\ (?:vérification|sécurité|confirmation)
       |código\ de\ (?:verificación|seguridad|verificação|segurança)|קוד\ (?:אימות|האימות))\b
      [^\d\n]{0,30}? (?P<secret>\d(?:[ -]?\d){3,7})(?![\w-]|[.,]\d)
    | \b(?:OTP|2FA|TAN)\b[^\d\n]{1,12}? (?P<secret>\d(?:[ -]?\d){3,7})(?![\w-]|[.,]\d)
    | \bPIN\b(?:\ (?:code|number))?(?:\ (?:is|ist|est|es)|\s?[:=])\ ?(?P<secret>\d(?:[ -]?\d){3,7})(?!\w|[.,]\d)
    | \bC[VS][VC]2?\b(?:\ (?:code|number))?(?:\ is|\s?[:=])?\ ?(?P<secret>\d{3,4})(?!\w)
    | \b(?P<secret>G-\d{6})\b
    | \bcode\ (?P<secret>\d(?:[ -]?\d){3,7})\ to\ (?:log|sign|verify|confirm|authenticate)
    | (?<![\w.,-])(?P<secret>\d{3}[ -]?\d{3}|\d{4}|\d{8})\ is\ (?:your|my|the)\ [^.\n]{0,30}?\b(?:code|OTP|PIN)\b
    """
_EMAIL: Final = r"(?<![\w.])[\w.+%-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*\.\p{L}{2,}\b"
_TOPS: Final = "com|org|net|edu|gov|io|dev|co|de|fr|es|pt|br|it|nl|uk|eu|us|ch|at|pl|se|il|info|me|app|ai"
_SPOKEN_EMAIL: Final = (
    r"(?i)"
    r"(?<![\w.])(?P<user>[\w.+-]+(?: (?:dot|underscore|dash|hyphen|punkt) [\w+-]+)*) at "
    rf"(?:[\p{{L}}\p{{N}}-]+(?: dot | ?\.))+(?:{_TOPS})\b(?! dot )"
)
_NO_USER: Final = frozenset(
    word
    for line in (
        "look looked looking find found finds see seen available online us them it me hosted live lives",
        "located visit read page pages site website blog here there is was are were be been more only starts",
        "start begins shop buy order bought sold running runs deployed published posted listed work works",
        "working worked documentation docs registered register up down out over people team everyone",
        "everybody anyone engineer developer manager staff that this these those help him her you times day",
        "time stay arrive arrived video article link information account accounts talk",
    )
    for word in line.split()
)
"""Words before "at example dot com" that are no name of a mailbox."""

_PHONE: Final = r"""(?ix)
    (?<![\w+])\+\d{1,3}(?:[ ().\-/\u00a0]{0,3}\d){7,13}(?!\w)
    | \bplus\ (?P<plus>\d{1,3}(?:[ -]\d+){2,6})(?!\w)
    | (?<![\w.+$€£-])(?:1[-. ])?(?:\([2-9]\d{2}\)\ ?|[2-9]\d{2}[-. ])[2-9]\d{2}[-. ]\d{4}(?![\w-])
    | (?<![\w.,+:/-])(?!\d{5}-\d{4}\b)\(?0\d{1,4}\)?(?:[ /-]\d{2,8}){1,4}(?![\w:/-]|[.,]\d)
    | (?<![\w.,+-])0\d(?:[ .]\d\d){4}(?![\w.,-]\d|\w)
    | (?:\b(?:call|ring|text|phone|reach|whatsapp)\ (?:me|us|him|her|them|back|it)?\ ?(?:back\ )?(?:at|on|under)?
        |\b(?:(?:tele)?phone|mobile|cell|fax|whatsapp|handy|rückruf)[ -]?(?:number|no\.?|nummer)?(?:\ (?:is|ist))?
        |\btel\.?|\b(?:my|his|her|their|our)\ number\ is|\btelefon(?:nummer)?(?:\ ist)?
        |\b(?:numéro|teléfono|telefone|número)(?:\ (?:est|es|é))?|(?:טלפון|נייד|מספר)(?:\ (?:שלי|הוא))?)
      \s?:?\s?(?P<after>\(?\d(?:[ ().\-/,]{0,2}\d){6,14})(?!\w)
    """
_NO_PHONE: Final = (
    r"(?i)\b(?:serial|part|invoice|order|article|item|ticket|customer|model|tracking|case|file|bug|issue|build|batch|lot"
    r"|reference|version)\b[^.!?]{0,20}$"
)
_DATE: Final = r"\d{1,2}[-/ .]\d{1,2}[-/ .](?:19|20)\d\d|(?:19|20)\d\d[-/ .]\d{1,2}[-/ .]\d{1,2}"


def _codes(text: str) -> Iterator[Found]:
    for match in _compiled(_CODE).finditer(text):
        yield Found(Kind.CODE, *match.span("secret"))


def _addresses(text: str) -> Iterator[Found]:
    for match in _compiled(_EMAIL).finditer(text):
        yield Found(Kind.EMAIL, match.start(), match.end())
    for match in _compiled(_SPOKEN_EMAIL).finditer(text):
        if match["user"].split()[-1].casefold() not in _NO_USER:
            yield Found(Kind.EMAIL, match.start(), match.end())


def _is_series(number: str) -> bool:
    """Whether its groups count on: 01 02 03 04."""
    groups = [int(group) for group in "".join(c if c.isdigit() else " " for c in number).split()]
    return len(groups) > 2 and len({b - a for a, b in itertools.pairwise(groups)}) == 1


def _phones(text: str) -> Iterator[Found]:
    for match in _compiled(_PHONE).finditer(text):
        span = match.span("after") if match["after"] else match.span()
        number = text[slice(*span)]
        count = sum(c.isdigit() for c in number)
        least = 7 if match["after"] else 9
        is_something_else = _compiled(_DATE).search(number) or _is_series(number)
        if not match["after"]:
            is_something_else = is_something_else or _compiled(_NO_PHONE).search(
                text, max(0, span[0] - 30), span[0]
            )
        if least <= count <= 15 and not is_something_else:
            yield Found(Kind.PHONE, *span)
    for run in _runs(text):  # digits said one by one
        is_one_by_one = all(len(group) == 1 for group in run.groups)
        digits = "".join(run.groups)
        if is_one_by_one and 10 <= len(digits) <= 13 and len(set(digits)) > 2 and not _is_series(" ".join(digits)):
            yield Found(Kind.PHONE, run.starts[0], run.ends[-1])


_FINDERS: Final = (_keys, _cards, _accounts, _identities, _passwords, _codes, _addresses, _phones)
"""In order: what is certain by its own check comes before what is told by the words around it."""
