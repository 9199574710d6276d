"""What is sealed opens with its key at its place, unchanged, and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.errors import WrongKey
from sayso.journal.sealing import KEY_BYTES, Seal, derived, new_key

SEAL = Seal(bytes(range(32)))


@given(data=st.binary(max_size=2000), place=st.text())
def test_what_was_sealed_comes_back(data: bytes, place: str) -> None:
    sealed = SEAL.close(data, place)
    assert SEAL.open(sealed, place) == data
    assert len(sealed) == len(data) + 29
    assert len(data) < 8 or data not in sealed


@given(data=st.binary(min_size=1, max_size=50), at=st.integers(0), bit=st.integers(0, 7))
def test_no_bit_can_be_changed_unnoticed(data: bytes, at: int, bit: int) -> None:
    sealed = bytearray(SEAL.close(data, "here"))
    sealed[at % len(sealed)] ^= 1 << bit
    with pytest.raises(WrongKey):
        SEAL.open(bytes(sealed), "here")


@given(kept=st.integers(0, 60))
def test_a_part_of_it_does_not_open(kept: int) -> None:
    sealed = SEAL.close(bytes(40), "here")
    with pytest.raises(WrongKey, match="here"):
        SEAL.open(sealed[:kept], "here")


def test_another_key_and_another_place_do_not_open_it() -> None:
    sealed = SEAL.close(b"said", "utterance 1 line")
    with pytest.raises(WrongKey):
        Seal(new_key()).open(sealed, "utterance 1 line")
    with pytest.raises(WrongKey):
        SEAL.open(sealed, "utterance 2 line")


def test_the_same_is_never_sealed_the_same_way() -> None:
    assert len({SEAL.close(b"said", "here") for _ in range(100)}) == 100


def test_a_tag_finds_the_same_text_with_the_same_key_only() -> None:
    assert SEAL.tag("Zürich") == SEAL.tag("Zürich")
    assert len({SEAL.tag("Zürich"), SEAL.tag("zürich"), Seal(new_key()).tag("Zürich")}) == 3
    assert len(SEAL.tag("\ud83d")) == 8


def test_keys_are_of_one_length_and_none_is_like_another() -> None:
    keys = {
        new_key(),
        new_key(),
        derived(b"x", "a"),
        derived(b"x", "b"),
        derived(b"y", "a"),
        derived(b"x", "a", b"s"),
    }
    assert len(keys) == 6
    assert {len(key) for key in keys} == {KEY_BYTES}
