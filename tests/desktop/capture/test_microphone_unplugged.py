"""A microphone that is pulled out: what the server puts in its place is not heard, and it comes back."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.desktop.capture.hearing import tone_level
from tests.desktop.capture.recorder import Recorder
from tests.desktop.rig.sound import MICROPHONE, SPEAKER, SoundRig
from tests.desktop.rig.speech import write_tone

ROOM = "room"
MUSIC_HZ, VOICE_HZ = 1_000, 3_000
FRAME_SAMPLES = 512
INAUDIBLE = 0.001  # 60 dB below full scale; the tones are played at half of full scale


def play_music(rig: SoundRig, folder: Path) -> None:
    """Give the microphone a room of its own and play 1 kHz into the speaker, whose monitor comes next."""
    rig.unplug()
    rig.plug_speaker(ROOM)
    rig.replug(MICROPHONE, ROOM)
    rig.set_default(MICROPHONE)
    rig.start_playing(write_tone(folder / "music.wav", MUSIC_HZ, 60), SPEAKER)


@pytest.mark.alone  # a drop-out of the voice, as beside other tests, has a little of every frequency in it
def test_the_speakers_are_not_heard_when_the_only_microphone_is_pulled_out(
    sound: SoundRig, tmp_path: Path
) -> None:
    play_music(sound, tmp_path)
    sound.start_playing(write_tone(tmp_path / "voice.wav", VOICE_HZ, 60), ROOM)
    breaks = []
    with Recorder(sound) as recorder:
        recorder.wait_for("CaptureOpened")
        for _ in range(3):
            recorder.wait_for_audio(0.3)
            sound.unplug()
            breaks.append(recorder.wait_for("CaptureInterrupted")["at_sample"])
            assert recorder.wait_for("Problem")["name"] == "microphone-moved"
            waiting = recorder.written()
            assert waiting <= breaks[-1] + FRAME_SAMPLES
            sound.replug(MICROPHONE, ROOM)
            recorder.wait_for("ProblemCleared", name="microphone-moved")
        recorder.wait_for_audio(0.3)
        audio = recorder.audio()
    assert tone_level(audio, VOICE_HZ) > 0.1
    start = 0
    for end in breaks:
        assert tone_level(audio[start:end], MUSIC_HZ) < INAUDIBLE
        start = end + FRAME_SAMPLES  # the frame at the break is declared doubtful
    assert tone_level(audio[start:], MUSIC_HZ) < INAUDIBLE


def test_another_microphone_is_followed_where_none_was_named(sound: SoundRig, tmp_path: Path) -> None:
    sound.plug_speaker("desk")
    sound.start_playing(write_tone(tmp_path / "voice.wav", VOICE_HZ, 30), "desk")
    sound.replug("other", "desk")
    with Recorder(sound) as recorder:
        assert recorder.wait_for("CaptureOpened")["device"] == f"{MICROPHONE}-description"
        sound.unplug()
        assert recorder.wait_for("CaptureOpened")["device"] == "other-description"
        recorder.wait_for_audio(0.3)
        audio = recorder.audio()
    assert recorder.names() == []
    assert tone_level(audio, VOICE_HZ) > 0.1


def test_a_named_microphone_is_waited_for_although_there_is_another(sound: SoundRig, tmp_path: Path) -> None:
    sound.plug_speaker("desk")
    sound.replug("other", "desk")
    sound.start_playing(write_tone(tmp_path / "other.wav", MUSIC_HZ, 60), "desk")
    sound.set_default("other")
    with Recorder(sound, device=MICROPHONE) as recorder:
        recorder.wait_for("CaptureOpened", device=f"{MICROPHONE}-description")
        recorder.wait_for_audio(0.3)
        sound.unplug()
        at = recorder.wait_for("CaptureInterrupted")["at_sample"]
        assert "other-description" in recorder.wait_for("Problem", name="microphone-moved")["message"]
        sound.replug()
        recorder.wait_for("ProblemCleared", name="microphone-moved")
        recorder.wait_for_audio(0.3)
        audio = recorder.audio()
    assert tone_level(audio[:at], MUSIC_HZ) < INAUDIBLE
    assert tone_level(audio[at + FRAME_SAMPLES :], MUSIC_HZ) < INAUDIBLE


def test_the_last_source_may_go_and_come_back(sound: SoundRig) -> None:
    with Recorder(sound) as recorder:
        recorder.wait_for("CaptureOpened")
        sound.unplug_everything()
        recorder.wait_for("CaptureInterrupted")
        recorder.wait_for("Problem")
        sound.plug_speaker(SPEAKER)
        sound.replug()
        recorder.wait_for("CaptureOpened")
        recorder.wait_for("ProblemCleared")
        recorder.wait_for_audio(0.3)


def test_the_new_default_is_recorded_when_the_person_chooses_another(sound: SoundRig, tmp_path: Path) -> None:
    sound.plug_speaker("desk")
    sound.start_playing(write_tone(tmp_path / "voice.wav", VOICE_HZ, 30), "desk")
    sound.replug("other", "desk")
    sound.set_default(MICROPHONE)
    with Recorder(sound) as recorder:
        recorder.wait_for("CaptureOpened", device=f"{MICROPHONE}-description")
        sound.set_default("other")
        recorder.wait_for("CaptureOpened", device="other-description")
        recorder.wait_for_audio(0.3)
        audio = recorder.audio()
    assert recorder.names() == []
    assert tone_level(audio, VOICE_HZ) > 0.1
