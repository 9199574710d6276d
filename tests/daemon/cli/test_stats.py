"""`sayso stats` on a real journal with its key in a file."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest
from tests.daemon.cli.command import Run
from tests.daemon.journal.keeping import correction, spooled

from sayso.journal import Outcome
from sayso.journal.database import Database
from sayso.journal.keys import find_key
from sayso.journal.writing import add, correct

DAY_SECONDS = 86_400.0
STYLE = re.compile("\x1b\\[[0-9;]*m")
IN_A_FILE = "journal: {key: file}\n"


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    """The key in a file, and a term."""
    path = tmp_path / "settings.yaml"
    path.write_text(f"vocabulary: there\n{IN_A_FILE}")
    return path


@pytest.fixture
def _kept(tmp_path: Path) -> None:
    """An utterance of today with a correction, and one of a year ago."""
    folder = tmp_path / "state" / "sayso" / "journal"
    database = Database(folder, find_key(folder, "file"), write=True)
    add(database, spooled(1, at=time.time() - 365 * DAY_SECONDS), Outcome.DELIVERED)
    add(database, spooled(2), Outcome.DELIVERED)
    correct(database, correction(2))
    database.close()


@pytest.mark.usefixtures("_kept")
def test_the_figures_of_the_last_days_are_shown(sayso: Run, settings: Path) -> None:
    ran = sayso("stats", "--config", settings)
    assert ran.status == 0, ran.err
    rows = [line.split() for line in ran.out.splitlines()]
    assert ["tiny.en", "2", "1", "50.0", "0.500"] in rows
    assert ["there", "1", "1"] in rows
    assert "a drift can be seen after 14 days with dictation" in ran.out


@pytest.mark.usefixtures("_kept")
@pytest.mark.parametrize(("columns", "figures"), [(20, 1), (34, 2), (80, 4)])
def test_in_a_narrow_terminal_the_last_columns_are_left_out(
    sayso: Run, settings: Path, monkeypatch: pytest.MonkeyPatch, columns: int, figures: int
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = STYLE.sub("", sayso("stats", "--config", settings).out).splitlines()
    assert ["tiny.en", "2", "1", "50.0", "0.500"][: 1 + figures] in [line.split() for line in lines]
    assert max(map(len, lines)) <= columns


@pytest.mark.usefixtures("_kept")
def test_programs_get_one_object_a_line_and_a_picture_when_they_ask(
    sayso: Run, settings: Path, tmp_path: Path
) -> None:
    picture = tmp_path / "stats.PNG"
    ran = sayso("stats", "--config", settings, "--json", "--days", "1000", "--png", picture)
    assert ran.status == 0, ran.err
    rows = [json.loads(line) for line in ran.out.splitlines()]
    assert rows[0] == {
        "figure": "total",
        "words": 4,
        "corrections": 1,
        "per_100_words": 25.0,
        "real_time_factor": 0.5,
    }
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert str(picture) in ran.err


@pytest.mark.usefixtures("_kept")
def test_rows_that_cannot_be_read_are_told_and_the_others_shown(
    sayso: Run, settings: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "state" / "sayso" / "journal"
    database = Database(folder, find_key(folder, "file"), write=True)
    database.connection.execute("UPDATE utterance SET line = zeroblob(60) WHERE id = 1")
    database.close()
    ran = sayso("stats", "--config", settings, "--days", "1000")
    assert ran.status == 0
    assert "rows that cannot be read and are left out: 1" in ran.err
    assert ["tiny.en", "2", "1", "50.0", "0.500"] in [line.split() for line in ran.out.splitlines()]


def test_where_nothing_is_kept_it_is_said_how_it_would_be(sayso: Run, settings: Path, tmp_path: Path) -> None:
    ran = sayso("stats", "--config", settings)
    assert (ran.status, ran.out) == (1, "")
    assert "sayso learning on" in ran.err
    assert not (tmp_path / "state" / "sayso" / "journal").exists(), "looking makes no key"


@pytest.mark.parametrize(
    "wrong", [("--days", "0"), ("--days", "x"), ("--days", "99999999999"), ("--days", "²"), ("--png", "a.jpg")]
)
def test_what_makes_no_sense_is_told(sayso: Run, wrong: tuple[str, str]) -> None:
    ran = sayso("stats", *wrong)
    assert ran.status == 2
    assert wrong[1] in ran.err
