"""What `sayso enrol` refuses before it shows anything; `tests/desktop/enrolment` reads to it."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.daemon.cli.command import Run
from tests.daemon.journal.keeping import correction, noise, spooled

from sayso.cli import enrol
from sayso.config import load_settings
from sayso.journal import Outcome
from sayso.journal.database import Database
from sayso.journal.keys import find_key
from sayso.journal.writing import add, correct


@pytest.fixture
def terms(tmp_path: Path) -> Path:
    """A list of one term."""
    path = tmp_path / "terms.txt"
    path.write_text("Kubernetes\n")
    return path


@pytest.fixture
def in_a_file(tmp_path: Path) -> Path:
    """Settings by which the journal's key lies in a file."""
    path = tmp_path / "settings.yaml"
    path.write_text("journal: {key: file}\n")
    return path


def keep(tmp_path: Path, *meant: str) -> None:
    """Corrections to these, one an utterance."""
    folder = tmp_path / "state" / "sayso" / "journal"
    database = Database(folder, find_key(folder, "file"), write=True)
    for number, term in enumerate(meant, start=1):
        add(database, spooled(number), Outcome.DELIVERED)
        correct(database, replace(correction(number), changes=(("world", term),)))
    database.close()


def test_without_a_terminal_it_says_so_and_makes_no_folder(sayso: Run, terms: Path, tmp_path: Path) -> None:
    ran = sayso("enrol", terms, "--to", tmp_path / "to")
    assert (ran.status, ran.out) == (1, "")
    assert "run it in a terminal" in ran.err
    assert not (tmp_path / "to").exists()


def test_a_list_that_is_unfit_is_told_with_its_line(sayso: Run, terms: Path) -> None:
    terms.write_text("Kubernetes\n\nkubernetes\nשלום\n")
    ran = sayso("enrol", terms)
    assert ran.status == 1
    assert f"{terms}:3: the same as line 1" in ran.err
    assert f"{terms}:4: a letter that the sentences are not written in" in ran.err


def test_it_needs_a_list_or_to_be_asked_for_what_fails(sayso: Run) -> None:
    ran = sayso("enrol")
    assert ran.status == 2
    assert "give a file with one term a line, or --failing" in ran.err


@pytest.mark.parametrize("wrong", [("--count", "0"), ("--count", "2001"), ("--count", "x"), ("--language", "xx")])
def test_what_makes_no_sense_is_told(sayso: Run, terms: Path, wrong: tuple[str, str]) -> None:
    ran = sayso("enrol", terms, *wrong)
    assert ran.status == 2
    assert wrong[1] in ran.err


def test_a_language_without_sentences_is_told(sayso: Run, terms: Path, tmp_path: Path) -> None:
    settings = tmp_path / "settings.yaml"
    settings.write_text("language: it\n")
    ran = sayso("enrol", terms, "--config", settings)
    assert ran.status == 1
    assert "no sentences to read in 'it'" in ran.err


def test_it_does_not_begin_beside_a_dictation_that_would_be_typed_into_the_terminal(
    sayso: Run, terms: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def listening() -> dict[str, Any]:
        return {"state": "listening"}

    monkeypatch.setattr(enrol, "read_status", listening)
    for stream in (sys.stdin, sys.stdout):
        monkeypatch.setattr(stream, "isatty", lambda: True)
    ran = sayso("enrol", terms)
    assert ran.status == 1
    assert "run: sayso stop" in ran.err


@pytest.mark.usefixtures("sayso")
@pytest.mark.parametrize(
    ("model", "language", "why"), [("nowhere", "en", "there is no model 'nowhere'"), ("tiny.en", "de", "tiny.en")]
)
def test_where_no_model_can_hear_it_that_is_said_once_and_nothing_is_compared(
    model: str, language: str, why: str
) -> None:
    told: list[str] = []
    transcribe = enrol.transcriber(load_settings(None, {"engine.model": model}), language, told.append)
    assert [transcribe(noise(1.0)) for _ in range(3)] == [None] * 3
    (line,) = told
    assert line.startswith("Whether you read what stands there is not looked at: ")
    assert why in line


def test_where_nothing_keeps_failing_there_is_nothing_to_record(
    sayso: Run, tmp_path: Path, in_a_file: Path
) -> None:
    keep(tmp_path, "Kubernetes", "there", "there")
    ran = sayso("enrol", "--failing", "--config", in_a_file)
    assert (ran.status, ran.err) == (0, "")
    assert "nothing to record" in ran.out


def test_what_keeps_failing_is_asked_for_and_of_a_list_only_that(
    sayso: Run, tmp_path: Path, in_a_file: Path, terms: Path
) -> None:
    keep(tmp_path, "Kubernetes", "Kubernetes", "Grafana", "Grafana", "Grafana")
    assert "run it in a terminal" in sayso("enrol", "--failing", "--config", in_a_file).err
    assert "run it in a terminal" in sayso("enrol", terms, "--failing", "--config", in_a_file).err
    terms.write_text("Nginx\n")
    assert "nothing to record" in sayso("enrol", terms, "--failing", "--config", in_a_file).out


def test_without_a_journal_it_cannot_be_known_what_fails(sayso: Run) -> None:
    ran = sayso("enrol", "--failing")
    assert ran.status == 1
    assert "nothing is kept yet" in ran.err
