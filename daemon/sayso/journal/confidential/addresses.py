"""Mail addresses and telephone numbers, written or said."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Final

from sayso.journal.confidential.finding import Found, Kind, compiled, words
from sayso.journal.confidential.numbers import runs

_EMAIL: Final = r"(?<![\w.+%-])[\w.+%-]++@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,8}"
_TOPS: Final = "com|org|net|edu|gov|io|dev|co|de|fr|es|pt|br|it|nl|uk|eu|us|ch|at|pl|se|il|info|me|app|ai"
_SPOKEN_EMAIL: Final = (
    r"(?i)"
    r"(?<![\w.+-])(?P<user>[\w.+-]++(?: (?:dot|underscore|dash|hyphen|punkt) [\w+-]++){0,4}) at "
    rf"(?:[\p{{L}}\p{{N}}-]{{1,63}}(?: dot | ?\.)){{1,6}}(?:{_TOPS})\b(?! dot )"
)
_NO_USER: Final = words(
    "look looked looking find found finds see seen available online us them it me hosted live lives",
    "located visit read page pages site website blog here there is was are were be been more only starts",
    "start begins shop buy order bought sold running runs deployed published posted listed work works",
    "working worked documentation docs registered register up down out over people team everyone",
    "everybody anyone engineer developer manager staff that this these those help him her you times day",
    "time stay arrive arrived video article link information account accounts talk",
)
"""Words before "at example dot com" that are no name of a mailbox."""

_PHONE: Final = r"""(?ix)
    (?<![\w+])\+\d{1,3}(?:[ ().\-/]{0,3}\d){7,13}(?!\w)
    | \bplus\ (?P<plus>\d{1,3}(?:[ -]\d{1,8}){2,6})(?!\w)
    | (?<![\w.+$€£-])(?:1[-. ])?(?:\([2-9]\d{2}\)\ ?|[2-9]\d{2}[-. ])[2-9]\d{2}[-. ]\d{4}(?![\w-])
    | (?<![\w.,+:/-])(?!\d{5}-\d{4}\b)\(?0\d{1,4}\)?(?:[ /-]\d{2,8}){1,4}(?![\w:/-]|[.,]\d)
    | (?<![\w.,+-])0\d(?:[ .]\d\d){4}(?![\w.,-]\d|\w)
    """
_TOLD_PHONE: Final = r"""(?ix)
    (?:\b(?:call|ring|text|phone|reach|whatsapp)\ (?:me|us|him|her|them|back|it)?\ ?(?:back\ )?(?:at|on|under)?
        |\b(?:(?:tele)?phone|mobile|cell|fax|whatsapp|handy|rückruf)[ -]?(?:number|no\.?|nummer)?(?:\ (?:is|ist))?
        |\btel\.?|\b(?:my|his|her|their|our)\ number\ is|\btelefon(?:nummer)?(?:\ ist)?
        |\b(?:numéro|teléfono|telefone|número)(?:\ (?:est|es|é))?|(?:טלפון|נייד|מספר)(?:\ (?:שלי|הוא))?)
    \s?:?\s?(?P<after>\(?\d(?:[ ().\-/,]{0,2}\d){6,14})(?!\w)
    """
LEAST_WRITTEN: Final = 9
LEAST_TOLD: Final = 7
MOST_DIGITS: Final = 15
_NO_PHONE: Final = (
    r"(?i)\b(?:serial|part|invoice|order|article|item|ticket|customer|model|tracking|case|file|bug|issue|build|batch|lot"
    r"|reference|version)\b[^.!?]{0,20}$"
)
_DATE: Final = r"\d{1,2}[-/ .]\d{1,2}[-/ .](?:19|20)\d\d|(?:19|20)\d\d[-/ .]\d{1,2}[-/ .]\d{1,2}"


def addresses(text: str) -> Iterator[Found]:
    """Find mail addresses."""
    for match in compiled(_EMAIL).finditer(text):
        yield Found(Kind.EMAIL, match.start(), match.end())
    for match in compiled(_SPOKEN_EMAIL).finditer(text):
        if match["user"].split()[-1].casefold() not in _NO_USER:
            yield Found(Kind.EMAIL, match.start(), match.end())


def _is_series(number: str) -> bool:
    """Whether its groups count on: 01 02 03 04."""
    groups = [int(group) for group in "".join(c if c.isdigit() else " " for c in number).split()]
    return len(groups) > 2 and len({b - a for a, b in itertools.pairwise(groups)}) == 1


def phones(text: str) -> Iterator[Found]:
    """Find telephone numbers that are written."""
    for match in compiled(_PHONE).finditer(text):
        is_other = compiled(_NO_PHONE).search(text, max(0, match.start() - 30), match.start())
        if _may_be_phone(match.group(), LEAST_WRITTEN) and not is_other:
            yield Found(Kind.PHONE, *match.span())


def _may_be_phone(number: str, least: int) -> bool:
    count = sum(c.isdigit() for c in number)
    return least <= count <= MOST_DIGITS and not compiled(_DATE).search(number) and not _is_series(number)


def said_phones(text: str) -> Iterator[Found]:
    """Find telephone numbers after the words for them, and those of which the digits are said one by one.

    Args:
        text: with figures for all digits.

    """
    for match in compiled(_TOLD_PHONE).finditer(text):
        if _may_be_phone(match["after"], LEAST_TOLD):
            yield Found(Kind.PHONE, *match.span("after"))
    for run in runs(text):
        is_one_by_one = all(len(group) == 1 for group in run.groups)
        digits = "".join(run.groups)
        if is_one_by_one and 10 <= len(digits) <= 13 and len(set(digits)) > 2 and not _is_series(" ".join(digits)):
            yield Found(Kind.PHONE, run.starts[0], run.ends[-1])
