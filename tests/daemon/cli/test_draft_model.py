"""`sayso replay --draft-model`: which models were at work is told, and one that cannot draft is refused."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.daemon.cli.command import Run

from sayso.audio import Pcm, samples
from sayso.journal.unsealed import WAV_HEADER
from sayso.latency import plain_words

OPENING_SECONDS = 4.0
OPENING = "hello you are watching dictation as it happens"


@pytest.fixture
def opening(demo: Pcm, tmp_path: Path) -> Path:
    """A recording of the sample's first sentence."""
    path = tmp_path / "opening.wav"
    path.write_bytes(WAV_HEADER + demo[: samples(OPENING_SECONDS)].tobytes())
    return path


def test_a_replay_names_the_model_that_drafted(sayso: Run, opening: Path, data_home: Path, tmp_path: Path) -> None:
    draft = tmp_path / "draft"
    shutil.copytree(data_home / "sayso" / "models" / "tiny.en", draft)
    ran = sayso("replay", opening, "--pace", "fast", "--json", "--device", "cpu", "--draft-model", draft)
    assert ran.status == 0, ran.err
    assert (ran.rows[-1]["model"], ran.rows[-1]["draft_model"]) == ("tiny.en", "tiny.en")
    assert plain_words("".join(row["insert"] for row in ran.rows if "insert" in row)) == OPENING.split()


def test_without_a_draft_there_is_none_to_name(sayso: Run, opening: Path) -> None:
    ran = sayso("replay", opening, "--pace", "fast", "--json", "--device", "cpu", "--draft-model", "none")
    assert ran.rows[-1]["draft_model"] is None


def test_a_model_that_is_to_draft_for_itself_is_refused(sayso: Run, opening: Path) -> None:
    ran = sayso("replay", opening, "--device", "cpu", "--draft-model", "tiny.en")
    assert (ran.status, ran.out) == (1, "")
    assert "engine.draft_model and engine.model are both 'tiny.en'" in ran.err
    assert "engine.draft_model: none" in ran.err
