"""Whatever happens to the microphone in mid-sentence, nothing that was said is lost and dictation goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.desktop.rig.phrases import CHILDREN, CUT_SECONDS, LETTER, WEATHER, Phrase, assert_said_up_to, words
from tests.desktop.rig.pulse import PulseRig
from tests.desktop.rig.saying import Saying, say
from tests.desktop.rig.service import OPENED, Service
from tests.desktop.rig.sound import MICROPHONE, SoundRig
from tests.desktop.rig.speech import write_tone

TOLD_SECONDS = 10.0  # 2 at most, where the machine has time for it


@contextmanager
def interrupted(
    rig: SoundRig,
    store: Path,
    phrases: dict[str, Phrase],
    *,
    by: Callable[[], None],
    mended_by: Callable[[], None],
) -> Iterator[tuple[Service, Saying]]:
    """Trouble in mid-sentence, which the body waits for the service to notice; mended, dictation must go on.

    What was said before the trouble must have been typed, and nothing that sounded after it.
    """
    with Service(rig, store) as service:
        service.wait_for_line(OPENED)
        with Saying(rig, phrases[CHILDREN]) as saying:
            cut, cut_at_most = saying.cut_off(CUT_SECONDS, by)
            yield service, saying
        mended_by()
        service.wait_for_line(OPENED)
        say(rig, phrases[WEATHER])
        before = service.wait_for_last_words(words(WEATHER))
    assert_said_up_to(before, phrases[CHILDREN], cut, cut_at_most)
    assert service.spooled == []


def test_what_was_said_before_unplugging_is_typed_and_nothing_the_speakers_play(
    sound: SoundRig, store: Path, phrases: dict[str, Phrase]
) -> None:
    with interrupted(sound, store, phrases, by=sound.unplug, mended_by=sound.replug) as (service, saying):
        service.wait_for_line(f"{MICROPHONE}-description is gone", "plug")
        saying.wait_to_end()  # the only source left is the monitor, which plays the rest of the sentence


def test_what_was_said_before_the_sound_server_died_is_typed_and_a_new_one_is_found(
    sound: SoundRig, store: Path, phrases: dict[str, Phrase]
) -> None:
    with interrupted(sound, store, phrases, by=sound.kill_server, mended_by=sound.start_server) as (service, _):
        # Mostly "is gone"; where the stream hangs instead of breaking, "delivers nothing" may come first.
        service.wait_for_line(f"{MICROPHONE}-description", seconds=TOLD_SECONDS)


def test_what_was_said_before_the_microphone_was_suspended_is_typed_and_it_wakes(
    pulse: PulseRig, store: Path, phrases: dict[str, Phrase]
) -> None:
    # Only PulseAudio suspends while somebody records; PipeWire refuses the request.
    with interrupted(pulse, store, phrases, by=pulse.suspend, mended_by=pulse.resume) as (service, _):
        service.wait_for_line("delivers nothing", "wake the device")


def test_started_before_the_sound_server_it_says_so_and_works_when_there_is_one(
    pulse: PulseRig, store: Path, phrases: dict[str, Phrase]
) -> None:
    pulse.end_server()
    with Service(pulse, store) as service:
        service.wait_for_line("no microphone: no sound server is running", "systemctl --user start pipewire-pulse")
        pulse.start_server()
        service.wait_for_line(OPENED)
        say(pulse, phrases[LETTER])
        service.wait_for_words(words(LETTER))


def test_a_microphone_that_is_muted_or_too_loud_is_reported(pulse: PulseRig, store: Path, tmp_path: Path) -> None:
    pulse.start_playing(write_tone(tmp_path / "shout.wav", 440, 60, level=0.9))
    with Service(pulse, store, settings="audio: {silence_warning_seconds: 1}") as service:
        service.wait_for_line(OPENED)
        pulse.mute()
        service.wait_for_line("is muted in the sound settings", "unmute it")
        pulse.mute(on=False)
        pulse.set_volume(150)
        service.wait_for_line("too loud and clips", "lower its input volume")
