"""What is never kept is found, and what only looks like it is not."""

from __future__ import annotations

import itertools
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sayso.journal import checksums
from sayso.journal.confidential import Kind, confidential

TABLE: dict[str, list[str]] = yaml.safe_load(Path(__file__).with_name("confidential.yaml").read_text("utf-8"))
CLEAN = TABLE.pop("nothing")


def test_of_the_table_all_is_found_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    hits, missed, false = Counter[str](), [], []
    for kind, texts in TABLE.items():
        for text in texts:
            found = {str(one.kind) for one in confidential(text)}
            hits[kind] += kind in found
            missed += [(kind, text, found)] * (kind not in found)
    for text in CLEAN:
        false += [(text, one.kind) for one in confidential(text)]
    positives, right = sum(map(len, TABLE.values())), sum(hits.values())
    with capsys.disabled():
        sys.stdout.write(
            f"\nconfidential: {positives} to be found, {len(CLEAN)} not: "
            f"precision {right / (right + len(false)):.3f}, recall {right / positives:.3f}\n"
        )
    assert positives >= 80
    assert len(CLEAN) >= 200
    assert not missed
    assert not false


def test_the_table_knows_every_kind() -> None:
    assert {str(kind) for kind in Kind} == set(TABLE)


@pytest.mark.parametrize("lead", ["", "Hello. ", "שלום, "])
def test_it_is_told_where_it_stands(lead: str) -> None:
    (found,) = confidential(f"{lead}pay DE89 3704 0044 0532 0130 00 today")
    assert found.kind is Kind.ACCOUNT
    assert (
        f"{lead}pay DE89 3704 0044 0532 0130 00 today"[found.start : found.end].strip()
        == "DE89 3704 0044 0532 0130 00"
    )


@pytest.mark.parametrize("unseen", ["\u200b", "\u00ad", "\u2060", "\ufeff", "\u202e", "\x03"])
def test_nothing_invisible_hides_a_number(unseen: str) -> None:
    text = f"it is 4111 11{unseen}11 1111 1111, thanks"
    (found,) = confidential(text)
    assert text[found.start : found.end] == f"4111 11{unseen}11 1111 1111"


def test_what_is_said_in_words_is_told_where_it_stands() -> None:
    text = "my PIN is double four seven one"
    (found,) = confidential(text)
    assert text[found.start : found.end] == "double four seven one"


def test_several_things_are_all_found() -> None:
    text = "write to ann@example.com, my card is 4111 1111 1111 1111 and my PIN is 4471"
    assert [found.kind for found in confidential(text)] == [Kind.EMAIL, Kind.CARD, Kind.CODE]


@given(st.text(max_size=400))
def test_whatever_is_said_what_is_found_is_in_order_and_in_the_text(text: str) -> None:
    found = confidential(text)
    assert all(0 <= one.start < one.end <= len(text) for one in found)
    assert all(one.end <= other.start for one, other in itertools.pairwise(found))


@given(
    st.lists(
        st.sampled_from(["1 ", "4111", " ", "-", "one ", "at ", "dot ", "+", "0", "password is ", "a", "."]),
        max_size=60,
    )
)
def test_what_looks_like_much_takes_no_long_time_and_fails_never(parts: list[str]) -> None:
    confidential("".join(parts))


HOSTILE = """
+|-a|sk-|eyJaaaaaaaa-|a.|a dot |7|7 |7, |one |double |password |password is |password:
password for a |token=|secret is a1|-----BEGIN PRIVATE KEY-----|-----BEGIN A |-----END
seed phrase abcd |abcd |a at |a at b dot |a@|a@b.|a%|ab://c:|ab://|סיסמה |пароль |пароль от |://a:b
密码|密码是|パスワードは|0 12 |call me |call me 1|bearer a1|bearer |4111 |DE12 3456 |DE12|(0|(202) | |\t|+ a+
code |code is |code is 1 |code for |the code |pin |P.I.N. |P. I. N|P-|security code |security |CVV 1
passport number |account number 1|x is the password |x as |and x |changed |passport a1
123456 is your |123456-|123.456.|1 1 1 |12345678|CPF |SSN 1|tax ID |plus 1 |+1 (|01 |0|/|'|"|:|=
"""
SECONDS = 2.0  # of the processor, for 20,000 characters; in proportion it is a tenth of that


@pytest.mark.parametrize("at", range(4))
def test_no_text_takes_longer_than_in_proportion_to_its_length(at: int) -> None:
    texts = [text for line in HOSTILE.strip().splitlines() for text in line.split("|")]
    for text in [*texts, "a\u0301\u0316", "\ufdfa"][at::4]:
        began = time.thread_time()
        confidential((text * 20_000)[:20_000])
        assert time.thread_time() - began < SECONDS, text


@given(st.integers(0, 10**15 - 1), st.integers(0, 9))
def test_one_wrong_digit_is_no_card(body: int, wrong: int) -> None:
    digits = f"4{body:015d}"
    right = next(f"{digits[:-1]}{n}" for n in range(10) if checksums.luhn(f"{digits[:-1]}{n}"))
    assert checksums.card(right) or len(set(right)) == 1
    assert str(wrong) == right[-1] or not checksums.card(f"{right[:-1]}{wrong}")


@given(st.text("0123456789", min_size=18, max_size=18).filter(lambda digits: int(digits) > 0))
def test_an_account_holds_with_its_own_check_digits_only(body: str) -> None:
    checks = [n for n in range(100) if checksums.iban(f"DE{n:02d}{body}")]
    assert len([n for n in checks if 2 <= n <= 98]) == 1
