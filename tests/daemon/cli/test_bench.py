"""`sayso bench` for real: figures, and a picture of them."""

from __future__ import annotations

from pathlib import Path

from tests.daemon.cli.command import Run

PNG = b"\x89PNG\r\n\x1a\n"
ONE = ("--model", "tiny.en", "--engine", "ctranslate2", "--device", "cpu")


def test_a_table_and_a_picture_come_out(sayso: Run, tmp_path: Path) -> None:
    picture = tmp_path / "bench.png"
    ran = sayso("bench", *ONE, "--compute-type", "int8", "int3", "--picture", str(picture))
    assert ran.status == 0
    heading, row, problem = ran.out.splitlines()
    assert heading.split()[:3] == ["model", "engine", "on"]
    assert row.startswith("tiny.en  ctranslate2 int8")
    assert " of 36" in row
    assert problem.startswith("tiny.en on ctranslate2 int3, cpu: ")
    assert picture.read_bytes().startswith(PNG)


def test_figures_for_scripts_are_one_object_a_line(sayso: Run, tmp_path: Path) -> None:
    ran = sayso("bench", *ONE, "--compute-type", "int8", "--json", "--picture", str(tmp_path / "bench.png"))
    (row,) = ran.rows
    assert (row["model"], row["engine"], row["compute_type"], row["device"]) == (
        "tiny.en",
        "ctranslate2",
        "int8",
        "cpu",
    )
    assert row["real_time_factor"] > 0
    assert row["wer_percent"] < 15


def test_a_picture_that_cannot_be_written_costs_no_figures(sayso: Run, tmp_path: Path) -> None:
    nowhere = tmp_path / "no folder" / "bench.png"
    ran = sayso("bench", *ONE, "--compute-type", "int8", "--picture", str(nowhere))
    assert ran.status == 1
    assert "ctranslate2 int8" in ran.out
    assert "choose another --picture" in ran.err


def test_what_there_is_not_is_said_before_anything_is_measured(sayso: Run) -> None:
    ran = sayso("bench", "--engine", "ctranslate3")
    assert (ran.status, ran.out) == (1, "")
    assert "did you mean 'ctranslate2'" in ran.err
    ran = sayso("bench", "--model", "tiny.em")
    assert (ran.status, ran.out) == (1, "")
    assert "did you mean 'tiny.en'" in ran.err
