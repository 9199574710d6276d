"""What was said survives a crash, a reader that leaves and a disk that is full."""

from __future__ import annotations

import json
import os
import stat
import subprocess
from pathlib import Path

import pytest
from tests.desktop.rig.phrases import (
    CHILDREN,
    COAT,
    CUT_SECONDS,
    LETTER,
    WEATHER,
    Phrase,
    assert_said_up_to,
    run_sayso,
    words,
)
from tests.desktop.rig.programs import need
from tests.desktop.rig.pulse import PulseRig
from tests.desktop.rig.saying import Saying, say
from tests.desktop.rig.service import OPENED, Service

SPOOL_LAG_SECONDS = 0.55  # audio goes to disk in pieces of 16 frames of 32 ms


def test_a_crash_in_mid_sentence_leaves_the_audio_and_the_next_start_says_so(
    pulse: PulseRig, store: Path, phrases: dict[str, Phrase]
) -> None:
    with Service(pulse, store) as crashed:
        crashed.wait_for_line(OPENED)
        with Saying(pulse, phrases[CHILDREN]) as saying:
            cut, cut_at_most = saying.cut_off(CUT_SECONDS, crashed.kill)
    (left,) = crashed.spooled
    assert stat.S_IMODE(left.stat().st_mode) == 0o600
    assert stat.S_IMODE(left.parent.stat().st_mode) == 0o700
    with Service(pulse, store) as service:
        service.wait_for_line("1 dictation(s) of an earlier run were not delivered", f"sayso transcribe {left}")
    assert service.spooled == [left]  # only the person takes it away
    typed = words(run_sayso(service.env, "transcribe", left).stdout)
    assert_said_up_to(typed, phrases[CHILDREN], cut - SPOOL_LAG_SECONDS, cut_at_most)


def test_what_the_reader_of_standard_output_did_not_take_is_kept(
    pulse: PulseRig, store: Path, phrases: dict[str, Phrase]
) -> None:
    reading, writing = os.pipe()
    with Service(pulse, store, stdout=writing) as service:
        os.close(writing)
        service.wait_for_line(OPENED)
        with Saying(pulse, phrases[CHILDREN]) as saying:
            assert os.read(reading, 1) in b"Tt"
            os.close(reading)
            service.wait_for_line("standard output cannot be written")
            saying.wait_to_end()
        service.wait_for_line("a dictation could not be delivered; its text is kept, see: sayso history")
        (first,) = service.spooled
        # Nobody reads the next one either.
        say(pulse, phrases[LETTER])
        service.wait_for_line("its text is kept, see: sayso history", seconds=15)
        (second,) = [path for path in service.spooled if path != first]
    kept = run_sayso(service.env, "transcribe", first, second).stdout.splitlines()
    assert [words(text) for text in kept] == [words(CHILDREN), words(LETTER)]
    told = run_sayso(service.env, "history", "--json").stdout.splitlines()
    assert [len(words(json.loads(line)["text"])) for line in told] == [len(words(CHILDREN)), len(words(LETTER))]


def test_without_a_place_for_the_audio_dictation_still_works(
    pulse: PulseRig, store: Path, phrases: dict[str, Phrase]
) -> None:
    state = pulse.folder / "home" / "state"
    state.write_text("not a folder")
    with Service(pulse, store) as service:
        service.wait_for_line(OPENED)
        say(pulse, phrases[WEATHER])
        service.wait_for_words(words(WEATHER))
        line = service.wait_for_line("cannot be written", "dictation goes on")
        assert str(state) in line
    assert service.err.count("dictation goes on") == 1


def test_on_a_full_disk_dictation_still_works_and_leaves_no_stumps(
    pulse: PulseRig, store: Path, phrases: dict[str, Phrase]
) -> None:
    state = pulse.folder / "home" / "state"
    state.mkdir()
    fill = 'mount -t tmpfs -o size=64k tmpfs "$0" && { head -c 1M /dev/zero >"$0/fill" 2>&-; exec "$@"; }'
    before = [need("unshare", "util-linux"), "--map-root-user", "--mount", "sh", "-c", fill, str(state)]
    if subprocess.run([*before[:3], "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("a user's own mount namespace (unshare --map-root-user --mount) is not allowed here")
    with Service(pulse, store, before=before) as service:
        service.spool = Path(f"/proc/{service.process.pid}/root") / service.spool.relative_to("/")
        service.wait_for_line(OPENED)
        say(pulse, phrases[WEATHER])
        service.wait_for_words(words(WEATHER))
        service.wait_for_line("cannot be written", "dictation goes on", "Free some space")
        # Each piece of audio that is refused leaves an empty file for a moment: a stump is one that stays.
        service.wait_for_empty_spool()
        service.spool.parent.parent.joinpath("fill").unlink()
        say(pulse, phrases[COAT])
        service.wait_for_words(words(WEATHER) + words(COAT))
        service.wait_for_empty_spool()
