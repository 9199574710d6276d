"""`sayso correct` and `sayso review` on the journal itself, where no service runs."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from tests.daemon.cli.command import Run
from tests.daemon.corrections.collecting import HEARD, MEANT, WAIT_SECONDS, said
from tests.daemon.journal.keeping import noise

from sayso.corrections import Seen, Source
from sayso.corrections.settling import settle
from sayso.journal import Begun, Correction, Damage, Decision, Outcome, Spooled, reading
from sayso.journal.database import Database
from sayso.journal.keys import find_key
from sayso.journal.reading import corrections
from sayso.journal.writing import add


class Journal:
    """A journal where the command looks for one."""

    def __init__(self, state: Path) -> None:
        self._folder = state / "sayso" / "journal"
        self.consent(on=True)

    def consent(self, *, on: bool) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder.parent / "learning").write_text("on\n" if on else "off\n")

    def open(self) -> Database:
        return Database(self._folder, find_key(self._folder, "file"), write=True)

    def dictated(self, number: int, text: str = HEARD, confidence: float = 0.5) -> None:
        """Something was said and typed."""
        told = said(number, text, confidence)
        begun = Begun(number, time.time(), "Editor", "tiny.en", "test", "cpu", learns=True)
        database = self.open()
        add(database, Spooled(begun, noise(2.5), told, text), Outcome.DELIVERED)
        database.close()

    def changed(self, number: int, text: str) -> None:
        """Somebody watched how its text was changed."""
        database = self.open()
        settle(database, Seen(number, Source.IN_PLACE, text, time.time()), lambda *_: None)
        database.close()

    @property
    def kept(self) -> list[Correction]:
        database = self.open()
        found = [one for one in corrections(database) if not isinstance(one, Damage)]
        database.close()
        return found


@pytest.fixture
def journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Journal:
    """An empty journal; no service runs, and there is no keyring."""
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/none")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    for name in ("VISUAL", "EDITOR"):
        monkeypatch.delenv(name, raising=False)
    return Journal(tmp_path / "state")


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An editor that replaces two words by one, and notes where the file was and what its mode is."""
    script = tmp_path / "an editor"
    script.write_text(
        '#!/bin/sh\nstat -c "%a %n" "$2" > "$1"\nsed -i "s/cooper netties/Kubernetes/" "$2"\ncat "$2" >> "$1"\n'
    )
    script.chmod(0o700)
    monkeypatch.setenv("EDITOR", f"'{script}' '{tmp_path}/seen'")
    return tmp_path / "seen"


def answer(monkeypatch: pytest.MonkeyPatch, *keys: str) -> None:
    """What the person answers, a line each."""
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{key}\n" for key in keys)))


# ── correct ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("arguments", [("1", MEANT), (MEANT,)])
def test_a_text_that_is_given_is_learnt_from(sayso: Run, journal: Journal, arguments: tuple[str, ...]) -> None:
    journal.dictated(1)
    told = sayso("correct", *arguments)
    assert (told.status, told.out) == (0, "learnt: cooper netties → Kubernetes\n")
    (kept,) = journal.kept
    assert (kept.utterance, kept.text, kept.source, kept.decision) == (1, MEANT, "explicit", Decision.ACCEPTED)


def test_without_a_number_it_is_the_last_one(sayso: Run, journal: Journal) -> None:
    journal.dictated(1, "the first")
    journal.dictated(2)
    assert sayso("correct", MEANT).status == 0
    assert [one.utterance for one in journal.kept] == [2]


def test_without_a_text_it_is_opened_in_the_persons_editor_in_a_file_that_nobody_else_reads(
    sayso: Run, journal: Journal, editor: Path, tmp_path: Path
) -> None:
    journal.dictated(1)
    told = sayso("correct")
    assert told.out == "learnt: cooper netties → Kubernetes\n"
    where, text = editor.read_text().splitlines()
    assert text == MEANT
    mode, _, path = where.partition(" ")
    assert mode == "600"
    assert path.startswith(f"{tmp_path}/sayso-")
    assert not Path(path).parent.exists()


