"""Keys and tokens: by how they begin, by how they are made up, or by the words before them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from sayso.journal.confidential.finding import Found, Kind, compiled

_BEGINNINGS: Final = {
    "sk-": 20, "ghp_": 30, "gho_": 30, "ghu_": 30, "ghs_": 30, "ghr_": 30, "github_pat_": 22, "glpat-": 20,
    "glrt-": 20, "xoxa-": 10, "xoxb-": 10, "xoxe-": 10, "xoxp-": 10, "xoxr-": 10, "xoxs-": 10, "xapp-": 20,
    "pk_live_": 16, "pk_test_": 16, "rk_live_": 16, "rk_test_": 16, "sk_live_": 16, "sk_test_": 16, "whsec_": 20,
    "AIza": 35, "ya29.": 20, "npm_": 30, "pypi-": 40, "hf_": 30, "SG.": 32, "AGE-SECRET-KEY-1": 30,
    "dckr_pat_": 20, "hvs.": 20, "dop_v1_": 30, "shpat_": 30, "sq0atp-": 20, "gsk_": 30, "xai-": 40, "r8_": 30,
    "AKIA": 16, "ASIA": 16, "eyJ": 28,
}  # fmt: skip
"""How tokens of services begin, and how many characters follow at least."""

_AMBIGUOUS: Final = ("sk-", "xai-")  # words begin so, too: there must be a digit in it
_TOKEN: Final = r"[A-Za-z0-9_+/.~-]++"
_BLOCK: Final = r"-----BEGIN (?:[A-Z]{1,20} ){0,4}PRIVATE KEY(?: BLOCK)?-----"
_BLOCK_END: Final = r"-----END[A-Z ]{1,60}-----"
_URL: Final = r"(?i)(?<![a-z0-9+.-])[a-z][a-z0-9+.-]{1,15}://[^\s:/@]{1,64}:[^\s@/]{1,128}@"
_AUTHORIZATION: Final = r"(?i)\b(?:bearer|authorization:? {0,2}basic) (?P<secret>[\w.~+/-]{16,256}+=*)"
_NAMED: Final = r"""(?ix)
    (?<![A-Za-z])(?:(?:api|access|secret|auth(?:entication)?|private|encryption|licen[cs]e|session)
         [ _-]?(?:key|token)
      |client[ _-]?secret|secret|token|api[ _-]?secret)(?![A-Za-z])["']?
    (?:\ (?:is|ist|est|es)\b|\ (?:colon|equals)\b|\s?[:=])\s?["']?
    (?P<secret>[\w+/.~-]{12,256}+=*)
    """
_SEED: Final = (
    r"(?i)"
    r"\b(?:seed|recovery|mnemonic|backup) (?:phrase|words) (?:is|are)?:? ?"
    r"(?P<secret>(?:\p{L}{3,8}[ ,]{1,3}){11}\p{L}{3,8})"
)
_AWS_SECRET: Final = 40  # characters of base64


def keys(text: str) -> Iterator[Found]:
    """Find them."""
    yield from _blocks(text)
    for match in compiled(_TOKEN).finditer(text):
        if _is_token(match.group()):
            yield Found(Kind.KEY, *match.span())
    for match in compiled(_URL).finditer(text):
        yield Found(Kind.KEY, *match.span())
    for pattern in (_AUTHORIZATION, _NAMED):
        for match in compiled(pattern).finditer(text):
            if re.search("[0-9]", match["secret"]) and re.search("[A-Za-z]", match["secret"]):
                yield Found(Kind.KEY, *match.span("secret"))
    for match in compiled(_SEED).finditer(text):
        yield Found(Kind.KEY, *match.span("secret"))


def _blocks(text: str) -> Iterator[Found]:
    at = 0
    while (begin := compiled(_BLOCK).search(text, at)) is not None:
        end = compiled(_BLOCK_END).search(text, begin.end())
        at = len(text) if end is None else end.end()
        yield Found(Kind.KEY, begin.start(), at)


def _is_token(word: str) -> bool:
    """Whether it begins as the tokens of a service do, or is made as the secret keys of one are."""
    for beginning, least in _BEGINNINGS.items():
        if word.startswith(beginning) and len(word.rstrip(".")) - len(beginning) >= least:
            rest = word[len(beginning) :]
            return beginning not in _AMBIGUOUS or any(c.isdigit() for c in rest)
    is_base64 = len(word) == _AWS_SECRET and re.fullmatch("[A-Za-z0-9/+]+", word) is not None
    return is_base64 and all(re.search(part, word) for part in ("[a-z]", "[A-Z]", "[0-9]"))
