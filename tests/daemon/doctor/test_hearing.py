"""What is said about two seconds of a microphone, by signals that are made up."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sayso.audio import SAMPLE_RATE_HZ, Pcm
from sayso.capture.facts import ServerState, SoundSource
from sayso.capture.voice_level import QUIET_DBFS, levels_of, loud_level
from sayso.doctor import Light
from sayso.doctor.hearing import Signal, faults, in_words, measure

SECONDS = 2
DESK = SoundSource("desk", "Desk microphone", volume_percent=40)
OPEN = ServerState("desk", (DESK,), "desk")


def tone(level_dbfs: float, frequency_hz: float = 440) -> np.ndarray:
    """A sine of that root mean square, in units of int16."""
    time = np.arange(SECONDS * SAMPLE_RATE_HZ) / SAMPLE_RATE_HZ
    return np.sin(2 * np.pi * frequency_hz * time) * 32_768 * np.sqrt(2) * 10 ** (level_dbfs / 20)


def noise(level_dbfs: float) -> np.ndarray:
    """White noise of that root mean square."""
    dice = np.random.default_rng(1)
    return dice.normal(0, 32_768 * 10 ** (level_dbfs / 20), SECONDS * SAMPLE_RATE_HZ)


def words(level_dbfs: float, noise_dbfs: float = -65) -> np.ndarray:
    """A voice of that level while it speaks, which is two thirds of the time, in a room with some noise."""
    speaks = np.arange(SECONDS * SAMPLE_RATE_HZ) // 4_000 % 3 != 0
    return tone(level_dbfs, 150) * speaks + noise(noise_dbfs)


def pcm(wave: np.ndarray) -> Pcm:
    return np.clip(np.round(wave), -32_768, 32_767).astype(np.int16)


def said(wave: np.ndarray, state: ServerState | None = OPEN) -> str:
    """Everything that is found wrong, with its remedies."""
    found = list(faults("Desk microphone", measure(pcm(wave)), state))
    assert all("Desk microphone" in fault.message for fault in found)
    assert [fault.light for fault in found] == sorted((fault.light for fault in found), reverse=True)
    return "; ".join(f"{fault.message}: {fault.remedy}" for fault in found)


# ── measuring ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("level", [-10.0, -30.0, -60.0])
def test_a_tone_has_the_level_that_it_was_made_with_and_a_peak_3_db_above(level: float) -> None:
    signal = measure(pcm(tone(level)))
    assert signal.level_dbfs == pytest.approx(level, abs=0.1)
    assert signal.peak_dbfs == pytest.approx(level + 3, abs=0.15)
    assert signal.floor_dbfs == pytest.approx(level, abs=0.2)
    assert signal.seconds == SECONDS


def test_an_offset_is_no_level_and_is_measured_by_itself() -> None:
    signal = measure(pcm(tone(-40) + 3_277))
    assert signal.offset_share == pytest.approx(0.1, abs=0.001)
    assert signal.level_dbfs == pytest.approx(-40, abs=0.1)


def test_the_noise_between_words_is_told_from_the_words() -> None:
    signal = measure(pcm(words(-20, noise_dbfs=-60)))
    assert signal.floor_dbfs == pytest.approx(-60, abs=1)
    assert signal.loud_dbfs == pytest.approx(-20, abs=1)
    assert signal.is_spoken


def test_steady_noise_is_nobody_speaking() -> None:
    assert not measure(pcm(noise(-50))).is_spoken


def test_clipped_samples_of_both_signs_are_counted() -> None:
    wave = noise(-50)
    wave[:16] = 40_000
    wave[100:116] = -40_000
    assert measure(pcm(wave)).clipped_share == pytest.approx(0.001)


def test_the_most_negative_sample_is_full_scale() -> None:
    wave = noise(-60)
    wave[7] = -32_768
    assert measure(pcm(wave)).peak_dbfs == 0


def test_less_than_a_frame_cannot_be_measured() -> None:
    with pytest.raises(ValueError, match="511 samples"):
        measure(np.zeros(511, dtype=np.int16))


# ── judging ───────────────────────────────────────────────────────────────────────────────────────


def test_a_voice_of_the_usual_level_in_a_quiet_room_has_no_fault() -> None:
    assert said(words(-22)) == ""


def test_a_quiet_room_in_which_nobody_speaks_has_no_fault_and_that_nobody_spoke_is_said() -> None:
    assert said(noise(-62)) == ""
    assert "nobody spoke" in in_words(measure(pcm(noise(-62))))
    assert "nobody spoke" not in in_words(measure(pcm(words(-22))))


def test_a_clipped_voice_is_too_loud() -> None:
    assert "clipped" in said(words(0)), "about half of a tone at 0 dBFS root mean square is beyond full scale"
    assert "Lower its input volume" in said(words(0))


def test_a_voice_that_just_fits_is_not_too_loud() -> None:
    assert said(words(-4)) == ""


def test_a_voice_is_too_quiet_from_the_level_down_from_which_the_service_says_so() -> None:
    assert said(words(QUIET_DBFS + 0.5, noise_dbfs=-85)) == ""
    quiet = said(words(QUIET_DBFS - 1, noise_dbfs=-85))
    assert "your voice reaches -47 dBFS, and below -46 words are lost" in quiet
    assert quiet.endswith("raise its volume, which is 40 %: pactl set-source-volume desk 90%")


def test_the_loud_frames_are_measured_as_the_service_measures_them() -> None:
    for wave in (words(-30), words(-50, noise_dbfs=-70), noise(-40)):
        assert measure(pcm(wave)).loud_dbfs == pytest.approx(loud_level(levels_of(pcm(wave))), abs=0.1)


def test_two_steps_of_the_lowest_bit_are_next_to_nothing() -> None:
    assert "next to nothing" in said(np.tile([2.0, -2.0], SAMPLE_RATE_HZ))


@pytest.mark.parametrize("value", [0, 5])
def test_samples_that_never_change_are_digital_silence(value: int) -> None:
    signal = measure(np.full(SECONDS * SAMPLE_RATE_HZ, value, dtype=np.int16))
    (fault,) = faults("Desk microphone", signal, OPEN)
    assert fault.light is Light.RED
    assert "digital silence" in fault.message
    assert "audio.device" in fault.remedy
    assert "40 %" in fault.remedy


def test_a_monitor_is_told_from_a_microphone_whether_it_is_silent_or_not() -> None:
    monitor = replace(OPEN, sources=(replace(DESK, is_monitor=True),))
    for wave, light in ((np.zeros(SECONDS * SAMPLE_RATE_HZ), Light.RED), (words(-22), Light.AMBER)):
        (fault,) = faults("Monitor", measure(pcm(wave)), monitor)
        assert fault.light is light
        assert "monitor of your speakers" in fault.message


def test_a_loud_room_is_noise_though_nobody_speaks_in_it() -> None:
    assert "much noise, -35 dBFS" in said(noise(-35))
    assert said(noise(-45)) == ""


def test_a_voice_that_stands_out_of_a_loud_room_by_too_little_is_told_of_the_noise() -> None:
    assert "much noise" in said(words(-20, noise_dbfs=-36))


def test_a_loud_voice_with_no_pause_is_no_noise() -> None:
    without_pause = Signal(2.0, -6.0, -20.0, -14.0, -38.0, 0.0, 0.0, is_flat=False)
    assert list(faults("Desk microphone", without_pause, OPEN)) == []


def test_an_offset_as_loud_as_speech_is_a_fault_of_the_hardware() -> None:
    assert "off centre by 10%" in said(words(-22) - 3_277)
    assert said(words(-22) + 1_000) == ""


def test_without_a_sound_server_no_volume_is_named() -> None:
    assert "%" not in said(words(-50, noise_dbfs=-85), None)