def test_who_leaves_the_editor_without_saving_has_said_nothing(
    sayso: Run, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal.dictated(1)
    monkeypatch.setenv("EDITOR", "true")
    assert sayso("correct").out == "nothing was changed: the text was not saved\n"
    assert journal.kept == []


def test_who_saves_it_as_it_is_says_that_it_is_right(
    sayso: Run, journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal.dictated(1)
    script = tmp_path / "saving"
    script.write_text('#!/bin/sh\ntext=$(cat "$1")\necho "$text" > "$1"\n')
    script.chmod(0o700)
    monkeypatch.setenv("EDITOR", str(script))
    assert sayso("correct").out == "learnt: it is what you said\n"
    assert [(one.decision, one.trust) for one in journal.kept] == [(Decision.ACCEPTED, 1.0)]


@pytest.fixture
def lasting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Start `sayso correct` in an editor that lasts, and wait until that has the text; the process."""
    script = tmp_path / "lasting"
    script.write_text("#!/bin/sh\necho $$\nexec sleep 60\n")
    script.chmod(0o700)
    monkeypatch.setenv("EDITOR", str(script))
    with contextlib.ExitStack() as stack:

        def start() -> subprocess.Popen[bytes]:
            command = (sys.executable, "-m", "sayso", "correct", "1")
            correct = stack.enter_context(
                subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
            )
            stack.callback(correct.kill)
            assert correct.stdout is not None
            editor = os.pidfd_open(int(correct.stdout.readline()))
            stack.callback(os.close, editor)
            stack.callback(_end, editor)
            return correct

        yield start


def _end(process: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        signal.pidfd_send_signal(process, signal.SIGKILL)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_told_to_leave_it_ends_the_editor_and_leaves_no_text(
    journal: Journal, tmp_path: Path, lasting: Callable[[], subprocess.Popen[bytes]], number: signal.Signals
) -> None:
    journal.dictated(1)
    correct = lasting()
    assert [HEARD in file.read_text() for file in tmp_path.glob("sayso-*/*")] == [True]
    correct.send_signal(number)
    correct.communicate(timeout=WAIT_SECONDS)  # until neither has its end of the pipe
    assert correct.returncode == 128 + number
    assert list(tmp_path.glob("sayso-*")) == []


def test_told_to_leave_while_the_editor_is_started_it_ends_that_too(
    sayso: Run, journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[subprocess.Popen[bytes]] = []

    class Told(subprocess.Popen[bytes]):
        def __init__(self, command: list[str], stdin: int) -> None:
            super().__init__(command, stdin=stdin)
            started.append(self)
            signal.raise_signal(signal.SIGTERM)

    journal.dictated(1)
    monkeypatch.setattr(subprocess, "Popen", Told)
    monkeypatch.setenv("EDITOR", "sh -c 'exec sleep 60'")
    assert sayso("correct").status == 128 + signal.SIGTERM
    assert [one.returncode for one in started] == [-signal.SIGTERM]
    assert list(tmp_path.glob("sayso-*")) == []


def test_ctrl_c_is_the_editors(
    sayso: Run, journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal.dictated(1)
    script = tmp_path / "interrupted"
    script.write_text(f'#!/bin/sh\nkill -INT $PPID\nprintf "%s" "{MEANT}" > "$1"\n')
    script.chmod(0o700)
    monkeypatch.setenv("EDITOR", str(script))
    assert sayso("correct").out == "learnt: cooper netties → Kubernetes\n"


@pytest.mark.parametrize("next_command", [("correct", "1"), ("forget", "--utterance", "1", "--yes")])
def test_what_a_killed_one_left_goes_with_the_next_command_and_what_is_being_edited_stays(
    sayso: Run,
    journal: Journal,
    tmp_path: Path,
    lasting: Callable[[], subprocess.Popen[bytes]],
    monkeypatch: pytest.MonkeyPatch,
    next_command: tuple[str, ...],
) -> None:
    journal.dictated(1)
    lasting()
    (edited,) = tmp_path.glob("sayso-*")
    killed = lasting()
    killed.kill()
    killed.wait()
    assert len(list(tmp_path.glob("sayso-*"))) == 2
    monkeypatch.setenv("EDITOR", "true")
    sayso(*next_command)
    assert list(tmp_path.glob("sayso-*")) == [edited]


@pytest.mark.parametrize("editor", ["vim --not-a-term", "nvim --headless"])
def test_vim_keeps_nothing_of_the_text_whatever_its_settings_say(
    sayso: Run, journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, editor: str
) -> None:
    name = editor.partition(" ")[0]
    if shutil.which(name) is None:
        pytest.skip(f"{name} is missing: apt install {'neovim' if name == 'nvim' else name}")
    home = tmp_path / "home"
    config = tmp_path / "config" / "nvim"
    for folder in (home / "kept", config):
        folder.mkdir(parents=True)
    settings = "set nocompatible undofile backup undodir=~/kept backupdir=~/kept directory=~/kept\n"
    (home / ".vimrc").write_text(settings)
    (config / "init.vim").write_text(settings)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_DATA_HOME", str(home / "data"))
    journal.dictated(1)
    change = "-c 'normal yy' -c '%s/cooper netties/Kubernetes/' -c preserve -c wq"
    monkeypatch.setenv("VISUAL", f"{editor} {change}")
    assert sayso("correct").out == "learnt: cooper netties → Kubernetes\n"
    left = [file for folder in (home, tmp_path / "state") for file in folder.rglob("*") if file.is_file()]
    assert [file for file in left if b"cooper" in file.read_bytes()] == []


def test_an_editor_that_fails_changes_nothing(
    sayso: Run, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal.dictated(1)
    monkeypatch.setenv("EDITOR", "false")
    told = sayso("correct")
    assert (told.status, told.err) == (1, "sayso: false has ended with status 1, so nothing is changed\n")
    assert journal.kept == []


def test_what_is_wrong_with_the_command_is_said_with_what_to_do(sayso: Run, journal: Journal) -> None:
    assert "sayso learning on" in sayso("correct", "1", "x").err
    journal.dictated(1)
    assert "nothing is kept of utterance 7" in sayso("correct", "7", "x").err
    for number, complaint in (
        ("9" * 18, "nothing is kept"),
        (str(1 << 63), "is no number"),
        ("9" * 5_000, "is no number"),
    ):
        for arguments in ((number,), (number, "x")):
            told = sayso("correct", *arguments)
            assert (told.status, complaint in told.err, len(told.err) < 200) == (1, True, True)
    assert "between quotes" in sayso("correct", "it", "runs").err
    assert "sayso forget" in sayso("correct", "1", " ").err
    journal.consent(on=False)
    assert "sayso learning on" in sayso("correct", "1", MEANT).err
    assert journal.kept == []


def test_its_audio_is_played_before_the_text_is_asked_for(
    sayso: Run, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    played = []

    class Loudspeaker:
        @staticmethod
        def play(audio: object, rate_hz: int, *, blocking: bool) -> None:
            played.append((len(np.asarray(audio)), rate_hz, blocking))

    monkeypatch.setitem(__import__("sys").modules, "sounddevice", Loudspeaker)
    journal.dictated(1)
    assert sayso("correct", "1", MEANT, "--play").status == 0
    assert played == [(40_000, 16_000, True)]


def at_a_terminal(monkeypatch: pytest.MonkeyPatch, *keys: str) -> None:
    """What the person answers, who sits before it."""
    answer(monkeypatch, *keys)
    for stream in (sys.stdin, sys.stdout):
        monkeypatch.setattr(stream, "isatty", lambda: True, raising=False)


@pytest.mark.parametrize(
    ("key", "said", "decision"),
    [
        ("y", "learnt: which → Kubernetes\n", Decision.ACCEPTED),
        ("", "kept, and not learnt from until you accept it (sayso review): ", Decision.DOUBTFUL),
    ],
)
def test_who_corrects_something_in_doubt_at_a_terminal_is_asked_at_once(
    sayso: Run, journal: Journal, monkeypatch: pytest.MonkeyPatch, key: str, said: str, decision: Decision
) -> None:
    journal.dictated(1, "it runs on which today", confidence=0.95)
    at_a_terminal(monkeypatch, key)
    told = sayso("correct", "1", MEANT)
    assert told.status == 0
    question, _, rest = told.out.partition(". Learn it all the same? [y/N] ")
    assert question
    assert question[0].isupper()
    assert rest.startswith(said)
    (kept,) = journal.kept
    assert (kept.decision, kept.is_by_person) == (decision, key == "y")


def test_who_sits_before_no_terminal_is_asked_nothing(sayso: Run, journal: Journal) -> None:
    journal.dictated(1, "it runs on which today", confidence=0.95)
    told = sayso("correct", "1", MEANT)
    assert told.out.startswith("kept, and not learnt from until you accept it (sayso review): ")


def test_a_word_that_was_not_meant_is_learnt_to_be_nothing(sayso: Run, journal: Journal) -> None:
    journal.dictated(1, "it runs on you Kubernetes", confidence=0.3)
    assert "you → (nothing)" in sayso("correct", "1", "it runs on Kubernetes").out


# ── review ────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def doubtful(journal: Journal) -> Journal:
    """Two corrections that are not learnt from at once, and one that is."""
    for number in (1, 2):
        journal.dictated(number, confidence=0.95)
        journal.changed(number, MEANT)
    journal.dictated(3)
    journal.changed(3, MEANT)
    return journal


def test_what_waits_is_shown_with_its_reasons_and_the_person_decides(
    sayso: Run, doubtful: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(monkeypatch, "a", "r")
    told = sayso("review")
    assert told.status == 0
    for part in ("1 of 2", "2 of 2", f"typed: {HEARD}", "cooper netties → Kubernetes", "why: ", "(in-place)"):
        assert part in told.out
    kept = {one.utterance: (one.decision, one.is_by_person) for one in doubtful.kept}
    assert kept == {
        1: (Decision.ACCEPTED, True),
        2: (Decision.REJECTED, True),
        3: (Decision.ACCEPTED, False),
    }
    assert sayso("review").out == "nothing to review\n"
    assert sayso("review", "--rejected").out == "nothing to review\n"


def test_a_long_list_of_what_is_decided_costs_the_one_who_decides_nothing(
    sayso: Run, doubtful: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4, 24):
        doubtful.dictated(number)
        doubtful.changed(number, MEANT)
    opened = []
    read = reading._correction
    monkeypatch.setattr(reading, "_correction", lambda db, row: opened.append(row[1]) or read(db, row))
    answer(monkeypatch, "a", "q")
    assert "1 of 2" in sayso("review").out
    assert set(opened) == {1, 2}


def test_what_is_skipped_or_left_waits_still(
    sayso: Run, doubtful: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    for keys in (("s", "q"), ("x", "q"), ("s", "s"), ()):
        answer(monkeypatch, *keys)
        assert sayso("review").status == 0
    assert [one.is_by_person for one in doubtful.kept] == [False, False, False]


def test_what_is_edited_counts_as_the_persons_own_word(
    sayso: Run, doubtful: Journal, editor: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(monkeypatch, "e", "q")
    assert "learnt: cooper netties → Kubernetes" in sayso("review").out
    standing = [one for one in doubtful.kept if one.utterance == 1 and one.decision is Decision.ACCEPTED]
    assert [one.source for one in standing] == ["explicit"]
    assert editor.exists()


def test_a_program_gets_the_queue_one_object_a_line_and_is_asked_nothing(sayso: Run, doubtful: Journal) -> None:
    rows = sayso("review", "--json").rows
    assert [row["utterance"] for row in rows] == [1, 2]
    assert rows[0]["changes"] == [{"heard": "cooper netties", "meant": "Kubernetes"}]
    assert rows[0]["decision"] == "doubtful"
    assert rows[0]["reasons"]
    assert json.dumps(rows[0])  # what it is made of is all that JSON knows
    assert len(doubtful.kept) == 3


def test_where_nothing_is_kept_there_is_nothing_to_review(sayso: Run, journal: Journal) -> None:
    assert "sayso learning on" in sayso("review").err
    journal.dictated(1)
    assert sayso("review").out == "nothing to review\n"
    assert sayso("review", "--json").out == ""


def test_at_a_terminal_one_key_is_enough_and_the_terminal_is_left_as_it_was(
    sayso: Run, doubtful: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, terminal = os.openpty()
    before = termios.tcgetattr(terminal)
    with os.fdopen(person, "wb", buffering=0) as keyboard, os.fdopen(terminal) as stdin:
        monkeypatch.setattr("sys.stdin", stdin)
        keyboard.write(b"rsq")
        assert sayso("review").status == 0
        assert termios.tcgetattr(terminal) == before
    assert [(one.utterance, one.decision) for one in doubtful.kept if one.is_by_person] == [(1, Decision.REJECTED)]
