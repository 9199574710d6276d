from __future__ import annotations

import pytest

from sayso.errors import TypistError
from sayso.typist import load_typist
from sayso.typist.recording import RecordingTypist
from sayso.typist.stdout import StdoutTypist


def test_backends_in_the_box_are_found_through_the_entry_points() -> None:
    assert isinstance(load_typist("recording"), RecordingTypist)
    assert isinstance(load_typist("stdout"), StdoutTypist)


def test_the_terminal_is_found_too_and_refuses_what_is_none() -> None:
    with pytest.raises(TypistError, match="not a terminal that can be drawn on"):
        load_typist("terminal")


def test_a_misspelled_backend_is_suggested() -> None:
    with pytest.raises(TypistError, match=r"'stdot' is not installed; did you mean 'stdout'\?.*typist\.backend"):
        load_typist("stdot")


def test_for_an_unknown_backend_the_installed_ones_are_named() -> None:
    with pytest.raises(TypistError, match=r"installed: .*recording, stdout, terminal"):
        load_typist("telepathy")
