"""Commands that somebody really speaks, recognised by a real model."""

from __future__ import annotations

import pytest
from tests.daemon.commands.spoken import dictated, in_one_go
from tests.desktop.rig.speech import Speaker

from sayso.config import Settings
from sayso.engines.ctranslate2 import CTranslate2Engine

ROBUST = {
    "Is this the right place, question mark.": "Is this the right place?",
    "This is wrong. Scratch that. This is right.": "This is right.",
}


@pytest.fixture(scope="module")
def speak(tmp_path_factory: pytest.TempPathFactory) -> Speaker:
    return Speaker(tmp_path_factory.mktemp("speech"))


@pytest.mark.parametrize(("sentence", "meant"), ROBUST.items())
def test_spoken_commands_do_what_they_say(
    speak: Speaker, default_settings: Settings, engine: CTranslate2Engine, sentence: str, meant: str
) -> None:
    assert dictated(default_settings, engine, in_one_go(speak, sentence)) == meant
