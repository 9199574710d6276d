from __future__ import annotations

import json

from tests.daemon.figures.made import SECRET, empty, made

from sayso.figures.table import MOST_ROWS, as_rows, calibration_in_words, drift_in_words, sections


def test_there_is_a_section_for_day_application_model_term_and_confidence() -> None:
    found = {section.headings[0]: section for section in sections(made())}
    assert list(found) == ["day", "application", "model", "term", "confidence"]
    assert all(len(row) == len(section.headings) for section in found.values() for row in section.rows)
    assert found["day"].rows[-1][0] == "all"
    assert found["day"].rows[-2][0] == made().days[-1].name
    assert (len(found["day"].rows), found["day"].more) == (MOST_ROWS + 1, 60 - MOST_ROWS)
    assert "(not known)" in [row[0] for row in found["application"].rows]


def test_the_sum_over_each_kind_is_the_total() -> None:
    report = made()
    for rates in (report.days, report.applications, report.models):
        assert sum(rate.words for rate in rates) == report.total.words
        assert sum(rate.corrections for rate in rates) == report.total.corrections


def test_programs_get_every_figure_as_one_object() -> None:
    rows = [json.loads(json.dumps(row)) for row in as_rows(made())]
    kinds = [row["figure"] for row in rows]
    assert {kind: kinds.count(kind) for kind in dict.fromkeys(kinds)} == {
        "total": 1,
        "day": 60,
        "application": 6,
        "model": 2,
        "term": 3,
        "confidence": 10,
        "calibration": 1,
        "drift": 1,
    }
    day = next(row for row in rows if row["figure"] == "day")
    assert list(day) == ["figure", "day", "words", "corrections", "per_100_words", "real_time_factor"]
    drift = rows[-1]
    assert (drift["corrections"], drift["since"]) == ("more", "2026-02-14")


def test_no_text_of_the_person_is_among_the_figures() -> None:
    assert SECRET not in str([*as_rows(made()), *sections(made())])


def test_whether_something_has_changed_is_said_in_words() -> None:
    assert drift_in_words(made()).startswith("more corrections since 2026-02-14: ")
    assert drift_in_words(made(40)) == "corrections are neither more nor fewer than in the first days"
    assert drift_in_words(made(10)) == "a drift can be seen after 14 days with dictation"


def test_who_has_said_nothing_gets_figures_of_nothing() -> None:
    assert next(as_rows(empty())) == {
        "figure": "total",
        "words": 0,
        "corrections": 0,
        "per_100_words": None,
        "real_time_factor": None,
    }
    assert calibration_in_words(empty().calibration) == "calibration: no words that were looked at yet"
