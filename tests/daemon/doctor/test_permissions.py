"""Which device files matter, and to whom."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sayso.config import EngineSettings, Settings
from sayso.doctor import Finding, Light
from sayso.doctor.permissions import Doors, find_doors, judge_permissions

RENDER = (Path("/dev/dri/renderD128"),)
INPUT = (Path("/dev/snd/pcmC0D0c"),)


@pytest.fixture
def engine(default_settings: Settings) -> EngineSettings:
    """CTranslate2, on what it finds."""
    return default_settings.engine


def only(engine: EngineSettings, doors: Doors) -> Finding:
    (finding,) = judge_permissions(engine, doors)
    return finding


def test_where_everything_may_be_opened_it_is_green(engine: EngineSettings) -> None:
    assert only(engine, Doors(inputs=INPUT)).light is Light.GREEN


def test_a_closed_card_of_amds_is_amber_with_the_groups_to_join(engine: EngineSettings) -> None:
    finding = only(engine, Doors(RENDER, has_amd=True))
    assert finding.light is Light.AMBER
    assert "renderD128" in finding.message
    assert 'usermod -aG video,render "$USER"' in finding.remedy


def test_a_closed_card_that_was_asked_for_is_red(engine: EngineSettings) -> None:
    assert only(replace(engine, device="cuda"), Doors(RENDER, has_amd=True)).light is Light.RED


def test_a_closed_card_that_the_engine_cannot_use_does_not_matter(engine: EngineSettings) -> None:
    assert only(engine, Doors(RENDER)).light is Light.GREEN  # Intel's or NVIDIA's: CTranslate2 opens other files
    assert only(replace(engine, device="cpu"), Doors(RENDER, has_amd=True)).light is Light.GREEN


def test_whisper_cpp_may_use_any_card_by_vulkan(engine: EngineSettings) -> None:
    assert only(replace(engine, name="whispercpp"), Doors(RENDER)).light is Light.AMBER


def test_closed_inputs_are_red_where_no_sound_server_has_them(engine: EngineSettings) -> None:
    doors = Doors(inputs=INPUT, closed_inputs=INPUT)
    finding = only(engine, doors)
    assert finding.light is Light.RED
    assert 'usermod -aG audio "$USER"' in finding.remedy
    assert only(engine, replace(doors, has_sound_server=True)).light is Light.GREEN


def test_one_input_that_may_be_opened_is_enough(engine: EngineSettings) -> None:
    assert (
        only(engine, Doors(inputs=(*INPUT, Path("/dev/snd/pcmC1D0c")), closed_inputs=INPUT)).light is Light.GREEN
    )


def test_a_machine_without_inputs_lacks_no_permission(engine: EngineSettings) -> None:
    assert only(engine, Doors()).light is Light.GREEN


def test_only_inputs_are_looked_at_among_the_sound_devices(engine: EngineSettings, tmp_path: Path) -> None:
    for name in ("pcmC0D0c", "pcmC0D0p", "controlC0", "seq"):
        (tmp_path / name).touch()
    doors = find_doors(replace(engine, device="cpu"), has_sound_server=False, sound_devices=tmp_path)
    assert [path.name for path in doors.inputs] == ["pcmC0D0c"]
    assert doors.closed_inputs == ()
