"""What was said as JSON: it comes back as it was, also from a row that was written before it told all of this."""

from __future__ import annotations

from dataclasses import replace

from tests.daemon.corrections.saying import said

from sayso.events import TermWritten
from sayso.journal.encoding import dump, load, said_as_json, said_from_json


def test_the_terms_that_were_written_come_back() -> None:
    one = replace(said("we run engine X"), terms=(TermWritten(2, 4, "Nginx"),))
    assert said_from_json(load(dump(said_as_json(one)), "here"), "here") == one


def test_a_row_of_before_terms_were_told_has_none() -> None:
    one = said("we run engine X")
    told = said_as_json(one)
    del told["terms"]
    assert said_from_json(load(dump(told), "here"), "here") == one
