"""Whatever happens to the microphone in mid-sentence, nothing that was said is lost and dictation goes on."""

from __future__ import annotations

from pathlib import Path

from tests.desktop.rig.phrases import CHILDREN, LETTER, WEATHER, Phrase, assert_said_up_to, words
from tests.desktop.rig.pulse import PulseRig
from tests.desktop.rig.saying import Saying, say
from tests.desktop.rig.service import Service
from tests.desktop.rig.sound import MICROPHONE, SoundRig
from tests.desktop.rig.speech import write_tone

OPENED = f"microphone: {MICROPHONE}-description at 16000 Hz"
CUT_SECONDS = 2.6  # into CHILDREN: after "until the sun"


def test_what_was_said_before_unplugging_is_typed_and_nothing_the_speakers_play(
    sound: SoundRig, store: Path, phrases: dict[str, Phrase]
) -> None:
    with Service(sound, store) as service:
        service.wait_for_line(OPENED)
        with Saying(sound, phrases[CHILDREN]) as saying:
            cut = saying.wait(CUT_SECONDS)
            sound.unplug()
            cut_at_most = saying.position
            service.wait_for_line(f"{MICROPHONE}-description is gone", "plug")
            saying.wait_to_end()  # the only source left is the monitor, which plays the rest of the sentence
        sound.replug()
        service.wait_for_line(OPENED)
        say(sound, phrases[WEATHER])
        before = service.wait_for_last_words(words(WEATHER))
    assert_said_up_to(before, phrases[CHILDREN], cut, cut_at_most)
    assert service.spooled == []


def test_what_was_said_before_the_sound_server_died_is_typed_and_a_new_one_is_found(
    sound: SoundRig, store: Path, phrases: dict[str, Phrase]
) -> None:
    with Service(sound, store) as service:
        service.wait_for_line(OPENED)
        with Saying(sound, phrases[CHILDREN]) as saying:
            cut = saying.wait(CUT_SECONDS)
            sound.kill_server()
            cut_at_most = saying.position
        # Mostly "is gone"; where the stream hangs before it breaks, "delivers nothing" comes first.
        service.wait_for_line(f"{MICROPHONE}-description")
        sound.start_server()
        service.wait_for_line(OPENED)
        say(sound, phrases[WEATHER])
        before = service.wait_for_last_words(words(WEATHER))
    assert_said_up_to(before, phrases[CHILDREN], cut, cut_at_most)
    assert service.spooled == []


def test_what_was_said_before_the_microphone_was_suspended_is_typed_and_it_wakes(
    pulse: PulseRig, store: Path, phrases: dict[str, Phrase]
) -> None:
    # Only PulseAudio suspends while somebody records; PipeWire refuses the request.
    with Service(pulse, store) as service:
        service.wait_for_line(OPENED)
        with Saying(pulse, phrases[CHILDREN]) as saying:
            cut = saying.wait(CUT_SECONDS)
            pulse.suspend()
            cut_at_most = saying.position
            service.wait_for_line("delivers nothing", "wake the device")
        pulse.resume()
        service.wait_for_line(OPENED)
        say(pulse, phrases[WEATHER])
        before = service.wait_for_last_words(words(WEATHER))
    assert_said_up_to(before, phrases[CHILDREN], cut, cut_at_most)
    assert service.spooled == []


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
    with Service(pulse, store, settings="mode: toggle\naudio: {silence_warning_seconds: 1}") as service:
        service.wait_for_line(OPENED)
        pulse.mute()
        service.wait_for_line("is muted in the sound settings", "unmute it")
        pulse.mute(on=False)
        pulse.set_volume(150)
        service.wait_for_line("too loud and clips", "lower its input volume")
