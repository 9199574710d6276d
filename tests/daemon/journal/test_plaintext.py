"""No byte of the state folder tells what was dictated, corrected or learnt, nor for which application."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
from tests.daemon.journal.keeping import KEY, OTHER_KEY, correction, noise, opened, spooled

from sayso.journal import Outcome
from sayso.journal import reading as read
from sayso.journal.boxes import BoxWriter
from sayso.journal.encoding import begun_as_json, dump, said_as_json
from sayso.journal.schema import back_up
from sayso.journal.writing import add, correct, put_text

SECRETS = ["Xylophonkiste", "Ångströmquelle", "קסילופון", "シロホン箱", "Gewürzschrank"]
APPLICATION = "org.Quarzlampe"


def forms(secret: str) -> set[bytes]:
    """How a text may stand in a file: in any case, in several encodings, as JSON escapes it."""
    texts = {secret, secret.lower(), secret.upper(), secret.casefold()}
    encoded = {
        text.encode(coding) for text in texts for coding in ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le")
    }
    return encoded | {json.dumps(text)[1:-1].encode() for text in texts}


def found_in(folder: Path) -> list[str]:
    """Which secrets stand where, in plain."""
    return [
        f"{secret} in {path.name}"
        for path in folder.rglob("*")
        if path.is_file()
        for secret in (*SECRETS, APPLICATION)
        if any(form in path.read_bytes() for form in forms(secret))
    ]


def test_the_search_finds_what_is_in_plain(tmp_path: Path) -> None:
    for coding in ("utf-8", "utf-16-le"):
        (tmp_path / coding).write_bytes(b"\x00\x01" + "the קסילופון".encode(coding) + b"\xff")
    (tmp_path / "json").write_bytes(json.dumps({"said": SECRETS[1]}).encode())
    assert len(found_in(tmp_path)) == 3


def test_nothing_is_in_plain_while_it_is_written_and_afterwards(folder: Path) -> None:
    state = folder.parent
    everything = " ".join(SECRETS)
    with closing(opened(folder)) as db:
        for number in (1, 2):
            add(db, spooled(number, everything, application=APPLICATION), Outcome.DELIVERED)
        one = correct(db, correction(1, f"{everything} corrected"))
        put_text(db, spooled(2, everything).said or spooled(2).said, everything, 0.0)  # type: ignore[arg-type]  # it was said
        with db.transaction() as connection:
            sealed = db.seal.close(everything.encode(), "term 1")
            connection.execute(
                "INSERT INTO term VALUES (1, ?, ?, 'de', 1, 0.0, 1, 0)", (db.seal.tag(everything), sealed)
            )
        back_up(db.connection, db.path, 1)
        (state / "spool").mkdir()
        spool = spooled(3, everything, application=APPLICATION)
        assert spool.said is not None
        box = BoxWriter(KEY.public, "3")
        pieces = [dump(begun_as_json(spool.begun)), spool.audio.tobytes(), dump(said_as_json(spool.said))]
        (state / "spool" / "3.spool").write_bytes(box.header + b"".join(map(box.record, pieces)))
        assert {"journal.db", "journal.db-wal", "journal.db.v1.bak", "3.spool"} <= {
            path.name for path in state.rglob("*")
        }
        assert found_in(state) == []
        db.empty_log()
        assert found_in(state) == []
        assert one == 1
    assert found_in(state) == []


def test_no_piece_of_the_audio_is_in_a_file(folder: Path) -> None:
    with closing(opened(folder)) as db:
        add(db, spooled(1), Outcome.DELIVERED)
    everything = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    audio = noise(seed=1)
    assert np.array_equal(audio, spooled(1).audio)
    assert not any(audio[at : at + 8].tobytes() in everything for at in range(0, len(audio), 8))
    assert b"fLaC" not in everything


def test_without_the_key_nobody_reads_it_from_the_rows_either(folder: Path) -> None:
    with closing(opened(folder)) as db:
        add(db, spooled(1, " ".join(SECRETS)), Outcome.DELIVERED)
        assert list(read.lines(db, 1))
    with closing(sqlite3.connect(folder / "journal.db")) as thief:
        rows = thief.execute("SELECT * FROM utterance").fetchall()
        tags = thief.execute("SELECT application_tag FROM utterance").fetchall()
    told = " ".join(str(value) for row in rows for value in row)
    assert not any(secret in told for secret in SECRETS)
    assert tags[0][0] != OTHER_KEY.seal.tag("application gedit")
