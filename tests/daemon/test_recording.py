"""Recordings: whatever FFmpeg knows becomes 16 kHz mono, and what is none is said to be none."""

from __future__ import annotations

import contextlib
import struct
import wave
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sayso.audio import Pcm
from sayso.errors import AudioFileError
from sayso.journal.unsealed import WAV_HEADER
from sayso.recording import read_recording


def tone(seconds: float, rate: int = 16_000, hz: float = 440.0) -> Pcm:
    return (np.sin(2 * np.pi * hz * np.arange(round(seconds * rate)) / rate) * 10_000).astype(np.int16)


def write_wav(path: Path, samples: Pcm, rate: int = 16_000, channels: int = 1) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
    return path


def write_encoded(path: Path, samples: Pcm, codec: str) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=16_000, layout="mono")
        resampler = av.AudioResampler(
            format=stream.format, layout="mono", rate=16_000, frame_size=stream.frame_size
        )
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = 16_000
        for out in [*resampler.resample(frame), *resampler.resample(None), None]:
            container.mux(stream.encode(out))
    return path


def loudest_hz(audio: Pcm) -> float:
    return float(np.argmax(np.abs(np.fft.rfft(audio)))) * 16_000 / len(audio)


def test_a_recording_that_is_16_khz_mono_already_is_read_to_the_sample(tmp_path: Path) -> None:
    audio = tone(1.0)
    assert np.array_equal(read_recording(write_wav(tmp_path / "a.wav", audio)), audio)
    read = read_recording(write_encoded(tmp_path / "a.flac", audio, "flac"))
    assert read.dtype == np.int16
    assert np.array_equal(read, audio)


def test_stereo_at_48_khz_becomes_mono_at_16_khz(tmp_path: Path) -> None:
    left, right = tone(1.0, 48_000, 300.0), tone(1.0, 48_000, 300.0)
    path = write_wav(tmp_path / "a.wav", np.stack((left, right), axis=1).reshape(-1), 48_000, channels=2)
    audio = read_recording(path)
    assert audio.shape == (pytest.approx(16_000, abs=32),)
    assert loudest_hz(audio) == pytest.approx(300.0, abs=2)
    assert abs(int(audio.max()) - 10_000) < 500


@pytest.mark.parametrize("rate", [8_000, 11_025, 44_100, 96_000])
def test_any_sample_rate_keeps_its_length_and_pitch(tmp_path: Path, rate: int) -> None:
    audio = read_recording(write_wav(tmp_path / "a.wav", tone(1.0, rate), rate))
    assert len(audio) == pytest.approx(16_000, abs=64)
    assert loudest_hz(audio) == pytest.approx(440.0, abs=2)


def test_lossy_formats_are_read_too(tmp_path: Path) -> None:
    audio = read_recording(write_encoded(tmp_path / "a.m4a", tone(1.0), "aac"))
    assert len(audio) == pytest.approx(16_000, abs=3_000)
    assert loudest_hz(audio[2_000:14_000]) == pytest.approx(440.0, abs=3)


def test_a_wav_that_was_never_finished_is_read_up_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(WAV_HEADER + tone(0.5).tobytes())
    assert np.array_equal(read_recording(path), tone(0.5))


@pytest.mark.parametrize("length", [0, 0xFFFFFFFF])
def test_a_wav_from_a_pipe_with_no_length_of_its_data_is_read_whole(tmp_path: Path, length: int) -> None:
    path = write_wav(tmp_path / "a.wav", tone(0.5))
    raw = bytearray(path.read_bytes())
    raw[4:8] = raw[40:44] = struct.pack("<I", length)
    path.write_bytes(raw)
    assert np.array_equal(read_recording(path), tone(0.5))


@pytest.mark.parametrize("suffix", ["wav", "flac"])
def test_of_a_recording_that_was_cut_off_what_is_there_is_read(tmp_path: Path, suffix: str) -> None:
    rng = np.random.default_rng(1)
    audio = rng.integers(-9_000, 9_000, 48_000).astype(np.int16)
    path = tmp_path / f"a.{suffix}"
    if suffix == "wav":
        write_wav(path, audio)
    else:
        write_encoded(path, audio, "flac")
    raw = path.read_bytes()
    path.write_bytes(raw[: len(raw) * 2 // 3])
    read = read_recording(path)
    assert 16_000 < len(read) < 48_000
    assert np.array_equal(read[:16_000], audio[:16_000])


def refused(path: Path) -> str:
    with pytest.raises(AudioFileError) as caught:
        read_recording(path)
    assert str(path) in str(caught.value)
    return str(caught.value)


def test_a_file_that_is_missing_is_named_with_the_reason(tmp_path: Path) -> None:
    assert refused(tmp_path / "none.wav").endswith("cannot be read: No such file or directory")


def test_a_folder_is_no_recording(tmp_path: Path) -> None:
    assert "is a folder" in refused(tmp_path)


@pytest.mark.parametrize(
    "content", [b"", b"just some words\n" * 100, b"\x00" * 5_000, b"RIFF\xff\xff\xff\xffWAVE"]
)
def test_a_file_that_is_no_audio_is_said_to_be_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(content)
    assert "not an audio file" in refused(path) or "no sound" in refused(path)


def test_a_recording_of_no_length_holds_no_sound(tmp_path: Path) -> None:
    refused(write_wav(tmp_path / "a.wav", tone(0.0)))


def test_a_film_without_sound_says_so(tmp_path: Path) -> None:
    path = tmp_path / "silent.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=5)
        stream.width = stream.height = 32
        stream.pix_fmt = "yuv420p"
        picture = av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), dtype=np.uint8), format="rgb24")
        container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
    assert "has no sound track" in refused(path)


@settings(max_examples=40)
@given(data=st.one_of(st.binary(max_size=300), st.binary(max_size=300).map(lambda tail: WAV_HEADER + tail)))
@example(data=WAV_HEADER[:20] + b"\x00" * 40)
def test_any_bytes_are_a_recording_with_sound_or_an_error_of_ours(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "bytes.wav"
    path.write_bytes(data)
    with contextlib.suppress(AudioFileError):
        assert len(read_recording(path)) > 0
