"""Numbers that carry their own check: cards, accounts and what states number their people with.

Each function takes the number as digits (and letters) alone, without spaces, and says whether its check holds.
"""

from __future__ import annotations

import string
from typing import Final

IBAN_LENGTHS: Final = {
    "AD": 24, "AE": 23, "AT": 20, "BE": 16, "BG": 22, "BR": 29, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18,
    "EE": 20, "ES": 24, "FI": 18, "FR": 27, "GB": 22, "GE": 22, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IL": 23,
    "IS": 26, "IT": 27, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MT": 31, "NL": 18, "NO": 15, "PL": 28,
    "PT": 25, "RO": 24, "RS": 22, "SA": 24, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "TR": 26, "UA": 29,
}  # fmt: skip
"""Characters of an account number by country (ISO 13616 registry)."""

_DNI: Final = "TRWAGMYFPDXBNJZSQVHLCKE"
_HETU: Final = "0123456789ABCDEFHJKLMNPRSTUVWXY"
_ODD: Final = "1 0 5 7 9 13 15 17 19 21 1 0 5 7 9 13 15 17 19 21 2 4 18 20 11 3 6 8 12 14 16 10 22 25 24 23"
_FISCAL_ODD: Final = dict(zip(string.digits + string.ascii_uppercase, map(int, _ODD.split()), strict=True))
_FISCAL_EVEN: Final = {
    c: n % 10 if c.isdigit() else n - 10 for n, c in enumerate(string.digits + string.ascii_uppercase)
}
_TIMES: Final = (
    "0123456789", "1234067895", "2340178956", "3401289567", "4012395678",
    "5987604321", "6598710432", "7659821043", "8765932104", "9876543210",
)  # fmt: skip
_TURNS: Final = (
    "0123456789", "1576283094", "5803796142", "8916043527", "9453126870", "4286573901", "2793806415", "7046913258",
)  # fmt: skip


def luhn(digits: str) -> bool:
    """ISO/IEC 7812-1: every second digit from the right is doubled."""
    doubled = (int(c) * (1 + n % 2) for n, c in enumerate(reversed(digits)))
    return sum(n - 9 if n > 9 else n for n in doubled) % 10 == 0


def card(digits: str) -> bool:
    """Whether it begins and is as long as an issuer's cards are, and its check holds."""
    size, first = len(digits), digits[:2]
    known = (
        (digits[0] == "4" and size in (13, 16, 19))
        or (size == 16 and ("51" <= first <= "55" or "2221" <= digits[:4] <= "2720" or first == "35"))
        or (size == 15 and first in ("34", "37"))
        or (size == 14 and first in ("30", "36", "38", "39"))
        or (size in (16, 17, 18, 19) and (digits[:4] == "6011" or "644" <= digits[:3] <= "659" or first == "62"))
    )
    return known and luhn(digits) and len(set(digits)) > 1


def iban(number: str) -> bool:
    """ISO 13616: its country's length, and 1 modulo 97, the first four last and letters as 10 to 35."""
    if len(number) != IBAN_LENGTHS.get(number[:2], 0):
        return False
    return int("".join(str(int(c, 36)) for c in number[4:] + number[:4])) % 97 == 1


def dni(number: str) -> bool:
    """Spain: eight digits, or X, Y or Z and seven, and a letter by their rest modulo 23."""
    digits = number[:-1].translate(str.maketrans("XYZ", "012"))
    return _DNI[int(digits) % 23] == number[-1]


def codice_fiscale(number: str) -> bool:
    """Italy: the last of 16 characters by what the others stand for at odd and even places, modulo 26."""
    total = sum((_FISCAL_ODD if n % 2 == 0 else _FISCAL_EVEN)[c] for n, c in enumerate(number[:15]))
    return string.ascii_uppercase[total % 26] == number[15]


def cpf(digits: str) -> bool:
    """Brazil: two check digits modulo 11."""
    if len(set(digits)) == 1:
        return False
    for size in (9, 10):
        total = sum(int(c) * (size + 1 - n) for n, c in enumerate(digits[:size]))
        if total * 10 % 11 % 10 != int(digits[size]):
            return False
    return True


def nir(digits: str) -> bool:
    """France: 13 digits and 97 less their rest modulo 97; sex and month must be possible."""
    month = int(digits[3:5])
    return (
        digits[0] in "12" and (1 <= month <= 12 or month >= 20) and 97 - int(digits[:13]) % 97 == int(digits[13:])
    )


def pesel(digits: str) -> bool:
    """Poland: a date with the century in its month, and a weighted sum modulo 10."""
    weights = (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)
    is_date = 1 <= int(digits[2:4]) % 20 <= 12 and 1 <= int(digits[4:6]) <= 31
    return is_date and sum(int(c) * w for c, w in zip(digits, weights, strict=True)) % 10 == 0


def personnummer(digits: str) -> bool:
    """Sweden: a date of six digits and four more, by Luhn; a day over 60 is a coordination number."""
    return 1 <= int(digits[2:4]) <= 12 and 1 <= int(digits[4:6]) % 60 <= 31 and luhn(digits)


def hetu(number: str) -> bool:
    """Finland: a date, a sign of the century and three digits; their rest modulo 31 is the last character."""
    digits = number[:6] + number[7:10]
    is_date = 1 <= int(digits[:2]) <= 31 and 1 <= int(digits[2:4]) <= 12
    return is_date and _HETU[int(digits) % 31] == number[10]


def tckn(digits: str) -> bool:
    """Turkey: eleven digits with two checks modulo 10."""
    d = [int(c) for c in digits]
    tenth = (sum(d[0:9:2]) * 7 - sum(d[1:8:2])) % 10
    return d[0] != 0 and tenth == d[9] and sum(d[:10]) % 10 == d[10]


def aadhaar(digits: str) -> bool:
    """India: twelve digits by Verhoeff's scheme (the dihedral group of order 10); the first is 2 to 9."""
    check = 0
    for n, c in enumerate(reversed(digits)):
        check = int(_TIMES[check][int(_TURNS[n % 8][int(c)])])
    return digits[0] not in "01" and check == 0


def resident(number: str) -> bool:
    """China: 17 digits with a date of birth, and a check by ISO 7064 MOD 11-2."""
    is_date = number[6:8] in ("19", "20") and 1 <= int(number[10:12]) <= 12 and 1 <= int(number[12:14]) <= 31
    total = sum(int(c) * pow(2, 17 - n, 11) for n, c in enumerate(number[:17]))
    return is_date and "10X98765432"[total % 11] == number[17]


def bsn(digits: str) -> bool:
    """The Netherlands: the eleven test."""
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    return sum(int(c) * w for c, w in zip(digits, weights, strict=True)) % 11 == 0 and digits != "000000000"


def steuer_id(digits: str) -> bool:
    """Germany: eleven digits by ISO 7064 MOD 11,10."""
    product = 10
    for c in digits[:10]:
        total = (int(c) + product) % 10 or 10
        product = total * 2 % 11
    return digits[0] != "0" and (11 - product) % 10 == int(digits[10])


def social_security(digits: str) -> bool:
    """The United States: there is no check, only numbers that are never given."""
    return digits[:3] not in ("000", "666") and digits[0] != "9" and digits[3:5] != "00" and digits[5:] != "0000"
