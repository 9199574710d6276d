from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.errors import TypistError
from sayso.events import Edit
from sayso.typist import HERE
from sayso.typist.recording import RecordingTypist


@given(st.lists(st.tuples(st.integers(0, 5), st.text(max_size=5))))
def test_the_text_is_what_stands_in_a_window_after_all_edits(edits: list[tuple[int, str]]) -> None:
    typist, window = RecordingTypist(), ""
    for delete, insert in edits:
        if delete > len(window):
            with pytest.raises(TypistError, match=f"delete {delete} characters where only {len(window)}"):
                typist.type(Edit(delete, insert))
        else:
            typist.type(Edit(delete, insert))
            window = window[: len(window) - delete] + insert
    assert typist.text == window


def test_it_takes_anything_back_and_shows_no_tail() -> None:
    typist = RecordingTypist()
    assert (typist.abilities.unicode, typist.abilities.delete, typist.abilities.preedit) == (True, True, False)
    typist.show("may change", HERE)
    typist.close()
    assert (typist.text, typist.edits) == ("", [])
