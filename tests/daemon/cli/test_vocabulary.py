"""`sayso vocabulary`: seen, added, pinned, removed and imported, whether anything was ever dictated or not."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest

from sayso.cli.command_line import execute
from sayso.journal.database import Database
from sayso.journal.keys import find_key
from sayso.vocabulary import Term, store


@pytest.fixture(autouse=True)
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("STATE", "CONFIG", "DATA", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    config = tmp_path / "config" / "sayso"
    config.mkdir(parents=True)
    (config / "config.yaml").write_text("journal: {key: file}\n")


def listed(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    capsys.readouterr()
    assert execute(["vocabulary", "list", "--json"]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_where_nothing_was_learnt_it_says_how_that_comes_and_makes_no_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert execute(["vocabulary"]) == 0
    assert "sayso vocabulary add" in capsys.readouterr().out
    assert not list((tmp_path / "state").rglob("*.db"))


def test_terms_are_added_pinned_and_removed(capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["vocabulary", "add", "kubectl", "Grafana  Loki"]) == 0
    assert {row["term"] for row in listed(capsys)} == {"kubectl", "Grafana Loki"}
    assert execute(["vocabulary", "pin", "kubectl", "Zsófia"]) == 0
    assert {row["term"]: row["from"] for row in listed(capsys)} == {
        "kubectl": "pinned",
        "Zsófia": "pinned",
        "Grafana Loki": "yours",
    }
    assert execute(["vocabulary", "pin", "Kubectl"]) == 0  # as it is written already
    assert {row["term"] for row in listed(capsys)} == {"kubectl", "Zsófia", "Grafana Loki"}
    assert execute(["vocabulary", "unpin", "kubectl"]) == 0
    assert execute(["vocabulary", "remove", "kubectl", "nothing"]) == 1
    assert len(listed(capsys)) == 3
    assert execute(["vocabulary", "remove", "grafana loki", "kubectl"]) == 0
    assert [row["term"] for row in listed(capsys)] == ["Zsófia"]


def test_what_a_term_was_heard_as_is_removed_as_it_is_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "state" / "sayso" / "journal"
    with closing(Database(place, find_key(place, "file"), write=True)) as database:
        store.add(database, Term("Siobhan", ("one", "shove on")))
    assert execute(["vocabulary"]) == 0
    assert capsys.readouterr().out.startswith("Siobhan  (yours)  heard as: shove on, one")
    assert execute(["vocabulary", "remove", "one"]) == 0
    assert [(row["term"], row["heard"]) for row in listed(capsys)] == [("Siobhan", ["shove on"])]
    assert execute(["vocabulary", "remove", "one"]) == 1


def test_a_file_of_terms_is_imported_and_says_how_many_were_new(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    terms = tmp_path / "terms.txt"
    terms.write_text("# mine\n#\nkubectl\n\nGrafana Loki\n#sayso\n", encoding="utf-8")
    assert execute(["vocabulary", "import", str(terms)]) == 0
    assert capsys.readouterr().out == "3 new terms\n"
    assert execute(["vocabulary", "import", str(terms)]) == 0
    assert capsys.readouterr().out == "0 new terms\n"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (
            ["remove", "nothing"],
            "neither a term nor a rule 'nothing', nor was a term heard so; see: sayso vocabulary",
        ),
        (["pin", "..."], "is no term"),
        (["add", "x" * 101], "is no term"),
        (["import", "/nowhere.txt"], "/nowhere.txt"),
    ],
)
def test_what_cannot_be_done_is_said(arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["vocabulary", *arguments]) == 1
    assert told in capsys.readouterr().err


def test_a_line_that_is_no_term_is_named_and_of_two_spellings_the_first_is_taken(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    terms = tmp_path / "terms.txt"
    terms.write_bytes(b"# mine\rZebra\r\r---\r")
    assert execute(["vocabulary", "import", str(terms)]) == 1
    assert f"{terms}:4: '---' is no term" in capsys.readouterr().err
    terms.write_bytes(b"Zebra\rZe bra\rkubectl\r")
    assert execute(["vocabulary", "import", str(terms)]) == 0
    assert {row["term"] for row in listed(capsys)} == {"Zebra", "kubectl"}


def test_a_file_that_is_no_text_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "terms.txt").write_bytes(b"kubectl\n\xe9")
    assert execute(["vocabulary", "import", str(tmp_path / "terms.txt")]) == 1
    assert "terms.txt:2: this is not text in UTF-8" in capsys.readouterr().err


def test_of_a_file_no_more_is_read_than_there_may_be_terms(capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["vocabulary", "import", "/dev/zero"]) == 1
    assert "/dev/zero: larger than 1000 kB; that is no list of terms" in capsys.readouterr().err


def test_terms_of_the_settings_are_listed_as_such(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "config" / "sayso" / "config.yaml").write_text("vocabulary: sayso, Loki\njournal: {key: file}\n")
    assert [(row["term"], row["from"]) for row in listed(capsys)] == [("sayso", "settings"), ("Loki", "settings")]
