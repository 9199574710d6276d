"""What differs in an application is found by its name, and a file that is wrong says where and what to write."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.errors import ConfigError
from sayso.events import Edit, Span
from sayso.formatter import check_spans
from sayso.profiles import EVERYWHERE, Profile, Profiles
from sayso.profiles.casing import lowered
from sayso.profiles.reading import load_profiles

FILE = """
# in *all* browsers German
"*fox*":
  language: de
  vocabulary: Zwieback, Łódź
Firefox:
  journal: false
org.keepassxc.KeePassXC:
  dictation: off
xterm:
  casing: lower
  commands: no
  backend: x11
  model: tiny.en
"""


def write(folder: Path, text: str | bytes) -> Path:
    file = folder / "applications.yaml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def test_an_application_is_known_by_its_name_in_any_case_and_later_lines_have_the_last_word(
    tmp_path: Path,
) -> None:
    profiles = load_profiles(write(tmp_path, FILE))
    assert profiles.of("firefox") == Profile(language="de", vocabulary=("Zwieback", "Łódź"), journal=False)
    assert profiles.of("waterfox") == Profile(language="de", vocabulary=("Zwieback", "Łódź"))
    assert profiles.of("org.keepassxc.KeePassXC") == Profile(dictation=False)
    assert profiles.of("XTerm") == Profile(casing="lower", commands=False, backend="x11", model="tiny.en")
    assert profiles.of("gedit") == profiles.of("") == EVERYWHERE


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n"])
def test_a_file_that_is_not_there_or_empty_says_that_nothing_differs(tmp_path: Path, text: str) -> None:
    assert load_profiles(tmp_path / "none.yaml").of("firefox") == EVERYWHERE
    assert load_profiles(write(tmp_path, text)).of("firefox") == EVERYWHERE


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("firefox:\n  langage: de\n", "applications.yaml:2: firefox.langage: unknown; did you mean 'language'?"),
        ("firefox:\n  colour: red\n", "allowed: dictation, language, model"),
        ("firefox:\n  language: klingon\n", "applications.yaml:2: firefox.language: "),
        ("firefox:\n  casing: Lower\n", "did you mean 'lower'?"),
        ("firefox:\n  language: de\n  language: en\n", "applications.yaml:3: firefox.language: given twice"),
        ("firefox:\n  journal: no\nFirefox:\n  journal: yes\n", "applications.yaml:3: Firefox: given twice"),
        ("firefox:\n  backend: x12\n", "firefox.backend: unknown value ('x12'); did you mean 'x11'?"),
        ("firefox:\n  backend: stdout\n", "allowed: x11, ibus, wlroots, portal or uinput"),
        ("firefox:\n  journal: no\n*:\n  journal: no\n", "applications.yaml:3: text that begins with '*'"),
        ("*fox*:\n  journal: no\n", "applications.yaml:1: text that begins with '*', which YAML takes"),
        ("*fox:\n  journal: no\n", "put text in quotes"),
        ("&fox:\n  journal: no\n", "applications.yaml:1: no name; put it in quotes"),
        (">fox:\n  journal: no\n", "applications.yaml:1: text that begins with '|' or '>'"),
        ("[fox]:\n  journal: no\n", "applications.yaml:1: no name; put it in quotes"),
        ("".join(f"a{n}: {{journal: no}}\n" for n in range(1_001)), "1001 applications; allowed: 1000 at most"),
        ('"\\a":\n  journal: no\n', "applications.yaml:1: '\\x07' is no name"),
        ("firefox:\n", "applications.yaml:1: firefox: nothing that differs"),
        ("firefox: de\n", "nothing that differs"),
        ("- firefox\n", "nothing that differs"),
        ("firefox:\n  language: [de, en]\n", "one value belongs here"),
        ("firefox:\n  dictation:\n", "one value belongs here"),
        ("firefox:\n\tlanguage: de\n", "a tab; use spaces"),
        (b"\xff\xfe\x00", "UTF-8"),
        ("x" * 70_000, "larger than"),
        ("a: &a\n  journal: no\nb: *a\n", "alias"),
    ],
)
def test_a_fault_is_told_with_its_line_and_what_to_write(tmp_path: Path, text: str | bytes, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_profiles(write(tmp_path, text))
    assert says in str(caught.value)


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load_profiles(write(tmp_path, "a:\n  x: 1\nb:\n  y: 2\n"))
    assert len(str(caught.value).splitlines()) == 2


@given(st.text(max_size=40), st.text(max_size=20))
def test_no_name_of_an_application_is_too_strange(application: str, pattern: str) -> None:
    Profiles({pattern: Profile(journal=False)}).of(application)


@given(st.lists(st.text(min_size=1, max_size=8), max_size=6))
def test_small_letters_keep_the_spans(pieces: list[str]) -> None:
    spans, at = [], 0
    for number, piece in enumerate(pieces):
        spans.append(Span(at, at + len(piece), (number,)))
        at += len(piece)
    edit = lowered(Edit(1, "".join(pieces), tuple(spans)))
    check_spans(edit)
    assert edit.delete == 1
    assert not any(one.lower() != one for one in edit.insert if len(one.lower()) == 1)
