"""Whether a field can teach is said with a reason, and no is certain."""

from __future__ import annotations

from dataclasses import replace

from sayso.accessibility import PASSWORD_TEXT, TERMINAL, Field, Place
from sayso.corrections.teaching import Teaches, may_teach

LINE = Field(Place(":1.1", "/line"), "editor", 5, 61, is_editable=True, has_text=True)


def test_only_a_field_that_can_be_read_and_written_teaches() -> None:
    assert may_teach(LINE) == (Teaches.YES, "")
    for role in (PASSWORD_TEXT, TERMINAL):
        assert may_teach(replace(LINE, role=role))[0] is Teaches.NO
    assert may_teach(replace(LINE, is_editable=False))[0] is Teaches.NO


def test_of_what_nobody_tells_it_is_unknown() -> None:
    assert may_teach(None)[0] is Teaches.UNKNOWN
    assert may_teach(replace(LINE, has_text=False))[0] is Teaches.UNKNOWN


def test_where_it_does_not_teach_a_reason_is_given() -> None:
    for field in (
        None,
        replace(LINE, role=TERMINAL),
        replace(LINE, is_editable=False),
        replace(LINE, has_text=False),
    ):
        assert may_teach(field)[1]
