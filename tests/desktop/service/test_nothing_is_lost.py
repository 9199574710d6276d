"""What was said survives a crash, a reader that leaves and a disk that is full."""

from __future__ import annotations

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
    words,
)
from tests.desktop.rig.programs import need
from tests.desktop.rig.pulse import PulseRig
from tests.desktop.rig.saying import Saying, say
from tests.desktop.rig.service import OPENED, Service

MISSING_SECONDS = 0.5  # at most, of what was said before a crash


def test_a_crash_in_mid_sentence_costs_half_a_second_at_most_and_the_next_start_says_what_was_said(
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
        service.wait_for_line("a dictation of an earlier run did not arrive", "sayso history --recovered")
        assert service.spooled == []
        (told,) = service.history("--recovered")
    assert (told["recovered"], told["typed"]) == (True, False)
    assert_said_up_to(words(told["text"]), phrases[CHILDREN], cut - MISSING_SECONDS, cut_at_most)


def test_what_a_crash_left_can_be_read_without_the_service(
    pulse: PulseRig, store: Path, phrases: dict[str, Phrase]
) -> None:
    with Service(pulse, store) as crashed:
        crashed.wait_for_line(OPENED)
        with Saying(pulse, phrases[CHILDREN]) as saying:
            cut, cut_at_most = saying.cut_off(CUT_SECONDS, crashed.kill)
    for _ in range(2):
        (told,) = crashed.history("--recovered")
        assert_said_up_to(words(told["text"]), phrases[CHILDREN], cut - MISSING_SECONDS, cut_at_most)
        assert crashed.spooled == []


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
        assert [len(words(told["text"])) for told in service.history()] == [len(words(CHILDREN))]
        # Nobody reads the next one either.
        say(pulse, phrases[LETTER])
        service.wait_for_line("its text is kept, see: sayso history", seconds=15)
    first, second = service.history()
    assert [len(words(told["text"])) for told in (first, second)] == [len(words(CHILDREN)), len(words(LETTER))]
    assert [(told["recovered"], told["typed"]) for told in (first, second)] == [(False, False)] * 2
    assert service.spooled == []


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
