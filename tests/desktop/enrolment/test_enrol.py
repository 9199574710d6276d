"""`sayso enrol` before a real microphone, with a synthetic voice that reads what is shown."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
from tests.desktop.enrolment.session import Session, pairs
from tests.desktop.rig.pulse import PulseRig
from tests.desktop.rig.speech import Speaker, read_wav

QUIET_DB, CLIPPING_DB = -36.0, 24.0


def altered(path: Path, wav: Path, gain_db: float = 0.0, share: float = 1.0, noise_dbfs: float = -120.0) -> Path:
    """The same louder or more quietly, only its beginning, or between two seconds of noise, and in it."""
    audio, rate = read_wav(wav)
    beside = round(rate * 2.0) if noise_dbfs > -120 else 0
    noise = np.random.default_rng(1).normal(0, 32_768 * 10 ** (noise_dbfs / 20), len(audio) + 2 * beside)
    noise[beside : beside + len(audio)] += audio * 10 ** (gain_db / 20)
    louder = np.clip(noise, -32_768, 32_767).astype("<i2")[: round(len(noise) * share)]
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(louder.tobytes())
    return path


def terms_file(folder: Path) -> Path:
    path = folder / "terms.txt"
    path.write_text("Kubernetes\nAnneliese\n")
    return path


def test_what_is_read_well_is_kept_and_what_is_not_is_asked_for_again(
    pulse: PulseRig, speech: Speaker, tmp_path: Path
) -> None:
    terms, to = terms_file(tmp_path), tmp_path / "recordings"
    with Session(pulse, terms, "--to", to, "--count", "5") as session:
        session.wait_for("find the level")
        check = session.sentence()
        session.wait_for("microphone:")
        pulse.play(speech(check))
        assert "dBFS" in session.wait_for("good:")

        first = session.sentence()
        well = speech(first)
        for bad, why in (
            (altered(tmp_path / "quiet.wav", well, QUIET_DB), "too quiet"),
            (altered(tmp_path / "loud.wav", well, CLIPPING_DB), "too loud, so that"),
            (altered(tmp_path / "part.wav", well, share=0.35), "shorter than"),
            (altered(tmp_path / "noisy.wav", well, noise_dbfs=-20.0), "too much noise"),
        ):
            pulse.play(bad)
            session.wait_for(why)
            assert session.sentence() == first
        pulse.play(speech(first))
        session.wait_for("good, ")

        second = session.sentence()
        assert second != first
        session.press("b")
        assert session.sentence() == first
        pulse.play(speech(first))
        session.wait_for("good, ")
        assert session.sentence() == second
        session.press("s")
        third = session.sentence()
        pulse.play(speech(third))
        session.wait_for("good, ")
        session.press("q")
        assert session.end() == 0
        assert "2 sentences recorded" in session.text
        assert session.is_tidy
    assert set(pairs(to)) == {first, third}
    _is_as_the_trainer_reads_it(to, speech)

    with Session(pulse, terms, "--to", to, "--count", "5") as session:
        assert "3 sentences" in session.wait_for("sentences, about")
        session.wait_for("find the level")
        session.sentence()
        session.press("s")
        shown = []
        for _ in range(3):
            shown.append(session.sentence())
            session.press("s")
        assert session.end() == 0
    assert second in shown
    assert not {first, third} & set(shown)


def test_what_was_read_is_compared_with_what_stands_there(
    pulse: PulseRig, speech: Speaker, tmp_path: Path
) -> None:
    terms, to = terms_file(tmp_path), tmp_path / "recordings"
    with Session(pulse, terms, "--to", to, "--count", "2") as session:
        session.wait_for("find the level")
        session.sentence()
        session.wait_for("microphone:")
        session.press("s")
        first = session.sentence()
        pulse.play(speech(_another_than(first)))
        assert "this was heard: " in session.wait_for("heard: ")
        assert session.sentence() == first
        pulse.play(speech(first))
        session.wait_for("good, ")
        session.press("q")
        assert session.end() == 0
        assert "is not looked at" not in session.text
    assert list(pairs(to)) == [first]


def _another_than(sentence: str) -> str:
    """As long as that, so that only its words tell that it is another."""
    words = "The train was late so we walked the last part of this way home and then sat down in front of the fire"
    return words[: words.find(" ", len(sentence) - 5)] + "."


def _is_as_the_trainer_reads_it(folder: Path, speech: Speaker) -> None:
    for text, path in pairs(folder).items():
        assert path.stat().st_mode & 0o777 == path.with_suffix(".txt").stat().st_mode & 0o777 == 0o600
        assert path.parent.stat().st_mode & 0o777 == 0o700
        with wave.open(str(path)) as file:
            assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 16_000)
            kept_seconds = file.getnframes() / 16_000
        spoken, rate = read_wav(speech(text))
        assert len(spoken) / rate - 1.0 < kept_seconds < len(spoken) / rate + 1.0


def test_a_kill_leaves_whole_recordings_and_the_next_run_goes_on(
    pulse: PulseRig, speech: Speaker, tmp_path: Path
) -> None:
    terms, to = terms_file(tmp_path), tmp_path / "recordings"
    with Session(pulse, terms, "--to", to, "--count", "2") as session:
        session.wait_for("find the level")
        session.sentence()
        session.wait_for("microphone:")
        session.press("s")
        first = session.sentence()
        pulse.play(speech(first))
        session.wait_for("good, ")
        session.kill()
    assert list(pairs(to)) == [first]
    with Session(pulse, terms, "--to", to, "--count", "2") as session:
        assert "1 of 2 are recorded" in session.wait_for("sentences, about")


def test_two_at_once_do_not_record_into_one_folder_and_ctrl_c_gives_the_terminal_back(
    pulse: PulseRig, tmp_path: Path
) -> None:
    terms, to = terms_file(tmp_path), tmp_path / "recordings"
    with Session(pulse, terms, "--to", to) as session:
        session.wait_for("find the level")
        with Session(pulse, terms, "--to", to) as second:
            assert second.end() == 1
            second.wait_for("another sayso enrol records into")
        session.interrupt()
        assert session.end() == 130
        assert session.is_tidy
