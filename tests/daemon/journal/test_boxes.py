"""A box that breaks off anywhere gives back all whole records before that, and to its owner alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.errors import NewerJournal, WrongKey
from sayso.journal.boxes import HEADER_BYTES, BoxWriter, public_half, read_box
from sayso.journal.sealing import new_key

PRIVATE = bytes(range(32))
PUBLIC = public_half(PRIVATE)
RECORDS = [b"begun", b"", bytes(8192), b"said"]


def box(records: list[bytes], place: str = "7") -> list[bytes]:
    """The pieces of a box, its header first."""
    writer = BoxWriter(PUBLIC, place)
    return [writer.header, *map(writer.record, records)]


PIECES = box(RECORDS)
WHOLE = b"".join(PIECES)


@given(st.lists(st.binary(max_size=300), max_size=8))
def test_what_was_put_in_comes_out_in_order(records: list[bytes]) -> None:
    assert read_box(PRIVATE, b"".join(box(records)), "7") == (records, True)


@given(kept=st.integers(0, len(WHOLE)), zeros=st.sampled_from([0, 1, 7, 4096]))
def test_a_box_that_was_torn_or_ends_in_zeros_gives_what_is_whole_before(kept: int, zeros: int) -> None:
    records, is_whole = read_box(PRIVATE, WHOLE[:kept] + bytes(zeros), "7")
    ends = [sum(map(len, PIECES[: count + 1])) for count in range(len(PIECES))]
    assert records == RECORDS[: max(0, sum(end <= kept for end in ends) - 1)]
    assert is_whole == (kept in ends and not zeros)


def test_a_box_with_nothing_in_it_is_whole() -> None:
    assert read_box(PRIVATE, PIECES[0], "7") == ([], True)


@given(at=st.integers(HEADER_BYTES, len(WHOLE) - 1), bit=st.integers(0, 7))
def test_damage_costs_its_record_and_what_comes_after(at: int, bit: int) -> None:
    data = bytearray(WHOLE)
    data[at] ^= 1 << bit
    records, is_whole = read_box(PRIVATE, bytes(data), "7")
    ends = [sum(map(len, PIECES[: count + 1])) for count in range(1, len(PIECES))]
    assert records == RECORDS[: sum(end <= at for end in ends)]
    assert not is_whole


@given(at=st.integers(len(b"sayso box") + 1, HEADER_BYTES - 1))
def test_a_damaged_beginning_is_told(at: int) -> None:
    data = bytearray(WHOLE)
    data[at] ^= 1
    with pytest.raises(WrongKey, match="or let it go: sayso forget --utterance"):
        read_box(PRIVATE, bytes(data), "7")


def test_records_cannot_be_left_out_doubled_or_put_in_another_order() -> None:
    header, *records = PIECES
    for order in ([1, 2, 3], [0, 0, 1], [0, 2, 1, 3]):
        read, _ = read_box(PRIVATE, header + b"".join(records[i] for i in order), "7")
        assert read == RECORDS[: [i == n for n, i in enumerate(order)].index(False)]


def test_it_opens_only_for_its_owner_and_as_what_it_is() -> None:
    with pytest.raises(WrongKey):
        read_box(new_key(), WHOLE, "7")
    with pytest.raises(WrongKey):
        read_box(PRIVATE, WHOLE, "8")
    with pytest.raises(WrongKey):
        read_box(PRIVATE, box(RECORDS)[0] + b"".join(PIECES[1:]), "8")


def test_records_of_one_box_are_nothing_in_another() -> None:
    assert read_box(PRIVATE, box(RECORDS)[0] + b"".join(PIECES[1:]), "7") == ([], False)


def test_whoever_writes_it_cannot_read_it() -> None:
    writer = BoxWriter(PUBLIC, "7")
    assert not any(PRIVATE in bytes(value) for value in vars(writer).values() if isinstance(value, bytes))
    assert b"said" not in writer.record(b"said")


def test_a_newer_form_is_named() -> None:
    with pytest.raises(NewerJournal):
        read_box(PRIVATE, b"sayso box\x02" + WHOLE[10:], "7")


@pytest.mark.parametrize("data", [b"", bytes(100), bytes(5000), b"RIFF" + bytes(200)])
def test_nothing_is_read_of_what_is_no_box(data: bytes) -> None:
    assert read_box(PRIVATE, data, "7") == ([], False)
