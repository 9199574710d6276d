"""A file of the spool: whatever ends it, what was written before can be read, by its owner alone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.daemon.journal.spooling import PIECE, begun, said, tone

from sayso.audio import Pcm
from sayso.errors import JournalDamaged, JournalError, WrongKey
from sayso.journal import Outcome, Spooled
from sayso.journal.boxes import HEADER_BYTES, public_half, read_box
from sayso.journal.sealing import new_key
from sayso.journal.spool import (
    AUDIO,
    BEGUN,
    ENDED,
    SAID,
    STANDS,
    WITHHELD,
    Disk,
    SpoolFile,
    begun_record,
    discard,
    ended_record,
    held,
    is_being_written,
    number_of,
    read_spool,
    said_record,
)

PRIVATE = new_key()
PUBLIC = public_half(PRIVATE)
WORDS = "żółwie 日本語 those secret words"


class Cramped(Disk):
    """A disk with room for so many bytes more, which takes a part of what does not fit."""

    def __init__(self, room: int) -> None:
        self.room = room

    def write(self, fd: int, data: memoryview) -> int:
        if self.room == 0:
            raise OSError(28, "No space left on device")
        written = super().write(fd, data[: self.room])
        self.room -= written
        return written


@pytest.fixture
def file(tmp_path: Path) -> Iterator[SpoolFile]:
    one = SpoolFile(tmp_path / "spool", 7)
    yield one
    one.close()


def fill(file: SpoolFile, pieces: int = 3, *, ends: bool = True) -> Pcm:
    """An utterance of so many pieces; returns its audio."""
    audio = tone(pieces * PIECE)
    file.add(BEGUN, begun_record(begun(7)))
    for at in range(0, len(audio), PIECE):
        file.add(AUDIO, audio[at : at + PIECE].tobytes())
    if ends:
        file.add(SAID, said_record(said(7, WORDS)))
        file.add(STANDS, WORDS.encode())
        file.add(ENDED, ended_record(Outcome.DELIVERED, WORDS, 0.5, ""))
    return audio


def read(path: Path) -> Spooled:
    spooled = read_spool(path, PRIVATE)
    assert spooled is not None
    return spooled


def test_all_that_was_written_is_read_again(file: SpoolFile) -> None:
    audio = fill(file)
    assert file.flush(PUBLIC)
    spooled = read(file.path)
    assert np.array_equal(spooled.audio, audio)
    told = replace(said(7, WORDS), prompt="")
    expected = Spooled(begun(7), spooled.audio, told, WORDS, Outcome.DELIVERED, 0.5)
    assert spooled == expected


def test_what_is_of_other_utterances_is_not_written(file: SpoolFile) -> None:
    terms = ("Secret", "Words!", "Zarathustra", "those secret")
    prompted = replace(said(7, WORDS), prompt="the number of my card", vocabulary=terms)
    file.add(BEGUN, begun_record(begun(7)))
    file.add(SAID, said_record(prompted))
    assert b"card" not in said_record(prompted)
    assert b"Zarathustra" not in said_record(prompted)
    file.flush(PUBLIC)
    assert read(file.path).said == replace(prompted, prompt="", vocabulary=terms[:2])


def test_neither_words_nor_audio_can_be_found_in_the_file_and_only_its_owner_can_open_it(file: SpoolFile) -> None:
    audio = fill(file)
    file.flush(PUBLIC)
    data = file.path.read_bytes()
    assert file.path.stat().st_mode & 0o777 == 0o600
    assert file.path.parent.stat().st_mode & 0o777 == 0o700
    for word in WORDS.split():
        assert word.encode() not in data
    assert audio[:32].tobytes() not in data
    with pytest.raises(WrongKey):
        read_spool(file.path, new_key())


def test_a_file_that_was_renamed_to_another_utterance_does_not_open(file: SpoolFile) -> None:
    fill(file)
    file.flush(PUBLIC)
    moved = file.path.rename(file.path.with_stem("8"))
    with pytest.raises(WrongKey):
        read_spool(moved, PRIVATE)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes]:
    """A folder, and the bytes of a whole file."""
    folder = tmp_path_factory.mktemp("power")
    file = SpoolFile(folder, 7)
    fill(file)
    file.flush(PUBLIC)
    file.close()
    return folder, file.path.read_bytes()


def after_a_power_cut(written: tuple[Path, bytes], at: int, zeros: int) -> Spooled | None:
    folder, data = written
    (folder / "7.spool").write_bytes(data[:at] + bytes(zeros))
    return read_spool(folder / "7.spool", PRIVATE)


def test_whereever_a_power_cut_ends_a_file_every_whole_piece_before_it_is_there(
    written: tuple[Path, bytes],
) -> None:
    _, data = written
    step = 97  # a prime: every kind of place is met
    pieces = []
    for at in [*range(300), *range(300, len(data), step), len(data)]:
        for zeros in (0, 5, 4_096):
            spooled = after_a_power_cut(written, at, zeros)
            heard = len(spooled.audio) if spooled is not None else 0
            assert heard % PIECE == 0
            sealed = 20 + 1 + 2 * PIECE  # a record's length and tag, its kind, and its samples
            least = (at - HEADER_BYTES - 400) // sealed
            assert heard // PIECE >= min(least, 3)
            if spooled is not None and heard:
                assert np.array_equal(spooled.audio, tone(heard))
                pieces.append(heard // PIECE)
    assert set(pieces) == {1, 2, 3}


@given(at=st.integers(0, 400) | st.integers(0, 1_000_000), flip=st.integers(1, 255))
def test_no_damage_is_worse_than_an_error_of_ours(written: tuple[Path, bytes], at: int, flip: int) -> None:
    folder, whole = written
    at %= len(whole)
    damaged = bytearray(whole)
    damaged[at] ^= flip
    path = folder / "7.spool"
    path.write_bytes(damaged)
    try:
        spooled = read_spool(path, PRIVATE)
    except JournalError:
        return
    assert spooled is None or np.array_equal(spooled.audio, tone(len(spooled.audio)))
    assert spooled is None or not spooled.is_whole or at < HEADER_BYTES


@pytest.mark.parametrize("room", [0, 1, 40, HEADER_BYTES, 100, 300, 8_300, 8_700, 20_000])
def test_what_a_full_disk_refused_is_written_in_order_when_there_is_room_and_no_stump_is_left(
    tmp_path: Path, room: int
) -> None:
    disk = Cramped(room)
    file = SpoolFile(tmp_path, 7, disk)
    audio = fill(file)
    with pytest.raises(OSError, match="No space left"):
        file.flush(PUBLIC)
    if room < HEADER_BYTES:
        assert not file.path.exists()
    else:
        assert read_spool(file.path, PRIVATE) is None or len(read(file.path).audio) < len(audio)
    disk.room = 1_000_000
    assert file.flush(PUBLIC)
    assert file.waiting_bytes == 0
    spooled = read(file.path)
    file.close()
    assert np.array_equal(spooled.audio, audio)
    assert (spooled.outcome, spooled.is_whole) == (Outcome.DELIVERED, True)


def test_a_file_is_locked_as_long_as_it_is_written_and_never_seen_without_its_lock(file: SpoolFile) -> None:
    fill(file)
    file.flush(PUBLIC)
    assert is_being_written(file.path)
    with held(file.path) as is_ours:
        assert not is_ours
    file.close()
    assert not is_being_written(file.path)
    with held(file.path) as is_ours:
        assert is_ours
        with held(file.path) as also:
            assert not also
    assert [path.name for path in file.path.parent.iterdir()] == ["7.spool"]


def test_a_file_that_is_there_already_is_not_written_over(file: SpoolFile) -> None:
    file.path.parent.mkdir()
    file.path.write_bytes(b"another's")
    fill(file)
    with pytest.raises(FileExistsError):
        file.flush(PUBLIC)
    assert file.path.read_bytes() == b"another's"


def test_a_removed_file_does_not_open_at_once_and_is_gone_when_it_has_been_synced(file: SpoolFile) -> None:
    fill(file, ends=False)
    file.flush(PUBLIC)
    whole = file.path.read_bytes()
    file.remove()
    assert read_spool(file.path, PRIVATE) is None  # as a recovery finds it, which then takes it away
    assert file.path.read_bytes()[HEADER_BYTES:] == whole[HEADER_BYTES:]
    file.sync()
    assert not file.path.exists()
    file.close()


def test_a_removed_file_is_gone_though_the_disk_breaks(tmp_path: Path) -> None:
    class Broken(Disk):
        def sync(self, fd: int) -> None:
            raise OSError(5, "Input/output error")

    file = SpoolFile(tmp_path, 7, Broken())
    fill(file, ends=False)
    file.flush(PUBLIC)
    file.remove()
    with pytest.raises(OSError, match="Input/output error"):
        file.sync()
    assert not file.path.exists()
    file.close()


@pytest.mark.parametrize("by_its_writer", [True, False])
def test_of_a_removed_file_the_disk_has_nothing_that_opens(
    file: SpoolFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, by_its_writer: bool
) -> None:
    order: list[str] = []
    unlink, sync = Path.unlink, os.fdatasync
    monkeypatch.setattr(os, "fdatasync", lambda fd: order.append("sync") or sync(fd))
    monkeypatch.setattr(Path, "unlink", lambda path, **how: order.append("unlink") or unlink(path, **how))
    fill(file)
    file.flush(PUBLIC)
    undeleted = tmp_path / "undeleted" / "7.spool"
    undeleted.parent.mkdir()
    undeleted.hardlink_to(file.path)  # the blocks of the file, which go on without its name
    if by_its_writer:
        file.remove()
        file.sync()
    else:
        file.close()
        discard(file.path)
    assert order == ["sync", "unlink"]
    assert not file.path.exists()
    assert read_spool(undeleted, PRIVATE) is None
    assert read_box(PRIVATE, undeleted.read_bytes(), "7") == ([], False)


def test_what_an_older_version_left_unsealed_is_overwritten_before_it_goes(tmp_path: Path) -> None:
    audio, undeleted = tmp_path / "7.wav", tmp_path / "undeleted"
    audio.write_bytes(b"RIFF" + b"spoken" * 400_000)
    undeleted.hardlink_to(audio)
    discard(audio)
    assert not audio.exists()
    assert undeleted.read_bytes() == bytes(2_400_004)


def test_what_a_link_leads_to_stays_when_the_link_is_taken_away(tmp_path: Path) -> None:
    own = tmp_path / "recording.wav"
    own.write_bytes(b"the person's own")
    (tmp_path / "7.wav").symlink_to(own)
    discard(tmp_path / "7.wav")
    assert not (tmp_path / "7.wav").is_symlink()
    assert own.read_bytes() == b"the person's own"


@pytest.mark.parametrize("what", ["pipe", "folder", "hollow"])
def test_what_is_no_file_of_a_dictation_is_named_and_waited_for_by_nobody(tmp_path: Path, what: str) -> None:
    path = tmp_path / "50.spool"
    match what:
        case "pipe":
            os.mkfifo(path)
        case "folder":
            path.mkdir()
        case _:
            with path.open("wb") as file:
                file.truncate(60_000_000_000)
    assert not is_being_written(path)
    with held(path) as is_ours:
        assert is_ours
        with pytest.raises(JournalDamaged, match=r"50\.spool"):
            read_spool(path, PRIVATE)
    if what != "folder":
        discard(path)
        assert not path.exists()


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("7", 7),
        ("9" * 15, 10**15 - 1),
        ("9" * 16, None),
        (str(1 << 64), None),
        ("²", None),
        ("-1", None),
        ("07", None),
    ],
)
def test_a_name_is_a_number_only_if_a_dictation_could_have_it(name: str, number: int | None) -> None:
    assert number_of(Path(f"{name}.spool")) == number


def test_a_file_that_no_dictation_is_named_by_is_told_as_such(tmp_path: Path) -> None:
    path = tmp_path / f"{1 << 64}.spool"
    path.write_bytes(b"hello")
    with pytest.raises(JournalDamaged, match=f"rm {path}"):
        read_spool(path, PRIVATE)


def test_the_folder_and_those_above_it_are_its_owner_s_whatever_the_umask(tmp_path: Path) -> None:
    file = SpoolFile(tmp_path / "state" / "sayso" / "spool", 7)
    fill(file)
    before = os.umask(0)
    try:
        file.flush(PUBLIC)
    finally:
        os.umask(before)
        file.close()
    above = [one for one in file.path.parents if one.is_relative_to(tmp_path / "state")]
    assert {one.stat().st_mode & 0o777 for one in above} == {0o700}
    assert len(above) == 3


def test_of_what_is_confidential_only_that_is_known(file: SpoolFile) -> None:
    fill(file, ends=False)
    file.add(WITHHELD, b"")
    file.flush(PUBLIC)
    spooled = read(file.path)
    assert (spooled.outcome, spooled.said, spooled.typed) == (Outcome.WITHHELD, None, None)


@pytest.mark.parametrize("kind", [b"?", BEGUN, SAID, ENDED])
def test_a_record_that_is_none_of_ours_is_named(file: SpoolFile, kind: bytes) -> None:
    fill(file, ends=False)
    file.add(kind, b'{"utterance":[]}')
    file.flush(PUBLIC)
    with pytest.raises(JournalDamaged, match=r"7\.spool"):
        read_spool(file.path, PRIVATE)


def test_a_sync_brings_down_the_file_and_at_first_its_folder(
    file: SpoolFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []

    def note(fd: int) -> None:
        synced.append(str(Path(f"/proc/self/fd/{fd}").readlink()))

    monkeypatch.setattr(os, "fdatasync", note)
    monkeypatch.setattr(os, "fsync", note)
    file.sync()
    assert synced == []
    fill(file)
    file.flush(PUBLIC)
    file.sync()
    file.sync()
    assert synced == [str(file.path), str(file.path.parent), str(file.path)]
