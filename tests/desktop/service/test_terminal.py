"""What a person sees who runs sayso on a terminal."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

from tests.desktop.rig.phrases import CHILDREN, Phrase, words
from tests.desktop.rig.pulse import PulseRig
from tests.desktop.rig.saying import Saying
from tests.desktop.rig.service import Service

GREY = b"\x1b[38;5;244m"


def test_on_a_terminal_the_tail_that_may_change_is_grey_and_what_stands_is_not(
    store: Path, tmp_path: Path
) -> None:
    ours, theirs = pty.openpty()
    env = {**os.environ, "HOME": str(tmp_path), "XDG_DATA_HOME": str(store), "TERM": "xterm-256color"}
    env.pop("NO_COLOR", None)
    sayso = Path(sys.executable).parent / "sayso"
    demo = subprocess.Popen([sayso, "demo"], stdin=theirs, stdout=theirs, stderr=theirs, env=env)
    os.close(theirs)
    drawn = _read_to_the_end(ours)
    assert demo.wait(30) == 0
    assert GREY in drawn
    last = drawn.rpartition(GREY)[2].partition(b"a word stood")[0]
    assert b"nothing ever leaves this machine" in b" ".join(last.split()).lower()


def test_what_was_being_said_when_the_terminal_was_closed_is_kept(
    pulse: PulseRig, store: Path, phrases: dict[str, Phrase]
) -> None:
    ours, theirs = pty.openpty()
    with Service(pulse, store, stdout=theirs, env={"TERM": "xterm-256color"}) as service:
        os.close(theirs)
        service.wait_for_line("microphone:")
        with Saying(pulse, phrases[CHILDREN]) as saying:
            saying.wait(1.5)
            os.close(ours)
            service.wait_for_line("the terminal is gone")
        service.wait_for_line("its text is kept, see: sayso history")
        (kept,) = service.history()
        said = words(kept["text"])  # it leaves with its terminal, and finishes what was said until then
        assert len(said) > 3
        assert said == words(CHILDREN)[: len(said)]


def _read_to_the_end(terminal: int) -> bytes:
    """All that is written until the last program has closed its side."""
    drawn = b""
    while True:
        try:
            block = os.read(terminal, 65_536)
        except OSError:  # Linux's way to say that nobody has the other side open
            return drawn
        if not block:
            return drawn
        drawn += block
