"""Numbers that the words before them say to be secret: codes, PINs, accounts, papers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sayso.journal.confidential.finding import Found, Kind, compiled

WINDOW: Final = 80
"""Characters after the words in which the number is looked for."""

_END: Final = (
    r"(?!\w)(?=[\"'”’)]{0,2}[.,;:!?]?(?:$|\s+(?!\p{L})|[\"'”’)\n]"
    r"|\s+(?:and|but|or|so|to|for|if|at|on|by|with|please|now|thanks|und|et|y|e|i|en|и|och|og|olan)(?!\w))|[.,;:!?]\s)"
)
_IS: Final = (
    r"(?:(?<![\p{Latin}\p{Cyrillic}])(?:is|was|are|be|reads?|equals?|says|ist|war|lautet|lauten|est|sera|es|será|era|è|é|sarà|jest|brzmi|to|är|er|on"
    r"|это|равен|είναι|הוא|היא|hat\ die\ nummer)(?!\w)|[:=-](?!\w)|是|为|は|는|은)"
)
_LEAD: Final = r"(?:now|still|currently|simply|just|the|jetzt|le|la|les|el|il)"
_PART: Final = (
    r"(?:for|of|to|from|on|at|in|that|which|you|we|they|he|she|i|will|should|would|must|has|opening|für|von|vom|zu|zum|zur|der"
    r"|die|das|auf|am|de|du|d'|des|pour|para|del|da|do|della|di|per|voor|van|til|för|från|из|от|для|secret|secreto"
    r"|segreto|number|no|numero)(?!\w)"
)


def _digits(least: int, most: int) -> str:
    return rf"(?P<secret>(?<![\d.,-])\d(?:(?:, ?|[ -])?\d){{{least - 1},{most - 1}}}(?![\d-]))"


def _spelt(*acronyms: str) -> str:
    """These, with points, spaces or dashes between their letters or without."""
    return "|".join(r"[ .-]{0,2}".join(acronym) for acronym in acronyms)


@dataclass(frozen=True, slots=True)
class _Told:
    """Words, and how the number stands after them.

    Attributes:
        kind: of what it is.
        words: a pattern.
        then: a pattern of what follows them, from their end on; the number is its group `secret`.
        minds_case: small and capital letters are not the same in `words`.

    """

    kind: Kind
    words: str
    then: str
    minds_case: bool = False


_AFTER_IS: Final = rf"\.?[^\d.!?\n]{{0,50}}?{_IS}\s?(?:{_LEAD}\s)?[\"'“]?\s?"
_TOLD_OF: Final = rf"\.?(?:\s{_PART}{_AFTER_IS}|\s?{_IS}\s?(?:{_LEAD}\s)?[\"'“]?\s?)"
_ANYWHERE: Final = r"[^\d\n]{0,35}?(?<!\b(?:in|from|since|until|von|aus|seit|en|depuis|desde)\s)(?<![a-z\d])"
_BESIDE: Final = r"\.?[,:]?\s?"

_STRONG: Final = r"""
    \b(?:verification|security|confirmation|authentication|authenticator|log-?in|sign-?in|one[ -]time|1[ -]time
        |access|pairing|two[ -]factor|2[ -]factor|recovery|sms|backup|bestätigungs?|sicherheits?|verifizierungs?)
      [ -]?(?:pass)?(?:code|pin|password|number)s?\b
    |\beinmal(?:code|passwort)\b|\bcode\ de\ (?:vérification|sécurité|confirmation)\b
    |\bcódigo\ de\ (?:verificación|seguridad|verificação|segurança)\b|\bcodice\ di\ (?:verifica|sicurezza)\b
    |\bkod\ weryfikacyjny\b|\bkod\ z\ sms|\bкод\ (?:подтверждения|из\ (?:смс|sms))|\bdoğrulama\ kodu\b
    |קוד\ (?:אימות|האימות)|验证码|驗證碼|校验码|動的密碼|認証コード|確認コード|暗証番号|인증\ ?번호
    """
_PLACES: Final = (
    "door|gate|alarm|safe|locker|garage|entry|lock ?box|vault|voicemail|unlock|keypad|elevator|gym|bike"
)
_NO_SECRET: Final = (
    "area|country|dialling|dialing|calling|zip|postal|post|error|exit|status|return|response|https?|source|colou?r|dress"
    "|product|item|bar|qr|morse|tax|state|machine|byte|unit|test|reason|fault|failure|char|character|ascii|currency"
    "|airport|language|promo|discount|coupon|order|stock|iata|unicode|hex|legacy|course|project|job|cost|result|stop"
    "|diagnostic|signal|event|building|penal|civil|labou?r|criminal|safety|open|our own|old|binary"
)
_CODES: Final = (
    _Told(Kind.CODE, _STRONG, _ANYWHERE + _digits(4, 8) + r"(?!\w|[.,]\d)"),
    _Told(Kind.CODE, _STRONG, _AFTER_IS + _digits(3, 8) + _END),
    _Told(
        Kind.CODE,
        rf"\b(?:{_spelt('OTP', 'TAN', 'PUK', 'MFA')}|2FA)\b",
        r"[^\d\n]{1,12}?(?<!\b(?:in|of|from)\s)" + _digits(4, 8) + r"(?!\w|[.,]\d)",
        minds_case=True,
    ),
    _Told(
        Kind.CODE,
        rf"\b(?:{_spelt('PIN')}|pin ?(?:code|number|kod)|geheimzahl|пин(?:[ -]?код)?)(?!\w)"
        r"(?:\.? (?:code|number))?",
        _TOLD_OF + _digits(4, 8) + r"(?!\w|[.,]\d)",
    ),
    _Told(
        Kind.CODE,
        rf"\b(?:{_spelt('PIN')}|(?i:pin[ -]?code|pin number|geheimzahl)|ПИН(?:-код)?|[пП]ин[ -]?код)(?!\w)",
        _BESIDE + _digits(4, 8) + _END,
        minds_case=True,
    ),
    _Told(
        Kind.CODE,
        rf"\b(?:{_spelt('CVV', 'CVC', 'CSC')})2?\b(?: (?:code|number))?",
        r"[^\d\n]{0,30}?" + _digits(3, 4),
    ),
    _Told(
        Kind.CODE,
        rf"(?<!\b(?:{_NO_SECRET})[ -])(?:\b(?:pass)?code|\b(?:tür|zugangs|zugriffs|alarm|haus|tor|garagen)code"
        r"|\bcódigo|\bcodice|\bkod(?:en|u)?|\bkode|\bкод|קוד|הקוד)\b",
        _TOLD_OF + _digits(4, 8) + _END,
    ),
    _Told(
        Kind.CODE,
        rf"\b(?:{_PLACES}) (?:pass)?code\b"
        r"|\b(?:use|enter|type|press|dial|try|with|your|my|our) (?:the |this )?code\b",
        _BESIDE + _digits(4, 8) + _END,
    ),
    _Told(Kind.CODE, r"\bcode\b", r"\s" + _digits(4, 8) + r"(?=\sto\s(?:log|sign|verify|confirm|authenticate))"),
    _Told(
        Kind.ACCOUNT,
        r"\b(?:(?:account|acct)\.? (?:number|no\b\.?)|sort code|routing (?:number|code)"
        r"|konto ?nummer|blz\b|bankleitzahl"
        r"|numéro de compte|número de (?:cuenta|conta)|numero di conto|rekeningnummer|numer konta|kontonummer"
        r"|номер сч[её]та|银行卡号|口座番号|계좌번호)",
        r"[^\d.!?\n]{0,25}?(?<!\w)" + _digits(6, 18) + r"(?!\w)",
    ),
    _Told(
        Kind.IDENTITY,
        r"\b(?:passport|driving licen[cs]e|driver'?s licen[cs]e|national insurance|social security|nhs|nino"
        r"|identity card|id card"
        rf"|{_spelt('SSN')}|reisepass|personalausweis|führerschein|passeport|pasaporte|passaporte|passaporto|dowód|паспорт)"
        r"(?:s|es|nummer)?\b",
        r"[^\d.!?\n]{0,25}?(?<!\w)"
        r"(?P<secret>(?:[A-Za-z]{1,8} ?)?\d(?:[ -]?[A-Za-z]{0,3}[ -]?\d){4,11}(?: ?[A-Za-z]{1,2})?)(?!\w)",
    ),
)
_ALONE: Final = r"""(?ix)
    \b(?P<secret>G-\d{6})\b
    | (?<![\w.,-])(?P<secret>\d{3}[ -]?\d{3}|\d{4}|\d{8})\ is\ (?:your|my|the)\ [^.\n]{0,30}?\b(?:code|OTP|PIN)\b
    """


def codes(text: str) -> Iterator[Found]:
    """Find them.

    Args:
        text: with figures for all digits.

    """
    for told in _CODES:
        flags = "(?x)" if told.words is _STRONG else ""
        cue = compiled(flags + ("" if told.minds_case else "(?i)") + told.words)
        then = compiled(f"(?i){told.then}")
        for match in cue.finditer(text):
            number = then.match(text, match.end(), match.end() + WINDOW)
            if number is not None:
                yield Found(told.kind, *number.span("secret"))
    for match in compiled(_ALONE).finditer(text):
        yield Found(Kind.CODE, *match.span("secret"))
