"""The person's engine is known after a crash, and only then."""

from __future__ import annotations

from pathlib import Path

from sayso.ibus.note import NAME, Note


def test_what_was_written_is_read_until_it_is_removed(tmp_path: Path) -> None:
    folder = tmp_path / "run" / "sayso"
    note = Note(lambda: folder)
    assert note.read() is None
    note.write("pinyin")
    assert Note(lambda: folder).read() == "pinyin"
    assert folder.stat().st_mode & 0o777 == 0o700
    note.remove()
    note.remove()
    assert note.read() is None


def test_a_folder_that_cannot_be_written_costs_only_the_note(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    note = Note(lambda: file)
    note.write("pinyin")
    note.remove()
    assert note.read() is None


def test_a_note_that_is_damaged_says_nothing(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"\xff\xfe\x00")
    assert Note(lambda: tmp_path).read() is None
