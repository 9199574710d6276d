"""Keyboard layouts and the languages that they are made for."""

from __future__ import annotations

from pathlib import Path

import pytest

from sayso.language.layout import language_of_inputs
from sayso.language.layouts import language_in_force, language_of_code, language_of_name
from sayso.languages import LAYOUT, WHISPER_LANGUAGES, Languages, parse_languages

LISTED = Path("/usr/share/X11/xkb/rules/evdev.lst")


@pytest.mark.parametrize(
    ("layout", "variant", "language"),
    [
        ("us", "", "en"),
        ("us", "dvorak", "en"),
        ("gb", "", "en"),
        ("de", "nodeadkeys", "de"),
        ("ch", "", "de"),
        ("ch", "fr", "fr"),
        ("il", "", "he"),
        ("br", "", "pt"),
        ("latam", "", "es"),
        ("es", "cat", "ca"),
        ("ca", "", "fr"),
        ("ca", "multix", None),
        ("in", "", None),
        ("in", "hin-wx", "hi"),
        ("be", "", None),
        ("brai", "", None),
        ("no such", "", None),
    ],
)
def test_a_layout_is_known_by_its_code_and_variant(layout: str, variant: str, language: str | None) -> None:
    assert language_of_code(layout, variant) == language


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("English (US)", "en"),
        ("German (no dead keys)", "de"),
        ("Portuguese (Brazil)", "pt"),
        ("Hebrew", "he"),
        ("Belgian", None),
        ("N'Ko (AZERTY)", None),
        ("Northern Saami (Norway)", None),
        ("A user-defined custom Layout", None),
        ("", None),
    ],
)
def test_a_layout_is_known_by_its_name(name: str, language: str | None) -> None:
    assert language_of_name(name) == language


def test_code_and_name_of_every_layout_of_this_machine_agree_and_whisper_knows_what_they_tell() -> None:
    if not LISTED.exists():
        pytest.skip(f"{LISTED} is missing: apt install xkb-data")
    section = LISTED.read_text(encoding="utf-8").split("! layout")[1].split("! variant")[0]
    listed = dict(line.split(None, 1) for line in section.splitlines() if line.strip())
    told = {code: (language_of_code(code), language_of_name(name)) for code, name in listed.items()}
    assert {code: pair for code, pair in told.items() if pair[0] != pair[1]} == {}
    assert {by_code for by_code, _ in told.values()} <= {None, *WHISPER_LANGUAGES}
    assert sum(by_code is not None for by_code, _ in told.values()) > 70


@pytest.mark.parametrize(
    ("group", "language"), [(0, "en"), (1, "de"), (2, "fr"), (3, "en")], ids=["us", "de", "ch fr", "around"]
)
def test_the_group_in_force_chooses_among_the_layouts_of_the_server(group: int, language: str) -> None:
    names = b"evdev\0pc105\0us,de,ch\0,nodeadkeys,fr\0grp:alt_shift_toggle\0"
    assert language_in_force(names, group) == language


@pytest.mark.parametrize("names", [b"", b"evdev\0pc105\0", b"evdev\0pc105\0\0\0"])
def test_a_server_that_names_no_layouts_tells_no_language(names: bytes) -> None:
    assert language_in_force(names, 0) is None


def test_of_sways_inputs_the_keyboards_count_and_those_that_programs_made_do_not() -> None:
    german = {"type": "keyboard", "identifier": "1:1:AT_keyboard", "xkb_active_layout_name": "German"}
    virtual = {"type": "keyboard", "identifier": "0:0:virtual_keyboard", "xkb_active_layout_name": "English (US)"}
    mouse = {"type": "pointer", "identifier": "1:2:mouse"}
    assert language_of_inputs([german, german, virtual, mouse]) == "de"
    assert language_of_inputs([german, {**german, "xkb_active_layout_name": "French"}]) is None
    assert language_of_inputs([mouse]) is None
    assert language_of_inputs({"error": "no"}) is None


def test_the_setting_has_one_form_whatever_was_written() -> None:
    assert str(parse_languages("auto")) == "auto"
    assert parse_languages(LAYOUT) == Languages(follows_layout=True)
    assert str(parse_languages("en, de,en")) == "en,de"
    assert (parse_languages("de").fixed, parse_languages("de,en").fixed) == ("de", None)
    with pytest.raises(ValueError, match="klingon"):
        parse_languages("en,klingon")
