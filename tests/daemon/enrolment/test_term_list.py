from __future__ import annotations

from pathlib import Path

import pytest

from sayso.enrolment.term_list import MOST_BYTES, MOST_FAULTS, MOST_TERMS, fault_of, read_terms, terms_of
from sayso.errors import ConfigError


def fault(text: str) -> str:
    with pytest.raises(ConfigError) as raised:
        terms_of(text, "t.txt")
    return str(raised.value)


def test_terms_are_one_a_line_and_remarks_and_empty_lines_are_none() -> None:
    text = "# names\n\nKubernetes\r\n  Anneliese \t Schmidt \nC#\nC++\n.NET 8\nMüller-Lüdenscheidt\n"
    text += "O'Neill's\n#hashtag\n"
    assert terms_of(text, "t") == (
        "Kubernetes",
        "Anneliese Schmidt",
        "C#",
        "C++",
        ".NET 8",
        "Müller-Lüdenscheidt",
        "O'Neill's",
        "#hashtag",
    )


def test_letters_are_composed_so_that_a_term_is_the_same_however_it_was_typed() -> None:
    assert terms_of("Mu\u0308ller\n", "t") == ("Müller",)
    assert "t.txt:2: the same as line 1" in fault("Mu\u0308ller\nMÜLLER\n")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "t.txt: no terms in it"),
        ("\n# only a remark\n  \n", "t.txt: no terms in it"),
        ("Anna\nanna\n", "t.txt:2: the same as line 1"),
        ("Anna\nשלום\n", "t.txt:2: a letter that the sentences are not written in (U+05E9, hebrew letter shin)"),
        ("Ελλάδα\n", "t.txt:1: a letter that the sentences are not written in"),
        ("Anna\nparty 🎉\n", "t.txt:2: a character that cannot be said (U+1F389, party popper)"),
        ("x²\n", "t.txt:1: a character that cannot be said (U+00B2"),
        ("--\n", "t.txt:1: no letter or digit"),
        ("Anna\x00Bob\n", "t.txt:1: a control or invisible character (U+0000"),
        ("Anna\u202eBob\n", "t.txt:1: a control or invisible character (U+202E, right-to-left override)"),
        ("Zq\u0300\u0301\n", "t.txt:1: a mark that belongs to no letter"),
        ("a" * 61, "t.txt:1: 61 characters"),
        ("one two three four five six seven\n", "t.txt:1: 7 words"),
        ("\ud800\n", "t.txt:1: a control or invisible character (U+D800"),
    ],
)
def test_what_cannot_be_asked_for_is_told_with_its_line(text: str, expected: str) -> None:
    assert expected in fault(text)


def test_terms_themselves_are_not_repeated_in_an_error() -> None:
    assert "Anneliese" not in fault("Anneliese 🎉\nAnneliese Schmidt aus der Kleinen Straße von da oben\n")


def test_too_many_terms_are_told_with_the_first_line_that_is_too_many() -> None:
    enough = "".join(f"term {number}\n" for number in range(MOST_TERMS))
    assert len(terms_of(enough, "t")) == MOST_TERMS
    assert f"t.txt:{MOST_TERMS + 1}: more than {MOST_TERMS} terms" in fault(f"{enough}one more\n")


def test_of_many_faults_the_first_are_told() -> None:
    lines = fault("🎉\n" * (MOST_FAULTS + 7)).splitlines()
    assert len(lines) == MOST_FAULTS + 1
    assert lines[-1] == "t.txt: … and 7 more faults like these"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"Anna\nBob\xff\xfe\n", ":2: this is not text in UTF-8"),
        ("Anna".encode("utf-16"), ":1: written in UTF-16"),
        (b"\x7fELF\x02\x01\x01\x00", ":1: a control or invisible character (U+007F"),
        (b"a\n" * MOST_BYTES, ": larger than 100 kB"),
    ],
)
def test_a_file_that_is_no_text_is_told_as_such(tmp_path: Path, data: bytes, expected: str) -> None:
    path = tmp_path / "terms.txt"
    path.write_bytes(data)
    with pytest.raises(ConfigError) as raised:
        read_terms(path)
    assert f"{path}{expected}" in str(raised.value)


def test_a_mark_of_the_byte_order_is_no_part_of_the_first_term(tmp_path: Path) -> None:
    path = tmp_path / "terms.txt"
    path.write_bytes("Anna\n".encode("utf-8-sig"))
    assert read_terms(path) == ("Anna",)


def test_a_folder_and_a_missing_file_are_told_as_such(tmp_path: Path) -> None:
    for path, expected in ((tmp_path, "this is a folder"), (tmp_path / "none.txt", "no such file")):
        with pytest.raises(ConfigError, match=expected):
            read_terms(path)


def test_a_name_of_three_words_with_a_number_is_fit() -> None:
    assert fault_of("Ubuntu 24.04 LTS") is None
