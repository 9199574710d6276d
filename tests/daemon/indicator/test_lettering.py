"""Text of any script in lines that fit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from sayso.errors import DisplayError
from sayso.indicator import lettering as module
from sayso.indicator.lettering import Face, Lettering, face_for, find_faces, parse_faces, put_in_order, runs

INK = (255, 255, 255, 255)


def drawn(lettering: Lettering, text: str) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """The alpha of a line of text."""
    image = Image.new("RGBA", (600, 60))
    lettering.draw(image, (10, 40), text, 24, INK)
    return np.asarray(image.getchannel("A"))


@pytest.mark.parametrize("text", ["hello", "é ñ ß — …", "שלום", "سلام", "😀", "👩‍👩‍👧 and 😀 mixed שלום"])
def test_text_of_every_script_leaves_ink_where_it_says_it_is_wide(lettering: Lettering, text: str) -> None:
    columns = np.flatnonzero(drawn(lettering, text).any(axis=0))
    width = lettering.width(text, 24)
    assert columns[0] >= 8
    assert width * 0.6 < columns[-1] - columns[0] <= width + 8


def test_hebrew_runs_to_the_left(lettering: Lettering) -> None:
    """What is written first is at the right end."""
    word, first = drawn(lettering, "שווו") > 128, drawn(lettering, "ש") > 128
    ends, alone = np.flatnonzero(word.any(axis=0)), np.flatnonzero(first.any(axis=0))
    wide = (alone[-1] - alone[0]) * 3 // 4
    assert ends[-1] - ends[0] > 1.5 * (alone[-1] - alone[0])
    assert np.array_equal(word[:, ends[-1] - wide : ends[-1]], first[:, alone[-1] - wide : alone[-1]])


def test_a_line_that_is_too_long_loses_its_beginning_by_whole_words(lettering: Lettering) -> None:
    text = "one two three four five six seven eight nine ten"
    shown = lettering.elide_left(text, 18, 200)
    assert shown.startswith("…")
    assert text.endswith(shown[1:])
    assert text[-len(shown)] == " "
    assert lettering.width(shown, 18) <= 200
    assert lettering.elide_left("short", 18, 200) == "short"
    assert lettering.elide_left("short", 18, 200, is_cut=True) == "…short"


def test_a_word_that_is_too_long_loses_its_beginning(lettering: Lettering) -> None:
    shown = lettering.elide_left("a" * 200, 18, 100)
    assert shown.startswith("…a")
    assert lettering.width(shown, 18) <= 100


def test_a_message_is_wrapped_at_words_and_says_that_more_would_follow(lettering: Lettering) -> None:
    message = "the microphone was unplugged: plug it in again, or choose another one in the settings"
    lines = lettering.wrap(message, 15, 250, 2)
    assert len(lines) == 2
    assert lines[1].endswith("…")
    assert all(lettering.width(line, 15) <= 250 for line in lines)
    assert lettering.wrap("a few words", 15, 250, 2) == ["a few words"]
    assert all(lettering.width(line, 15) <= 250 for line in lettering.wrap("x" * 500 + " y", 15, 250, 2))
    assert lettering.wrap("", 15, 250, 2) == []


def test_a_word_that_is_wider_than_a_line_is_broken_where_its_parts_meet(lettering: Lettering) -> None:
    command = "pactl set-source-mute alsa_input.usb-Blue_Microphones_Yeti_Stereo_Microphone-00.analog-stereo 0"
    lines = lettering.wrap(command, 15, 250, 9)
    assert "".join(lines).replace(" ", "") == command.replace(" ", "")
    assert all(lettering.width(line, 15) <= 250 for line in lines)
    assert lines[0] == "pactl set-source-mute"
    assert all(line[-1] in "-_./" for line in lines[1:-1])


@given(st.text("i w-_…ש\n😀日", max_size=80), st.integers(1, 5), st.integers(15, 150))
def test_whatever_is_wrapped_fits_and_what_is_missing_is_told(
    lettering: Lettering, text: str, lines: int, width: int
) -> None:
    wrapped = lettering.wrap(text, 8, width, lines)
    assert len(wrapped) <= lines
    assert all(wrapped)
    assert all(lettering.width(line, 8) <= width for line in wrapped)
    shown, whole = "".join("".join(wrapped).split()), "".join(text.split())
    assert shown == whole or (len(wrapped) == lines and shown[-1] == "…" and whole.startswith(shown[:-1]))


def test_of_a_text_without_end_only_what_could_stand_there_is_looked_at(
    lettering: Lettering, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at = []
    width = lettering.width
    monkeypatch.setattr(
        lettering, "width", lambda text, pixels: looked_at.append(len(text)) or width(text, pixels)
    )
    for text in ("y" * 1_000_000, "y " * 500_000):
        assert lettering.wrap(text, 15, 250, 8)[-1].endswith("…")
    assert max(looked_at) < 80
    assert len(looked_at) < 250


def test_fonts_are_read_as_fontconfig_tells_them() -> None:
    faces = parse_faces("/a/Sans.ttf\t0\t20-7e a0\n/b/Emoji.ttf\t65536\t1f600-1f64f\n/c/old.pfb\t0\t20-7e\n")
    assert [(face.path, face.index) for face in faces] == [("/a/Sans.ttf", 0), ("/b/Emoji.ttf", 0)]
    assert faces[0].has(0xA0)
    assert not faces[0].has(0x7F)
    assert not faces[0].has(0x10)


def test_each_character_gets_a_font_that_has_it_and_emoji_a_coloured_one() -> None:
    plain = Face("/a/Sans.ttf", 0, (0x20, 0x1F600), (0x7E, 0x1F600))
    hebrew = Face("/b/Hebrew.ttf", 0, (0x5D0,), (0x5EA,))
    emoji = Face("/c/ColorEmoji.ttf", 0, (0x1F600,), (0x1F64F,))
    faces = (plain, hebrew, emoji)
    assert face_for("a", faces) is plain
    assert face_for("ש", faces) is hebrew
    assert face_for("😀", faces) is emoji
    assert face_for("日", faces) is plain  # which draws that it is missing
    assert [text for _, text in runs("a ש😀‍😀b", faces)] == ["a ", "ש", "😀‍😀", "b"]


@pytest.mark.parametrize(
    ("logical", "visual"),
    [("abc", "abc"), ("אבג", "גבא"), ("abc אבג def", "abc גבא def"), ("אב 12 גד", "דג 12 בא")],
)
def test_without_raqm_right_to_left_text_is_put_in_order_here(logical: str, visual: str) -> None:
    assert put_in_order(logical) == visual


def test_without_raqm_text_is_drawn_all_the_same(lettering: Lettering, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.features, "check", lambda _: False)
    assert drawn(Lettering(), "שלום hello").any()


def test_without_fontconfig_the_usual_places_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.shutil, "which", lambda _: None)
    find_faces.cache_clear()
    try:
        assert find_faces()[0].path.endswith(".ttf")
        monkeypatch.setattr(module, "PLACES", ())
        find_faces.cache_clear()
        with pytest.raises(DisplayError, match="apt install"):
            find_faces()
    finally:
        find_faces.cache_clear()
