from __future__ import annotations

import json
from dataclasses import asdict

from figures import Figures, Way, table
from figures import cells as figure_cells
from scoring import Errors
from targets import TARGETS, Verdict, cells, verdicts


def figures(way: Way, **measured: object) -> Figures:
    return Figures("base", way, {"speech": Errors(5, 100)}, **measured)  # type: ignore[arg-type]


def verdict_on(what: str, measured: dict[Way, Figures]) -> Verdict:
    [found] = [verdict for verdict in verdicts("base", measured) if verdict.target == what]
    return found


def test_a_value_at_its_limit_is_met_and_one_above_is_missed() -> None:
    at, above = (figures(Way.LIVE, commits=(value,)) for value in (0.8, 0.81))
    assert verdict_on("word commit latency p50", {Way.LIVE: at}).met
    assert not verdict_on("word commit latency p50", {Way.LIVE: above}).met


def test_where_more_is_better_less_is_missed() -> None:
    what = "p50 commit latency, whisper_streaming, defaults ÷ ours"
    ours = figures(Way.LIVE, commits=(1.0,))
    assert verdict_on(what, {Way.LIVE: ours, Way.RIVAL: figures(Way.RIVAL, commits=(5.0,))}).met
    assert not verdict_on(what, {Way.LIVE: ours, Way.RIVAL: figures(Way.RIVAL, commits=(4.9,))}).met


def test_what_was_not_measured_is_neither_met_nor_missed_and_survives_as_json() -> None:
    every = verdicts("base", {})
    assert len(every) == len(TARGETS)
    assert {cells(verdict)[""] for verdict in every} == {"not measured"}
    assert "NaN" not in json.dumps([asdict(verdict) for verdict in every], allow_nan=False)


def test_a_model_without_targets_has_no_verdicts() -> None:
    assert verdicts("small", {Way.LIVE: figures(Way.LIVE)}) == []


def test_every_row_of_the_table_has_a_cell_for_every_heading() -> None:
    rows = [figure_cells(figures(Way.OFFLINE)), figure_cells(figures(Way.LIVE, commits=(0.5,), unmatched=1))]
    lines = list(table(rows))
    assert {line.count("|") for line in lines} == {len(rows[0]) + 1}
    assert "0.50 / 0.50 s | 50.0 %" in lines[-1]
