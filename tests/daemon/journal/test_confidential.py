"""What is never kept is found, and what only looks like it is not."""

from __future__ import annotations

import itertools
import sys
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
