"""Figures of a real journal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from tests.daemon.journal.keeping import correction, opened, spooled

from sayso.figures.facts import gather
from sayso.figures.report import report
from sayso.journal import Decision, Outcome
from sayso.journal.database import Database
from sayso.journal.writing import add, correct

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC).timestamp()
DAY_SECONDS = 86_400.0
TEXTS = ("hello world", "we use cuber netties here", "hello world", "nobody corrected this one")


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    """Four utterances on four days."""
    database = opened(tmp_path / "journal")
    for number, text in enumerate(TEXTS, start=1):
        application = "Gedit" if number % 2 else "Slack"
        kept = spooled(number, text, application=application, at=NOON + number * DAY_SECONDS, seconds=2.0)
        add(database, kept, Outcome.DELIVERED)
    yield database
    database.close()


def test_every_utterance_is_there_with_its_day_words_and_speed(db: Database) -> None:
    facts = gather(db, 0.0, UTC)
    assert [one.utterance for one in facts.spoken] == [4, 3, 2, 1]
    one = facts.spoken[-1]
    assert (one.day, one.application, one.model, one.words) == (date(2026, 3, 3), "Gedit", "tiny.en", 2)
    assert (one.seconds, one.computing_seconds, one.text) == (2.0, 0.25, "Hello world")
    assert report(facts, ()).total.real_time_factor == pytest.approx(0.125)


def test_only_accepted_corrections_count_and_of_their_words_it_is_known_which_were_wrong(db: Database) -> None:
    correct(db, correction(1))
    fixed = replace(correction(2, "We use Kubernetes here"), changes=(("cuber netties", "Kubernetes"),))
    correct(db, fixed)
    correct(db, correction(3, decision=Decision.DOUBTFUL))
    facts = gather(db, 0.0, UTC)
    assert sorted(one.utterance for one in facts.fixed) == [1, 2]
    found = report(facts, ["Kubernetes"])
    assert (found.total.words, found.total.corrections) == (13, 2)
    assert [(rate.name, rate.words, rate.corrections) for rate in found.terms] == [("Kubernetes", 1, 1)]
    assert [(rate.name, rate.corrections) for rate in found.applications] == [("Slack", 1), ("Gedit", 1)]
    assert [one.is_right for one in facts.judged] == [True, False, True, True, False, False, True]
    assert {one.confidence for one in facts.judged} == {0.875}
    assert found.calibration.error == pytest.approx(abs(0.875 - 4 / 7))


def test_what_ended_before_is_left_out_with_its_corrections(db: Database) -> None:
    correct(db, correction(1))
    facts = gather(db, NOON + 2.5 * DAY_SECONDS, UTC)
    assert [one.utterance for one in facts.spoken] == [4, 3]
    assert facts.fixed == facts.judged == ()


def test_what_is_withheld_has_no_words_and_is_left_out(db: Database) -> None:
    add(db, spooled(5), Outcome.WITHHELD)
    assert len(gather(db, 0.0, UTC).spoken) == 4


def test_a_damaged_row_costs_only_itself_and_is_counted(db: Database) -> None:
    correct(db, correction(1))
    db.connection.execute("UPDATE utterance SET line = zeroblob(60) WHERE id = 4")
    db.connection.execute("UPDATE correction SET sealed = zeroblob(60)")
    facts = gather(db, 0.0, UTC)
    assert ([one.utterance for one in facts.spoken], facts.fixed, facts.damaged) == ([3, 2, 1], (), 2)


def test_an_empty_journal_gives_no_facts(tmp_path: Path) -> None:
    database = opened(tmp_path / "other")
    assert gather(database, 0.0).spoken == ()
    database.close()
